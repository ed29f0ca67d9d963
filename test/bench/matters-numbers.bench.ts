/**
 * The figures of a year with 100,000 matters: asked of the read tables, made again from the log with these tables, and as an
 * auditor makes them, who has only the log.
 */
import { openEvent } from '../../projections/event.js';
import { type MatterRow } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { foldInto } from '../../projections/projection.js';
import { sumsOf } from '../../projections/sums.js';
import { GetYearNumbers, GetYearNumbersHandler } from '../../src/numbers/numbers.queries.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { makePool } from '../../src/postgres/pools.js';
import { ViewBuilder } from '../../src/views/builder.js';
import { PAGE_SIZE } from '../../src/views/pages.js';
import { Views } from '../../src/views/views.js';
import { appendMatters, YEAR } from './matter-log.js';
import { percentile } from './raw-http.js';
import { quietLog, withDatabase } from './scratch.js';

const ASKED = 60;
const ASKED_MS = 20;
const MADE_AGAIN_MS = 5_000;

/** Prints a line for each. */
export async function run({ short }: { short: boolean }): Promise<void> {
  const matters = short ? 5_000 : 100_000;
  await withDatabase(async (url) => {
    const pool = makePool(url, quietLog, { max: 10 });
    const store = new PostgresEventStore(pool);
    try {
      const events = await appendMatters(store, matters);
      const what = `matters-numbers, ${matters} matters of a year, ${events} events`;
      await pool.query('vacuum analyze');
      const builder = new ViewBuilder(pool, store, nodeCrypto);
      await builder.build([mattersView]);
      const made = await least(3, () => builder.build([mattersView]));
      console.log(`${what}: rows and sums made again from the log in ${shown(made, MADE_AGAIN_MS)}`);
      const audited = await least(3, async () => {
        const rows = new Map<string, MatterRow>();
        for await (const page of store.readAll(-1n, PAGE_SIZE))
          foldInto(
            mattersView,
            rows,
            page.map((event) => openEvent(nodeCrypto, event)),
          );
        sumsOf(mattersView, rows.values());
      });
      console.log(`${what}: as an auditor makes them, in ${shown(audited, MADE_AGAIN_MS)}`);
      await pool.query('vacuum analyze');
      await ask(pool, what);
    } finally {
      await store.close();
      await pool.end();
    }
  });
}

async function ask(pool: ReturnType<typeof makePool>, what: string): Promise<void> {
  const views = new Views(pool, [mattersView]);
  try {
    // Early in the year little is overdue, and at its end all that nobody has answered.
    for (const month of [5, 12]) {
      const now = new Date(Date.UTC(YEAR, month, 1));
      const kept = new GetYearNumbersHandler(views);
      const handlers = {
        'nothing changed since': () => kept,
        'after a change': () => new GetYearNumbersHandler(views),
      };
      for (const [when, handler] of Object.entries(handlers)) {
        const { times, overdue } = await asked(handler, now);
        const [p50, p95] = [percentile(times, 50), percentile(times, 95)];
        console.log(
          `${what}: asked with ${overdue} overdue, ${when}, p50 ${shown(p50, ASKED_MS)}, p95 ${p95.toFixed(1)} ms`,
        );
      }
    }
  } finally {
    await views.close();
  }
}

async function asked(handler: () => GetYearNumbersHandler, now: Date) {
  const times: number[] = [];
  let overdue = 0;
  for (let i = 0; i < ASKED; i++) {
    const start = performance.now();
    const found = await handler().execute(new GetYearNumbers(YEAR, now));
    times.push(performance.now() - start);
    overdue = found?.numbers.all.whole.overdue ?? 0;
  }
  return { times: Float64Array.from(times).sort(), overdue };
}

function shown(ms: number, target: number): string {
  return `${ms.toFixed(1)} ms, ratio to ${target} ms ${(ms / target).toFixed(2)}`;
}

/** Milliseconds of the fastest: others on the machine only ever make it slower. */
async function least(times: number, work: () => Promise<void>): Promise<number> {
  let fastest = Infinity;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await work();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}
