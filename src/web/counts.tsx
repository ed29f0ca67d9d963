/** All counts of an election beside each other, and how an earlier one differs from the latest. */
import type { CountResult } from '../../projections/count.js';
import type { ElectionRow, TallyEntry } from '../../projections/elections.view.js';
import type { ElectionDetails } from '../elections/elections.queries.js';
import { areaWords, optionWords } from './areas.js';
import { otherThan, When, type Frame } from './layout.js';
import { inSameTime } from './past.js';

export interface CountsProps {
  frame: Frame;
  election: ElectionRow;
  shown: TallyEntry;
}

export function Counts({ frame, election, shown }: CountsProps) {
  const { m, format } = frame;
  const latest = election.tallies.at(-1);
  if (election.tallies.length < 2) return null;
  return (
    <section>
      <h3>{m.result.counts}</h3>
      <p>{m.result.countsSay}</p>
      <div class="scroll" role="region" aria-label={m.result.counts} tabindex={0}>
        <table>
          <caption>{m.result.counts}</caption>
          <thead>
            <tr>
              <th scope="col">{m.result.counts}</th>
              <th scope="col">{m.result.at}</th>
              <th scope="col" class="number">
                {m.result.cast}
              </th>
              <th scope="col" class="number">
                {m.result.counted}
              </th>
              <th scope="col">{m.result.state}</th>
            </tr>
          </thead>
          <tbody>
            {election.tallies.map((tally) => (
              <tr key={tally.number}>
                <th scope="row">
                  <a
                    href={inSameTime(
                      frame,
                      `/elections/${election.definition.electionId}?count=${tally.number}#result`,
                    )}
                    aria-current={tally.number === shown.number ? 'true' : undefined}
                  >
                    {m.result.number(format.number(tally.number))}
                  </a>
                </th>
                <td>
                  <When frame={frame} at={tally.at} />
                </td>
                <td class="number">{format.number(tally.cast)}</td>
                <td class="number">{format.number(tally.counted)}</td>
                <td>{states(frame, election, tally, tally === latest).join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function states({ m }: Frame, election: ElectionRow, tally: TallyEntry, isLatest: boolean): string[] {
  return [
    ...(isLatest ? [m.result.latest] : []),
    ...(tally.revoked ? [m.result.revoked] : []),
    ...(election.certified?.tally === tally.number && !election.annulled ? [m.result.certified] : []),
  ];
}

interface DifferenceProps {
  frame: Frame;
  details: ElectionDetails;
  shown: CountResult;
  latest: CountResult;
}

/** Which projects only one of two counts funds. */
export function Difference({ frame, details, shown, latest }: DifferenceProps) {
  const { m, language } = frame;
  const title = optionWords(frame, details);
  const changed = shown.areas.flatMap(({ area, together }) => {
    const here = new Set(together.funded);
    const there = new Set(latest.areas.find((other) => other.area === area)?.together.funded);
    const onlyHere = [...here]
      .filter((id) => !there.has(id))
      .map((id) => ({ area, id, where: m.result.onlyHere }));
    const onlyThere = [...there]
      .filter((id) => !here.has(id))
      .map((id) => ({ area, id, where: m.result.onlyLatest }));
    return [...onlyHere, ...onlyThere];
  });
  return (
    <section>
      <h3>{m.result.changed}</h3>
      {changed.length === 0 ? (
        <p>{m.result.unchanged}</p>
      ) : (
        <ul>
          {changed.map(({ area, id, where }) => (
            <li key={`${area}/${id}`}>
              {where}: <span lang={otherThan(language, title(id).language)}>{title(id).text}</span> (
              {areaWords(frame, details, area).text})
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
