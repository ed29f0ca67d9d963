/** Looking up what became of a ballot, or of everything under one line of the roll. */
import type { BallotStanding, VoterStanding } from '../ballots/ballots.queries.js';
import type { ElectionDetails } from '../elections/elections.queries.js';
import { electionWords } from './areas.js';
import { Layout, otherThan, When, type Frame } from './layout.js';
import { inSameTime } from './past.js';
import { SearchForm } from './search-form.js';

/** A search: what was typed, and what came of it. */
export type Search<Found> =
  | { readonly typed: string; readonly came: 'malformed' | 'unknown' }
  | { readonly typed: string; readonly came: 'found'; readonly found: Found };

export interface BallotsPageProps {
  frame: Frame;
  details: ElectionDetails;
  ballot: Search<BallotStanding> | undefined;
  voter: Search<VoterStanding> | undefined;
  /** Ids of ballots that, once opened, were no valid vote. */
  spoiled: ReadonlySet<string>;
  /** Of the ballots that are shown, by their place in the log. */
  leafHashes: ReadonlyMap<number, string>;
}

export function BallotsPage({ frame, details, ballot, voter, spoiled, leafHashes }: BallotsPageProps) {
  const { m, language } = frame;
  const words = electionWords(frame, details);
  const electionId = details.election.definition.electionId;
  return (
    <Layout frame={frame} title={m.lookUp.title} isPrivate>
      <p>
        <a href={inSameTime(frame, `/elections/${electionId}`)} lang={otherThan(language, words.language)}>
          {words.text}
        </a>
      </p>
      <p class="lead">{m.lookUp.intro}</p>
      <SearchForm
        asOf={frame.past?.asked}
        action={`/elections/${electionId}/ballots`}
        name="ballot"
        label={m.lookUp.byBallot}
        hint={m.lookUp.ballotHint}
        button={m.lookUp.look}
        length={43}
        typed={ballot?.typed}
        fault={faultOf(ballot, m.lookUp.ballotWrong, m.lookUp.ballotUnknown)}
      />
      {ballot?.came === 'found' && (
        <section class="found" role="status">
          <h2>{m.lookUp.found}</h2>
          <Standing
            frame={frame}
            electionId={electionId}
            ballot={ballot.found}
            spoiled={spoiled}
            leafHash={leafHashes.get(ballot.found.position)}
          />
        </section>
      )}
      <SearchForm
        asOf={frame.past?.asked}
        action={`/elections/${electionId}/ballots`}
        name="voter"
        label={m.lookUp.byVoter}
        hint={m.lookUp.voterHint}
        button={m.lookUp.look}
        length={22}
        typed={voter?.typed}
        fault={faultOf(voter, m.lookUp.voterWrong, m.lookUp.voterUnknown)}
      />
      {voter?.came === 'found' && (
        <section class="found" role="status">
          <h2>{m.lookUp.ofVoter}</h2>
          <p>{voter.found.marked ? m.lookUp.marked : m.lookUp.notMarked}</p>
          {voter.found.keyReplacements.length > 0 && (
            <>
              <p class="alert">{m.lookUp.keyReplaced}</p>
              <ul>
                {voter.found.keyReplacements.map(({ at, position }) => (
                  <li key={position}>
                    <When frame={frame} at={at} /> ({m.lookUp.atSays}). {m.lookUp.position}:{' '}
                    {frame.format.number(position)}
                  </li>
                ))}
              </ul>
            </>
          )}
          {voter.found.ballots.length === 0 && <p>{m.lookUp.noBallots}</p>}
          {voter.found.ballots.map((found) => (
            <Standing
              key={found.id}
              frame={frame}
              electionId={electionId}
              ballot={found}
              spoiled={spoiled}
              leafHash={leafHashes.get(found.position)}
            />
          ))}
        </section>
      )}
    </Layout>
  );
}

function faultOf(
  search: Search<unknown> | undefined,
  malformed: string,
  unknown: string,
): string | undefined {
  if (search === undefined || search.came === 'found') return undefined;
  return search.came === 'malformed' ? malformed : unknown;
}

interface StandingProps {
  frame: Frame;
  electionId: string;
  ballot: BallotStanding;
  spoiled: ReadonlySet<string>;
  leafHash: string | undefined;
}

function Standing({ frame, electionId, ballot, spoiled, leafHash }: StandingProps) {
  const { m, format } = frame;
  const status = ballot.status === 'counted' && spoiled.has(ballot.id) ? 'spoiled' : ballot.status;
  return (
    <dl class={`standing ${status}`}>
      <dt>{m.lookUp.status}</dt>
      <dd>
        <strong>{m.status[status]}</strong>. {m.statusSays[status]}{' '}
        {ballot.annulledBy !== undefined && (
          <a href={inSameTime(frame, `/elections/${electionId}#annulment-${ballot.annulledBy}`)}>
            {m.lookUp.why}
          </a>
        )}
        {status === 'annulled' && ballot.annulledBy === undefined && (
          <a href={inSameTime(frame, `/elections/${electionId}#annulled`)}>{m.lookUp.why}</a>
        )}
      </dd>
      <dt>{m.lookUp.ballot}</dt>
      <dd>
        <code>{ballot.id}</code>
      </dd>
      <dt>{m.lookUp.n}</dt>
      <dd>{format.number(ballot.n)}</dd>
      <dt>{m.lookUp.at}</dt>
      <dd>
        <When frame={frame} at={ballot.at} /> ({m.lookUp.atSays})
      </dd>
      <dt>{m.lookUp.position}</dt>
      <dd>
        {format.number(ballot.position)}
        {leafHash !== undefined && (
          <>
            {' · '}
            <a href={`/receipts/${leafHash}`}>{m.receipt.ofBallot}</a>
          </>
        )}
      </dd>
    </dl>
  );
}
