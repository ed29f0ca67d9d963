/** One running program per data folder. */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errnoOf, explainFileError, PostgresError } from './postgres-error.js';
import { isAlive, startOf } from './process-identity.js';

const HEARTBEAT_MS = 5_000;
/** After so long without a heartbeat a holder on another host (or in another container) counts as gone. */
const SILENT_MS = 30_000;
const TRIES = 20;

interface Holder {
  readonly pid: number;
  /** See `startOf`. */
  readonly start: string;
  readonly host: string;
  /** Tells apart two holdings by one process. */
  readonly id: string;
}

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes `<folder>/concejo.lock`. What a dead holder left behind is taken over, also when its number now belongs to
 * another process.
 * @throws PostgresError `data-folder-in-use` naming the holder's pid, `data-folder-not-writable`, `disk-full`
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, 'concejo.lock');
  const id = randomUUID();
  const holder: Holder = { pid: process.pid, start: await startOf(process.pid), host: hostname(), id };
  const mine = `${path}.${id}`;
  try {
    await writeFile(mine, JSON.stringify(holder), { mode: 0o644, flag: 'wx' });
    await take(path, mine, folder);
  } catch (error) {
    throw explainFileError(error, folder);
  } finally {
    await rm(mine, { force: true }).catch(() => undefined);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release: async () => {
      clearInterval(heartbeat);
      if ((await readHolder(path))?.id === id) await rm(path, { force: true });
    },
  };
}

async function take(path: string, mine: string, folder: string): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    try {
      // Unlike a rename it fails when the name is taken, and the file is never seen half written.
      await link(mine, path);
      return;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
    const holder = await readHolder(path);
    if (holder === undefined) continue;
    if (await holds(holder, path)) throw inUse(folder, holder);
    await moveAway(path, holder);
  }
  throw new PostgresError(
    'data-folder-in-use',
    `The lock ${path} could not be taken. Start again in a moment.`,
  );
}

/** Undefined when the file is gone. A file that holds something else belongs to no living process. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    try {
      return JSON.parse(text) as Holder;
    } catch {
      return { pid: 0, start: '', host: hostname(), id: '' };
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function holds({ pid, start, host }: Holder, path: string): Promise<boolean> {
  if (host !== hostname()) {
    // Process numbers of another host or container say nothing here.
    const touched = await stat(path).catch(() => undefined);
    return touched !== undefined && Date.now() - touched.mtimeMs < SILENT_MS;
  }
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)) return false;
  const now = await startOf(pid);
  return start === '' || now === start;
}

/** Removes a dead holder's lock and nothing else: a third process may have taken it over meanwhile. */
async function moveAway(path: string, dead: Holder): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved?.id !== dead.id) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function inUse(folder: string, { pid, host }: Holder): PostgresError {
  const where = host === hostname() ? '' : ` on host ${host}`;
  return new PostgresError(
    'data-folder-in-use',
    `The data folder ${folder} is in use by process ${pid}${where}. Stop that one first, or set CONCEJO_DATA to another ` +
      `folder${host === hostname() ? '' : `; if that host is gone, start again in ${SILENT_MS / 1000} seconds`}.`,
  );
}
