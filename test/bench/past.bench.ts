/**
 * Pasts of an election's log asked of `concejo serve`, and how long others wait for their answers meanwhile. What they ask for
 * (`/health/live`) is nothing but the thread that takes ballots: they wait as long as it is held.
 */
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { freePort } from '../../src/postgres/listening.js';
import { makePool } from '../../src/postgres/pools.js';
import { appendElection } from './election-log.js';
import { mostMegabytes } from './process-watch.js';
import { startServer } from './program.js';
import { percentile } from './raw-http.js';
import { quietLog, withDatabase, withFolder } from './scratch.js';

const TARGET_MS = 50;

/** Prints a line for each past. */
export async function run({ short }: { short: boolean }): Promise<void> {
  await withDatabase((url, ownerUrl) =>
    withFolder((folder) => measure({ url, ownerUrl, folder }, short ? 5_000 : 100_000)),
  );
}

interface Place {
  readonly url: string;
  readonly ownerUrl: string;
  readonly folder: string;
}

async function measure({ url, ownerUrl, folder }: Place, voters: number): Promise<void> {
  const head = await fill(url, voters);
  const port = await freePort();
  const env = {
    CONCEJO_DATA: folder,
    DATABASE_URL: url,
    DATABASE_OWNER_URL: ownerUrl,
    PORT: String(port),
    LOG_LEVEL: 'silent',
  };
  const server = await startServer('src/main.js', ['serve'], /^Concejo serves/, env);
  try {
    const origin = `http://127.0.0.1:${port}`;
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
    console.log(`past: the server had ${(await mostMegabytes(server.pid)) ?? '?'} MB at most`);
  } finally {
    await server.stop();
  }
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

/** The tables are there, and the first digests are published. */
async function untilQuiet(origin: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    const response = await fetch(`${origin}/api/v1/digests`);
    if (response.status === 200 && ((await response.json()) as { items: unknown[] }).items.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The first digests were not published');
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
