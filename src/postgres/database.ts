/** The database that the program works on: its own server, or the one that DATABASE_URL names; migrated either way. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { reachEmbedded, startEmbedded } from './embedded.js';
import type { Log } from './log.js';
import { migrate } from './migrate.js';
import { clientConfig, makePool } from './pools.js';
import { messageOf, PostgresError } from './postgres-error.js';

const OLDEST = 15;
const NEWEST = 18;
/** How long running queries may go on when the program closes. */
const CLOSE_MS = 5_000;
const RUNTIME_ROLE = 'concejo_runtime';

export interface DatabaseSettings {
  /** Connection string for the program's work; without it the program starts a server of its own in `folder`. */
  readonly databaseUrl?: string | undefined;
  /** Connection string of the role that owns the tables; by default `databaseUrl`. */
  readonly ownerUrl?: string | undefined;
  /** The program's data folder. */
  readonly folder: string;
  /** Where another run of the program has the folder, its server is used as well: that run keeps it, and may end it. */
  readonly beside?: boolean | undefined;
  /** See `EmbeddedOptions`. */
  readonly hurry?: boolean | undefined;
  /** Folder of the migrations; by default the one that comes with the program. */
  readonly migrations?: string | undefined;
  /** Most connections of the pool at a time. */
  readonly maxConnections?: number | undefined;
}

export interface Database {
  /** With the rights of the runtime role; `int8` is bigint. */
  readonly pool: pg.Pool;
  /** Settings for a connection of one's own with the same rights, such as one that listens. */
  readonly client: pg.ClientConfig;
  /**
   * Ends the pool, after five seconds even if a connection was not given back, and the server where it is the program's own.
   * May be called twice.
   */
  close(): Promise<void>;
}

/**
 * Starts or reaches the server, runs the migrations that are pending, and opens the pool.
 * @throws PostgresError those of `startEmbedded` and `migrate`; `postgres-unreachable`, `postgres-version-unsupported`
 */
export async function openDatabase(settings: DatabaseSettings, log: Log): Promise<Database> {
  if (settings.databaseUrl !== undefined) return reach(settings.databaseUrl, settings, log);
  const { folder, beside, hurry = false } = settings;
  const server = await (beside === true ? reachEmbedded : startEmbedded)({ folder, log, hurry });
  try {
    const { runtimeUrl, ownerUrl } = server;
    return await reach(runtimeUrl, { ...settings, ownerUrl }, log, () => server.stop());
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The nearest `migrations` folder above this file: beside `src/` as well as beside `dist/`. */
export function migrationsFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'migrations'))) return join(folder, 'migrations');
    if (folder === dirname(folder)) throw new Error('The program comes without its migrations folder.');
  }
}

async function reach(
  databaseUrl: string,
  { ownerUrl, migrations, maxConnections, hurry }: DatabaseSettings,
  log: Log,
  stopServer: () => Promise<void> = () => Promise.resolve(),
): Promise<Database> {
  await inspect(databaseUrl, checkServer(log, hurry));
  await migrate(ownerUrl ?? databaseUrl, migrations ?? migrationsFolder(), log);
  const role = await inspect(databaseUrl, runtimeRole(log));
  const pool = makePool(databaseUrl, log, {
    role,
    ...(maxConnections === undefined ? {} : { max: maxConnections }),
  });
  let closed: Promise<void> | undefined;
  return {
    pool,
    client: clientConfig(databaseUrl, { role }),
    close: () => (closed ??= endPool(pool).finally(stopServer)),
  };
}

/** Waits for connections that are lent, but not for ever for one that nobody gives back. */
async function endPool(pool: pg.Pool): Promise<void> {
  const patience = new AbortController();
  const { signal } = patience;
  await Promise.race([pool.end(), sleep(CLOSE_MS, undefined, { signal }).catch(() => undefined)]);
  patience.abort();
}

async function inspect<T>(url: string, look: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(clientConfig(url));
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    // Of several addresses that all failed, each has a message, and the whole has none.
    const { errors = [cause] } = cause as { errors?: unknown[] };
    const said = errors.map(messageOf).join('; ');
    throw new PostgresError(
      'postgres-unreachable',
      `The PostgreSQL at ${client.host}:${client.port} cannot be used (${said}). Check DATABASE_URL and that the server ` +
        'runs; without DATABASE_URL the program starts a server of its own.',
      { cause },
    );
  }
  try {
    return await look(client);
  } finally {
    await client.end();
  }
}

function checkServer(log: Log, hurry = false) {
  return async (client: pg.Client): Promise<void> => {
    const show = async (name: string) =>
      (await client.query<{ value: string }>('select current_setting($1) as value', [name])).rows[0]?.value ??
      '';
    checkVersion(Number(await show('server_version_num')));
    if (hurry) return;
    for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
      if ((await show(name)) === 'off') {
        log.warn(
          `The database server has ${name} off: acknowledged ballots can be lost when it fails. Switch it on.`,
        );
      }
    }
  };
}

/**
 * @param version as in `server_version_num`: 180004 for 18.4
 * @throws PostgresError `postgres-version-unsupported`
 */
export function checkVersion(version: number): void {
  const major = Math.floor(version / 10_000);
  if (major >= OLDEST && major <= NEWEST) return;
  throw new PostgresError(
    'postgres-version-unsupported',
    `The server that DATABASE_URL names is PostgreSQL ${major}; ${OLDEST} to ${NEWEST} are supported. Use one of these; ` +
      'without DATABASE_URL the program starts a server of its own.',
  );
}

/**
 * The role that connections have to become, so that not even a flaw in the program can change the log; undefined when
 * they are it already, or cannot become it, of which a warning tells.
 */
function runtimeRole(log: Log) {
  return async (client: pg.Client): Promise<string | undefined> => {
    const { rows } = await client.query<{ owns: boolean; known: boolean; may: boolean; granted: boolean }>(
      `with me as (
         select rolsuper or exists (select from pg_class c where c.relname = 'schema_migrations'
                                    and pg_has_role(current_user, c.relowner, 'usage')) as owns
         from pg_roles where rolname = current_user
       ), runtime as (select oid from pg_roles where rolname = $1)
       select (select owns from me) as owns,
              exists (select from runtime) as known,
              coalesce((select pg_has_role(current_user, oid,
                case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end)
                from runtime), false) as may,
              exists (select from runtime r, pg_class c
                where c.relkind = 'r' and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
                and has_table_privilege(r.oid, c.oid, 'select')) as granted`,
      [RUNTIME_ROLE],
    );
    const found = rows[0];
    if (!found?.owns) return undefined;
    if (found.known && found.may && found.granted) return RUNTIME_ROLE;
    const why = !found.known
      ? 'there is no such role'
      : !found.may
        ? 'this role may not become it'
        : 'it was made after the migrations, which therefore granted it nothing';
    log.warn(
      `The program works with the rights of the owner of its tables, since it cannot work as ${RUNTIME_ROLE} (${why}): ` +
        'that the log is never changed then rests on triggers alone. Make the role before the first start, and grant it to ' +
        'the role of DATABASE_URL, or give the owner a connection string of its own.',
    );
    return undefined;
  };
}
