/**
 * Under which user the server runs. PostgreSQL refuses to run as root, so root starts it under another user that has an
 * entry in /etc/passwd, which `initdb` asks for.
 */
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account for a server whose files are at, or will be below, `paths` (the first that exists decides): its owner, so
 * that a folder may be started by its user and by root in turn, and `nobody` where root owns it.
 * @returns undefined when not root: the server runs as we do
 */
export async function serverAccount(paths: readonly string[]): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    // macOS writes nobody's id as -2.
    return name && uid && gid ? [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }] : [];
  });
  for (const path of paths) {
    const owner = await stat(path).then(
      ({ uid }) => uid,
      () => undefined,
    );
    if (owner === undefined) continue;
    const account = accounts.find(({ uid }) => uid === owner && uid !== 0);
    if (account) return account;
  }
  return accounts.find(({ name }) => name === 'nobody') ?? { name: 'nobody', uid: 65534, gid: 65534 };
}

/** Whether the account may pass through every folder on the way to `folder` and into it. */
export async function canEnter(account: Account | undefined, folder: string): Promise<boolean> {
  if (account === undefined) return true;
  return run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...identity(account), cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/** Options for `spawn` that make the child run under the account. */
export function identity(account: Account | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}
