/** Secrets of 32 bytes that live in a file of their own. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SettingInvalid, type Settings } from './settings.js';

/**
 * The server's secret: CONCEJO_SERVER_SECRET, or `<data>/secrets/server`, which is made at first start (mode 0600).
 * @throws SettingInvalid
 */
export async function serverSecret(settings: Pick<Settings, 'data' | 'serverSecret'>): Promise<Uint8Array> {
  if (settings.serverSecret !== undefined) return settings.serverSecret;
  const path = join(settings.data, 'secrets', 'server');
  try {
    // The data folder first: made together with the one below it, it would be as closed, and as root PostgreSQL's user
    // could then not enter it.
    await mkdir(settings.data, { recursive: true });
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // `wx`: two processes that start together agree on the file of the first.
    await writeFile(path, randomBytes(32), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new SettingInvalid(
        path,
        'cannot be written: make the data folder writable, or set CONCEJO_SERVER_SECRET',
      );
    }
  }
  const secret = await readFile(path).catch(() => undefined);
  if (secret?.length !== 32) {
    throw new SettingInvalid(
      path,
      'cannot be read or has not 32 bytes: restore it from a backup, or delete it',
    );
  }
  return secret;
}
