/** For signed-in staff: the elections, and what waits for a second person. */
import type { ElectionSummary } from '../elections/elections.queries.js';
import type { ActRepresentation } from '../staff/act-representation.js';
import { electionWords } from './areas.js';
import { readsQueue } from './desk-roles.js';
import { Layout, otherThan, When, type Frame } from './layout.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';
import { OUTBOX_WORDS } from './outbox-words.js';
import { PhaseLabel } from './phase-note.js';

/** An act that waits, and whether the second person has to bring the same body again. */
export interface PendingAct {
  act: ActRepresentation;
  needsBody: boolean;
}

/** A count that can be certified, and the id of the command that a form for it gives. */
export interface Certifiable {
  summary: ElectionSummary;
  tally: number;
  outputDigest: string;
  commandId: string;
}

export interface StaffPageProps {
  frame: Frame;
  me: { id: string; roles: readonly string[] };
  elections: readonly ElectionSummary[];
  acts: readonly PendingAct[];
  /** What she may propose to certify. */
  certifiable: readonly Certifiable[];
  /** What came of the last proposal or approval. */
  outcome: 'done' | 'proposed' | { refused: string } | undefined;
}

export function StaffPage({ frame, me, elections, acts, certifiable, outcome }: StaffPageProps) {
  const { m } = frame;
  return (
    <Layout frame={frame} title={m.staff.title} isPrivate>
      <p>
        {m.site.signedInAs(me.id)}. {m.staff.roles}:{' '}
        {me.roles.map((role) => inWords(m.staff.roleNames, role)).join(', ')}.
      </p>
      {outcome !== undefined && (
        <p class={typeof outcome === 'string' ? 'note' : 'fault'} role="status">
          {outcome === 'done'
            ? m.staff.done
            : outcome === 'proposed'
              ? m.staff.wasProposed
              : m.staff.refused(outcome.refused)}
        </p>
      )}
      {readsQueue(frame) && (
        <p>
          <a href="/staff/matters">{MATTER_WORDS[frame.language].desk.title}</a>
        </p>
      )}
      {me.roles.includes('administrator') && (
        <p>
          <a href="/staff/mail">{OUTBOX_WORDS[frame.language].title}</a>
        </p>
      )}
      <section>
        <h2>{m.staff.acts}</h2>
        <p>{m.staff.actsSay}</p>
        {acts.length === 0 && <p>{m.staff.noActs}</p>}
        <ul class="cards">
          {acts.map((pending) => (
            <Act key={pending.act.id} frame={frame} me={me.id} pending={pending} elections={elections} />
          ))}
        </ul>
      </section>
      {certifiable.length > 0 && <ToCertify frame={frame} certifiable={certifiable} />}
      <section>
        <h2>{m.staff.elections}</h2>
        <table class="wide">
          <caption>{m.staff.elections}</caption>
          <thead>
            <tr>
              <th scope="col">{m.staff.election}</th>
              <th scope="col">{m.staff.phase}</th>
            </tr>
          </thead>
          <tbody>
            {elections.map((summary) => (
              <tr key={summary.election.definition.electionId}>
                <th scope="row">
                  <Title frame={frame} summary={summary} />
                </th>
                <td>
                  <PhaseLabel frame={frame} phase={summary.election.phase} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Layout>
  );
}

function ToCertify({ frame, certifiable }: Pick<StaffPageProps, 'frame' | 'certifiable'>) {
  const { m, format } = frame;
  return (
    <section>
      <h2 id="certify">{m.staff.toCertify}</h2>
      <p>{m.staff.toCertifySay}</p>
      <ul class="cards">
        {certifiable.map(({ summary, tally, outputDigest, commandId }) => (
          <li key={commandId} class="card">
            <h3>
              <Title frame={frame} summary={summary} />
            </h3>
            <p>
              {m.result.number(format.number(tally))}. {m.result.output}: <code>{outputDigest}</code>
            </p>
            <form
              method="post"
              action={`/staff/elections/${summary.election.definition.electionId}/certification`}
            >
              <input type="hidden" name="commandId" value={commandId} />
              <input type="hidden" name="tally" value={tally} />
              <input type="hidden" name="outputDigest" value={outputDigest} />
              <button aria-label={m.staff.proposeCertificateOf(electionWords(frame, summary).text)}>
                {m.staff.proposeCertificate}
              </button>
            </form>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Title({ frame, summary }: { frame: Frame; summary: ElectionSummary }) {
  const words = electionWords(frame, summary);
  return (
    <a
      href={`/elections/${summary.election.definition.electionId}`}
      lang={otherThan(frame.language, words.language)}
    >
      {words.text}
    </a>
  );
}

interface ActProps {
  frame: Frame;
  me: string;
  pending: PendingAct;
  elections: readonly ElectionSummary[];
}

function Act({ frame, me, pending, elections }: ActProps) {
  const { m, format } = frame;
  const { act, needsBody } = pending;
  const kind = inWords(m.staff.kinds, act.kind);
  const about = electionOf(act, elections);
  return (
    <li class="card">
      <h3>{kind}</h3>
      {about && (
        <p>
          <Title frame={frame} summary={about} />
        </p>
      )}
      <p>
        {m.staff.proposed(act.proposedBy, format.instant(act.proposedAt))}.{' '}
        {m.staff.expires(format.instant(act.expiresAt))}.
      </p>
      <details>
        <summary>{m.staff.signed}</summary>
        <pre tabindex={0}>{JSON.stringify(act.act, undefined, 2)}</pre>
      </details>
      {act.proposedBy === me ? (
        <p>{m.staff.yours}</p>
      ) : needsBody ? (
        <p>{m.staff.byApi}</p>
      ) : (
        <form method="post" action={`/staff/acts/${act.id}/approvals`}>
          <button aria-label={m.staff.approveOf(kind, act.proposedBy)}>{m.staff.approve}</button>
        </form>
      )}
      <p class="small">
        <When frame={frame} at={act.proposedAt} /> · <code>{act.id}</code>
      </p>
    </li>
  );
}

function electionOf(
  { act }: ActRepresentation,
  elections: readonly ElectionSummary[],
): ElectionSummary | undefined {
  const { data } = act as { data?: { electionId?: unknown } };
  return elections.find(({ election }) => election.definition.electionId === data?.electionId);
}
