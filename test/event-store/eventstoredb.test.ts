import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb.js';
import { makePool } from '../../src/postgres/pools.js';
import { createTestDatabase } from '../database.js';
import { eventStoreContract } from './contract.js';

const quiet = { info: () => undefined, warn: () => undefined };
const url = process.env.EVENTSTORE_TEST_URL ?? '';

/** Engines with pools and clients of their own on one log, as processes have. */
async function newLog() {
  const database = await createTestDatabase();
  const name = `test-${randomBytes(6).toString('hex')}`;
  const opened: { store: EventStoreDbEventStore; pool: pg.Pool }[] = [];
  return {
    open: () => {
      const pool = makePool(database.url, quiet, { max: 4 });
      const store = new EventStoreDbEventStore(url, name, pool, {
        pollMs: 100,
        standbyMs: 100,
        log: (_l, m) => console.log(m),
      });
      opened.push({ store, pool });
      return store;
    },
    close: async () => {
      for (const { store } of opened) await store.close();
      for (const { pool } of opened) await pool.end();
      await database.drop();
    },
  };
}

eventStoreContract('eventstoredb', newLog);
