import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { makePool } from '../../src/postgres/pools.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { eventStoreContract } from './contract.js';
import { append, event, events, logOf, newStream, streamOf } from './samples.js';

const quiet = { info: () => undefined, warn: () => undefined };

/** Engines with pools of their own on one database, as processes have. */
async function newLog() {
  const database = await createTestDatabase();
  const opened: { store: PostgresEventStore; pool: pg.Pool }[] = [];
  return {
    open: () => {
      const pool = makePool(database.url, quiet, { max: 3 });
      const store = new PostgresEventStore(pool, { pollMs: 100 });
      opened.push({ store, pool });
      return store;
    },
    close: async () => {
      for (const { store } of opened) await store.close();
      for (const { pool } of opened) await pool.end();
      await database.drop();
    },
  };
}

eventStoreContract('postgres', newLog);

describe('the log in PostgreSQL', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let store: PostgresEventStore;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = makePool(database.url, quiet, { max: 3 });
    store = new PostgresEventStore(pool);
    await store.append(append(newStream(), 'no-stream', ...events(3)));
  });
  afterAll(async () => {
    await store.close();
    await pool.end();
    await database.drop();
  });

  async function as(url: string, ...statements: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  const changes = [
    `update events set type = 'Other' where position = 0`,
    'update events set position = 100 where position = 2',
    'delete from events where position = 2',
    'truncate events',
    'delete from log_head',
    'truncate log_head',
    `update log_head set position = position - 1`,
    `update log_head set recorded_at = recorded_at - interval '1 hour', position = position + 1`,
  ];

  it.each(changes)('refuses its owner and a superuser by trigger: %s', async (statement) => {
    const before = await logOf(store);
    for (const url of [database.ownerUrl, database.adminUrl]) {
      await expect(as(url, statement)).rejects.toMatchObject({
        code: '23001',
        message: expect.stringMatching(/only grows/),
      });
    }
    expect(await logOf(store)).toEqual(before);
    expect(await store.head()).toBe(before.at(-1)?.position);
  });

  it.each([
    ...changes.slice(0, 6),
    `insert into log_head (only_one, position, recorded_at) values (false, 1, now())`,
  ])('refuses the role of the program by its rights: %s', async (statement) => {
    await expect(as(database.url, statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('keeps no event whose hash is not that of its leaf', async () => {
    const insert = `insert into events values (1000, 's', 0, '00000000-0000-5000-9000-000000000000', 'T', 'leaf', sha256('leaf'), now())`;
    await expect(as(database.url, insert)).rejects.toMatchObject({ code: '23514' });
  });

  it('never records an earlier instant than the one before, though the clock goes back', async () => {
    const future = new Date(Date.now() + 3_600_000).toISOString();
    await as(
      database.ownerUrl,
      'alter table log_head disable trigger all',
      `update log_head set recorded_at = '${future}'`,
      'alter table log_head enable trigger all',
    );
    const { position } = await store.append(append(newStream(), 'no-stream', event()));
    const [kept] = await logOf(store, position - 1n);
    expect(kept?.recordedAt.toISOString()).toBe(future);
  });

  it('tells of many appends at once where it gathers', async () => {
    const gathering = new PostgresEventStore(pool, { gatherMs: 300, pollMs: 60_000 });
    try {
      let told = 0;
      gathering.onAppended(() => told++);
      await sleep(600);
      const before = told;
      for (let n = 0; n < 5; n++) await gathering.append(append(newStream(), 'no-stream', event()));
      expect(told).toBe(before);
      await sleep(600);
      expect(told).toBeGreaterThan(before);
      expect(told).toBeLessThanOrEqual(before + 2);
    } finally {
      await gathering.close();
    }
  });

  it('lets a poisoned append fail alone', async () => {
    await as(
      database.ownerUrl,
      `create function poison() returns trigger language plpgsql as $$ begin raise 'poisoned'; end $$`,
      `create trigger poison before insert on events for each row when (new.type = 'Poison') execute function poison()`,
    );
    const before = await store.head();
    const list = Array.from({ length: 9 }, (_, i) =>
      append(newStream(), 'no-stream', i === 4 ? { ...event(), type: 'Poison' } : event()),
    );
    const ends = await Promise.allSettled(list.map((each) => store.append(each)));
    expect(ends.map(({ status }) => status === 'fulfilled')).toEqual(list.map((_, i) => i !== 4));
    expect(ends[4]).toMatchObject({ reason: { message: 'poisoned' } });
    const written = await logOf(store, before);
    expect(written.map(({ stream }) => stream).sort()).toEqual(
      list
        .filter((_, i) => i !== 4)
        .map(({ stream }) => stream)
        .sort(),
    );
    expect(await streamOf(store, list[4]?.stream ?? '')).toEqual([]);
    expect(await store.head()).toBe(before + 8n);
  });
});
