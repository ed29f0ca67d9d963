/**
 * Opens the log where it lives. That is decided at a database's first start and remembered in it, so that no program ever
 * begins a second log beside the first.
 */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Settings } from '../settings.js';
import { NO_METER, type AppendMeter } from './append-meter.js';
import type { EventStore } from './event-store.js';
import { PostgresEventStore } from './postgres.js';

export interface OpenOptions {
  readonly settings: Pick<Settings, 'eventStoreUrl' | 'eventStoreLog'>;
  readonly pool: Pool;
  readonly meter?: AppendMeter;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** The log is not where the settings say, or cannot be reached there; the message says what to do. */
export class LogElsewhere extends Error {
  constructor(
    readonly code: 'log-elsewhere' | 'eventstore-unreachable',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'LogElsewhere';
  }
}

/** @throws LogElsewhere, and what PostgreSQL says */
export async function openEventStore({
  settings,
  pool,
  meter = NO_METER,
  log,
}: OpenOptions): Promise<EventStore> {
  const { eventStoreUrl: url, eventStoreLog: wanted } = settings;
  if (url === undefined) {
    const { engine, name } = await homeOf(pool, 'postgres', undefined);
    if (engine === 'postgres') return new PostgresEventStore(pool, { meter });
    throw new LogElsewhere(
      'log-elsewhere',
      `The log of this database is on EventStoreDB, under the name ${name ?? ''}: set EVENTSTORE_URL.`,
    );
  }
  const { engine, name } = await homeOf(
    pool,
    'eventstoredb',
    wanted ?? `concejo-${randomBytes(4).toString('hex')}`,
  );
  if (engine === 'postgres' || name === undefined) {
    throw new LogElsewhere(
      'log-elsewhere',
      'The log of this database is in PostgreSQL: unset EVENTSTORE_URL, or begin with an empty database.',
    );
  }
  if (wanted !== undefined && wanted !== name) {
    throw new LogElsewhere(
      'log-elsewhere',
      `The log of this database is called ${name}, not ${wanted}: unset EVENTSTORE_LOG.`,
    );
  }
  // Only who has such a log pays for loading its client.
  const { EventStoreDbEventStore } = await import('./eventstoredb.js');
  const store = new EventStoreDbEventStore(url, name, pool, { log, meter });
  try {
    await store.assertReachable();
  } catch (cause) {
    await store.close();
    throw new LogElsewhere(
      'eventstore-unreachable',
      'The server that EVENTSTORE_URL names does not answer. Check the address, tls=false or the certificate, and the password.',
      { cause },
    );
  }
  return store;
}

interface Home {
  engine: 'postgres' | 'eventstoredb';
  name?: string | undefined;
}

/** Where the log lives: as remembered, or from now on where it is wanted. */
async function homeOf(pool: Pool, engine: Home['engine'], name: string | undefined): Promise<Home> {
  // A database from before this was remembered has its log in PostgreSQL, if it has any.
  await pool.query(
    `insert into log_home (engine, name)
     select case when begun then 'postgres' else $1::text end, case when begun then null else $2::text end
     from (select exists (select from events) as begun) as log
     on conflict do nothing`,
    [engine, name ?? null],
  );
  const { rows } = await pool.query<{ engine: Home['engine']; name: string | null }>(
    'select engine, name from log_home',
  );
  const [home] = rows;
  if (home === undefined) throw new TypeError('log_home has no row');
  return { engine: home.engine, name: home.name ?? undefined };
}
