/** What an election is about: money, schedule, who votes and how, how it is counted, how the ballots are kept. */
import type { ElectionDetails } from '../elections/elections.queries.js';
import { areaWords } from './areas.js';
import { otherThan, When, type Frame } from './layout.js';
import { ruleInWords } from './ruleset.js';

export function About({ frame, details }: { frame: Frame; details: ElectionDetails }) {
  const { m, format } = frame;
  const { definition, roll } = details.election;
  const keeping =
    definition.disclosure === 'immediate' ? m.election.keepingImmediate : m.election.keepingSealed;
  return (
    <>
      <section>
        <h2 id="about">{m.election.about}</h2>
        <Budgets frame={frame} details={details} />
        <h3>{m.election.canVote}</h3>
        <p>
          {roll === undefined
            ? m.election.noRoll
            : `${m.election.onRoll(roll.count, format.number(roll.count))}.`}
        </p>
        <h3>{m.election.howToVote}</h3>
        <p>
          {ballotInWords(frame, details)} {m.election.paper[definition.paper]}
        </p>
        {definition.origin === 'import' && <p>{m.election.imported}</p>}
        <h3>{m.election.rule}</h3>
        {ruleInWords(frame, details.election).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </section>
      <Schedule frame={frame} details={details} />
      <section>
        <h2 id="keeping">{m.election.keeping}</h2>
        {keeping.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </section>
    </>
  );
}

/** `En cada ámbito se puede apoyar hasta 5 proyectos.` */
export function ballotInWords({ m, format }: Frame, { election }: ElectionDetails): string {
  const { type, min, max } = election.definition.ballot;
  const { exactly, upTo, between } = m.election.many;
  const many =
    min > 1 && min < max
      ? between(format.number(min), format.number(max))
      : (min === max ? exactly : upTo)(max, format.number(max));
  return m.election.ballotTypes[type](many);
}

function Budgets({ frame, details }: { frame: Frame; details: ElectionDetails }) {
  const { m, format, language } = frame;
  const { areas, currency } = details.election.definition;
  return (
    <table>
      <caption>{m.election.budget}</caption>
      <thead>
        <tr>
          <th scope="col">{m.election.area}</th>
          <th scope="col" class="number">
            {m.election.budget}
          </th>
        </tr>
      </thead>
      <tbody>
        {areas.map(({ id, budget }) => {
          const name = areaWords(frame, details, id);
          return (
            <tr key={id}>
              <th scope="row" lang={otherThan(language, name.language)}>
                {name.text}
              </th>
              <td class="number">{format.money(budget, currency)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Schedule({ frame, details }: { frame: Frame; details: ElectionDetails }) {
  const { m, format } = frame;
  const { schedule, definition } = details.election;
  const rows = [
    { title: m.election.opensAt, now: schedule.opensAt, first: definition.schedule.opensAt },
    { title: m.election.closesAt, now: schedule.closesAt, first: definition.schedule.closesAt },
    { title: m.election.claimsUntil, now: schedule.claimsUntil, first: definition.schedule.claimsUntil },
  ];
  return (
    <section>
      <h2 id="schedule">{m.election.schedule}</h2>
      <dl>
        {rows.map(({ title, now, first }) => (
          <>
            <dt>{title}</dt>
            <dd>
              <When frame={frame} at={now} />
              {now !== first && (
                <span class="small"> ({m.election.firstPlanned(format.instant(first))})</span>
              )}
            </dd>
          </>
        ))}
      </dl>
    </section>
  );
}
