import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { checkVersion, openDatabase, type Database } from '../../src/postgres/database.js';
import { makePool, withRole } from '../../src/postgres/pools.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { cuttingProxy } from '../event-store/cutting-proxy.js';
import { newFolder, removeFolders, Said } from './folders.js';

let made: TestDatabase;
beforeAll(async () => (made = await createTestDatabase()));
afterAll(async () => {
  await made.drop();
  removeFolders();
});

async function using<T>(
  settings: Omit<Parameters<typeof openDatabase>[0], 'folder'>,
  work: (database: Database, said: Said) => Promise<T>,
): Promise<T> {
  const said = new Said();
  const database = await openDatabase({ folder: '/nowhere', ...settings }, said);
  try {
    return await work(database, said);
  } finally {
    await database.close();
  }
}

const roleOf = async ({ pool }: Database) =>
  (await pool.query<{ role: string }>('select current_user as role')).rows[0]?.role;

describe('rights', () => {
  it('are those of each connection string when there are two', async () => {
    await using({ databaseUrl: made.url, ownerUrl: made.ownerUrl }, async (database, said) => {
      expect(await roleOf(database)).toBe('concejo_runtime');
      expect(said.lines).toEqual([]);
      await expect(database.pool.query('delete from events')).rejects.toThrow(/permission denied/);
    });
  });

  it('are those of the runtime role when one string may become it, on every connection', async () => {
    await using({ databaseUrl: made.adminUrl }, async (database, said) => {
      expect(said.lines).toEqual([]);
      const clients = await Promise.all([1, 2, 3].map(() => database.pool.connect()));
      for (const client of clients) {
        expect((await client.query('select current_user')).rows).toEqual([
          { current_user: 'concejo_runtime' },
        ]);
        await expect(client.query('delete from events')).rejects.toThrow(/permission denied/);
        client.release();
      }
      const own = new pg.Client(database.client);
      await own.connect();
      expect((await own.query('select current_user, 1::int8 as one')).rows).toEqual([
        { current_user: 'concejo_runtime', one: 1n },
      ]);
      await own.end();
    });
  });

  it('are the owner’s, with a warning, when it may not become the runtime role', async () => {
    await using({ databaseUrl: made.ownerUrl }, async (database, said) => {
      expect(await roleOf(database)).toBe('concejo_owner');
      expect(said.lines.join('\n')).toMatch(/may not become it.*rests on triggers alone/);
    });
  });

  it('are the owner’s, with a warning, when the migrations granted nothing', async () => {
    const empty = await createTestDatabase({ empty: true });
    const migrations = newFolder();
    writeFileSync(join(migrations, '0001_plain.sql'), 'create table plain (n int)');
    try {
      await using({ databaseUrl: empty.adminUrl, migrations }, async (database, said) => {
        expect(await roleOf(database)).not.toBe('concejo_runtime');
        expect(said.lines.join('\n')).toMatch(/granted it nothing/);
      });
    } finally {
      await empty.drop();
    }
  });

  it('keep options that the connection string brings', () => {
    const url = withRole('postgresql://u:p%2Fq@h:1/d?sslmode=require&options=-c%20jit%3Doff', 'r');
    expect(new URL(url).searchParams.get('options')).toBe('-c jit=off -c role=r');
    expect(new URL(url).searchParams.get('sslmode')).toBe('require');
    expect(new URL(url).password).toBe('p%2Fq');
  });
});

describe('values', () => {
  it('of int8 are bigint, in arrays too, and only on these connections', async () => {
    const sql = `select 9007199254740993::int8 as n, array[[1, null], [-9223372036854775808, 4]]::int8[] as a,
                   '{}'::int8[] as e, null::int8 as z`;
    await using({ databaseUrl: made.url, ownerUrl: made.ownerUrl }, async ({ pool }) => {
      expect((await pool.query(sql)).rows).toEqual([
        {
          n: 9007199254740993n,
          a: [
            [1n, null],
            [-9223372036854775808n, 4n],
          ],
          e: [],
          z: null,
        },
      ]);
    });
    const plain = new pg.Client({ connectionString: made.url });
    await plain.connect();
    expect((await plain.query('select 9007199254740993::int8 as n')).rows).toEqual([
      { n: '9007199254740993' },
    ]);
    await plain.end();
  });
});

