/**
 * Replays an election's log into all views and compares with merely reading the table of events.
 * Run with the URL of an empty, migrated database: nothing else may be in it.
 */
import { openEvent } from '../../projections/event.js';
import { allViews } from '../../projections/views.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { makePool } from '../../src/postgres/pools.js';
import { ViewBuilder } from '../../src/views/builder.js';
import { PAGE_SIZE } from '../../src/views/pages.js';
import { appendElection } from './election-log.js';
import { quietLog } from './scratch.js';

export interface ReplayResult {
  readonly events: number;
  readonly megabytes: number;
  /** Events a second: read only; read, verified and parsed; replayed into all views up to the switch. Best of the runs. */
  readonly read: number;
  readonly opened: number;
  readonly replayed: number;
  /** `replayed` over `read`. */
  readonly ratio: number;
}

const RUNS = 3;

/** Prints and returns the rates over the log of an election with so many voters (about 1.1 events each). */
export async function run(url: string, voters = 100_000): Promise<ReplayResult> {
  const pool = makePool(url, quietLog, { max: 10 });
  const store = new PostgresEventStore(pool);
  try {
    if ((await store.head()) === -1n) await appendElection(store, voters);
    await pool.query('vacuum analyze');
    const { events, bytes } = await measure(store);
    const read = await best(events, async () => {
      await measure(store);
    });
    const opened = await best(events, async () => {
      for await (const page of store.readAll(-1n, PAGE_SIZE))
        for (const event of page) openEvent(nodeCrypto, event);
    });
    const builder = new ViewBuilder(pool, store, nodeCrypto);
    const replayed = await best(events, () => builder.build(allViews));
    const result = {
      events,
      megabytes: Math.round(bytes / 1e6),
      read,
      opened,
      replayed,
      ratio: replayed / read,
    };
    console.log(
      `${events} events, ${result.megabytes} MB: read ${read}/s, verified and parsed ${opened}/s, ` +
        `replayed into ${allViews.length} views ${replayed}/s; ratio to reading ${result.ratio.toFixed(2)}`,
    );
    return result;
  } finally {
    await store.close();
    await pool.end();
  }
}

async function measure(store: EventStore): Promise<{ events: number; bytes: number }> {
  let events = 0;
  let bytes = 0;
  for await (const page of store.readAll(-1n, PAGE_SIZE)) {
    events += page.length;
    for (const { leaf } of page) bytes += leaf.length;
  }
  return { events, bytes };
}

/** Events a second of the fastest run: others on the machine only ever make it slower. */
async function best(events: number, work: () => Promise<void>): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    await work();
    least = Math.min(least, performance.now() - start);
  }
  return Math.round((events / least) * 1_000);
}
