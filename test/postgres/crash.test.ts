/** Nothing acknowledged is ever lost: rows are counted that the server confirmed before something was killed. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { serverAccount, identity } from '../../src/postgres/account.js';
import { startEmbedded } from '../../src/postgres/embedded.js';
import { makePool } from '../../src/postgres/pools.js';
import { startOf } from '../../src/postgres/process-identity.js';
import { startChild, type Child } from '../child.js';
import { newFolder, removeFolders, Said } from './folders.js';

afterAll(removeFolders);

const SCRIPT = 'test/postgres/writing.child.ts';

/** Rows that a child was told are written. */
function acknowledged({ lines }: Child): number[] {
  return lines.filter((line) => line.startsWith('acknowledged')).map((line) => Number(line.split(' ')[1]));
}

async function writtenTo(url: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ n: number }>('select n from acknowledged order by n');
  await client.end();
  return rows.map(({ n }) => n);
}

describe('kill -9 of PostgreSQL', () => {
  it('loses nothing acknowledged, and pools go on with the server that is started again', async () => {
    const said = new Said();
    const server = await startEmbedded({ folder: newFolder(), log: said });
    const pool = makePool(server.adminUrl, said, { max: 8 });
    try {
      await pool.query('create table acknowledged (n int primary key)');
      const confirmed: number[] = [];
      let next = 0;
      let failures = 0;
      let writing = true;
      const write = async () => {
        while (writing) {
          const n = next++;
          try {
            await pool.query('insert into acknowledged values ($1)', [n]);
            confirmed.push(n);
          } catch {
            failures++;
            await sleep(20);
          }
        }
      };
      const writers = Array.from({ length: 8 }, write);
      for (let round = 0; round < 3; round++) {
        const before = confirmed.length;
        const { pid } = server;
        await waitUntil(() => confirmed.length > before + 100);
        process.kill(pid!, 'SIGKILL');
        await waitUntil(() => server.pid !== undefined && server.pid !== pid);
        const after = confirmed.length;
        await waitUntil(() => confirmed.length > after + 100);
      }
      writing = false;
      await Promise.all(writers);
      expect(failures).toBeGreaterThan(0);
      const written = new Set(await writtenTo(server.adminUrl));
      expect(confirmed.filter((n) => !written.has(n))).toEqual([]);
      expect(
        said.lines.filter((line) => line.startsWith('PostgreSQL ended by itself (SIGKILL)')),
      ).toHaveLength(3);
    } finally {
      await pool.end();
      await server.stop();
    }
  });

  it('does not end a program that holds a connection without using it', async () => {
    const said = new Said();
    const server = await startEmbedded({ folder: newFolder(), log: said });
    const pool = makePool(server.adminUrl, said);
    const lent = await pool.connect();
    const { pid } = server;
    process.kill(pid!, 'SIGKILL');
    await waitUntil(() => server.pid !== undefined && server.pid !== pid);
    await expect(lent.query('select 1')).rejects.toThrow();
    lent.release(true);
    expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
    await pool.end();
    await server.stop();
  });
});

describe('kill -9 of the program', () => {
  const folder = newFolder();

  it.each(['first', 'second'])('loses nothing acknowledged, the %s time', async () => {
    const child = startChild(SCRIPT, [folder, 'write']);
    const left = Number((await child.line(/^ready/)).split(' ')[1]);
    await waitUntil(() => acknowledged(child).length > 200);
    child.process.kill('SIGKILL');
    expect((await child.ended).signal).toBe('SIGKILL');

    const said = new Said();
    const server = await startEmbedded({ folder, log: said });
    try {
      expect(said.lines.join('\n')).toContain(
        `A PostgreSQL that an earlier run left behind (process ${left})`,
      );
      expect(await startOf(left)).toBe('');
      const written = new Set(await writtenTo(server.adminUrl));
      expect(acknowledged(child).filter((n) => !written.has(n))).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  it('loses nothing when PostgreSQL is killed with it, even if its number is in use again', async () => {
    const child = startChild(SCRIPT, [folder, 'write']);
    const postgres = Number((await child.line(/^ready/)).split(' ')[1]);
    const had = acknowledged(child).length;
    await waitUntil(() => acknowledged(child).length > had + 200);
    child.process.kill('SIGKILL');
    process.kill(postgres, 'SIGKILL');
    await child.ended;
    await waitUntil(async () => (await startOf(postgres)) === '');

    // PostgreSQL takes a live process of its own user for another server; so it would never start again.
    const account = await serverAccount([join(folder, 'postgres', 'data')]);
    const stranger = spawn('sleep', ['60'], { ...identity(account), cwd: '/' });
    const pidFile = join(folder, 'postgres', 'data', 'postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(stranger.pid)));
    try {
      const server = await startEmbedded({ folder, log: new Said() });
      try {
        const written = new Set(await writtenTo(server.adminUrl));
        expect(acknowledged(child).filter((n) => !written.has(n))).toEqual([]);
        expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
      } finally {
        await server.stop();
      }
    } finally {
      stranger.kill();
    }
  });

  it('starts after a kill at any moment of the first start', async () => {
    for (const afterMs of [150, 500, 900, 1300]) {
      const fresh = newFolder();
      const child = startChild(SCRIPT, [fresh, 'write']);
      await sleep(afterMs);
      child.process.kill('SIGKILL');
      await child.ended;
      const again = startChild(SCRIPT, [fresh]);
      const { code, stdout } = await again.ended;
      expect({ afterMs, code, stdout: stdout.replace(/\d+/g, 'N') }).toMatchObject({ afterMs, code: 0 });
    }
  }, 60_000);
});

async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${String(condition)}`);
    await sleep(10);
  }
}
