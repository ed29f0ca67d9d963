/** Backup, restore and copying a log as whoever runs a site does it: on data folders, beside a site, and killed in the middle. */
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { Client } from 'pg';
import type { RecordedEvent } from '../../projections/event.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { makePool } from '../../src/postgres/pools.js';
import { startChild, type Child } from '../child.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { newLog } from '../event-store/eventstoredb-log.js';
import { append, event, logOf, newStream } from '../event-store/samples.js';
import { EventStoreDbDouble } from '../event-store/eventstoredb-double/double.js';
import { newFolder, removeFolders } from '../postgres/folders.js';
import { granted, toAppend } from '../views/world.js';

const quiet = { info: () => undefined, warn: () => undefined };
const CITY = 'docs/city.example.json';
const databases: TestDatabase[] = [];
const serving: Child[] = [];
afterEach(async () => {
  for (const child of serving.splice(0)) await stop(child);
});
afterAll(async () => {
  for (const database of databases) await database.drop();
  removeFolders();
});

/** As `concejo ARGS` on a data folder of its own, with the PostgreSQL that it starts itself. */
function concejo(args: readonly string[], data: string, env: Record<string, string> = {}): Child {
  return startChild('src/main.ts', args, { env: { CONCEJO_DATA: data, PORT: '0', ...env } });
}

async function json(args: readonly string[], data: string): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await concejo([...args, '--json'], data).ended;
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function serve(data: string): Promise<Child> {
  const child = concejo(['serve'], data);
  serving.push(child);
  await child.line(/^Concejo serves /);
  return child;
}

async function stop(child: Child): Promise<void> {
  child.process.kill('SIGTERM');
  await child.ended;
}

async function newDatabase(empty: boolean): Promise<TestDatabase> {
  const database = await createTestDatabase({ empty });
  databases.push(database);
  return database;
}

async function signed(data: string, size: number): Promise<void> {
  const memory = join(data, 'secrets', 'log-signed');
  for (let tries = 0; tries < 400; tries++) {
    if (existsSync(memory) && Number(readFileSync(memory, 'utf8').split('\n')[1]) >= size) return;
    await sleep(50);
  }
  throw new Error('The log was not signed in time');
}

