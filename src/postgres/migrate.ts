/**
 * Forward-only migrations: plain SQL files `NNNN_name.sql`, each run once, in order, in a transaction of its own.
 * `schema_migrations` remembers what ran and the SHA-256 of its text.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Log } from './log.js';
import { PostgresError } from './postgres-error.js';

/** A number that only migrations lock. */
const LOCK = '7162343651340501';
/** Another process may be at a long migration. */
const WAIT_FOR_LOCK = '10min';
/** A migration that waits for a table makes all later users of that table wait too: it gives up first. */
const WAIT_FOR_TABLE_MS = 10_000;
const LOCK_NOT_AVAILABLE = '55P03';

export interface Migration {
  readonly file: string;
  readonly sql: string;
  /** Of its text, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Brings a database up to the files of a folder. Several processes may do so at once: one works, the others wait and then
 * find nothing left to do.
 * @param url connection string of the role that is to own the tables
 * @param options.upTo name of the last file that may be run; all by default
 * @returns names of the files that were run, in order
 * @throws PostgresError `migration-badly-named`, `migration-changed`, `migration-missing`, `migration-out-of-order`,
 *   `migration-blocked`, `migration-failed`: of the file that failed nothing remains, those before it stay
 */
export async function migrate(
  url: string,
  folder: string,
  log: Log,
  { tableWaitMs = WAIT_FOR_TABLE_MS, upTo }: { tableWaitMs?: number; upTo?: string } = {},
): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: url, application_name: 'concejo migrate' });
  // A connection that breaks rejects the running query; without a listener it would also end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await lock(client);
    const pending = pendingOf(migrations, await appliedOn(client), folder).filter(
      ({ file }) => upTo === undefined || file <= upTo,
    );
    await client.query(`set lock_timeout = ${tableWaitMs}`);
    for (const migration of pending) {
      await apply(client, migration);
      log.info(`Migration ${migration.file} is done.`);
    }
    return pending.map(({ file }) => file);
  } finally {
    // Ends the lock as well.
    await client.end();
  }
}

/** The migrations of a folder in order. @throws PostgresError `migration-badly-named` */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  const bad = files.find(
    (file, i) => !/^\d{4}_[a-z0-9_]+\.sql$/.test(file) || numberOf(file) === numberOf(files[i - 1]),
  );
  if (bad !== undefined) {
    throw new PostgresError(
      'migration-badly-named',
      `${join(folder, bad)}: a migration is named NNNN_name.sql (small letters, digits, _), and its number is its own.`,
    );
  }
  return Promise.all(
    files.map(async (file) => {
      // The same text may be checked out with other line ends.
      const sql = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
      return { file, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

function numberOf(file: string | undefined): string | undefined {
  return file?.slice(0, 4);
}

async function lock(client: pg.Client): Promise<void> {
  await client.query(`set lock_timeout = '${WAIT_FOR_LOCK}'`);
  await client.query(`select pg_advisory_lock(${LOCK})`).catch((cause: unknown) => {
    if (!(cause instanceof pg.DatabaseError) || cause.code !== LOCK_NOT_AVAILABLE) throw cause;
    throw new PostgresError(
      'migration-blocked',
      `Another process has been migrating for ${WAIT_FOR_LOCK}. Look at it before you start again.`,
      { cause },
    );
  });
  await client.query(
    `create table if not exists schema_migrations (
       file text primary key,
       sha256 text not null,
       applied_at timestamptz not null default now()
     )`,
  );
}

async function appliedOn(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ file: string; sha256: string }>(
    'select file, sha256 from schema_migrations',
  );
  return new Map(rows.map(({ file, sha256 }) => [file, sha256]));
}

function pendingOf(
  migrations: readonly Migration[],
  applied: Map<string, string>,
  folder: string,
): Migration[] {
  const known = new Set(migrations.map(({ file }) => file));
  const last = [...applied.keys()].sort().at(-1) ?? '';
  for (const file of applied.keys()) {
    if (known.has(file)) continue;
    throw new PostgresError(
      'migration-missing',
      `The database has run ${file}, which is not in ${folder}: it was used by a newer release. Start that one.`,
    );
  }
  for (const { file, sha256 } of migrations) {
    const before = applied.get(file);
    if (before !== undefined && before !== sha256) {
      throw new PostgresError(
        'migration-changed',
        `${join(folder, file)} is not what this database has run (SHA-256 ${before}, now ${sha256}). ` +
          'Put the file back as it was and write the change as a new migration.',
      );
    }
    if (before === undefined && file < last) {
      throw new PostgresError(
        'migration-out-of-order',
        `${join(folder, file)} comes before ${last}, which this database has run already. Give it a higher number.`,
      );
    }
  }
  return migrations.filter(({ file }) => !applied.has(file));
}

async function apply(client: pg.Client, { file, sql, sha256 }: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('insert into schema_migrations (file, sha256) values ($1, $2)', [file, sha256]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => undefined);
    const { message, code, position } = cause as pg.DatabaseError;
    const line = position === undefined ? '' : `, line ${sql.slice(0, Number(position)).split('\n').length}`;
    if (code === LOCK_NOT_AVAILABLE) {
      throw new PostgresError(
        'migration-blocked',
        `Migration ${file} waited too long for a table that another connection uses. ` +
          'Start again when that has ended; nothing was changed.',
        { cause },
      );
    }
    throw new PostgresError('migration-failed', `Migration ${file} failed${line}: ${message}`, { cause });
  }
}
