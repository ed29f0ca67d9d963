/** Moves the live views on by some events: rows and checkpoints in one transaction. */
import type { ClientBase } from 'pg';
import type { LogEvent } from '../../projections/event.js';
import { beginCommit, liveOf, moveLive, readCheckpoints, type Move } from './checkpoints.js';
import { chunksOf } from './pages.js';
import { PoisonedFold, ViewRows } from './rows.js';
import type { AnyProjection } from './table.js';
import { loadRows, upsertRows } from './write.js';

/** Rows that one transaction may touch (a single event may touch more). */
const CHUNK_ROWS = 20_000;

/**
 * Folds events, which follow one another, into those of the views that are live in the version given, each from its own
 * checkpoint on. Commits once for every chunk, and notifies.
 * @throws PoisonedFold after everything before the poisoned event is committed.
 */
export async function advance(
  client: ClientBase,
  views: readonly AnyProjection[],
  events: readonly LogEvent[],
  chunkRows = CHUNK_ROWS,
): Promise<void> {
  try {
    // Only to cut the events; the rows are loaded in the transaction, where nobody else moves the views.
    const shapes = views.map((view) => new ViewRows(view));
    for (const chunk of chunksOf(shapes, events, chunkRows))
      await commitChunk(client, views, chunk.events, chunk.keys);
  } catch (error) {
    if (!(error instanceof PoisonedFold)) throw error;
    const before = events.filter((event) => event.position < error.position);
    if (before.length > 0) await advance(client, views, before, chunkRows);
    throw error;
  }
}

async function commitChunk(
  client: ClientBase,
  views: readonly AnyProjection[],
  events: readonly LogEvent[],
  keys: readonly ReadonlySet<string>[],
): Promise<void> {
  const last = events.at(-1)?.position;
  if (last === undefined) return;
  await beginCommit(client);
  try {
    const checkpoints = await readCheckpoints(client);
    const moves: Move[] = [];
    for (const [v, view] of views.entries()) {
      const live = liveOf(checkpoints, view);
      // Of another version by now, or further than this already: somebody has built it meanwhile.
      if (live === undefined || live.position >= last) continue;
      const rows = new ViewRows(view, live.changedAt);
      await loadRows(client, rows, keys[v] ?? [], 'live');
      for (const event of events) if (event.position > live.position) rows.fold(event);
      await upsertRows(client, rows, 'live');
      moves.push({ view, position: last, changedAt: rows.changedAt });
    }
    await moveLive(client, moves, last);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
