/** Who may start the server, and where: root, an ordinary user, closed folders, a full disk. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbedded } from '../../src/postgres/embedded.js';
import { makePool } from '../../src/postgres/pools.js';
import { startChild } from '../child.js';
import { isRoot, newFolder, NOBODY, nobodyCanRunUs, removeFolders, Said } from './folders.js';

afterAll(removeFolders);

const SCRIPT = 'test/postgres/writing.child.ts';
const asRoot = isRoot ? it : it.skip;
const asNobody = nobodyCanRunUs() ? it : it.skip;

async function start(folder: string, reachable?: string[]): Promise<{ rows: unknown[]; said: Said }> {
  const said = new Said();
  const server = await startEmbedded({ folder, log: said, ...(reachable ? { reachable } : {}) });
  try {
    const client = new pg.Client({ connectionString: server.adminUrl });
    await client.connect();
    await client.query('create table if not exists starts (at timestamptz default now())');
    await client.query('insert into starts default values');
    const { rows } = await client.query('select count(*)::int as starts from starts');
    await client.end();
    return { rows, said };
  } finally {
    await server.stop();
  }
}

describe('root', () => {
  asRoot('runs the server under another user, who alone can enter its files', async () => {
    const folder = newFolder();
    const server = await startEmbedded({ folder, log: new Said() });
    for (const path of ['postgres', 'postgres/data', 'postgres/socket', 'postgres/server.log']) {
      const { uid, mode } = statSync(join(folder, path));
      expect({ path, uid, others: mode & 0o077 }).toEqual({ path, uid: NOBODY.uid, others: 0 });
    }
    await server.stop();
  });

  asRoot('keeps the files elsewhere, and says so, when that user cannot enter the folder', async () => {
    const closed = newFolder({ mode: 0o700 });
    const folder = join(closed, 'data');
    const place = join(newFolder(), 'reachable');
    const first = await start(folder, [place]);
    const at = readFileSync(join(folder, 'postgres-is-at'), 'utf8').trim();
    expect(at.startsWith(`${place}/`)).toBe(true);
    expect(first.said.lines.join('\n')).toMatch(/which cannot enter .* is kept in .* a backup needs both/);
    expect(first.said.lines.join('\n')).toContain(at);
    expect((await start(folder, [place])).rows).toEqual([{ starts: 2 }]);
    // Another folder there has another database.
    expect((await start(join(closed, 'other'), [place])).rows).toEqual([{ starts: 1 }]);

    rmSync(at, { recursive: true });
    await expect(start(folder, [place])).rejects.toMatchObject({
      code: 'postgres-data-missing',
      message: expect.stringContaining(at),
    });
  });

  asRoot('trusts no place that another user could have prepared', async () => {
    const folder = join(newFolder({ mode: 0o700 }), 'data');
    const foreign = newFolder({ owner: NOBODY });
    const open = newFolder({ mode: 0o777 });
    await expect(start(folder, [foreign, open])).rejects.toMatchObject({ code: 'data-folder-not-writable' });
    expect(readdirSync(foreign)).toEqual([]);
    expect(readdirSync(open)).toEqual([]);
  });
});

describe('an ordinary user', () => {
  if (isRoot) {
    asNobody('runs the server as it is, and root may start the same folder in between', async () => {
      const folder = newFolder({ mode: 0o700, owner: NOBODY });
      for (const rows of [0, 0]) {
        const { code, stdout } = await startChild(SCRIPT, [folder], { ...NOBODY, cwd: '/' }).ended;
        expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`rows ${rows}`) });
        expect(statSync(join(folder, 'postgres', 'data')).uid).toBe(NOBODY.uid);
        await start(folder);
      }
    });
  } else {
    it('runs the server as it is', async () => {
      const folder = newFolder();
      await start(folder);
      expect(statSync(join(folder, 'postgres', 'data')).uid).toBe(process.getuid?.());
    });
  }

  const refused = (folder: string) => ({
    code: 3,
    stdout: expect.stringMatching(
      new RegExp(`^error data-folder-not-writable: The data folder ${folder}.* CONCEJO_DATA`),
    ),
  });
  const child = isRoot ? { ...NOBODY, cwd: '/' } : {};
  const asOrdinary = isRoot ? asNobody : it;

  asOrdinary('is told when the folder is not writable', async () => {
    const folder = newFolder({ mode: 0o555 });
    const { code, stdout } = await startChild(SCRIPT, [folder], child).ended;
    expect({ code, stdout }).toEqual(refused(folder));
    chmodSync(folder, 0o755);
    expect(readdirSync(folder)).toEqual([]);
  });

  asOrdinary('is told when the folder cannot be made', async () => {
    const folder = join(newFolder({ mode: 0o555 }), 'deep', 'data');
    const { code, stdout } = await startChild(SCRIPT, [folder], child).ended;
    expect({ code, stdout }).toEqual(refused(folder));
  });

  it('is told when a file is where the folder should be', async () => {
    const file = join(newFolder(), 'data');
    writeFileSync(file, 'x');
    await expect(startEmbedded({ folder: file, log: new Said() })).rejects.toMatchObject({
      code: 'data-folder-not-writable',
    });
  });
});

/** A file system of its own of so many megabytes; undefined where we may not make one. */
function smallDisk(megabytes: number): string | undefined {
  if (!isRoot || process.platform !== 'linux') return undefined;
  const folder = newFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
    return folder;
  } catch {
    return undefined;
  }
}

