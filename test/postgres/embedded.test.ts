import { afterAll, describe, expect, it } from '@jest/globals';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbedded, type Embedded } from '../../src/postgres/embedded.js';
import { startOf } from '../../src/postgres/process-identity.js';
import { startChild } from '../child.js';
import { newFolder, removeFolders, Said } from './folders.js';

afterAll(removeFolders);

async function query<R extends pg.QueryResultRow>(url: string, sql: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function running<T>(folder: string, work: (server: Embedded, said: Said) => Promise<T>): Promise<T> {
  const said = new Said();
  const server = await startEmbedded({ folder, log: said });
  try {
    return await work(server, said);
  } finally {
    await server.stop();
  }
}

describe('the embedded server', () => {
  const folder = newFolder();

  it('starts on an empty folder, also where an earlier first start was killed', async () => {
    const unfinished = join(folder, 'postgres', 'data.unfinished.1');
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, 'PG_VERSION'), '18\n');
    const began = performance.now();
    await running(folder, async ({ ownerUrl, runtimeUrl, pid }) => {
      console.log(`first start ${Math.round(performance.now() - began)} ms`);
      expect(() => process.kill(pid!, 0)).not.toThrow();
      expect(existsSync(unfinished)).toBe(false);
      await query(ownerUrl, 'create table kept (n int); insert into kept values (7)');
      expect(await query(ownerUrl, 'select current_user, current_database()')).toEqual([
        { current_user: 'concejo_owner', current_database: 'concejo' },
      ]);
      expect(await query(runtimeUrl, 'select current_user')).toEqual([{ current_user: 'concejo_runtime' }]);
      await expect(query(runtimeUrl, 'select * from kept')).rejects.toThrow(/permission denied/);
      await expect(query(runtimeUrl, 'create table mine (n int)')).rejects.toThrow(/permission denied/);
    });
  });

  it('starts again with what was there, durable, and only for its own user', async () => {
    const began = performance.now();
    await running(folder, async ({ ownerUrl, adminUrl }) => {
      console.log(`second start ${Math.round(performance.now() - began)} ms`);
      expect(await query(ownerUrl, 'select n from kept')).toEqual([{ n: 7 }]);
      const settings = await query<{ name: string; setting: string }>(
        adminUrl,
        `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit',
           'listen_addresses', 'wal_level') order by name`,
      );
      expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
        fsync: 'on',
        full_page_writes: 'on',
        listen_addresses: '',
        synchronous_commit: 'on',
        wal_level: 'minimal',
      });
      expect(
        await query(
          adminUrl,
          `select datlocprovider, datlocale, encoding from pg_database where datname = 'concejo'`,
        ),
      ).toEqual([{ datlocprovider: 'b', datlocale: 'C.UTF-8', encoding: 6 }]);
      expect(statSync(join(folder, 'postgres')).mode & 0o777).toBe(0o700);
      expect(statSync(join(folder, 'postgres', 'socket')).mode & 0o777).toBe(0o700);
    });
  });

  it('answers commits before they are on the disk where it is in a hurry, and not at the next start', async () => {
    const hurried = newFolder();
    const commits = async (hurry: boolean) => {
      const server = await startEmbedded({ folder: hurried, log: new Said(), hurry });
      try {
        const shown =
          'current_setting($$fsync$$) as fsync, current_setting($$synchronous_commit$$) as commit';
        return await query(server.runtimeUrl, `select ${shown}`);
      } finally {
        await server.stop();
      }
    };
    expect(await commits(true)).toEqual([{ fsync: 'on', commit: 'off' }]);
    expect(await commits(false)).toEqual([{ fsync: 'on', commit: 'on' }]);
  });

  it('writes no statement and no value to its log', async () => {
    await running(folder, async ({ adminUrl }) => {
      await query(
        adminUrl,
        'create temp table p (name text primary key); create table q (name text primary key)',
      );
      await query(adminUrl, `insert into q values ('Xuana Secret')`);
      await expect(query(adminUrl, `insert into q values ('Xuana Secret')`)).rejects.toThrow(/duplicate/);
      await expect(query(adminUrl, `select 'Xuana Secret'::int`)).rejects.toThrow(/invalid/);
    });
    const log = readFileSync(join(folder, 'postgres', 'server.log'), 'utf8');
    expect(log).toContain('ready to accept connections');
    expect(log).not.toContain('Xuana');
  });

  it('lets one program at a time use a folder, and names the other', async () => {
    await running(folder, async () => {
      await expect(startEmbedded({ folder, log: new Said() })).rejects.toMatchObject({
        code: 'data-folder-in-use',
      });
      const second = await startChild('test/postgres/writing.child.ts', [folder]).ended;
      expect(second.code).toBe(3);
      expect(second.stdout).toContain(
        `error data-folder-in-use: The data folder ${folder} is in use by process ${process.pid}.`,
      );
    });
    // The refused ones took nothing and broke nothing.
    await running(folder, async ({ ownerUrl }) => {
      expect(await query(ownerUrl, 'select n from kept')).toEqual([{ n: 7 }]);
    });
  });

  it('refuses the files of another major version', async () => {
    const file = join(folder, 'postgres', 'data', 'PG_VERSION');
    writeFileSync(file, '16\n');
    try {
      await expect(startEmbedded({ folder, log: new Said() })).rejects.toMatchObject({
        code: 'postgres-version-mismatch',
        message: expect.stringMatching(/made by PostgreSQL 16, and this program brings 18/),
      });
    } finally {
      writeFileSync(file, '18\n');
    }
  });

  it('says with the words of the server why it does not start, and gives the folder free again', async () => {
    const file = join(folder, 'postgres', 'data', 'postgresql.conf');
    const settings = readFileSync(file, 'utf8');
    appendFileSync(file, 'no_such_setting = 1\n');
    await expect(startEmbedded({ folder, log: new Said() })).rejects.toMatchObject({
      code: 'postgres-start-failed',
      message: expect.stringContaining('unrecognized configuration parameter "no_such_setting"'),
    });
    writeFileSync(file, settings);
    await running(folder, async ({ pid }) => expect(pid).toBeGreaterThan(0));
  });

  it('never takes what is not a database for an empty folder', async () => {
    const other = newFolder();
    mkdirSync(join(other, 'postgres', 'data'), { recursive: true });
    await expect(startEmbedded({ folder: other, log: new Said() })).rejects.toMatchObject({
      code: 'postgres-data-missing',
    });
  });

  it('stops when it is told to twice', async () => {
    const server = await startEmbedded({ folder, log: new Said() });
    const { pid } = server;
    await Promise.all([server.stop(), server.stop()]);
    expect(server.pid).toBeUndefined();
    expect(() => process.kill(pid!, 0)).toThrow(/ESRCH/);
  });

  it('takes the server with it when the program ends without stopping it', async () => {
    const child = startChild('test/postgres/writing.child.ts', [folder, 'leave']);
    const pid = Number((await child.line(/^ready/)).split(' ')[1]);
    expect((await child.ended).code).toBe(0);
    const deadline = Date.now() + 10_000;
    while ((await startOf(pid)) !== '' && Date.now() < deadline) await sleep(50);
    expect(await startOf(pid)).toBe('');
  });
});

