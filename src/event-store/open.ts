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
  /** See `StartOptions`. */
  readonly hurry?: boolean;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** Views, mails and heads then go on some times a second, with many events each. */
const HURRY_GATHER_MS = 150;

/** The log is not where the settings say; the message says what to do. */
export class LogElsewhere extends Error {
  readonly code = 'log-elsewhere';

  constructor(message: string) {
    super(message);
    this.name = 'LogElsewhere';
  }
}

/** @throws LogElsewhere, EventStoreDbRefused, and what PostgreSQL says */
export async function openEventStore({
  settings,
  pool,
  meter = NO_METER,
  hurry = false,
  log,
}: OpenOptions): Promise<EventStore> {
  const { eventStoreUrl: url, eventStoreLog: wanted } = settings;
  if (url === undefined) {
    const home = await homeOf(pool, { engine: 'postgres' });
    if (home.engine === 'postgres')
      return new PostgresEventStore(pool, { meter, gatherMs: hurry ? HURRY_GATHER_MS : 0 });
    throw new LogElsewhere(
      `The log of this database is on EventStoreDB, under the name ${home.name}: set EVENTSTORE_URL.`,
    );
  }
  const remembered = await rememberedHome(pool);
  if (remembered !== undefined) nameOf(remembered, wanted);
  // Only who has such a log pays for loading its client.
  const { assertAnswers } = await import('./eventstoredb-reach.js');
  const { EventStoreDbEventStore } = await import('./eventstoredb.js');
  // A server that cannot be used is not remembered.
  await assertAnswers(url);
  const made = wanted ?? `concejo-${randomBytes(4).toString('hex')}`;
  const name = nameOf(await homeOf(pool, { engine: 'eventstoredb', name: made }), wanted);
  return new EventStoreDbEventStore(url, name, pool, { log, meter });
}

type Home = { engine: 'postgres' } | { engine: 'eventstoredb'; name: string };

/** @throws LogElsewhere where it is not on EventStoreDB, under the name that is wanted */
function nameOf(home: Home, wanted: string | undefined): string {
  if (home.engine === 'postgres') {
    throw new LogElsewhere(
      'The log of this database is in PostgreSQL: unset EVENTSTORE_URL, or begin with an empty database.',
    );
  }
  if (wanted !== undefined && wanted !== home.name) {
    throw new LogElsewhere(
      `The log of this database is called ${home.name}, not ${wanted}: unset EVENTSTORE_LOG.`,
    );
  }
  return home.name;
}

/** Where the log lives: as remembered, or from now on where it is wanted. */
async function homeOf(pool: Pool, wanted: Home): Promise<Home> {
  // A database from before this was remembered has its log in PostgreSQL, if it has any.
  await pool.query(
    `insert into log_home (engine, name)
     select case when begun then 'postgres' else $1::text end, case when begun then null else $2::text end
     from (select exists (select from events) as begun) as log
     on conflict do nothing`,
    [wanted.engine, wanted.engine === 'postgres' ? null : wanted.name],
  );
  const home = await rememberedHome(pool);
  if (home === undefined) throw new TypeError('log_home has no row');
  return home;
}

async function rememberedHome(pool: Pool): Promise<Home | undefined> {
  const { rows } = await pool.query<Home>('select engine, name from log_home');
  return rows[0];
}
