/** The sums of a record: ballots by what became of them, paper against the marks on the roll, and what was at fault. */
import type { CountResult } from '../../projections/count.js';
import type { ElectionRow } from '../../projections/elections.view.js';
import type { Frame } from './layout.js';

const STATUSES = ['counted', 'superseded', 'late', 'suspended', 'annulled', 'paper', 'spoiled'] as const;

/** Every ballot once: the sum is what was cast. */
export function BallotSums({ frame, result }: { frame: Frame; result: CountResult }) {
  const { m, format } = frame;
  return (
    <section>
      <h2>{m.record.ballots}</h2>
      <table>
        <caption>{m.record.ballotsCaption}</caption>
        <thead>
          <tr>
            <th scope="col">{m.lookUp.status}</th>
            <th scope="col" class="number">
              {m.record.number}
            </th>
          </tr>
        </thead>
        <tbody>
          {STATUSES.map((status) => (
            <tr key={status}>
              <th scope="row">{m.status[status]}</th>
              <td class="number">{format.number(result.ballots[status])}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{m.record.cast}</th>
            <td class="number">{format.number(result.ballots.cast)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

/** Before the count the election's own row knows less. */
export function Paper(props: { frame: Frame; election: ElectionRow; result: CountResult | undefined }) {
  const { frame, election, result } = props;
  const { m, format } = frame;
  const { paper, definition } = election;
  const { reconciled } = paper;
  return (
    <section>
      <h2>{m.record.paper}</h2>
      {definition.paper === 'none' ? (
        <p>{m.record.noPaper}</p>
      ) : (
        <>
          <p>{m.election.paper[definition.paper]}</p>
          <dl>
            <dt>{m.record.batches}</dt>
            <dd>{format.number(paper.batches)}</dd>
            <dt>{m.record.sheets}</dt>
            <dd>{format.number(paper.sheets)}</dd>
            {reconciled && (
              <>
                <dt>{m.record.marks}</dt>
                <dd>{format.number(reconciled.marks)}</dd>
                <dt>{m.record.surplus}</dt>
                <dd>
                  {reconciled.surplus === 0 ? (
                    m.record.noSurplus
                  ) : (
                    <strong>{format.number(reconciled.surplus)}</strong>
                  )}
                </dd>
              </>
            )}
            {result && (
              <>
                <dt>{m.record.sheetsCounted}</dt>
                <dd>{format.number(result.paper.counted)}</dd>
              </>
            )}
          </dl>
          {!reconciled && <p>{m.record.notReconciled}</p>}
        </>
      )}
    </section>
  );
}

/** Ballots and sheets that could not be counted, and those that were counted outside the limits, each by its id. */
export function Faults({ frame, result }: { frame: Frame; result: CountResult }) {
  const { m } = frame;
  const lists = [
    { title: m.record.spoiled, entries: result.spoiled.map(({ id, reason }) => ({ id, code: reason })) },
    { title: m.record.breaches, entries: result.breaches },
  ].filter(({ entries }) => entries.length > 0);
  return (
    <>
      {lists.map(({ title, entries }) => (
        <section key={title}>
          <h2>{`${title} (${frame.format.number(entries.length)})`}</h2>
          <details>
            <summary>{m.site.showTable}</summary>
            <ul class="codes">
              {entries.map(({ id, code }) => (
                <li key={`${id} ${code}`}>
                  <code>{id}</code>: <code>{code}</code>
                </li>
              ))}
            </ul>
          </details>
        </section>
      ))}
    </>
  );
}
