/**
 * What the faults happen to: web processes of the program, a PostgreSQL and, where the log is on it, the double of EventStoreDB;
 * with proxies between clients, web processes and PostgreSQL. An election is open in it.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg, { type Pool } from 'pg';
import { openEventStore } from '../../src/event-store/open.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { migrationsFolder, openDatabase } from '../../src/postgres/database.js';
import { startEmbedded, type Embedded } from '../../src/postgres/embedded.js';
import { migrate } from '../../src/postgres/migrate.js';
import { runningPostmaster } from '../../src/postgres/postmaster-file.js';
import { openElection } from '../bench/cast-election.js';
import type { Booth } from '../bench/ballots.js';
import { startDouble } from '../event-store/eventstoredb-double/remote.js';
import { readSettings } from '../../src/settings.js';
import { people } from '../rest/site.js';
import { Web } from './web.js';

/**
 * Where the log is: in a PostgreSQL beside two web processes, in the one that a single web process starts itself, or on
 * EventStoreDB (its double), with two web processes.
 */
export type Place = 'postgres' | 'own-postgres' | 'eventstoredb';

type Double = Awaited<ReturnType<typeof startDouble>>;

const quiet = { info: () => undefined, warn: () => undefined };
/** Of the file system for PostgreSQL, where one can be made. */
const MEGABYTES = 2_000;

export class World {
  private constructor(
    readonly place: Place,
    readonly folder: string,
    /** Of the program, when it runs in this process. */
    readonly variables: Record<string, string>,
    readonly webs: readonly Web[],
    readonly booth: Booth,
    readonly voters: number,
    /** Where the log ended before anybody wrote to it. */
    readonly begin: bigint,
    readonly postgres: Embedded | undefined,
    readonly double: Double | undefined,
    /** A file system of PostgreSQL's own, of which only root can make one. */
    readonly disk: string | undefined,
  ) {}

  /** @param voters on the roll of its election */
  static async start(place: Place, voters: number): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'concejo-faults-'));
    // Root's PostgreSQL runs under another user, which has to pass through.
    await chmod(folder, 0o711);
    const data = join(folder, 'data');
    await mkdir(data, { mode: 0o711 });
    const disk = place === 'own-postgres' ? undefined : await mount(join(folder, 'disk'));
    const postgres =
      place === 'own-postgres'
        ? undefined
        : await startEmbedded({ folder: disk ?? join(folder, 'server'), log: quiet, maxConnections: 100 });
    const double = place === 'eventstoredb' ? await startDouble({ statsEvery: 50 }) : undefined;
    const variables = {
      CONCEJO_DATA: data,
      CONCEJO_STAFF: JSON.stringify(Object.values(people).map(({ member }) => member)),
      CONCEJO_SERVER_SECRET: randomBytes(32).toString('base64url'),
      LOG_LEVEL: 'error',
      ...(postgres && { DATABASE_URL: postgres.runtimeUrl, DATABASE_OWNER_URL: postgres.ownerUrl }),
      ...(double && { EVENTSTORE_URL: double.url }),
    };
    if (postgres !== undefined) await migrate(postgres.ownerUrl, migrationsFolder(), quiet);
    const booth = await openElection(variables, voters);
    const begin = await withLog(variables, (store) => store.head());
    const names = place === 'own-postgres' ? ['web-1'] : ['web-1', 'web-2'];
    const webs = await Promise.all(
      names.map((name) => Web.make(name, folder, postgres && ways(postgres, name), variables)),
    );
    const world = new World(place, folder, variables, webs, booth, voters, begin, postgres, double, disk);
    for (const web of webs) await web.start();
    await world.untilReady();
    return world;
  }

  /** @throws Error when one does not become ready */
  async untilReady(): Promise<void> {
    await Promise.all(this.webs.map((web) => web.untilReady()));
  }

  /** The number of PostgreSQL's first process; `undefined` while there is none. */
  async postmaster(): Promise<number | undefined> {
    return this.postgres === undefined
      ? runningPostmaster(join(this.variables.CONCEJO_DATA ?? '', 'postgres', 'data'))
      : this.postgres.pid;
  }

  /** Connections to PostgreSQL that hold a lock for as long as they live, with the web process at their other end. */
  async holders(): Promise<{ pid: number; web: Web }[]> {
    const rows = await this.asAdmin<{ pid: number; name: string }>(
      `select distinct pid, application_name as name from pg_locks join pg_stat_activity using (pid)
       where locktype = 'advisory' and mode = 'ExclusiveLock' and granted and application_name like 'web-%'
       order by pid`,
    );
    return rows.flatMap(({ pid, name }) => {
      const web = this.webs.find((each) => each.name === name);
      return web === undefined ? [] : [{ pid, web }];
    });
  }

  /** @throws where PostgreSQL is down, or is the program's own */
  async asAdmin<Row extends object>(sql: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.postgres?.adminUrl ?? '' });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends everything, however broken it is, and removes its files. */
  async close(): Promise<void> {
    for (const web of this.webs) {
      web.thaw();
      await web.close();
    }
    const left = this.postgres === undefined ? await this.postmaster() : undefined;
    if (left !== undefined) process.kill(left, 'SIGQUIT');
    await this.postgres?.stop();
    await this.double?.close();
    if (this.disk !== undefined) execFileSync('umount', ['-l', this.disk]);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** Opens a log from this process. @param variables of the program */
export async function withLog<T>(
  variables: Record<string, string>,
  work: (store: EventStore, pool: Pool) => Promise<T>,
): Promise<T> {
  const settings = readSettings(variables);
  const { databaseUrl, ownerUrl, data: folder } = settings;
  const database = await openDatabase({ databaseUrl, ownerUrl, folder }, quiet);
  try {
    const store = await openEventStore({ settings, pool: database.pool, log: () => undefined });
    try {
      return await work(store, database.pool);
    } finally {
      await store.close();
    }
  } finally {
    await database.close();
  }
}

/** How a web process reaches PostgreSQL: over a proxy, and so that its connections can be told from others'. */
function ways({ runtimeUrl, ownerUrl }: Embedded, name: string) {
  const { host, port } = new pg.Client({ connectionString: runtimeUrl });
  const over = (url: string, proxy: number) => {
    const { user, database } = new pg.Client({ connectionString: url });
    return `postgresql://${user}@127.0.0.1:${proxy}/${database}?sslmode=disable&application_name=${name}`;
  };
  return {
    at: () => ({ path: `${host}/.s.PGSQL.${port}` }),
    variables: (proxy: number) => ({
      DATABASE_URL: over(runtimeUrl, proxy),
      DATABASE_OWNER_URL: over(ownerUrl, proxy),
    }),
  };
}

/** A small file system, which can be full; `undefined` where this user may not make one. */
async function mount(folder: string): Promise<string | undefined> {
  await mkdir(folder, { mode: 0o711 });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m,mode=0711`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
    return folder;
  } catch {
    return undefined;
  }
}

/** Leaves only so much room on a file system as it has in use, or gives it back. */
export function fillDisk(folder: string, isFull: boolean): void {
  const used = execFileSync('df', ['--output=used', '-k', folder]).toString().trim().split('\n').at(-1);
  const size = isFull ? `${Number(used) + 4}k` : `${MEGABYTES}m`;
  execFileSync('mount', ['-o', `remount,size=${size}`, folder]);
}
