/**
 * One running program per data folder.
 *
 * A lock is a file `concejo.lock.<number>`, and the highest number tells who holds the folder. Whoever finds that holder
 * dead, or the lock released, creates the next number, which the file system grants to one process only. The highest is
 * never removed, and lower ones are removed after a higher is there; so a process that was slow, and created a number
 * which had been removed already, sees a higher one afterwards and withdraws.
 */
import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errnoOf, explainFileError, PostgresError } from './postgres-error.js';
import { isAlive, startOf } from './process-identity.js';

const HEARTBEAT_MS = 5_000;
/** After so long without a heartbeat a holder on another host (or in another container) counts as gone. */
const SILENT_MS = 30_000;
const TRIES = 50;

interface Holder {
  readonly pid: number;
  /** See `startOf`. */
  readonly start: string;
  readonly host: string;
}

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes the folder. What a dead holder left behind is taken over, also when its number now belongs to another process.
 * @throws PostgresError `data-folder-in-use` naming the holder's pid, `data-folder-not-writable`, `disk-full`
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const holder: Holder = { pid: process.pid, start: await startOf(process.pid), host: hostname() };
  const path = await place(folder, JSON.stringify(holder), (ready) => take(folder, ready));
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release: async () => {
      clearInterval(heartbeat);
      // Where another has taken over meanwhile, this file is of no account.
      await place(folder, 'released', (ready) => rename(ready, path));
    },
  };
}

/** Writes a file beside the locks and puts it in place, so that no other process ever reads half of it. */
async function place<T>(folder: string, text: string, put: (ready: string) => Promise<T>): Promise<T> {
  const ready = join(folder, `concejo.lock.${randomUUID()}`);
  try {
    await writeFile(ready, text, { mode: 0o644, flag: 'wx' });
    return await put(ready);
  } catch (error) {
    throw explainFileError(error, folder);
  } finally {
    await rm(ready, { force: true }).catch(() => undefined);
  }
}

/** @returns path of the lock */
async function take(folder: string, mine: string): Promise<string> {
  const path = (number: number) => join(folder, `concejo.lock.${number}`);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const last = Math.max(0, ...(await numbersIn(folder)));
    const holder = await readHolder(path(last));
    if (holder !== undefined && (await holds(holder, path(last)))) throw inUse(folder, holder);
    try {
      // Unlike a rename it fails when the name is taken.
      await link(mine, path(last + 1));
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') continue;
      throw error;
    }
    const numbers = await numbersIn(folder);
    if (Math.max(...numbers) > last + 1) {
      await rm(path(last + 1), { force: true });
      continue;
    }
    for (const number of numbers) if (number <= last) await rm(path(number), { force: true });
    return path(last + 1);
  }
  throw new PostgresError(
    'data-folder-in-use',
    `The folder ${folder} could not be locked. Start again in a moment.`,
  );
}

async function numbersIn(folder: string): Promise<number[]> {
  return (await readdir(folder)).flatMap((name) => {
    const number = /^concejo\.lock\.(\d{1,15})$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** Undefined when the lock has been released or was never whole. */
async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  });
  try {
    const { pid, start, host } = JSON.parse(text) as Partial<Holder>;
    return Number.isSafeInteger(pid) &&
      pid !== undefined &&
      pid > 0 &&
      typeof start === 'string' &&
      typeof host === 'string'
      ? { pid, start, host }
      : undefined;
  } catch {
    return undefined;
  }
}

async function holds({ pid, start, host }: Holder, path: string): Promise<boolean> {
  if (host !== hostname()) {
    // Process numbers of another host or container say nothing here.
    const touched = await stat(path).catch(() => undefined);
    return touched !== undefined && Date.now() - touched.mtimeMs < SILENT_MS;
  }
  if (!isAlive(pid)) return false;
  return start === '' || (await startOf(pid)) === start;
}

function inUse(folder: string, { pid, host }: Holder): PostgresError {
  const where = host === hostname() ? '' : ` on host ${host}`;
  return new PostgresError(
    'data-folder-in-use',
    `The data folder ${folder} is in use by process ${pid}${where}. Stop that one first, or set CONCEJO_DATA to another ` +
      `folder${host === hostname() ? '' : `; if that host is gone, start again in ${SILENT_MS / 1000} seconds`}.`,
  );
}