describe('concejo backup and restore on data folders', () => {
  let data: string;
  let file: string;
  let taken: Record<string, unknown>;
  beforeAll(async () => {
    data = join(newFolder(), 'data');
    file = join(newFolder(), 'city.backup');
    expect(await json(['city', CITY], data)).toMatchObject({ events: 9 });
    const site = await serve(data);
    await signed(data, 11);
    // Beside the site, on the server that it holds.
    taken = await json(['backup', '--out', file], data);
    await stop(site);
    serving.pop();
  }, 120_000);

  it('take one while the site runs, without any secret in it', async () => {
    expect(taken).toMatchObject({ out: file, events: expect.any(Number), root: expect.any(String) });
    expect(statSync(file).mode & 0o077).toBe(0);
    const tar = gunzipSync(readFileSync(file));
    for (const secret of ['election-keys', 'server']) {
      expect(tar.includes(readFileSync(join(data, 'secrets', secret)))).toBe(false);
    }
    expect(tar.includes('PRIVATE+KEY')).toBe(false);
  });

  it('bring it back, say what is missing and what to do, and the site signs on when it is there', async () => {
    const back = join(newFolder(), 'back');
    const { code, stdout } = await concejo(['restore', file, '--into', back], newFolder()).ended;
    expect(code).toBe(0);
    expect(stdout).toContain(`${String(taken.events)} of ${String(taken.events)} events of `);
    expect(stdout).toContain(`under the root ${String(taken.root)}.`);
    expect(stdout).toMatch(/^log-key-missing: .*\n {4}put the key of the log there/m);
    expect(stdout).toMatch(/^erasures-missing: .*\n {4}texts that were erased after/m);
    expect(stdout).toMatch(/^server-secret-missing: /m);
    expect(stdout).not.toContain('staff-missing');
    expect(stdout).toMatch(/\nDo that first\. Then start concejo serve/);
    expect(readFileSync(join(back, 'staff.json'), 'utf8')).toBe(
      readFileSync(join(data, 'staff.json'), 'utf8'),
    );

    expect(stdout).toMatch(/^log-head-missing: /m);

    // As it says; nobody has kept a newer head than the backup's own.
    mkdirSync(join(back, 'secrets'), { recursive: true, mode: 0o700 });
    for (const name of ['log-key', 'server', 'election-keys'])
      writeFileSync(join(back, 'secrets', name), readFileSync(join(data, 'secrets', name)), { mode: 0o600 });
    const changed = join(newFolder(), 'city.json');
    writeFileSync(changed, readFileSync(CITY, 'utf8').replace('"Harbour"', '"Old harbour"'));
    expect(await json(['city', changed], back)).toMatchObject({ events: 1 });
    const kept = join(back, 'log-head');
    expect(readFileSync(kept, 'utf8')).toBe(headOf(file));
    expect(await json(['log-head', kept], back)).toMatchObject({ path: join(back, 'secrets', 'log-signed') });
    const site = await serve(back);
    await signed(back, Number(taken.events) + 1);
    await stop(site);
    serving.pop();
    expect(await json(['doctor'], back)).toMatchObject({ healthy: true, findings: [] });
    // Nothing is written over it.
    expect(await json(['restore', file, '--into', back], back)).toMatchObject({
      error: 'restore-target-not-empty',
    });
  }, 120_000);

  it('to an earlier event: nothing smaller is signed, unless it is to be another log', async () => {
    const earlier = join(newFolder(), 'earlier');
    mkdirSync(join(earlier, 'secrets'), { recursive: true, mode: 0o700 });
    const key = join(earlier, 'secrets', 'log-key');
    writeFileSync(key, readFileSync(join(data, 'secrets', 'log-key')), { mode: 0o600 });
    const told = await json(['restore', file, '--into', earlier, '--until', '4'], earlier);
    expect(told).toMatchObject({ events: '5', of: taken.events });
    expect(told.missing).toContainEqual(expect.objectContaining({ code: 'log-behind-signed' }));
    const site = concejo(['serve'], earlier, { LOG_LEVEL: 'error' });
    serving.push(site);
    await site.line(/log-behind-signed/);
    await stop(site);
    serving.pop();

    // Whole again, into an empty database: that the memory has the backup's own head does not say that nobody was shown a newer one.
    const whole = join(newFolder(), 'whole');
    const memory = join(whole, 'secrets', 'log-signed');
    mkdirSync(join(whole, 'secrets'), { recursive: true, mode: 0o700 });
    writeFileSync(memory, readFileSync(join(earlier, 'secrets', 'log-signed')), { mode: 0o600 });
    const { missing } = await json(['restore', file, '--into', whole], whole);
    const advice = expect.stringContaining(`is ${memory}.before-restore now`);
    expect(missing).toContainEqual(expect.objectContaining({ code: 'log-head-missing', advice }));
    expect(existsSync(memory)).toBe(false);

    const anew = join(newFolder(), 'anew');
    mkdirSync(join(anew, 'secrets'), { recursive: true, mode: 0o700 });
    renameSync(key, join(anew, 'secrets', 'log-key'));
    const args = ['restore', file, '--into', anew, '--until', '4', '--as-new-log'];
    expect(await json(args, anew)).toMatchObject({ error: 'restore-under-old-key' });
    renameSync(join(anew, 'secrets', 'log-key'), key);
    expect(await json(args, anew)).toMatchObject({ events: '5' });
    await serve(anew);
    await signed(anew, 5);
    const [origin] = readFileSync(join(anew, 'secrets', 'log-signed'), 'utf8').split('\n');
    expect(origin).not.toBe(readFileSync(join(data, 'secrets', 'log-signed'), 'utf8').split('\n')[0]);
  }, 120_000);

  it('refuses what is no index, no file, or a folder without a city', async () => {
    const none = join(newFolder(), 'none');
    expect(await json(['restore', file, '--into', none, '--until', '-1'], none)).toMatchObject({
      error: 'index-malformed',
    });
    expect(await json(['restore', join(none, 'x'), '--into', none], none)).toMatchObject({
      error: 'file-not-found',
    });
    expect(await json(['backup', '--out', join(newFolder(), 'x')], none)).toMatchObject({ error: 'no-data' });
    expect(existsSync(none)).toBe(false);
  }, 60_000);
});

