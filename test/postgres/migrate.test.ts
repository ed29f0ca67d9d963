import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrationsFolder } from '../../src/postgres/database.js';
import { migrate } from '../../src/postgres/migrate.js';
import { startChild } from '../child.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { asAdmin } from '../test-server.js';
import { newFolder, removeFolders, Said } from './folders.js';

let database: TestDatabase;
let client: pg.Client;
let folder: string;
const said = new Said();

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
});

beforeEach(async () => {
  await client.query('drop schema public cascade; create schema public');
  folder = newFolder();
  write('0001_people.sql', 'create table people (n int);\ninsert into people values (1);\n');
  write('0002_more.sql', 'insert into people values (2);\n');
});

afterAll(async () => {
  await client.end();
  await database.drop();
  removeFolders();
});

const write = (file: string, sql: string) => writeFileSync(join(folder, file), sql);
const run = () => migrate(database.ownerUrl, folder, said);
const people = async () =>
  (await client.query<{ n: number }>('select n from people order by n')).rows.map(({ n }) => n);

describe('migrations', () => {
  it('run once, in order, and new ones after them', async () => {
    expect(await run()).toEqual(['0001_people.sql', '0002_more.sql']);
    expect(await run()).toEqual([]);
    write('0010_ten.sql', 'insert into people values (10);');
    expect(await run()).toEqual(['0010_ten.sql']);
    expect(await people()).toEqual([1, 2, 10]);
  });

  it('that were changed are refused, but other line ends are no change', async () => {
    await run();
    write('0002_more.sql', 'insert into people values (2);\r\n');
    expect(await run()).toEqual([]);
    write('0002_more.sql', 'insert into people values (3);\n');
    write('0003_three.sql', 'insert into people values (3);');
    await expect(run()).rejects.toMatchObject({
      code: 'migration-changed',
      message: expect.stringContaining('0002_more.sql'),
    });
    expect(await people()).toEqual([1, 2]);
  });

  it('that are missing are refused', async () => {
    await run();
    rmSync(join(folder, '0002_more.sql'));
    await expect(run()).rejects.toMatchObject({
      code: 'migration-missing',
      message: expect.stringContaining('0002_more.sql'),
    });
  });

  it('that come before one that has run are refused', async () => {
    write('0005_five.sql', 'select 1');
    await run();
    write('0004_four.sql', 'insert into people values (4);');
    await expect(run()).rejects.toMatchObject({
      code: 'migration-out-of-order',
      message: expect.stringContaining('0004_four.sql'),
    });
    expect(await people()).toEqual([1, 2]);
  });

  it.each(['3_short.sql', '0003-dash.sql', '0003_Big.sql', '0002_twice.sql', 'notes.sql'])(
    'named %s are refused before anything runs',
    async (file) => {
      write(file, 'select 1');
      await expect(run()).rejects.toMatchObject({
        code: 'migration-badly-named',
        message: expect.stringContaining(file === '0002_twice.sql' ? '0002_' : file),
      });
      await expect(people()).rejects.toThrow(/does not exist/);
    },
  );

  it('that fail leave nothing, keep those before, and name file and line', async () => {
    write(
      '0003_three.sql',
      'insert into people values (3);\ncreate table half (n int);\nselect nothing from nowhere;\n',
    );
    await expect(run()).rejects.toMatchObject({
      code: 'migration-failed',
      message: expect.stringMatching(/0003_three\.sql failed, line 3: .*nowhere/),
    });
    expect(await people()).toEqual([1, 2]);
    await expect(client.query('select from half')).rejects.toThrow(/does not exist/);
    write('0003_three.sql', 'insert into people values (3);');
    expect(await run()).toEqual(['0003_three.sql']);
  });

  it('may be started by many programs at once, of which each file is run by one', async () => {
    write('0003_slow.sql', 'select pg_sleep(0.5); insert into people values (3);');
    const children = [1, 2, 3].map(() =>
      startChild('test/postgres/migrating.child.ts', [database.ownerUrl, folder]),
    );
    const here = [run(), run(), run()];
    const ran: string[] = (await Promise.all(here)).flat();
    for (const child of children) {
      const { code, stdout, stderr } = await child.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      ran.push(...(JSON.parse(stdout.replace('ran ', '')) as string[]));
    }
    expect(ran.sort()).toEqual(['0001_people.sql', '0002_more.sql', '0003_slow.sql']);
    expect(await people()).toEqual([1, 2, 3]);
  });

  it('killed in the middle of one can be run again', async () => {
    write('0003_slow.sql', 'insert into people values (3); select pg_sleep(60);');
    const child = startChild('test/postgres/migrating.child.ts', [database.ownerUrl, folder]);
    const ours = `from pg_stat_activity where application_name = 'concejo migrate' and datname = current_database()`;
    await asAdmin(database.adminUrl, async (admin) => {
      while ((await admin.query(`select ${ours} and query like '%pg_sleep(60)%'`)).rowCount !== 1)
        await sleep(20);
      child.process.kill('SIGKILL');
      await child.ended;
      // The server notices when the statement ends; nobody waits a minute here.
      await admin.query(`select pg_terminate_backend(pid) ${ours}`);
    });
    write('0003_slow.sql', 'insert into people values (3);');
    expect(await run()).toEqual(['0003_slow.sql']);
    expect(await people()).toEqual([1, 2, 3]);
  });

  it('give up when a table stays in use, so that nobody queues behind them', async () => {
    await run();
    write('0003_alter.sql', 'alter table people add column name text;');
    await client.query('begin; select * from people');
    try {
      await expect(migrate(database.ownerUrl, folder, said, { tableWaitMs: 200 })).rejects.toMatchObject({
        code: 'migration-blocked',
        message: expect.stringContaining('0003_alter.sql'),
      });
    } finally {
      await client.query('rollback');
    }
    expect(await run()).toEqual(['0003_alter.sql']);
  });

  it('of this program run on an empty database, and are all there in a test database', async () => {
    const ran = await migrate(database.ownerUrl, migrationsFolder(), said);
    expect(ran.length).toBeGreaterThan(0);
    const migrated = await createTestDatabase();
    try {
      expect(await migrate(migrated.ownerUrl, migrationsFolder(), said)).toEqual([]);
    } finally {
      await migrated.drop();
    }
  });
});