describe('ways to connect', () => {
  it('puts the socket elsewhere when the path of the folder is too long for one', async () => {
    const folder = join(newFolder(), 'a-rather-long-name-'.repeat(6), 'with space and ñ');
    await running(folder, async ({ runtimeUrl }) => {
      expect(Buffer.byteLength(folder)).toBeGreaterThan(107);
      expect(await query(runtimeUrl, 'select 1 as n')).toEqual([{ n: 1 }]);
      const socket = new URL(runtimeUrl.replace('@/', '@x/')).searchParams.get('host')!;
      expect(socket).not.toContain(folder);
      expect(statSync(socket).mode & 0o777).toBe(0o700);
    });
  });

  it('can use the loopback address with a password, as on Windows', async () => {
    const folder = newFolder();
    for (const start of ['first', 'second']) {
      const server = await startEmbedded({ folder, log: new Said(), transport: 'tcp' });
      try {
        expect(start && new URL(server.runtimeUrl).hostname).toBe('127.0.0.1');
        expect(await query(server.runtimeUrl, 'select current_user')).toEqual([
          { current_user: 'concejo_runtime' },
        ]);
        const wrong = server.runtimeUrl.replace(/:[0-9a-f]{48}@/, ':wrong@');
        expect(wrong).not.toBe(server.runtimeUrl);
        await expect(query(wrong, 'select 1')).rejects.toThrow(/password authentication failed/);
      } finally {
        await server.stop();
      }
    }
  });
});
