/**
 * A real EventStoreDB cluster whose nodes die and freeze under load. Run by hand, since it needs one:
 *
 *     EVENTSTORE_TEST_URL='esdb://a:2113,b:2113,c:2113?tls=false' EVENTSTORE_TEST_NODES='[
 *       { "address": "http://a:2113", "kill": "…", "start": "…", "freeze": "…", "thaw": "…" }, … ]' \
 *     npm test -- test/faults/eventstoredb-cluster
 *
 * With TLS the addresses begin with https://, and NODE_EXTRA_CA_CERTS names the authority's file, as tlsCAFile in the URL does.
 * The commands are of the shell; `start` does nothing where the node runs, and is also called after a thaw, since a leader
 * that finds itself deposed ends.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exec } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb.js';
import { assertAnswers } from '../../src/event-store/eventstoredb-reach.js';
import { EngineUnavailable } from '../../src/event-store/event-store.js';
import { makePool } from '../../src/postgres/pools.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { deriveIndex } from '../event-store/derived-index.js';
import { append, event, logOf, newStream } from '../event-store/samples.js';

interface Node {
  /** With http:// or https://. */
  readonly address: string;
  readonly kill: string;
  readonly start: string;
  readonly freeze: string;
  readonly thaw: string;
}

const url = process.env.EVENTSTORE_TEST_URL ?? '';
const nodes = JSON.parse(process.env.EVENTSTORE_TEST_NODES ?? '[]') as Node[];
const run = promisify(exec);
const quiet = { info: () => undefined, warn: () => undefined };
const WRITERS = 32;

interface Acknowledged {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
}

