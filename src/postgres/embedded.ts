/**
 * A PostgreSQL without set-up: the program starts the server that comes through npm, on files in its data folder.
 *
 * Layout: `<folder>/concejo.lock.<number>` (one program per folder), `<folder>/postgres/data` (the database),
 * `<folder>/postgres/socket`, `<folder>/postgres/server.log`.
 */
import { mkdir, realpath, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import pg from 'pg';
import { findBinaries } from './binaries.js';
import { makeCluster } from './cluster.js';
import { lockFolder, type FolderLock } from './folder-lock.js';
import { findHome, homeOf } from './home.js';
import { listeningOf, listenOn, urlFor, type Listening } from './listening.js';
import type { Log } from './log.js';
import { explainFileError, type PostgresError } from './postgres-error.js';
import { Server } from './server.js';

const MAX_CONNECTIONS = 60;

export interface EmbeddedOptions {
  /** The program's data folder; made if it is not there. */
  readonly folder: string;
  readonly log: Log;
  /** How clients connect: a unix socket, but TCP on the loopback address with a password on Windows. */
  readonly transport?: 'socket' | 'tcp';
  /** Most connections to the server at a time; 60 by default. */
  readonly maxConnections?: number;
  /** Commits are answered before they are on the disk; they are there after `stop`. For files that are thrown away where that does not come. */
  readonly hurry?: boolean;
  /** Where root may keep the files when the server's user cannot reach `folder`; see `findHome`. */
  readonly reachable?: readonly string[];
}

export interface Embedded {
  /** Connection string of the role that owns the tables, for migrations. */
  readonly ownerUrl: string;
  /** Connection string of the role that the program works under. */
  readonly runtimeUrl: string;
  /** Connection string of the superuser, for tests and repairs. */
  readonly adminUrl: string;
  /** Of the server now; undefined while it is being started again. */
  readonly pid: number | undefined;
  /** Ends the server and gives the folder free. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the server and makes, on first start, the database `concejo` and the roles `concejo_owner` and
 * `concejo_runtime`. From then on the server is watched and started again whenever it ends.
 * @throws PostgresError `data-folder-not-writable`, `data-folder-in-use`, `disk-full`, `postgres-binaries-missing`,
 *   `postgres-data-missing`, `postgres-version-mismatch`, `postgres-start-failed`
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { log } = options;
  const transport = options.transport ?? (process.platform === 'win32' ? 'tcp' : 'socket');
  const folder = await makeFolder(options.folder);
  const lock = await lockFolder(folder);
  let server: Server | undefined;
  try {
    const home = await findHome(folder, log, options.reachable);
    const binaries = await findBinaries(home.account, home.copies, log);
    const listening = await listenOn(home.folder, home.account, transport);
    await makeCluster(home.folder, home.account, binaries, listening);
    server = new Server({
      home: home.folder,
      account: home.account,
      binaries,
      listening,
      maxConnections: options.maxConnections ?? MAX_CONNECTIONS,
      hurry: options.hurry ?? false,
      log,
    });
    await server.start();
    await makeDatabase(listening);
    log.info(`PostgreSQL ${binaries.version} runs on ${home.folder}.`);
    return embedded(server, listening, lock);
  } catch (error) {
    await server?.stop();
    await lock.release();
    throw explainFileError(error, folder);
  }
}

/**
 * As `startEmbedded`; where another run of the program has the folder, its server is used as well: that run keeps it, and may
 * end it.
 */
export async function reachEmbedded(
  options: EmbeddedOptions,
): Promise<Pick<Embedded, 'ownerUrl' | 'runtimeUrl' | 'stop'>> {
  try {
    return await startEmbedded(options);
  } catch (error) {
    if ((error as PostgresError).code !== 'data-folder-in-use') throw error;
    const listening = await listeningOf(await homeOf(await makeFolder(options.folder)));
    if (listening === undefined) throw error;
    return { ...urlsFor(listening), stop: () => Promise.resolve() };
  }
}

function urlsFor(listening: Listening): Pick<Embedded, 'ownerUrl' | 'runtimeUrl'> {
  return {
    ownerUrl: urlFor(listening, 'concejo_owner', 'concejo'),
    runtimeUrl: urlFor(listening, 'concejo_runtime', 'concejo'),
  };
}

function embedded(server: Server, listening: Listening, lock: FolderLock): Embedded {
  let stopped: Promise<void> | undefined;
  return {
    ...urlsFor(listening),
    adminUrl: urlFor(listening, 'postgres', 'postgres'),
    get pid() {
      return server.pid;
    },
    stop: () => (stopped ??= server.stop().finally(() => giveFree(listening, lock))),
  };
}

async function giveFree({ socketFolder }: Listening, lock: FolderLock): Promise<void> {
  // In the temporary folder it would be left behind for ever; elsewhere it is made again just as well.
  if (socketFolder !== undefined) await rm(socketFolder, { recursive: true, force: true });
  await lock.release();
}

async function makeFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  try {
    // Root's server runs under another user, which has to pass through.
    await mkdir(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    return await realpath(path);
  } catch (error) {
    throw explainFileError(error, path);
  }
}

/** Each step looks first what is there: an earlier start may have been killed between any two. */
async function makeDatabase(listening: Listening): Promise<void> {
  const client = new pg.Client({ connectionString: urlFor(listening, 'postgres', 'postgres') });
  // A server that is killed meanwhile rejects the query; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (const role of ['concejo_owner', 'concejo_runtime']) {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
      if (rowCount === 0) {
        const password =
          listening.password === undefined ? '' : ` password ${pg.escapeLiteral(listening.password)}`;
        await client.query(`create role ${role} login${password}`);
      }
    }
    const { rowCount } = await client.query(`select from pg_database where datname = 'concejo'`);
    if (rowCount === 0) await client.query('create database concejo owner concejo_owner');
  } finally {
    await client.end();
  }
}
