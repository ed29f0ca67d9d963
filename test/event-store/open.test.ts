import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { makePool } from '../../src/postgres/pools.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { selfSigned } from './eventstoredb-double/certificate.js';
import { EventStoreDbDouble } from './eventstoredb-double/double.js';
import { append, event, newStream } from './samples.js';

const quiet = { info: () => undefined, warn: () => undefined };

describe('where the log lives', () => {
  let double: EventStoreDbDouble;
  let database: TestDatabase;
  let pool: pg.Pool;
  let opened: EventStore[] = [];
  beforeAll(async () => {
    double = await EventStoreDbDouble.start();
  });
  afterAll(() => double.close());
  beforeEach(async () => {
    database = await createTestDatabase();
    pool = makePool(database.url, quiet, { max: 6 });
  });
  afterEach(async () => {
    for (const store of opened) await store.close();
    opened = [];
    await pool.end();
    await database.drop();
  });

  async function open(eventStoreUrl?: string, eventStoreLog?: string): Promise<EventStore> {
    const settings = { eventStoreUrl, eventStoreLog };
    const store = await openEventStore({ settings, pool, log: () => undefined });
    opened.push(store);
    return store;
  }

  it('is PostgreSQL unless told otherwise, and stays so', async () => {
    expect(await open()).toBeInstanceOf(PostgresEventStore);
    await expect(open(double.url)).rejects.toMatchObject({ code: 'log-elsewhere' });
    expect(await open()).toBeInstanceOf(PostgresEventStore);
  });

  it('is PostgreSQL where there are events from before it was remembered', async () => {
    const store = new PostgresEventStore(pool);
    await store.append(append(newStream(), 'no-stream', event()));
    await store.close();
    await expect(open(double.url)).rejects.toMatchObject({ code: 'log-elsewhere' });
  });

  it('is EventStoreDB under a name that is made once', async () => {
    const first = await open(double.url);
    expect(first).toBeInstanceOf(EventStoreDbEventStore);
    await first.append(append(newStream(), 'no-stream', event()));
    expect(await (await open(double.url)).head()).toBe(0n);
    const { rows } = await pool.query<{ name: string }>('select name from log_home');
    expect(rows[0]?.name).toMatch(/^concejo-[0-9a-f]{8}$/);
    await expect(open()).rejects.toThrow(rows[0]?.name);
    await expect(open(double.url, 'another')).rejects.toMatchObject({ code: 'log-elsewhere' });
  });

  it('can be told the name, so that an index that was lost is derived again', async () => {
    const first = await open(double.url, 'city');
    const appended = await first.append(append(newStream(), 'no-stream', event(), event()));
    const other = await createTestDatabase();
    const fresh = makePool(other.url, quiet, { max: 4 });
    const settings = { eventStoreUrl: double.url, eventStoreLog: 'city' };
    const again = await openEventStore({ settings, pool: fresh, log: () => undefined });
    try {
      for (let i = 0; i < 100 && (await again.head()) < appended.position; i++)
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(Buffer.from(await again.leafHashes(-1n, 10))).toEqual(
        Buffer.from(await first.leafHashes(-1n, 10)),
      );
    } finally {
      await again.close();
      await fresh.end();
      await other.drop();
    }
  });

  it('is told to be unreachable when it is, and nothing is remembered of it', async () => {
    await expect(open('esdb://127.0.0.1:9?tls=false')).rejects.toMatchObject({
      code: 'eventstore-unreachable',
      message: expect.stringContaining('ECONNREFUSED 127.0.0.1:9'),
    });
    expect(await open()).toBeInstanceOf(PostgresEventStore);
  }, 30_000);

  it.each([
    ['esdb:/127.0.0.1', 'is not understood'],
    ['esdb://admin:secret@127.0.0.1:port', 'is not understood'],
    ['esdb://admin:s/ecret@127.0.0.1', 'an @ among its hosts'],
    ['esdb://admin:se@cret@127.0.0.1', 'an @ among its hosts'],
    ['esdb://admin:secret@127.0.0.1?tls=maybe', 'is not understood'],
    ['esdb://admin:secret@127.0.0.1?tlsCA=ca.pem', 'an option that there is not here, tlsCA'],
    ['esdb://admin:secret@127.0.0.1?tlsVerifyCert=false', 'tlsVerifyCert'],
    ['esdb://admin:secret@127.0.0.1?tls_ca_file=nowhere.pem', 'names a file that is not there, nowhere.pem'],
  ])('is not looked for at %s', async (url, why) => {
    const refused = open(url);
    await expect(refused).rejects.toMatchObject({ code: 'eventstore-url-invalid' });
    await expect(refused).rejects.toThrow(why);
    await expect(refused).rejects.not.toThrow('cret');
  });

  it('is reached with a certificate and a password, and with no other', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'concejo-open-'));
    const tls = selfSigned();
    const users = { admin: 'a:b@c', reader: 'r' };
    const guarded = await EventStoreDbDouble.start({ tls, users });
    const cluster = await EventStoreDbDouble.start({ tls, users, nodes: 3 });
    try {
      const authority = join(folder, 'ca.pem');
      const another = join(folder, 'another.pem');
      await writeFile(authority, tls.certificate);
      const url = (who: string) => `${guarded.urlFor(who)}&tlsCAFile=${encodeURIComponent(authority)}`;
      await expect(open(url('admin:wrong'))).rejects.toMatchObject({ code: 'eventstore-credentials' });
      await expect(open(url('reader:r'))).rejects.toMatchObject({ code: 'eventstore-access' });
      await writeFile(another, selfSigned().certificate);
      const begun = performance.now();
      for (const nodes of [guarded, cluster]) {
        const unknown = `${nodes.urlFor('admin:a%3Ab%40c')}&tlsCAFile=${encodeURIComponent(another)}`;
        for (const one of [unknown, unknown.replace('esdb:', 'esdb+discover:')]) {
          await expect(open(one)).rejects.toMatchObject({
            code: 'eventstore-certificate',
            message: expect.stringMatching(/not accepted: (?!Error).*certificate.*tlsCAFile=FILE/),
          });
        }
      }
      expect(performance.now() - begun).toBeLessThan(20_000);
      const store = await open(url('admin:a%3Ab%40c'));
      expect(await store.append(append(newStream(), 'no-stream', event()))).toMatchObject({ position: 0n });
      expect((await guarded.calls()).at(-1)).toMatchObject({ user: 'admin' });
    } finally {
      for (const store of opened) await store.close();
      opened = [];
      await guarded.close();
      await cluster.close();
      await rm(folder, { recursive: true });
    }
  });

  it('cannot be changed afterwards', async () => {
    await open();
    await expect(pool.query(`update log_home set engine = 'eventstoredb', name = 'x'`)).rejects.toThrow();
    await expect(pool.query('delete from log_home')).rejects.toThrow();
  });
});
