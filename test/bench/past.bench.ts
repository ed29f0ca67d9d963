/**
 * Pasts of an election's log asked of `concejo serve`, and how long others wait for their answers meanwhile. What they ask for
 * (`/health/live`) is nothing but the thread that takes ballots: they wait as long as it is held.
 */
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { makePool } from '../../src/postgres/pools.js';
import { appendElection } from './election-log.js';
import { mostMegabytes } from './process-watch.js';
import { percentile } from './raw-http.js';
import { quietLog } from './scratch.js';
import { untilQuiet, withServed, type Place } from './served.js';

const TARGET_MS = 50;

/** Prints a line for each past. */
export async function run({ short }: { short: boolean }): Promise<void> {
  let head = -1n;
  const prepare = async ({ url }: Place) => {
    head = await fill(url, short ? 5_000 : 100_000);
  };
  await withServed(prepare, { LOG_LEVEL: 'silent' }, async ({ origin, pid }) => {
    await untilQuiet(origin);
    const ask = async (what: string, path: string) => {
      const { ms, waits } = await whileOthersAsk(origin, path);
      const [p50, p99, most] = [percentile(waits, 50), percentile(waits, 99), percentile(waits, 100)];
      console.log(
        `past, ${head} events, ${what}: ${Math.round(ms)} ms; ${waits.length} others waited p50 ${p50.toFixed(1)} ms, ` +
          `p99 ${p99.toFixed(1)} ms, at most ${most.toFixed(1)} ms; ratio to ${TARGET_MS} ms ${(most / TARGET_MS).toFixed(2)}`,
      );
    };
    await ask('nobody asks', '/api/v1/views');
    for (const view of ['ballots', 'roll']) {
      const path = `/api/v1/views/${view}?asOf=${head}&limit=1000`;
      await ask(`${view}, folded`, path);
      await ask(`${view}, again`, path);
    }
    const roll = await fetch(`${origin}/api/v1/views/roll?asOf=${head}&limit=1`);
    const { items } = (await roll.json()) as { items: { row: { electionId: string; v: string } }[] };
    const line = items[0]?.row;
    await ask('a voter', `/api/v1/elections/${line?.electionId}/voters/${line?.v}?asOf=${head - 1n}`);
    console.log(`past: the server had ${(await mostMegabytes(pid)) ?? '?'} MB at most`);
  });
}

async function whileOthersAsk(origin: string, path: string): Promise<{ ms: number; waits: Float64Array }> {
  const start = performance.now();
  let ms: number | undefined;
  const asked = fetch(origin + path).then(async (response) => {
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
    ms = performance.now() - start;
  });
  asked.catch(() => undefined);
  const waits: number[] = [];
  for (const until = start + 600_000; ms === undefined && performance.now() < until;) {
    const begun = performance.now();
    await (await fetch(`${origin}/health/live`)).text();
    waits.push(performance.now() - begun);
  }
  await asked;
  return { ms: ms ?? 0, waits: Float64Array.from(waits).sort() };
}

async function fill(url: string, voters: number): Promise<bigint> {
  const pool = makePool(url, quietLog, { max: 10 });
  const store = new PostgresEventStore(pool);
  try {
    await appendElection(store, voters);
    return await store.head();
  } finally {
    await store.close();
    await pool.end();
  }
}
