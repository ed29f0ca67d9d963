/** The list of elections: those that are open first. */
import type { ElectionList, ElectionSummary } from '../elections/elections.queries.js';
import { electionWords } from './areas.js';
import { Layout, otherThan, When, type Frame } from './layout.js';
import { MATTER_WORDS } from './matter-words.js';
import { inSameTime, PastForm } from './past.js';
import { PhaseLabel } from './phase-note.js';
import { turnoutInWords, votersOf } from './turnout.js';

export interface ElectionsPageProps {
  frame: Frame;
  list: ElectionList;
}

export function ElectionsPage({ frame, list }: ElectionsPageProps) {
  const { m } = frame;
  const words = MATTER_WORDS[frame.language];
  const { elections, next } = list;
  const isNow = ({ election }: ElectionSummary) =>
    election.phase === 'open' || election.phase === 'suspended';
  const isSoon = ({ election }: ElectionSummary) => election.phase === 'defined';
  const groups = [
    { id: 'now', title: m.list.now, elections: elections.filter(isNow) },
    { id: 'soon', title: m.list.soon, elections: elections.filter(isSoon) },
    { id: 'past', title: m.list.past, elections: elections.filter((one) => !isNow(one) && !isSoon(one)) },
  ].filter((group) => group.elections.length > 0);
  return (
    <Layout frame={frame} title={m.list.title}>
      <p class="lead">{m.list.intro}</p>
      {groups.length === 0 && (
        <div class="empty">
          <p>
            <strong>{m.list.empty}</strong>
          </p>
          <p>{m.list.emptyNext}</p>
        </div>
      )}
      {groups.map((group) => (
        <section key={group.id} aria-labelledby={group.id}>
          <h2 id={group.id}>{group.title}</h2>
          <ul class="cards">
            {group.elections.map((summary) => (
              <Card key={summary.election.definition.electionId} frame={frame} summary={summary} />
            ))}
          </ul>
        </section>
      ))}
      {next !== undefined && (
        <p>
          <a href={inSameTime(frame, `/?after=${encodeURIComponent(next)}`)} rel="next">
            {m.list.older}
          </a>
        </p>
      )}
      <section aria-labelledby="matters">
        <h2 id="matters">{words.title}</h2>
        <p>{words.lead}</p>
        <ul class="actions">
          <li>
            <a class="button" href="/matters/new">
              {words.fileOne}
            </a>
          </li>
          <li>
            <a class="button" href="/matters">
              {words.filed.all}
            </a>
          </li>
        </ul>
      </section>
      <PastForm {...frame} />
    </Layout>
  );
}

function Card({ frame, summary }: { frame: Frame; summary: ElectionSummary }) {
  const { m, format, language } = frame;
  const { election, turnout } = summary;
  const words = electionWords(frame, summary);
  const voters = votersOf(election, turnout);
  const roll = election.roll?.count ?? 0;
  return (
    <li class={`card ${election.phase}`}>
      <h3>
        <a
          href={inSameTime(frame, `/elections/${election.definition.electionId}`)}
          lang={otherThan(language, words.language)}
        >
          {words.text}
        </a>
      </h3>
      <p>
        <PhaseLabel frame={frame} phase={election.phase} /> <Deadline frame={frame} election={election} />
      </p>
      <p class="small">
        {m.list.projects(election.options, format.number(election.options))} ·{' '}
        {budgets(election.definition.areas).map((budget) =>
          format.money(budget, election.definition.currency),
        )}
      </p>
      {election.phase !== 'defined' && (
        <p>
          {turnoutInWords(frame, election, turnout)}
          {roll > 0 && voters !== undefined && (
            <meter min={0} max={roll} value={Math.min(voters, roll)} aria-label={m.turnout.title}>
              {format.percent(voters, roll)}
            </meter>
          )}
        </p>
      )}
    </li>
  );
}

function Deadline({ frame, election }: { frame: Frame; election: ElectionSummary['election'] }) {
  const { m, format } = frame;
  const { phase, schedule, closed } = election;
  if (phase === 'defined') return <>{m.list.opens(format.instant(schedule.opensAt))}</>;
  if (phase === 'open' || phase === 'suspended')
    return <>{m.list.closes(format.instant(schedule.closesAt))}</>;
  if (closed === undefined) return <When frame={frame} at={schedule.closesAt} />;
  return <>{m.list.closed(format.instant(closed.at))}</>;
}

/** The sum of all areas; nothing where no money is decided. */
function budgets(areas: readonly { budget: number }[]): bigint[] {
  const sum = areas.reduce((total, { budget }) => total + BigInt(budget), 0n);
  return sum === 0n ? [] : [sum];
}
