/** Where the files of the server are, and who owns them. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canEnter, serverAccount, type Account } from './account.js';
import type { Log } from './log.js';
import { explainFileError, PostgresError } from './postgres-error.js';

export interface Home {
  /** Holds `data`, `socket` and `server.log`; belongs to the account, and nobody else but root can enter it. */
  readonly folder: string;
  readonly account: Account | undefined;
  /** Where copies of the binaries may be put so that the account reaches them. */
  readonly copies: string;
}

/** Where root puts what another user must reach: the first that can be made. */
const REACHABLE = ['/var/lib/concejo', join(tmpdir(), 'concejo-root')];

/** In a data folder: the files of its server. */
const HOME = 'postgres';
/** In a data folder: where they are instead. */
const POINTER = 'postgres-is-at';

/** Where the files of the server of a data folder are, if it has ever had one. */
export async function homeOf(dataFolder: string): Promise<string> {
  return (await pointedTo(dataFolder)) ?? join(dataFolder, HOME);
}

/** Whether a data folder has ever had a server. */
export function hasHome(dataFolder: string): boolean {
  return existsSync(join(dataFolder, HOME)) || existsSync(join(dataFolder, POINTER));
}

async function pointedTo(dataFolder: string): Promise<string | undefined> {
  return readFile(join(dataFolder, POINTER), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/**
 * `<dataFolder>/postgres`, made if need be. When we are root and the server's account cannot reach it (a parent is closed,
 * such as /root), another place is chosen, said in the log, and remembered in `<dataFolder>/postgres-is-at`.
 * @throws PostgresError `data-folder-not-writable`, `disk-full`, `postgres-data-missing`
 */
export async function findHome(
  dataFolder: string,
  log: Log,
  reachable: readonly string[] = REACHABLE,
): Promise<Home> {
  const inside = join(dataFolder, HOME);
  const account = await serverAccount([join(inside, 'data'), dataFolder]);
  const pointer = join(dataFolder, POINTER);
  const elsewhere = await pointedTo(dataFolder);
  if (elsewhere !== undefined) {
    const owner = await serverAccount([elsewhere]);
    await mustExist(elsewhere, pointer);
    log.warn(`The database of ${dataFolder} is kept in ${elsewhere}: a backup needs both.`);
    return {
      folder: elsewhere,
      account: owner,
      copies: account ? await reachablePlace(account, reachable) : elsewhere,
    };
  }
  await own(inside, account, dataFolder);
  if (account === undefined)
    return { folder: inside, account, copies: join(dataFolder, 'postgres-binaries') };

  const copies = await reachablePlace(account, reachable);
  if (await canEnter(account, inside)) return { folder: inside, account, copies };
  const chosen = join(copies, randomUUID());
  await own(chosen, account, dataFolder);
  // Written before anything is in the new place, so that nothing can be there and forgotten.
  await writeFile(pointer, `${chosen}\n`, { mode: 0o644 }).catch((error: unknown) => {
    throw explainFileError(error, dataFolder);
  });
  log.warn(
    `Root runs PostgreSQL as user ${account.name}, which cannot enter ${dataFolder}. The database is kept in ${chosen} ` +
      'instead: a backup needs both. To keep it inside, run as an ordinary user, or choose with CONCEJO_DATA a folder ' +
      'whose parents everybody may enter (chmod o+x).',
  );
  return { folder: chosen, account, copies };
}

async function own(folder: string, account: Account | undefined, dataFolder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (account) await chown(folder, account.uid, account.gid);
    await chmod(folder, 0o700);
  } catch (error) {
    throw explainFileError(error, dataFolder);
  }
}

async function mustExist(folder: string, pointer: string): Promise<void> {
  await lstat(folder).catch((cause: unknown) => {
    throw new PostgresError(
      'postgres-data-missing',
      `The database should be in ${folder} (${pointer} says so), but that folder cannot be read. Bring it back from a ` +
        'backup; or, to begin with an empty database, delete that file.',
      { cause },
    );
  });
}

/** A folder of root's that nobody else can write and the account can enter: others must not plant binaries there. */
async function reachablePlace(account: Account, places: readonly string[]): Promise<string> {
  for (const place of places) {
    try {
      await mkdir(place, { mode: 0o711 });
    } catch {
      // It is there already, or cannot be made: what follows tells.
    }
    const found = await lstat(place).catch(() => undefined);
    if (!found?.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) continue;
    if (await canEnter(account, place)) return place;
  }
  throw new PostgresError(
    'data-folder-not-writable',
    `Root must run PostgreSQL as user ${account.name}, and none of ${places.join(', ')} can be made for it. ` +
      'Run as an ordinary user, or set DATABASE_URL.',
  );
}
