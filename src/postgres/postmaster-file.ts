/** `postmaster.pid`, in which a PostgreSQL server says that it holds its data folder. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandOf, isAlive } from './process-identity.js';

/** No process ever has this number: on Linux they stay below 2^22, elsewhere far below. */
const NOBODYS_PID = 2 ** 22 + 1;

export interface Postmaster {
  readonly pid: number;
  /** It takes connections. */
  readonly ready: boolean;
  readonly port: number;
  /** Empty where there is none. */
  readonly socketFolder: string;
  /** Empty where it listens on sockets alone. */
  readonly address: string;
}

/** What the file says, whether or not that process lives. Lines as in PostgreSQL's `pidfile.h`. */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const [port = '', socketFolder = '', address = ''] = lines.slice(3, 6);
  return { pid, ready: lines[7]?.trim() === 'ready', port: Number(port), socketFolder, address };
}

/** The number of a server that runs on the folder, one that an earlier run of the program has left behind. */
export async function runningPostmaster(data: string): Promise<number | undefined> {
  const written = await readPostmaster(data);
  if (written === undefined || !isAlive(written.pid)) return undefined;
  if (process.platform === 'win32') return written.pid;
  return (await commandOf(written.pid)).includes(data) ? written.pid : undefined;
}

/**
 * After a server was killed: what it left would stop the next one wherever its number belongs to another process (or a
 * zombie) by now. Only the number is changed: from the rest of the file PostgreSQL sees whether parts of the killed
 * server still write. To be called only when `runningPostmaster` says that there is none.
 */
export async function disownPostmasterFile(data: string, socketFolder: string | undefined): Promise<void> {
  const path = join(data, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const written = await readPostmaster(data);
  // Written in place: the file keeps its owner.
  if (text !== undefined && written && isAlive(written.pid)) {
    await writeFile(path, text.replace(/^\d+/, String(NOBODYS_PID)));
  }
  if (socketFolder === undefined) return;
  for (const name of ['.s.PGSQL.5432', '.s.PGSQL.5432.lock'])
    await rm(join(socketFolder, name), { force: true });
}