const unmount = (folder: string) => execFileSync('umount', ['-l', folder]);
const probe = smallDisk(1);
if (probe !== undefined) unmount(probe);
// Needs root and the right to mount.
const withSmallDisk = probe === undefined ? it.skip : it;

describe('a full disk', () => {
  withSmallDisk('is named at the first start, and nothing half made stays', async () => {
    const folder = smallDisk(20)!;
    try {
      await expect(start(folder)).rejects.toMatchObject({ code: 'disk-full' });
      expect(existsSync(join(folder, 'postgres', 'data'))).toBe(false);
      execFileSync('mount', ['-o', 'remount,size=200m', folder]);
      expect((await start(folder)).rows).toEqual([{ starts: 1 }]);
    } finally {
      unmount(folder);
    }
  });

  withSmallDisk('is named at a later start', async () => {
    const folder = smallDisk(200)!;
    try {
      await start(folder);
      const filler = join(folder, 'filler');
      fill(filler);
      await expect(start(folder)).rejects.toMatchObject({ code: 'disk-full' });
      rmSync(filler);
      expect((await start(folder)).rows).toEqual([{ starts: 2 }]);
    } finally {
      unmount(folder);
    }
  });

  withSmallDisk(
    'while the server writes loses nothing acknowledged, and it goes on when there is space',
    async () => {
      const folder = smallDisk(150)!;
      const said = new Said();
      const server = await startEmbedded({ folder, log: said });
      const pool = makePool(server.adminUrl, said);
      try {
        await pool.query('create table acknowledged (n int primary key, fill text)');
        const filler = join(folder, 'filler');
        mkdirSync(join(folder, 'x'));
        const acknowledged: number[] = [];
        let n = 0;
        const write = async () => {
          await pool.query('insert into acknowledged values ($1, $2)', [n, 'x'.repeat(5000)]);
          acknowledged.push(n++);
        };
        for (let i = 0; i < 100; i++) await write();
        fill(filler);
        let failure: unknown;
        for (let i = 0; i < 20_000 && failure === undefined; i++) {
          await write().catch((error: unknown) => (failure = error));
        }
        expect(failure).toBeDefined();
        n++;
        rmSync(filler);
        const deadline = Date.now() + 20_000;
        for (let written = false; !written;) {
          written = await write().then(
            () => true,
            () => false,
          );
          if (Date.now() > deadline) throw new Error(`never wrote again\n${said.lines.join('\n')}`);
          if (!written) {
            n++;
            await sleep(50);
          }
        }
        const { rows } = await pool.query<{ n: number }>('select n from acknowledged');
        const there = new Set(rows.map((row) => row.n));
        expect(acknowledged.filter((one) => !there.has(one))).toEqual([]);
      } finally {
        await pool.end();
        await server.stop();
        unmount(folder);
      }
    },
  );
});

/** Writes until nothing more fits. */
function fill(path: string): void {
  for (const size of [1 << 20, 1 << 12]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch {
      continue;
    }
  }
}
