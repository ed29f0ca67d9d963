/** Looking up what became of a ballot, or of everything under one line of the roll. */
import type { BallotStanding, VoterStanding } from '../ballots/ballots.queries.js';
import type { ElectionDetails } from '../elections/elections.queries.js';
import { electionWords } from './areas.js';
import { Layout, otherThan, When, type Frame } from './layout.js';

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
}

export function BallotsPage({ frame, details, ballot, voter, spoiled }: BallotsPageProps) {
  const { m, language } = frame;
  const words = electionWords(frame, details);
  const electionId = details.election.definition.electionId;
  return (
    <Layout frame={frame} title={m.lookUp.title} isPrivate>
      <p>
        <a href={`/elections/${electionId}`} lang={otherThan(language, words.language)}>
          {words.text}
        </a>
      </p>
      <p class="lead">{m.lookUp.intro}</p>
      <SearchForm
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
          <Standing frame={frame} electionId={electionId} ballot={ballot.found} spoiled={spoiled} />
        </section>
      )}
      <SearchForm
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
            <Standing key={found.id} frame={frame} electionId={electionId} ballot={found} spoiled={spoiled} />
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

interface SearchFormProps {
  action: string;
  name: string;
  label: string;
  hint: string;
  button: string;
  length: number;
  typed: string | undefined;
  fault: string | undefined;
}

/** A form that works by its address alone. What was typed wrongly stays, with the word of what is wrong. */
function SearchForm({ action, name, label, hint, button, length, typed, fault }: SearchFormProps) {
  return (
    <form method="get" action={action} class="field">
      <label for={name}>{label}</label>
      <p id={`${name}-hint`} class="small">
        {hint}
      </p>
      {fault !== undefined && (
        <p id={`${name}-fault`} class="fault" role="alert">
          {fault}
        </p>
      )}
      <input
        id={name}
        name={name}
        value={typed}
        size={length}
        // With room for what is copied around it.
        maxLength={length + 20}
        required
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={fault === undefined ? undefined : 'true'}
        aria-describedby={fault === undefined ? `${name}-hint` : `${name}-hint ${name}-fault`}
      />
      <button>{button}</button>
    </form>
  );
}

interface StandingProps {
  frame: Frame;
  electionId: string;
  ballot: BallotStanding;
  spoiled: ReadonlySet<string>;
}

function Standing({ frame, electionId, ballot, spoiled }: StandingProps) {
  const { m, format } = frame;
  const status = ballot.status === 'counted' && spoiled.has(ballot.id) ? 'spoiled' : ballot.status;
  return (
    <dl class={`standing ${status}`}>
      <dt>{m.lookUp.status}</dt>
      <dd>
        <strong>{m.status[status]}</strong>. {m.statusSays[status]}{' '}
        {ballot.annulledBy !== undefined && (
          <a href={`/elections/${electionId}#annulment-${ballot.annulledBy}`}>{m.lookUp.why}</a>
        )}
        {status === 'annulled' && ballot.annulledBy === undefined && (
          <a href={`/elections/${electionId}#annulled`}>{m.lookUp.why}</a>
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
      <dd>{format.number(ballot.position)}</dd>
    </dl>
  );
}