describe('concejo copy-log', () => {
  const EVENTS = 40_000;
  let source: TestDatabase;
  beforeAll(async () => {
    source = await newDatabase(false);
    const pool = makePool(source.url, quiet);
    const store = new PostgresEventStore(pool);
    for (let at = 0; at < EVENTS; at += 1_000) {
      await store.copyIn(Array.from({ length: 1_000 }, (_, i) => recorded(at + i)));
    }
    await store.close();
    await pool.end();
  }, 120_000);

  it('killed in the middle leaves what nothing serves, and goes on when run again', async () => {
    const target = await newDatabase(true);
    const args = ['copy-log', '--from', source.url, '--to', target.ownerUrl];
    const watching = new Client({ connectionString: target.adminUrl });
    await watching.connect();
    const head = async () => {
      const there = await watching.query(`select to_regclass('log_head') is not null as there`);
      if (!(there.rows[0] as { there: boolean }).there) return -1;
      const { rows } = await watching.query<{ position: string }>('select position from log_head');
      return Number(rows[0]?.position ?? -1);
    };
    const killed = concejo(args, newFolder());
    while ((await head()) < 3_000) {
      if (killed.process.exitCode !== null) throw new Error((await killed.ended).stderr);
      await sleep(1);
    }
    killed.process.kill('SIGKILL');
    expect((await killed.ended).signal).toBe('SIGKILL');
    const half = await head();
    expect(half).toBeGreaterThanOrEqual(3_000);
    expect(half).toBeLessThan(EVENTS - 1);

    const env = { DATABASE_URL: target.ownerUrl };
    const folder = newFolder();
    for (const command of [['serve'], ['backup', '--out', join(folder, 'half'), '--json']]) {
      const { code, stdout, stderr } = await concejo(command, folder, env).ended;
      expect([code, stdout + stderr]).toEqual([
        1,
        expect.stringContaining('concejo copy-log has not come to its end'),
      ]);
    }

    const copied = await json(args, newFolder());
    expect(copied).toMatchObject({ size: String(EVENTS), grew: false });
    expect(Number(copied.found) + Number(copied.copied)).toBe(EVENTS);
    expect(Number(copied.found)).toBeGreaterThan(3_000);
    const rows = 'select md5(string_agg(e::text, chr(10) order by position)) from events e';
    const from = new Client({ connectionString: source.adminUrl });
    await from.connect();
    expect((await watching.query(rows)).rows).toEqual((await from.query(rows)).rows);
    await from.end();
    expect((await watching.query('select from log_incoming')).rows).toEqual([]);
    await watching.end();
  }, 120_000);

  it('leaves room for a restore that was killed to be run again', async () => {
    const file = join(newFolder(), 'large.backup');
    await concejo(['backup', '--out', file], newFolder(), { DATABASE_URL: source.ownerUrl }).ended;
    const target = await newDatabase(true);
    const watching = new Client({ connectionString: target.adminUrl });
    await watching.connect();
    const args = ['restore', file, '--into', target.ownerUrl];
    const folder = newFolder();
    const killed = concejo(args, folder);
    const busy = `select from pg_stat_activity where datname = current_database() and query like 'copy events%'`;
    while ((await watching.query(busy)).rowCount === 0) {
      if (killed.process.exitCode !== null) throw new Error((await killed.ended).stderr);
      await sleep(1);
    }
    killed.process.kill('SIGKILL');
    expect((await killed.ended).signal).toBe('SIGKILL');
    expect((await watching.query('select from events limit 1')).rowCount).toBe(0);
    expect(await json(args, folder)).toMatchObject({ events: String(EVENTS) });
    await watching.end();
  }, 120_000);

  it('does not touch a log that is another one', async () => {
    const other = await newDatabase(false);
    const pool = makePool(other.url, quiet);
    const store = new PostgresEventStore(pool);
    await store.copyIn([recorded(7, 0)]);
    const answer = await json(['copy-log', '--from', source.url, '--to', other.ownerUrl], newFolder());
    expect(answer).toMatchObject({ error: 'copy-target-different' });
    expect(await store.head()).toBe(0n);
    // Nor is it kept from being served.
    expect((await pool.query('select from log_incoming')).rows).toEqual([]);
    const itself = await json(['copy-log', '--from', source.url, '--to', source.url], newFolder());
    expect(itself).toMatchObject({ error: 'copy-to-itself' });
    await store.close();
    await pool.end();
  }, 60_000);
});

