/** A past of a large log asked of a real server: the thread that takes ballots neither folds nor sorts it, and answers others. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { ballotsView } from '../../projections/ballots.view.js';
import { openEvent } from '../../projections/event.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { appendElection } from '../bench/election-log.js';
import { startChild, type Child } from '../child.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import type { Watched } from './past-server.child.js';
import { auditedDigest, until } from './world.js';

const VOTERS = 10_000;

let database: TestDatabase;
let folder: string;
let server: Child;
let origin: string;
let head: bigint;
let digest: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = new Pool({ connectionString: database.url });
  const store = new PostgresEventStore(pool);
  await appendElection(store, VOTERS);
  head = await store.head();
  const events = [];
  for await (const page of store.readAll(-1n))
    for (const recorded of page) events.push(openEvent(nodeCrypto, recorded));
  digest = auditedDigest(ballotsView, events);
  await store.close();
  await pool.end();
  folder = await mkdtemp(join(tmpdir(), 'concejo-past-server-'));
  server = startChild('test/views/past-server.child.ts', [], {
    env: {
      CONCEJO_DATA: folder,
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      LOG_LEVEL: 'silent',
    },
  });
  origin = (await server.line(/^at /)).slice(3);
  await until('ready', async () => (await fetch(`${origin}/health/ready`)).status === 200);
}, 120_000);
afterAll(async () => {
  server.process.kill('SIGTERM');
  await server.ended;
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

let looks = 0;
async function watched(): Promise<Watched> {
  looks += 1;
  server.process.kill('SIGUSR2');
  const said = () => server.lines.filter((line) => line.startsWith('watched '));
  await until('the server says what it watched', () => said().length === looks);
  return JSON.parse((said().at(-1) as string).slice('watched '.length)) as Watched;
}

describe('a past of a large log', () => {
  it('is neither folded nor sorted on the thread that answers', async () => {
    // The first digests, of tables that come to the end of the log, are made on it.
    await until('quiet', async () => (await watched()).folds === 0);
    const asked = fetch(`${origin}/api/v1/views/ballots?asOf=${head}&limit=1000`);
    const isThere = asked.then(() => true);
    let others = 0;
    while (!(await Promise.race([isThere, fetch(`${origin}/health/live`).then(() => false)]))) others++;
    const past = (await (await asked).json()) as { digest: string; items: unknown[] };
    expect(past).toMatchObject({ digest, items: { length: 1_000 } });
    const { folds, longestSorted } = await watched();
    expect(folds).toBe(0);
    expect(longestSorted).toBeLessThan(2_000);
    expect(others).toBeGreaterThan(1);
  }, 60_000);
});
