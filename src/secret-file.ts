/** Secrets of 32 bytes that live in a file of their own. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SettingInvalid, type Settings } from './settings.js';

/** The file of a secret cannot be used. */
export class SecretUnusable extends Error {
  constructor(readonly why: 'cannot be written' | 'cannot be read' | 'has not 32 bytes') {
    super(why);
    this.name = 'SecretUnusable';
  }
}

/** The secret in a file; `undefined` where there is no file. @throws SecretUnusable */
export async function readSecret(path: string): Promise<Uint8Array | undefined> {
  let secret: Uint8Array;
  try {
    secret = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SecretUnusable('cannot be read');
  }
  if (secret.length !== 32) throw new SecretUnusable('has not 32 bytes');
  return secret;
}

/** Makes a secret (mode 0600), or finds the one that another process made at the same time. @throws SecretUnusable */
export async function makeSecret(path: string): Promise<Uint8Array> {
  const secret = randomBytes(32);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // `wx`: two processes that start together agree on the file of the first.
    await writeFile(path, secret, { flag: 'wx', mode: 0o600, flush: true });
    return secret;
  } catch (error) {
    const known = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await readSecret(path) : undefined;
    if (known === undefined) throw new SecretUnusable('cannot be written');
    return known;
  }
}

/**
 * The server's secret: CONCEJO_SERVER_SECRET, or `<data>/secrets/server`, which is made at first start (mode 0600). A lost
 * one is replaced, since nothing is sealed with it: everybody signs in anew (docs/operations.md).
 * @throws SettingInvalid
 */
export async function serverSecret(settings: Pick<Settings, 'data' | 'serverSecret'>): Promise<Uint8Array> {
  if (settings.serverSecret !== undefined) return settings.serverSecret;
  const path = join(settings.data, 'secrets', 'server');
  try {
    // The data folder first: made together with the one below it, it would be as closed, and as root PostgreSQL's user
    // could then not enter it.
    await mkdir(settings.data, { recursive: true }).catch(() => {
      throw new SecretUnusable('cannot be written');
    });
    return (await readSecret(path)) ?? (await makeSecret(path));
  } catch (error) {
    if (!(error instanceof SecretUnusable)) throw error;
    throw new SettingInvalid(
      path,
      error.why === 'cannot be written'
        ? 'cannot be written: make the data folder writable, or set CONCEJO_SERVER_SECRET'
        : 'cannot be read or has not 32 bytes: restore it from a backup, or delete it',
    );
  }
}