describe('concejo copy-log to EventStoreDB', () => {
  it('killed in the middle, again and again, goes on until the log is there once', async () => {
    const { url: esdb, close } = await eventStoreDb();
    const database = await newDatabase(false);
    const pool = makePool(database.ownerUrl, quiet);
    const store = new PostgresEventStore(pool);
    const EVENTS = 3_000;
    await store.copyIn(Array.from({ length: EVENTS }, (_, i) => ofCommand(i)));
    const name = `test-${randomBytes(6).toString('hex')}`;
    const args = ['copy-log', '--from', database.ownerUrl, '--to', esdb, '--json'];
    const copy = (named = name) => concejo(args, newFolder(), { EVENTSTORE_LOG: named });
    const indexed = async () => {
      const { rows } = await pool.query<{ position: string }>('select position from log_index_head');
      return Number(rows[0]?.position);
    };
    for (const at of [0, 7, 400, 401, 1_500, EVENTS - 2]) {
      const killed = copy();
      while ((await indexed()) < at) {
        if (killed.process.exitCode !== null) throw new Error((await killed.ended).stderr);
        await sleep(1);
      }
      killed.process.kill('SIGKILL');
      expect((await killed.ended).signal).toBe('SIGKILL');
      // Until it is whole the log is where it was.
      await expect(pool.query(`select from log_home where engine = 'eventstoredb'`)).resolves.toMatchObject({
        rowCount: 0,
      });
    }
    const { stdout, stderr } = await copy().ended;
    expect([JSON.parse(stdout), stderr]).toMatchObject([{ size: String(EVENTS), grew: false }, '']);
    const columns = 'position, revision, stream, id, hash, recorded_at, command_id, request_digest';
    const rows = async (table: string) =>
      (await pool.query<object>(`select ${columns} from ${table} order by position`)).rows;
    expect(await rows('log_index')).toEqual(await rows('events'));
    expect((await pool.query('select from log_left_out')).rowCount).toBe(0);

    const other = await newDatabase(true);
    const back = ['copy-log', '--from', database.ownerUrl, '--to', other.ownerUrl, '--json'];
    const there = await concejo(back, newFolder(), { EVENTSTORE_URL: esdb }).ended;
    expect(JSON.parse(there.stdout)).toMatchObject({ root: (JSON.parse(stdout) as { root: string }).root });
    const theirs = makePool(other.ownerUrl, quiet);
    const whole = 'select e::text from events e order by position';
    expect((await theirs.query(whole)).rows).toEqual((await pool.query(whole)).rows);
    await theirs.end();
    await store.close();
    await pool.end();
    await close();
  }, 240_000);

  it('is refused by a log that is there already, and leaves nothing behind in its own database', async () => {
    const elsewhere = await newLog();
    const others = elsewhere.open();
    for (let i = 0; i < 30; i++) await others.append(append(newStream(), 'no-stream', event()));
    const database = await newDatabase(false);
    const pool = makePool(database.ownerUrl, quiet);
    const store = new PostgresEventStore(pool);
    await store.copyIn(Array.from({ length: 300 }, (_, i) => ofCommand(i)));
    const copy = async (named: string) => {
      const args = ['copy-log', '--from', database.ownerUrl, '--to', elsewhere.url, '--json'];
      const { stdout, stderr } = await concejo(args, newFolder(), { EVENTSTORE_LOG: named }).ended;
      return stdout === '' ? stderr : (JSON.parse(stdout) as unknown);
    };
    expect(await copy(elsewhere.name)).toMatchObject({ error: 'copy-target-different' });
    expect(await logOf(others)).toHaveLength(30);
    // What somebody else has put under the name of a log.
    const strange = `test-${randomBytes(6).toString('hex')}`;
    const client = EventStoreDBClient.connectionString(elsewhere.url);
    await client.appendToStream(`${strange}:person-1`, jsonEvent({ type: 'Strange', data: {} }));
    expect(await copy(strange)).toMatchObject({ error: 'log-foreign' });
    // While it is under way, nobody else copies.
    const slow = new EventStoreDbEventStore(elsewhere.url, `${strange}-slow`, pool);
    await slow.caughtUp();
    expect(await copy(`${strange}-other`)).toMatchObject({ error: 'copy-under-way' });
    await slow.close();
    expect(await copy(`${strange}-own`)).toMatchObject({ found: '0', size: '300' });
    expect(await logOf(others)).toHaveLength(30);
    await client.dispose();
    await store.close();
    await pool.end();
    await elsewhere.close();
  }, 120_000);

  it('moves the log of a city, which then goes on there and nowhere else', async () => {
    const { url: esdb, close } = await eventStoreDb();
    const database = await newDatabase(true);
    const data = newFolder();
    const there = { DATABASE_URL: database.ownerUrl };
    const run = async (args: string[], env: Record<string, string> = {}) => {
      const { stdout, stderr } = await concejo([...args, '--json'], data, { ...there, ...env }).ended;
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    expect(await run(['city', CITY])).toMatchObject({ events: 9 });
    const file = join(newFolder(), 'before');
    const before = await run(['backup', '--out', file]);
    const args = ['copy-log', '--from', database.ownerUrl, '--to', esdb];
    expect(await run(args)).toMatchObject({ error: 'log-name-missing' });
    // Nothing begins there before the log is whole.
    expect(await run(['backup', '--out', file], { EVENTSTORE_URL: esdb })).toMatchObject({
      error: 'log-elsewhere',
    });
    const copied = await run(args, { EVENTSTORE_LOG: `test-${randomBytes(6).toString('hex')}` });
    expect(copied).toMatchObject({ size: String(before.events), root: before.root, grew: false });

    const moved = { EVENTSTORE_URL: esdb };
    expect(await run(['backup', '--out', file])).toMatchObject({ error: 'log-elsewhere' });
    expect(await run(['backup', '--out', file], moved)).toMatchObject({
      events: before.events,
      root: before.root,
    });
    const changed = join(newFolder(), 'city.json');
    writeFileSync(changed, readFileSync(CITY, 'utf8').replace('"Harbour"', '"Old harbour"'));
    expect(await run(['city', changed], moved)).toMatchObject({ events: 1 });
    // A program that was started before the move appends to PostgreSQL no more.
    const pool = makePool(database.ownerUrl, quiet);
    const store = new PostgresEventStore(pool);
    await expect(store.copyIn([recorded(1, Number(before.events))])).rejects.toThrow('is on EventStoreDB');
    await store.close();
    await pool.end();
    // And a backup of it comes back into any PostgreSQL.
    const after = await run(['backup', '--out', file], moved);
    expect(Number(after.events)).toBeGreaterThan(Number(before.events));
    const back = await newDatabase(true);
    expect(await run(['restore', file, '--into', back.ownerUrl])).toMatchObject({ root: after.root });
    await close();
  }, 120_000);
});

/** The server that EVENTSTORE_TEST_URL names, or a double. */
async function eventStoreDb(): Promise<{ url: string; close: () => Promise<void> }> {
  const url = process.env.EVENTSTORE_TEST_URL;
  if (url !== undefined) return { url, close: () => Promise.resolve() };
  const double = await EventStoreDbDouble.start();
  return { url: double.url, close: () => double.close() };
}

/** One of a log whose commands are of one event or of several, on streams that are long and interleaved. */
function ofCommand(number: number): RecordedEvent {
  const command = Math.floor(number / 3);
  const stream = `person-${command % 50}`;
  const event = granted('ana', number % 3 === 0 ? 'listener' : 'auditor');
  return {
    ...toAppend(event, stream, number),
    ...{ stream, position: BigInt(number), revision: BigInt(Math.floor(command / 50) * 3 + (number % 3)) },
    recordedAt: new Date(1_700_000_000_000 + command),
    ...{ commandId: `command-${command}`, requestDigest: new Uint8Array(32).fill(command % 256) },
  };
}

/** An event of a stream of its own, as an engine keeps it. */
function recorded(number: number, position = number): RecordedEvent {
  const stream = `person-${number}`;
  return {
    ...toAppend(granted('ana', 'listener'), stream, number),
    ...{
      position: BigInt(position),
      revision: 0n,
      stream,
      recordedAt: new Date(1_700_000_000_000 + position),
    },
    ...{ commandId: `command-${number}`, requestDigest: undefined },
  };
}

/** The signed head in a backup. */
function headOf(backup: string): string {
  const [about = ''] = /\{"format":.*\}/.exec(gunzipSync(readFileSync(backup)).toString('utf8')) ?? [];
  return (JSON.parse(about) as { published: { note: string } }).published.note;
}
