/** How clients reach the server, and the connection strings for it. */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from './account.js';
import { explainFileError, PostgresError } from './postgres-error.js';
import { readPostmaster, runningPostmaster } from './postmaster-file.js';

/**
 * A socket needs no password: only the server's user (and root) can enter its folder, and that user owns the data files
 * as well, so a password kept beside them would guard nothing and could get lost. TCP, for Windows, has a password.
 */
export interface Listening {
  /** For `listen_addresses`; empty for none. */
  readonly address: string;
  readonly port: number;
  readonly socketFolder?: string;
  readonly passwordFile?: string;
  readonly password?: string;
}

/** `sun_path` holds 107 bytes on Linux and 103 on macOS. */
const SOCKET_PATH_BYTES = 103;
const SOCKET_PORT = 5432;
const PASSWORD = 'password';

/** @throws PostgresError `data-folder-not-writable`, `disk-full` */
export async function listenOn(
  home: string,
  account: Account | undefined,
  transport: 'socket' | 'tcp',
): Promise<Listening> {
  try {
    if (transport === 'tcp')
      return { address: '127.0.0.1', port: await freePort(), ...(await password(home)) };
    return { address: '', port: SOCKET_PORT, socketFolder: await socketFolder(home, account) };
  } catch (error) {
    throw explainFileError(error, home);
  }
}

/** How to reach the server that runs with these files, as its own `postmaster.pid` says; `undefined` where none takes connections. */
export async function listeningOf(home: string): Promise<Listening | undefined> {
  const data = join(home, 'data');
  const written = await readPostmaster(data);
  if (written?.ready !== true || (await runningPostmaster(data)) !== written.pid) return undefined;
  const { port, socketFolder, address } = written;
  if (socketFolder !== '') return { address: '', port, socketFolder };
  const password = await readFile(join(home, PASSWORD), 'utf8').catch(() => undefined);
  return password === undefined ? undefined : { address, port, password: password.trim() };
}

/** A connection string as `pg` and libpq read it. */
export function urlFor(
  { address, port, socketFolder, password }: Listening,
  user: string,
  database: string,
): string {
  if (socketFolder !== undefined) {
    return `postgresql://${user}@/${database}?host=${encodeURIComponent(socketFolder)}&port=${port}`;
  }
  return `postgresql://${user}:${password ?? ''}@${address}:${port}/${database}`;
}

async function socketFolder(home: string, account: Account | undefined): Promise<string> {
  const inside = join(home, 'socket');
  const fits =
    Buffer.byteLength(join(inside, `.s.PGSQL.${SOCKET_PORT}`)) <= SOCKET_PATH_BYTES && !inside.includes('"');
  const folder = fits
    ? inside
    : join(tmpdir(), `concejo-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
  await mkdir(folder, { mode: 0o700 }).catch(() => undefined);
  const found = await lstat(folder);
  const own = process.getuid?.();
  // In a folder that all may write somebody else could have been there first.
  if (!found.isDirectory() || (own !== undefined && found.uid !== own && found.uid !== account?.uid)) {
    throw new PostgresError(
      'data-folder-not-writable',
      `${folder}, which is to hold the database's socket, belongs to somebody else. Remove it.`,
    );
  }
  await chmod(folder, 0o700);
  if (account) await chown(folder, account.uid, account.gid);
  return folder;
}

async function password(home: string): Promise<{ password: string; passwordFile: string }> {
  const passwordFile = join(home, PASSWORD);
  await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' }).catch(
    () => undefined,
  );
  return { password: (await readFile(passwordFile, 'utf8')).trim(), passwordFile };
}

/** One of the loopback address that nobody listens at. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
