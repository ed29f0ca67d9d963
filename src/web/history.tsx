/** Everything that was done to an election, by whom and why. */
import type { HistoryEntry } from '../../projections/elections.view.js';
import type { List } from '../../projections/long-list.js';
import { inWords } from './messages.js';
import { When, type Frame } from './layout.js';
import { Because } from './phase-note.js';

export interface HistoryProps {
  frame: Frame;
  history: List<HistoryEntry>;
  reasons: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Entries that follow each other and are the same but for their time. */
interface Run {
  first: HistoryEntry;
  last: HistoryEntry;
  times: number;
}

export function History({ frame, history, reasons }: HistoryProps) {
  const { m, format } = frame;
  return (
    <section class="history">
      <h2 id="history">{m.history.title}</h2>
      <ol>
        {runsOf(history).map(({ first, last, times }) => (
          <li key={first.position} class={first.what.endsWith('Annulled') ? 'grave' : undefined}>
            <p>
              <strong>{inWords(m.history.acts, first.what)}</strong>
            </p>
            <p>
              {times > 1 && `${m.history.repeated(format.number(times))} `}
              <When frame={frame} at={last.at} />. {m.history.by}:{' '}
              <Actors frame={frame} ids={[first.actor]} />.
              {first.approvedBy && (
                <>
                  {' '}
                  {m.history.approvedBy}: <Actors frame={frame} ids={first.approvedBy} />.
                </>
              )}
            </p>
            {first.reason && (
              <p>
                <Because frame={frame} reason={first.reason} reasons={reasons} />
              </p>
            )}
            <p class="small">
              {m.history.entry} {format.number(last.position)}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Ids of staff; `system` is the program itself. */
export function Actors({ frame, ids }: { frame: Frame; ids: readonly string[] }) {
  return (
    <>
      {ids.map((id, index) => (
        <span key={id}>
          {index > 0 && ', '}
          {id === 'system' ? frame.m.history.system : <code>{id}</code>}
        </span>
      ))}
    </>
  );
}

/** Hundreds of paper batches are one line. */
function runsOf(history: List<HistoryEntry>): Run[] {
  const runs: Run[] = [];
  for (const entry of history) {
    const run = runs.at(-1);
    if (run !== undefined && run.first.reason === undefined && isSame(run.first, entry)) {
      run.last = entry;
      run.times += 1;
    } else {
      runs.push({ first: entry, last: entry, times: 1 });
    }
  }
  return runs;
}

function isSame(a: HistoryEntry, b: HistoryEntry): boolean {
  return (
    a.what === b.what &&
    a.actor === b.actor &&
    b.reason === undefined &&
    String(a.approvedBy) === String(b.approvedBy)
  );
}
