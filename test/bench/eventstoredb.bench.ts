/**
 * Appends a second on an EventStoreDB server that EVENTSTORE_TEST_URL names: through the engine, with each append in its
 * place in the index, against the bare client in the same mode (one call each, with credentials, on the leader, with a
 * deadline). Beside them the client's batch mode, which the engine does not use: it has no deadline, and one connection's
 * error rejects the appends of all.
 */
import { binaryEvent, EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import { randomBytes } from 'node:crypto';
import type { Append } from '../../src/event-store/event-store.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb.js';
import { assertAnswers } from '../../src/event-store/eventstoredb-reach.js';
import { makePool } from '../../src/postgres/pools.js';
import { appendsOf, rate } from './append.bench.js';
import { quietLog, withDatabase } from './scratch.js';

const CALLERS = [32, 128];
const ROUNDS = 7;
const SECONDS = 1.5;
const MODE = {
  credentials: { username: 'admin', password: 'changeit' },
  requiresLeader: true,
  deadline: 10_000,
};

export async function run({ short }: { short: boolean }): Promise<void> {
  const url = process.env.EVENTSTORE_TEST_URL ?? '';
  if (url === '') {
    console.log('eventstoredb: not run, EVENTSTORE_TEST_URL names no server');
    return;
  }
  const client = EventStoreDBClient.connectionString(url);
  const bare = (mode: object) => async (append: Append) => {
    const events = append.events.map(({ id, type, leaf }) =>
      binaryEvent({ id, type, data: new Uint8Array(leaf) }),
    );
    await client.appendToStream(`bare:${append.stream}`, events, { ...mode, expectedRevision: NO_STREAM });
  };
  await withDatabase(async (database) => {
    const pool = makePool(database, quietLog, { max: 10 });
    const store = new EventStoreDbEventStore(url, `bench-${randomBytes(6).toString('hex')}`, pool);
    try {
      await assertAnswers(url);
      await rate(32, appendsOf('warm', 32), (append) => store.append(append));
      for (const callers of CALLERS) {
        const rates: Record<'bare' | 'engine' | 'batch', number[]> = { bare: [], engine: [], batch: [] };
        for (let round = 0; round < (short ? 1 : ROUNDS); round++) {
          // In turn and often, since a machine is not as fast at one moment as at another; the median of each.
          const once = async (name: keyof typeof rates, append: (append: Append) => Promise<unknown>) => {
            rates[name].push(await rate(callers, appendsOf(name, callers), append, SECONDS));
          };
          await once('bare', bare(MODE));
          await once('engine', (append) => store.append(append));
          await once('batch', bare({ requiresLeader: true }));
        }
        const [alone, ours, batch] = [rates.bare, rates.engine, rates.batch].map(median) as [
          number,
          number,
          number,
        ];
        console.log(
          `eventstoredb, ${callers} callers: ${Math.round(ours)} appends a second, the bare client ` +
            `${Math.round(alone)}: ${(ours / alone).toFixed(2)} of it; its batch mode ${Math.round(batch)}`,
        );
      }
    } finally {
      await store.close();
      await pool.end();
      await client.dispose();
    }
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
