/** Logs on EventStoreDB for tests: on the server that EVENTSTORE_TEST_URL names, or on the double. */
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { EventStoreDbEventStore, type EventStoreDbOptions } from '../../src/event-store/eventstoredb.js';
import { makePool } from '../../src/postgres/pools.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { EventStoreDbDouble } from './eventstoredb-double/double.js';

const quiet = { info: () => undefined, warn: () => undefined };

export interface LogOnEventStoreDb {
  readonly url: string;
  readonly name: string;
  readonly database: TestDatabase;
  /** Only where no real server is tested. */
  readonly double: EventStoreDbDouble;
  /** What the engines told, in order. */
  readonly said: string[];
  /** An engine with a pool and a client of its own, as a process has them. */
  open(options?: EventStoreDbOptions): EventStoreDbEventStore;
  close(): Promise<void>;
}

/** @param on `double`: also where a real server is named */
export async function newLog(on: 'any' | 'double' = 'any', nodes = 1): Promise<LogOnEventStoreDb> {
  const real = on === 'any' ? process.env.EVENTSTORE_TEST_URL : undefined;
  const double = real === undefined ? await EventStoreDbDouble.start({ nodes, statsEvery: 7 }) : undefined;
  const database = await createTestDatabase();
  const name = `test-${randomBytes(6).toString('hex')}`;
  const url = real ?? double?.url ?? '';
  const opened: { store: EventStoreDbEventStore; pool: pg.Pool }[] = [];
  const said: string[] = [];
  return {
    ...{ url, name, database, said },
    get double() {
      if (double === undefined) throw new Error('A real server is tested');
      return double;
    },
    open: (options = {}) => {
      const pool = makePool(database.url, quiet, { max: 4 });
      const log = (_level: string, message: string) => void said.push(message);
      const store = new EventStoreDbEventStore(url, name, pool, {
        ...{ pollMs: 100, standbyMs: 100, log },
        ...options,
      });
      opened.push({ store, pool });
      return store;
    },
    close: async () => {
      for (const { store } of opened) await store.close();
      for (const { pool } of opened) await pool.end();
      await database.drop();
      await double?.close();
    },
  };
}
