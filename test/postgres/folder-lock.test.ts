import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '../../src/postgres/folder-lock.js';
import { startOf } from '../../src/postgres/process-identity.js';
import { newFolder, removeFolders } from './folders.js';

afterAll(removeFolders);

function lockedBy(holder: unknown): { folder: string; path: string } {
  const folder = newFolder();
  const path = join(folder, 'concejo.lock.3');
  writeFileSync(path, typeof holder === 'string' ? holder : JSON.stringify(holder));
  return { folder, path };
}

describe('the lock of a data folder', () => {
  it('is held until it is released', async () => {
    const folder = newFolder();
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'data-folder-in-use',
      message: expect.stringContaining(`in use by process ${process.pid}.`),
    });
    await lock.release();
    await (await lockFolder(folder)).release();
    expect(readdirSync(folder)).toEqual(['concejo.lock.2']);
  });

  it('is respected when its holder lives', async () => {
    const other = spawn('sleep', ['60']);
    const { folder } = lockedBy({
      pid: other.pid,
      start: await startOf(other.pid!),
      host: hostname(),
      id: 'a',
    });
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'data-folder-in-use',
      message: expect.stringContaining(`process ${other.pid}`),
    });
    const ended = new Promise((resolve) => other.once('exit', resolve));
    other.kill('SIGKILL');
    await ended;
    await (await lockFolder(folder)).release();
  });

  it('is taken over when the number of its holder belongs to another process by now', async () => {
    const { folder } = lockedBy({ pid: process.ppid, start: 'another-boot/1', host: hostname() });
    await (await lockFolder(folder)).release();
    expect(readdirSync(folder)).toEqual(['concejo.lock.4']);
  });

  it.each(['', '{"pid":', 'null', '[]', '{"pid":-1}', 'released'])(
    'is taken over when it holds %j',
    async (text) => {
      const { folder } = lockedBy(text);
      await (await lockFolder(folder)).release();
    },
  );

  it('of another host is respected as long as that shows signs of life', async () => {
    const { folder, path } = lockedBy({ pid: 1, start: 'x', host: 'another-host' });
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'data-folder-in-use',
      message: expect.stringContaining('process 1 on host another-host'),
    });
    const minuteAgo = new Date(Date.now() - 60_000);
    utimesSync(path, minuteAgo, minuteAgo);
    await (await lockFolder(folder)).release();
  });

  it('left by a dead process is taken over by one of many that start at once', async () => {
    for (let round = 0; round < 20; round++) {
      const { folder } = lockedBy({ pid: process.pid, start: 'dead', host: hostname() });
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
      const taken = tries.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(taken).toHaveLength(1);
      for (const result of tries) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'data-folder-in-use' });
      }
      await taken[0]!.release();
    }
  });

  it('that has been taken over stays with its new holder when the one before releases', async () => {
    const folder = newFolder();
    const first = await lockFolder(folder);
    // As another host would do after half a minute without a sign of life.
    writeFileSync(join(folder, 'concejo.lock.2'), readFileSync(join(folder, 'concejo.lock.1')));
    await first.release();
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'data-folder-in-use' });
  });

  it('goes to one at a time of processes that start and stop all the time', async () => {
    const folder = newFolder();
    let holders = 0;
    let times = 0;
    const rival = async () => {
      for (let i = 0; i < 60; i++) {
        try {
          const lock = await lockFolder(folder);
          expect(++holders).toBe(1);
          times++;
          await new Promise((resolve) => setImmediate(resolve));
          holders--;
          await lock.release();
        } catch (error) {
          expect(error).toMatchObject({ code: 'data-folder-in-use' });
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, rival));
    expect(times).toBeGreaterThan(10);
    expect(readdirSync(folder)).toHaveLength(1);
  });
});
