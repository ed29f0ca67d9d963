/**
 * Appends a second: the engine's group commit against the same head lock with one transaction per append, on the same
 * PostgreSQL, at 64 and at 256 callers, while a reader tails the log and counts what it missed.
 */
import type { Pool } from 'pg';
import { leafHash } from '../../projections/hash.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { Append, EventStore } from '../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { makePool } from '../../src/postgres/pools.js';
import { quietLog } from './scratch.js';

/** A sealed ballot's leaf is about so long. */
const LEAF_BYTES = 900;
const SECONDS = 5;
/** Connections of the naive way; of 1, 4, 8, 16, 32 and 64 these were the fastest, since all wait for the one row. */
const CONNECTIONS = 8;
const CALLERS = [64, 256];

export interface Measured {
  readonly callers: number;
  readonly group: number;
  readonly naive: number;
  readonly ratio: number;
  /** Events that the tailing reader did not see in their place. */
  readonly gaps: number;
}

/**
 * Prints a line for each number of callers. @param url connection string of a migrated database with an empty or any log
 */
export async function run(url: string, print: (line: string) => void = console.log): Promise<Measured[]> {
  const pool = makePool(url, quietLog, { max: 4 });
  const naivePool = makePool(url, quietLog, { max: CONNECTIONS });
  const measured: Measured[] = [];
  try {
    for (const callers of CALLERS) {
      const store = new PostgresEventStore(pool);
      const naive = await rate(callers, appendsOf('naive', callers), (append) => alone(naivePool, append));
      const tail = tailing(store, await store.head());
      const group = await rate(callers, appendsOf('group', callers), (append) => store.append(append));
      const gaps = await tail.stop();
      await store.close();
      const ratio = group / naive;
      measured.push({ callers, group, naive, ratio, gaps });
      print(
        `append, ${callers} callers: ${Math.round(group)} a second, one transaction each ${Math.round(naive)}: ` +
          `${ratio.toFixed(1)} times; gaps for a tailing reader: ${gaps}`,
      );
    }
  } finally {
    await pool.end();
    await naivePool.end();
  }
  return measured;
}

/**
 * One transaction for one append, as fast as it can be: one statement and so one round trip, prepared, with nothing read
 * before. The unique index refuses a wrong revision.
 */
const ALONE = `
  with moved as (
    update log_head
    set position = position + 1, recorded_at = greatest(recorded_at, date_trunc('milliseconds', clock_timestamp()))
    returning position, recorded_at
  ), inserted as (
    insert into events (position, stream, revision, id, type, leaf, hash, command_id, request_digest, recorded_at)
    select position, $1, 0, $2, $3, $4, $5, $6, $7, recorded_at from moved
    returning position
  )
  select pg_notify('concejo_appended', position::text) from inserted`;

async function alone(pool: Pool, { stream, events, commandId, requestDigest }: Append): Promise<void> {
  for (const { id, type, leaf, hash } of events) {
    await pool.query({
      name: 'alone',
      text: ALONE,
      values: [stream, id, type, leaf, hash, commandId, requestDigest],
    });
  }
}

/** A first ballot of a new voter, each time. */
export function appendsOf(name: string, callers: number): () => Append {
  let made = 0;
  const run = `${name}${callers}-${process.hrtime.bigint().toString(36)}`;
  return () => {
    const leaf = Buffer.alloc(LEAF_BYTES, 97);
    leaf.write(`${run} ${++made} `);
    const hash = leafHash(nodeCrypto, leaf);
    const id = Buffer.from(hash.subarray(0, 16))
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    return {
      stream: `ballots-${run}.${made}`,
      expected: 'no-stream',
      events: [{ id, type: 'BallotCast', leaf, hash }],
      commandId: id,
      requestDigest: hash,
    };
  };
}

/** Calls a second, over some seconds, of so many callers that each call again as soon as they are answered. */
export async function rate(
  callers: number,
  make: () => Append,
  append: (append: Append) => Promise<unknown>,
  seconds = SECONDS,
): Promise<number> {
  const started = performance.now();
  const until = started + seconds * 1_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < until) {
        await append(make());
        done++;
      }
    }),
  );
  return (done * 1_000) / (performance.now() - started);
}

/** Reads on and on after a position, as a runner does. */
function tailing(store: EventStore, after: bigint): { stop(): Promise<number> } {
  let next = after + 1n;
  let gaps = 0;
  const stopping = new AbortController();
  const reading = (async () => {
    for (;;) {
      const last = stopping.signal.aborted;
      for await (const page of store.readAll(next - 1n, 5_000)) {
        for (const { position } of page) if (position !== next++) gaps++;
      }
      if (last) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await reading;
      return gaps + Number((await store.head()) + 1n - next);
    },
  };
}
