/** What somebody is told when a page cannot be had. */
import type { ProblemBody } from '../rest/problem.js';
import { MOST_HOURS } from './demo.page.js';
import { Layout, type Frame } from './layout.js';
import { MATTER_WORDS, refusalInWords } from './matter-words.js';

/** Whether a demo's clock was to be moved by what is no number of hours. */
function isOfClock({ path }: Frame, { code }: ProblemBody): boolean {
  return code === 'invalid-input' && path === '/demo/clock';
}

/** One that nobody may see answers as one that never was. */
function isOfMatter({ path }: Frame, { code }: ProblemBody): boolean {
  return code === 'matter-unknown' && path.startsWith('/matters/');
}

export function ProblemPage({ frame, problem }: { frame: Frame; problem: ProblemBody }) {
  const { m } = frame;
  const isClock = isOfClock(frame, problem);
  const { title, says } = wordsOf(frame, problem);
  return (
    <Layout frame={frame} title={title} isPrivate>
      <p class="lead">{says}</p>
      {problem.code === 'sign-in-needed' && (
        <p>
          <a class="button" href="/session">
            {m.site.signIn}
          </a>
        </p>
      )}
      {isClock && (
        <p>
          <a class="button" href="/demo">
            {m.demo.back}
          </a>
        </p>
      )}
      {isOfMatter(frame, problem) && (
        <ul class="actions">
          <li>
            <a class="button" href="/matters">
              {MATTER_WORDS[frame.language].filed.all}
            </a>
          </li>
          <li>
            <a class="button" href="/matters/own">
              {MATTER_WORDS[frame.language].ownLink}
            </a>
          </li>
        </ul>
      )}
      <p>
        <a href="/">{m.problem.home}</a>
      </p>
      <p class="small">
        {m.problem.code}: <code>{problem.code}</code> ({problem.status})
        {problem.instance !== undefined && (
          <>
            . {m.problem.quote}: <code>{problem.instance}</code>
          </>
        )}
      </p>
    </Layout>
  );
}

/** In the reader's language: the sentences of the API are in English. */
function wordsOf(frame: Frame, problem: ProblemBody): { title: string; says: string } {
  const { m, format } = frame;
  const { problem: words } = m;
  const { code, status } = problem;
  if (isOfClock(frame, problem))
    return { title: words.refused.title, says: m.demo.hoursWrong(format.number(MOST_HOURS)) };
  if (code === 'as-of-ahead') return m.past.ahead;
  if (code === 'as-of-not-offered') return m.past.notOffered;
  if (code === 'invalid-input' && /[?&]asOf=/.test(frame.path)) return m.past.malformed;
  if (isOfMatter(frame, problem)) return MATTER_WORDS[frame.language].notPublic;
  if (code === 'election-unknown') return words.electionUnknown;
  if (code === 'not-counted') return words.notCounted;
  if (code === 'too-many-matters' || code === 'too-many-links' || code === 'too-many-acts')
    return { title: words.refused.title, says: refusalInWords(frame.language, 'too-many-matters') };
  if (status === 404) return words.notFound;
  if (status === 401) return words.signIn;
  if (status === 429) return words.tooMany;
  if (status === 503) return words.busy;
  return status >= 500 ? words.broken : words.refused;
}
