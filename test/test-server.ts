/**
 * The PostgreSQL of one run of the tests, with a migrated template database: the program's own embedded server in a
 * temporary folder, or, where CONCEJO_TEST_DATABASE_URL is set, the server that it names (a role that may create roles and
 * databases, best a superuser).
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrationsFolder } from '../src/postgres/database.js';
import { startEmbedded, type Embedded } from '../src/postgres/embedded.js';
import { lockFolder } from '../src/postgres/folder-lock.js';
import { migrate } from '../src/postgres/migrate.js';
import { withRole } from '../src/postgres/pools.js';
import { runningPostmaster } from '../src/postgres/postmaster-file.js';

/** What test files need to know of the server. */
export interface TestServer {
  readonly adminUrl: string;
  /** These two name any database; see `onDatabase`. */
  readonly ownerUrl: string;
  readonly runtimeUrl: string;
  /** Databases of this run begin with it. */
  readonly prefix: string;
  /** Why there is no server or no template: for the tests that need one. */
  readonly error?: string;
}

const FOLDER = 'concejo-test-';
const quiet = { info: () => undefined, warn: (message: string) => console.warn(message) };

let embedded: Embedded | undefined;
let folder: string | undefined;
let server: TestServer | undefined;

/** An error is handed on in its result, so that tests without a database still run. */
export async function startTestServer(): Promise<TestServer> {
  const prefix = `concejo_test_${randomBytes(4).toString('hex')}`;
  server = { adminUrl: '', ownerUrl: '', runtimeUrl: '', prefix };
  try {
    const adminUrl = process.env.CONCEJO_TEST_DATABASE_URL ?? (await start());
    server = {
      adminUrl,
      ownerUrl: embedded?.ownerUrl ?? withRole(adminUrl, 'concejo_owner'),
      runtimeUrl: embedded?.runtimeUrl ?? withRole(adminUrl, 'concejo_runtime'),
      prefix,
    };
    await makeTemplate(server);
    return server;
  } catch (error) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.error(`No database for these tests: ${said}`);
    return { ...server, error: said };
  }
}

export async function stopTestServer(): Promise<void> {
  await embedded?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  if (embedded === undefined && server !== undefined && server.adminUrl !== '') await dropDatabases(server);
}

/** The connection string with another database. */
export function onDatabase(url: string, database: string): string {
  return url.replace(/^([a-z]+:\/\/[^/?]*)\/?[^?]*/, `$1/${database}`);
}

/** Runs statements as the superuser, on a connection of its own. */
export async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function start(): Promise<string> {
  await sweep();
  folder = await mkdtemp(join(tmpdir(), FOLDER));
  // Root's server runs under another user.
  await chmod(folder, 0o711);
  embedded = await startEmbedded({ folder, log: quiet, maxConnections: 300 });
  return embedded.adminUrl;
}

async function makeTemplate({ adminUrl, ownerUrl, prefix }: TestServer): Promise<void> {
  await asAdmin(adminUrl, async (client) => {
    for (const role of ['concejo_owner', 'concejo_runtime']) {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
      if (rowCount === 0) await client.query(`create role ${role}`);
    }
    await client.query(`create database ${prefix}_template owner concejo_owner`);
  });
  await migrate(onDatabase(ownerUrl, `${prefix}_template`), migrationsFolder(), quiet);
}

async function dropDatabases({ adminUrl, prefix }: TestServer): Promise<void> {
  await asAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select datname as name from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { name } of rows) await client.query(`drop database if exists ${name} with (force)`);
  });
}

/** Ends servers that killed runs have left behind, and removes their files. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER)) continue;
    const left = join(tmpdir(), name);
    try {
      // Fails while that run lives, and where it is another user's.
      await lockFolder(left);
      const pid = await runningPostmaster(join(left, 'postgres', 'data'));
      if (pid !== undefined) process.kill(pid, 'SIGQUIT');
      while ((await runningPostmaster(join(left, 'postgres', 'data'))) !== undefined) await sleep(50);
      await rm(left, { recursive: true, force: true });
    } catch {
      continue;
    }
  }
}
