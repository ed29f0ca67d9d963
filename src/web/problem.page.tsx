/** What somebody is told when a page cannot be had. */
import type { ProblemBody } from '../rest/problem.js';
import { Layout, type Frame } from './layout.js';
import type { Messages } from './messages.es.js';

export function ProblemPage({ frame, problem }: { frame: Frame; problem: ProblemBody }) {
  const { m } = frame;
  const { title, says } = wordsOf(m, problem);
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
function wordsOf(
  { problem: words }: Messages,
  { code, status }: ProblemBody,
): { title: string; says: string } {
  if (code === 'election-unknown') return words.electionUnknown;
  if (code === 'not-counted') return words.notCounted;
  if (status === 404) return words.notFound;
  if (status === 401) return words.signIn;
  if (status === 429) return words.tooMany;
  if (status === 503) return words.busy;
  return status >= 500 ? words.broken : words.refused;
}