/** Writers that each go on with their own stream, through one of two engines, and try again what was not answered. */
class Load {
  readonly acknowledged: Acknowledged[] = [];
  /** Of every acknowledgement. */
  readonly times: number[] = [];
  readonly tried = new Set<string>();
  unavailable = 0;
  /** Why. */
  readonly reasons = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(engines: readonly EventStoreDbEventStore[]) {
    this.#running = Promise.all(
      Array.from({ length: WRITERS }, (_, i) => this.#write(engines[i % engines.length]!)),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** The longest time without an acknowledgement that began after a moment, in milliseconds. */
  longestPause(after: number, until = performance.now()): number {
    const times = [after, ...this.times.filter((time) => time > after && time < until), until];
    return times.reduce((most, time, i) => Math.max(most, time - (times[i - 1] ?? time)), 0);
  }

  async #write(engine: EventStoreDbEventStore): Promise<void> {
    const stopped = () => this.#stopping.signal.aborted;
    const stream = newStream();
    let revision: bigint | undefined;
    while (!stopped()) {
      const one = append(stream, revision ?? 'no-stream', event('x'.repeat(300)));
      const id = one.events[0]!.id;
      this.tried.add(id);
      for (let answered = false; !answered && !stopped();) {
        try {
          const appended = await engine.append(one);
          answered = true;
          revision = appended.revision;
          this.times.push(performance.now());
          this.acknowledged.push({ id, stream, revision, position: appended.position });
        } catch (error) {
          if (!(error instanceof EngineUnavailable)) throw error;
          this.unavailable++;
          this.reasons.add((error.cause as Error).message);
          await pause(100);
        }
      }
    }
  }
}

async function stateOf({ address }: Node): Promise<string> {
  try {
    const answer = await fetch(`${address}/info`, { signal: AbortSignal.timeout(1_000) });
    return ((await answer.json()) as { state: string }).state;
  } catch {
    return 'away';
  }
}

async function leaderAndFollowers(): Promise<[Node, ...Node[]]> {
  for (let i = 0; i < 120; i++) {
    const states = await Promise.all(nodes.map(stateOf));
    const leader = nodes.find((_, at) => states[at] === 'leader');
    const followers = nodes.filter((_, at) => states[at] === 'follower');
    if (leader !== undefined && followers.length === nodes.length - 1) return [leader, ...followers];
    await pause(500);
  }
  throw new Error('The cluster has no leader with all its followers');
}

(nodes.length === 0 ? describe.skip : describe)('a cluster of EventStoreDB under load', () => {
  let database: TestDatabase;
  const name = `faults-${randomBytes(4).toString('hex')}`;
  const opened: { store: EventStoreDbEventStore; pool: pg.Pool }[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    for (let i = 0; i < 2; i++) {
      const pool = makePool(database.url, quiet, { max: 6 });
      opened.push({ store: new EventStoreDbEventStore(url, name, pool, { pollMs: 200 }), pool });
    }
    await assertAnswers(url);
  });
  afterAll(async () => {
    for (const { store } of opened) await store.close();
    for (const { pool } of opened) await pool.end();
    await database.drop();
  });

  /** @param fault breaks something, and gives back what mends it and after how long, in milliseconds */
  async function under(
    title: string,
    fault: (
      leader: Node,
      followers: readonly Node[],
    ) => Promise<{ mend: () => Promise<unknown>; afterMs: number }>,
    allowedMs: (outageMs: number) => number,
  ): Promise<void> {
    const [leader, ...followers] = await leaderAndFollowers();
    const before = await opened[0]!.store.head();
    const load = new Load(opened.map(({ store }) => store));
    let brokenAt = 0;
    let mendedAt = 0;
    let pauseMs = 0;
    try {
      await pause(3_000);
      brokenAt = performance.now();
      const { mend, afterMs } = await fault(leader, followers);
      await pause(afterMs);
      mendedAt = performance.now();
      await mend();
      await leaderAndFollowers();
      await pause(5_000);
      pauseMs = load.longestPause(brokenAt);
    } finally {
      await load.stop();
    }
    await pause(2_000);
    const log = await logOf(opened[1]!.store, before);
    const at = new Map(log.map((recorded) => [recorded.id, recorded]));
    const lost = load.acknowledged.filter(({ id }) => !at.has(id));
    const moved = load.acknowledged.filter(({ id, ...place }) => {
      const found = at.get(id);
      return found?.position !== place.position || found.revision !== place.revision;
    });
    const derived = await Promise.all(nodes.map(({ address }) => deriveIndex(nodeUrl(address), name)));
    const whole = await logOf(opened[0]!.store);
    console.log(
      `${title}: ${load.acknowledged.length} acknowledged, ${log.length} written, ${load.unavailable} answered unavailable, ` +
        `longest time without an acknowledgement ${Math.round(pauseMs)} ms; lost ${lost.length}, moved ${moved.length}, ` +
        `doubled ${log.length - at.size}, left out ${derived[0]?.left ?? 0}` +
        (load.reasons.size > 0 ? `; unavailable because of: ${[...load.reasons].join('; ')}` : ''),
    );
    expect(lost).toEqual([]);
    expect(moved).toEqual([]);
    expect(at.size).toBe(log.length);
    for (const { id } of log) expect(load.tried.has(id)).toBe(true);
    const places = whole.map(({ id, position, revision }) => ({ id, position, revision }));
    for (const { rows } of derived)
      expect(rows.map(({ id, position, revision }) => ({ id, position, revision }))).toEqual(places);
    expect(pauseMs).toBeLessThan(allowedMs(mendedAt - brokenAt));
  }

  it('goes on within 5 s after its leader was killed', async () => {
    await under(
      'leader killed',
      async (leader) => {
        await run(leader.kill);
        return { mend: () => run(leader.start), afterMs: 10_000 };
      },
      () => 5_000,
    );
  }, 300_000);

  it('goes on while a follower is killed and comes back', async () => {
    await under(
      'follower killed',
      async (_leader, [follower]) => {
        await run(follower!.kill);
        return { mend: () => run(follower!.start), afterMs: 8_000 };
      },
      () => 5_000,
    );
  }, 300_000);

  it('goes on within 10 s after its leader froze, and takes it back when it thaws', async () => {
    await under(
      'leader frozen',
      async (leader) => {
        await run(leader.freeze);
        return {
          mend: async () => {
            await run(leader.thaw);
            await pause(5_000);
            await run(leader.start);
          },
          afterMs: 20_000,
        };
      },
      () => 10_000,
    );
  }, 300_000);

  it('goes on while a follower is frozen and thaws', async () => {
    await under(
      'follower frozen',
      async (_leader, [follower]) => {
        await run(follower!.freeze);
        return {
          mend: async () => {
            await run(follower!.thaw);
            await pause(3_000);
            await run(follower!.start);
          },
          afterMs: 15_000,
        };
      },
      () => 10_000,
    );
  }, 300_000);

  it('acknowledges nothing without a quorum, and goes on within 15 s after there is one again', async () => {
    await under(
      'quorum lost',
      async (leader, [follower]) => {
        await Promise.all([run(leader.kill), run(follower!.kill)]);
        return {
          mend: async () => {
            await Promise.all([run(leader.start), run(follower!.start)]);
          },
          afterMs: 10_000,
        };
      },
      (outageMs) => outageMs + 15_000,
    );
  }, 300_000);
});

/** One node alone, with the credentials and the certificate of all. */
function nodeUrl(address: string): string {
  const [, credentials = '', options = ''] = /:\/\/([^@/?]*@)?[^?]*(\?.*)?$/.exec(url) ?? [];
  return `esdb://${credentials}${new URL(address).host}${options}`;
}