describe('a connection that falls silent', () => {
  it('fails what runs on it after a while, a statement that says of itself how long it may take excepted', async () => {
    const { proxy, config } = await cuttingProxy(made.url);
    const { host, port, user, database, password = '' } = config as Record<string, string>;
    const login = [user, password].map((part) => encodeURIComponent(part ?? '')).join(':');
    const pool = makePool(`postgresql://${login}@${host}:${port}/${database}`, new Said(), {
      statementMs: 500,
    });
    try {
      const slow = { text: 'select pg_sleep(1), 1 as n', query_timeout: 0 } as pg.QueryConfig;
      expect((await pool.query(slow)).rows).toMatchObject([{ n: 1 }]);
      const client = await pool.connect();
      const two = await pool.connect();
      two.release();
      proxy.freeze();
      const asked = [client.query('select 1'), pool.query({ text: 'select $1::int', values: [1] })];
      for (const answer of await Promise.allSettled(asked)) expect(answer.status).toBe('rejected');
      client.release(true);
      proxy.thaw();
      expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
    } finally {
      await pool.end();
      await proxy.close();
    }
  }, 10_000);

  it('in a transaction is ended by PostgreSQL after a minute', async () => {
    const limit = 'show idle_in_transaction_session_timeout';
    await using({ databaseUrl: made.url, ownerUrl: made.ownerUrl }, async ({ pool }) => {
      expect((await pool.query(limit)).rows).toEqual([{ idle_in_transaction_session_timeout: '1min' }]);
    });
  });
});

describe('a connection that breaks', () => {
  it('while nobody uses it is reported and replaced', async () => {
    await using({ databaseUrl: made.url, ownerUrl: made.ownerUrl }, async ({ pool }, said) => {
      const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
      const told = once(pool, 'error');
      await asAdmin(`select pg_terminate_backend(${rows[0]!.pid})`);
      await told;
      expect(said.lines.join('\n')).toContain('A connection to PostgreSQL broke');
      expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
    });
  });

  it('while it is lent fails what runs on it, and nothing else', async () => {
    await using({ databaseUrl: made.url, ownerUrl: made.ownerUrl }, async ({ pool }) => {
      const client = await pool.connect();
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const ended = new Promise((resolve) => client.once('end', resolve));
      await asAdmin(`select pg_terminate_backend(${rows[0]!.pid})`);
      await ended;
      await expect(client.query('select 1')).rejects.toThrow();
      client.release(true);
      expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
    });
  });
});

describe('closing', () => {
  it('does not wait for ever for a connection that nobody gives back', async () => {
    const database = await openDatabase(
      { folder: '/nowhere', databaseUrl: made.url, ownerUrl: made.ownerUrl },
      new Said(),
    );
    const client = await database.pool.connect();
    const began = performance.now();
    await database.close();
    expect(performance.now() - began).toBeGreaterThan(4_000);
    client.release(true);
  });
});

describe('the server', () => {
  it.each([
    [90624, false],
    [140011, false],
    [150000, true],
    [160004, true],
    [180004, true],
    [190000, false],
  ])('of version %d is supported: %s', (version, supported) => {
    if (supported) expect(() => checkVersion(version)).not.toThrow();
    else
      expect(() => checkVersion(version)).toThrow(
        expect.objectContaining({ code: 'postgres-version-unsupported' }),
      );
  });

  it('that cannot be reached is named without its password', async () => {
    const databaseUrl = 'postgresql://someone:very-secret@127.0.0.1:1/concejo';
    const failure = await openDatabase({ databaseUrl, folder: '/nowhere' }, new Said()).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'postgres-unreachable',
      message: expect.stringContaining('127.0.0.1:1'),
    });
    expect((failure as Error).message).not.toContain('very-secret');
  });

  it('is the program’s own without DATABASE_URL, and ends with it', async () => {
    const folder = newFolder();
    const said = new Said();
    for (const start of [1, 2]) {
      const database = await openDatabase({ folder }, said);
      expect(await roleOf(database)).toBe('concejo_runtime');
      expect((await database.pool.query('select count(*) as n from events')).rows).toEqual([{ n: 0n }]);
      await Promise.all([database.close(), database.close()]);
      const migrations = said.lines.filter((line) => /^Migration .* is done/.test(line));
      expect({ start, migrated: migrations.length > 0 }).toEqual({ start, migrated: true });
    }
    // The second start had nothing left to do.
    expect(new Set(said.lines.filter((line) => line.startsWith('Migration'))).size).toBe(
      said.lines.filter((line) => line.startsWith('Migration')).length,
    );
  });

  it('is stopped, and the folder given free, when a migration fails', async () => {
    const folder = newFolder();
    const migrations = newFolder();
    writeFileSync(join(migrations, '0001_bad.sql'), 'nonsense');
    for (let i = 0; i < 2; i++) {
      await expect(openDatabase({ folder, migrations }, new Said())).rejects.toMatchObject({
        code: 'migration-failed',
      });
    }
  });
});

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: made.adminUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}
