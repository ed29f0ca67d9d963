/** Reaches the PostgreSQL of a data folder beside the program that holds it: for what only reads. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { urlFor } from './listening.js';
import { runningPostmaster } from './postmaster-file.js';

/** Connection string of the role that owns the tables; `undefined` while no server runs on the folder. */
export async function runningUrl(folder: string): Promise<string | undefined> {
  const elsewhere = await textIn(join(folder, 'postgres-is-at'));
  const home = elsewhere ?? join(folder, 'postgres');
  const data = join(home, 'data');
  if ((await runningPostmaster(data)) === undefined) return undefined;
  // Lines as in PostgreSQL's `pidfile.h`.
  const [, , , port = '', socketFolder = '', address = ''] =
    (await textIn(join(data, 'postmaster.pid')))?.split('\n') ?? [];
  const password = await textIn(join(home, 'password'));
  const where = {
    ...{ address: address.trim(), port: Number(port) },
    ...(socketFolder.trim() !== '' && { socketFolder: socketFolder.trim() }),
    ...(password !== undefined && { password }),
  };
  return urlFor(where, 'concejo_owner', 'concejo');
}

async function textIn(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}
