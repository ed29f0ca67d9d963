/** `concejo copy-log --from WHERE --to WHERE`: the log, and nothing else, from one engine to another. */
import type { Pool } from 'pg';
import { toBase64url } from '../../projections/bytes.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { copyLog, type Copied } from '../event-store/copy-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { assertWhole, markIncoming, markWhole } from '../event-store/incoming.js';
import { forgetIndex, moveHome } from '../event-store/moving.js';
import { openEventStore } from '../event-store/open.js';
import { PostgresEventStore } from '../event-store/postgres.js';
import type { Log } from '../postgres/log.js';
import { makeLog } from '../rest/logger.js';
import { assertThere, ownDatabase, settingsOf, workDatabase } from './log-place.js';
import { CommandFailed, print, type OutputOptions } from './output.js';
import { progressBar } from './progress.js';

interface Source {
  readonly store: EventStore;
  /** As the role that owns the tables. */
  readonly pool: Pool;
  close(): Promise<void>;
}

interface Target {
  readonly store: EventStore;
  /** Before anything is written. */
  begin(): Promise<void>;
  /** When all is there; false where the source has gone on since. */
  end(size: bigint): Promise<boolean>;
  close(): Promise<void>;
}

export async function copyLogTo(options: OutputOptions & { from: string; to: string }): Promise<void> {
  const { from, to } = options;
  if (from === to) throw new CommandFailed('copy-to-itself', `${from} is where the log is already.`);
  assertThere(settingsOf(from));
  const log = makeLog(process.env.LOG_LEVEL ?? 'warn', 'stderr');
  const source = await openSource(from, to, log);
  try {
    await assertWhole(source.pool);
    const target = await openTarget(to, source, log);
    try {
      const { found, copied, size, root, grew } = await copyTo(source, target);
      print(
        { from, to, found, copied, size, root: toBase64url(root), grew },
        [
          `${copied} events were copied after ${found} that were there: ${size} in both, under one root, ${toBase64url(root)}.`,
          ...(grew ? GREW : isEventStoreDb(to) ? MOVED : COPIED),
        ],
        options,
      );
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

const GREW = [
  'The source went on meanwhile. Stop what serves it, and run this again: it takes what came since. Nothing serves the target until then.',
];
const MOVED = [
  'The log of this database is on EventStoreDB from now on: start the program with EVENTSTORE_URL. Everything else stays in PostgreSQL.',
];
const COPIED = [
  'Before you serve the target, stop what serves the source: from then on they would be two logs.',
  'Only the log was copied. Texts, roll, keys of pseudonyms and acts stay where they are: concejo backup takes all of it.',
];

/** While it goes on, or after it was broken off, nothing serves the target. */
async function copyTo(source: Source, target: Target): Promise<Copied> {
  const bars = {
    comparing: progressBar('Comparing'),
    copying: progressBar('Copying'),
    verifying: progressBar('Verifying'),
  };
  const copied = await copyLog(nodeCrypto, source.store, target.store, {
    onBegin: () => target.begin(),
    onProgress: (step, done, of) => bars[step].at(Number(done), Number(of)),
  });
  for (const bar of Object.values(bars)) bar.stop();
  // A source that is still written to is not at its end.
  const grew = copied.grew || !(await target.end(copied.size));
  return { ...copied, grew };
}

async function openSource(
  from: string,
  to: string,
  log: Log & { error(message: string): void },
): Promise<Source> {
  // Where the log goes there, it is still here, whatever is set already.
  const eventStoreUrl = isEventStoreDb(to) ? undefined : process.env.EVENTSTORE_URL;
  const settings = { ...settingsOf(from), eventStoreUrl };
  const database = await ownDatabase(settings, log, true);
  const { pool } = database;
  try {
    const store = await openEventStore({ settings, pool, log: (level, message) => log[level](message) });
    return { store, pool, close: () => store.close().finally(() => database.close()) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openTarget(
  to: string,
  source: Source,
  log: Log & { error(message: string): void },
): Promise<Target> {
  if (isEventStoreDb(to)) return openEventStoreDb(to, source, log);
  const database = await workDatabase(settingsOf(to), log);
  const { pool } = database;
  const store = new PostgresEventStore(pool);
  return {
    store,
    begin: () => markIncoming(pool, 'copy-log'),
    end: () => markWhole(pool).then(() => true),
    close: () => store.close().finally(() => database.close()),
  };
}

/** In place: the index, and all that is beside the log, is in the database that the log comes from. */
async function openEventStoreDb(
  url: string,
  { store: from, pool }: Source,
  log: Log & { error(message: string): void },
): Promise<Target> {
  const name = process.env.EVENTSTORE_LOG;
  if (name === undefined || !/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
    throw new CommandFailed(
      'log-name-missing',
      'Set EVENTSTORE_LOG to the name that the log is to have there for ever: small letters, digits and hyphens.',
    );
  }
  if (!(from instanceof PostgresEventStore)) {
    throw new CommandFailed(
      'copy-within-eventstoredb',
      'This log is on EventStoreDB already: between its servers it is moved with their own tools.',
    );
  }
  const { assertAnswers } = await import('../event-store/eventstoredb-reach.js');
  await assertAnswers(url);
  if (!(await forgetIndex(pool))) {
    throw new CommandFailed(
      'copy-under-way',
      'Another concejo copy-log is at work on this log. Let it end first.',
    );
  }
  const { EventStoreDbEventStore } = await import('../event-store/eventstoredb.js');
  const store = new EventStoreDbEventStore(url, name, pool, { log: (level, message) => log[level](message) });
  try {
    // What an earlier copy, that was killed, has left in the store.
    await store.caughtUp();
  } catch (error) {
    await store.close();
    throw error;
  }
  return {
    store,
    // Where the log lives is remembered: until the end nothing begins on EventStoreDB.
    begin: () => Promise.resolve(),
    end: (size) => moveHome(pool, name, size),
    close: () => store.close(),
  };
}

function isEventStoreDb(place: string): boolean {
  return /^esdb(\+discover)?:\/\//.test(place);
}
