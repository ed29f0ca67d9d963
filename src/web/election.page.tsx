/** One election: what it is about, where it stands, and what came out. */
import type { ElectionDetails, ElectionResult } from '../elections/elections.queries.js';
import { electionWords } from './areas.js';
import { About } from './about.js';
import { Counts, Difference } from './counts.js';
import { EXPLANATION_WORDS } from './explanation-words.js';
import { History } from './history.js';
import { Layout, type Frame } from './layout.js';
import { inSameTime, PastForm } from './past.js';
import { Annulments, claimsAreOver, PhaseNote } from './phase-note.js';
import { Projects } from './projects.js';
import { Proof } from './proof.js';
import { ResultByArea } from './result.js';
import { Turnout } from './turnout.js';

export interface ElectionPageProps {
  frame: Frame;
  details: ElectionDetails;
  /** The count that is shown; `undefined` before there is one, or while its result cannot be had. */
  result: ElectionResult | undefined;
  /** The latest count, where an earlier one is shown. */
  latest: ElectionResult | undefined;
}

/** Phases in which somebody looks for where to vote. */
const TO_VOTE: ReadonlySet<string> = new Set(['defined', 'open', 'suspended']);

export function ElectionPage({ frame, details, result, latest }: ElectionPageProps) {
  const { m, now, signedIn } = frame;
  const { election, turnout, reasons } = details;
  const title = electionWords(frame, details);
  const path = `/elections/${election.definition.electionId}`;
  return (
    <Layout frame={frame} title={title.text} titleLanguage={title.language}>
      <PhaseNote frame={frame} election={election} />
      {TO_VOTE.has(election.phase) && (
        <p>
          {m.election.noBooth} <a href="/api/docs">{m.site.api}</a>
        </p>
      )}
      <Annulments frame={frame} election={election} reasons={reasons} />
      <ul class="actions">
        {election.opening && (
          <li>
            <a class="button" href={inSameTime(frame, `${path}/ballots`)}>
              {m.election.checkBallot}
            </a>
          </li>
        )}
        <li>
          <a class="button" href={inSameTime(frame, `${path}/record`)}>
            {m.election.record}
          </a>
        </li>
        {frame.past === undefined &&
          signedIn?.roles.includes('returning-officer') &&
          election.phase === 'counted' &&
          claimsAreOver(election, now) && (
            <li>
              <a class="button" href="/staff#certify">
                {m.staff.proposeCertificate}
              </a>
            </li>
          )}
      </ul>
      <Result frame={frame} details={details} result={result} latest={latest} />
      {election.opening && <Turnout frame={frame} election={election} turnout={turnout} />}
      <About frame={frame} details={details} />
      <Projects frame={frame} details={details} />
      <History frame={frame} history={election.history} reasons={reasons} />
      <PastForm {...frame} />
    </Layout>
  );
}

/** Explanations are not folded from the log, and have no past. @param number of a count that is, or now may be, not the latest */
function explanationAt(electionId: string, number: number | undefined): string {
  return `/elections/${electionId}/explanation${number === undefined ? '' : `?count=${number}`}`;
}

function Result({ frame, details, result, latest }: ElectionPageProps) {
  const { m, format } = frame;
  const { election } = details;
  if (election.tallies.length === 0) return null;
  if (result?.result === undefined) {
    return (
      <section>
        <h2 id="result">{m.result.title}</h2>
        <p>{m.result.missing}</p>
      </section>
    );
  }
  const { tally, result: counted } = result;
  const isCertified = election.certified?.tally === tally.number;
  return (
    <section class="result">
      <h2 id="result">{`${m.result.title} · ${m.result.number(format.number(tally.number))}`}</h2>
      {election.annulled && <p class="alert">{m.result.annulledElection}</p>}
      {latest && (
        <p class="alert">
          {m.result.earlier}{' '}
          <a href={inSameTime(frame, `/elections/${election.definition.electionId}#result`)}>
            {m.result.toLatest}
          </a>
        </p>
      )}
      {tally.revoked && <p class="alert">{m.result.revoked}</p>}
      {!election.annulled && !latest && <p>{isCertified ? m.result.certified : m.result.provisional}</p>}
      <p>
        <a
          class="button"
          href={explanationAt(election.definition.electionId, (latest ?? frame.past) && tally.number)}
        >
          {EXPLANATION_WORDS[frame.language].title}
        </a>
      </p>
      <ResultByArea frame={frame} details={details} result={counted} />
      {latest?.result && (
        <Difference frame={frame} details={details} shown={counted} latest={latest.result} />
      )}
      <Counts frame={frame} election={election} shown={tally} />
      <Proof frame={frame} tally={tally} ruleset={counted.ruleset} />
    </section>
  );
}
