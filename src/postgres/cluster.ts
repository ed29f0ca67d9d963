/** The files of a database server: made once by `initdb`, of one major version, and the settings it runs with. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { identity, type Account } from './account.js';
import type { Binaries } from './binaries.js';
import type { Listening } from './listening.js';
import {
  diskFull,
  errnoOf,
  explainFileError,
  messageOf,
  PostgresError,
  saysDiskFull,
} from './postgres-error.js';

const run = promisify(execFile);
const UNFINISHED = 'data.unfinished.';

/** All that the server sees of our environment: a PGPORT or PGOPTIONS of somebody's shell must not reach it. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP } = process.env;
  return { PATH, SystemRoot, TEMP, TZ: 'UTC', LC_ALL: 'C' };
}

/**
 * Makes `<home>/data` if it is not there; it appears whole or not at all.
 * @throws PostgresError `postgres-version-mismatch`, `disk-full`, `data-folder-not-writable`, `postgres-start-failed`
 */
export async function makeCluster(
  home: string,
  account: Account | undefined,
  binaries: Binaries,
  listening: Listening,
): Promise<void> {
  const data = join(home, 'data');
  await removeUnfinished(home);
  const found = await readFile(join(data, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw explainFileError(error, home);
  });
  if (found !== undefined) {
    checkVersion(found.trim(), binaries, home);
    return;
  }
  if (await stat(data).catch(() => undefined)) {
    throw new PostgresError(
      'postgres-data-missing',
      `${data} is there but is not a database (it has no PG_VERSION). Bring it back from a backup; or, to begin with an ` +
        'empty database, move that folder away.',
    );
  }
  const unfinished = join(home, UNFINISHED + randomUUID());
  const login = listening.passwordFile
    ? ['--auth=scram-sha-256', `--pwfile=${listening.passwordFile}`]
    : ['--auth-local=trust', '--auth-host=reject'];
  try {
    if (account && listening.passwordFile) await chown(listening.passwordFile, account.uid, account.gid);
    await run(
      binaries.initdb,
      // prettier-ignore
      ['-D', unfinished, '-U', 'postgres', '-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8',
        '--locale=C', '--no-instructions', ...login],
      { ...identity(account), cwd: '/', env: serverEnvironment() },
    );
    await rename(unfinished, data);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    const said = ((error as { stderr?: string }).stderr ?? messageOf(error)).trim();
    if (saysDiskFull(said)) throw diskFull(home, error);
    throw new PostgresError('postgres-start-failed', `The database could not be made in ${home}:\n${said}`, {
      cause: error,
    });
  }
}

/**
 * What a first start that was killed has left behind. Its `initdb` may still be writing, which is why each has a name of its
 * own, and why something may stay until the next start.
 */
async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home).catch(() => [])) {
    if (!name.startsWith(UNFINISHED)) continue;
    await rm(join(home, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function checkVersion(found: string, binaries: Binaries, home: string): void {
  if (Number(found) === binaries.major) return;
  throw new PostgresError(
    'postgres-version-mismatch',
    `The database in ${home} was made by PostgreSQL ${found}, and this program brings ${binaries.version}. Start the ` +
      'release that made it, dump the database (pg_dumpall), and load it into a new data folder; or run PostgreSQL ' +
      `${found} on that folder and set DATABASE_URL.`,
  );
}

/**
 * Arguments of `postgres`. Durability is PostgreSQL's own default: fsync and full_page_writes on, commits synchronous; but for the
 * last, where it is in a hurry.
 */
export function serverArguments({
  home,
  listening,
  maxConnections,
  hurry,
}: {
  home: string;
  listening: Listening;
  maxConnections: number;
  hurry: boolean;
}): string[] {
  const { address, port, socketFolder } = listening;
  const sharedMb = Math.max(32, Math.min(256, Math.floor(totalmem() / 2 ** 20 / 8)));
  const settings = {
    listen_addresses: address,
    port: String(port),
    // A list whose parts may be quoted.
    unix_socket_directories: socketFolder === undefined ? '' : `"${socketFolder}"`,
    unix_socket_permissions: '0700',
    max_connections: String(maxConnections),
    shared_buffers: `${sharedMb}MB`,
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: hurry ? 'off' : 'on',
    // No replica hangs on this server. A COPY into a table made in the same transaction then skips the WAL.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_logical_replication_workers: '0',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The server's own doings, and no statements with their errors: these could hold personal data.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
  };
  return [
    '-D',
    join(home, 'data'),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}
