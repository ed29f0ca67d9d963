/**
 * Deletes contents to which nobody refers: written for a command that was then refused, or that never came. Who refers is
 * read from the log, not from what a command promised, so a crash at any point neither loses a content that an event
 * needs nor keeps one for ever that none does. What two persons are still to approve is looked at in the same way: the words
 * of a proposal wait as long as it may become an event.
 */
import type { Pool } from 'pg';
import { contentsMentioned, contentsView } from '../../projections/contents.view.js';
import type { EventStore } from '../event-store/event-store.js';
import { waitingActs } from '../staff/act-rows.js';
import type { Views } from '../views/views.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Contents looked at in one sweep at most. */
export const SWEEP_BATCH = 1_000;
const VIEWS_TIMEOUT_MS = 30_000;

export interface Swept {
  deleted: number;
  /** Found to be referred to by an event; not looked at again. */
  kept: number;
}

export class Orphans {
  constructor(
    private readonly pool: Pool,
    private readonly store: EventStore,
    private readonly views: Views,
  ) {}

  /** Sweeps the oldest of those written more than a day before `now`. @throws ViewsBehind, and then nothing is deleted */
  async sweep(now: Date): Promise<Swept> {
    const dayAgo = new Date(now.getTime() - DAY_MS);
    // Read before the log: an act that is carried out meanwhile is found here or there. One that expires in this moment
    // may just be being approved, so its words have a day more.
    const proposed = (await waitingActs(this.pool, dayAgo)).flatMap((act) => contentsMentioned(act));
    const { rows } = await this.pool.query<{ id: string }>(
      `select id from contents where not kept and created_at < $1 and id <> all($2::uuid[])
       order by created_at limit $3`,
      [dayAgo, proposed, SWEEP_BATCH],
    );
    if (rows.length === 0) return { deleted: 0, kept: 0 };
    // A view that lags would show a content of the last event as nobody's.
    await this.views.atLeast(await this.store.head(), VIEWS_TIMEOUT_MS);
    const ids = rows.map((row) => row.id);
    const mentioned = await this.views.many(contentsView, ids);
    await this.pool.query('update contents set kept = true where id = any($1::uuid[])', [
      [...mentioned.keys()],
    ]);
    const deleted = await this.pool.query('delete from contents where id = any($1::uuid[]) and not kept', [
      ids,
    ]);
    return { deleted: deleted.rowCount ?? 0, kept: mentioned.size };
  }
}
