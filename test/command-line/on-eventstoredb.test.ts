/** The main job of the README with the log on EventStoreDB: nothing but one setting is different. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../src/postgres/listening.js';
import { startChild, type Child } from '../child.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { newLog, type LogOnEventStoreDb } from '../event-store/eventstoredb-log.js';
import { newFolder, removeFolders } from '../postgres/folders.js';
import { GENERATED_FILE } from './generated-file.js';

let log: LogOnEventStoreDb;
let database: TestDatabase;
const children: Child[] = [];
beforeAll(async () => {
  log = await newLog();
  database = await createTestDatabase();
}, 60_000);
afterAll(async () => {
  for (const child of children) {
    child.process.kill('SIGTERM');
    await child.ended;
  }
  await database.drop();
  await log.close();
  removeFolders();
}, 60_000);

function concejo(args: readonly string[], data: string, env: Record<string, string> = {}): Child {
  return startChild('src/main.ts', args, {
    env: { CONCEJO_DATA: data, EVENTSTORE_URL: log.url, ...env },
  });
}

/** @returns where it listens */
async function serve(command: 'serve' | 'demo', data: string, env?: Record<string, string>): Promise<string> {
  const port = await freePort();
  const args = command === 'demo' ? [command, '--matters', '4'] : [command];
  const child = concejo(args, data, { ...env, PORT: String(port) });
  children.push(child);
  await child.line(/^Concejo(, a demo| serves) /);
  return `http://127.0.0.1:${port}`;
}

it('imports an election, counts it again, and passes an audit of its bundle and of the live log', async () => {
  const data = join(newFolder(), 'data');
  const there = { DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl };
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await concejo([...args, '--json'], data, there).ended;
    expect([args, code, stderr, stdout]).toEqual([args, 0, '', expect.stringMatching(/^\{/)]);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const file = join(newFolder(), 'generated.pb');
  writeFileSync(file, GENERATED_FILE);
  const { electionId } = (await run('import', file)) as { electionId: string };
  await run('count', electionId);
  const address = await serve('serve', data, there);
  const health = (await (await fetch(`${address}/health/ready`)).json()) as { log: object };
  expect(health.log).toEqual({ index: 'active' });
  const bundle = join(newFolder(), 'all.bundle');
  await run('bundle', '--out', bundle);
  expect(await run('audit', bundle)).toMatchObject({ conclusion: 'passed-by-own-policy' });
  expect(await run('audit', address)).toMatchObject({ conclusion: 'passed-by-own-policy' });
  await run('doctor');
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query(
    'select (select count(*)::int from events) as here, (select count(*) > 10 from log_index) as there',
  );
  await client.end();
  expect(rows).toEqual([{ here: 0, there: true }]);
}, 180_000);

it('makes and serves a demo', async () => {
  const address = await serve('demo', join(newFolder(), 'data'));
  const elections = await fetch(`${address}/api/v1/elections`);
  expect(((await elections.json()) as { items: unknown[] }).items.length).toBeGreaterThan(1);
  const { years } = (await (await fetch(`${address}/api/v1/matters/years`)).json()) as {
    years: { filed: number }[];
  };
  expect(years.reduce((sum, { filed }) => sum + filed, 0)).toBe(4);
}, 180_000);
