/**
 * What a log costs as it grows: the same appends and reads on logs of ten thousand, a hundred thousand and a million events,
 * with `--long` ten million. Each log is on a PostgreSQL of its own, filled by COPY, and they are measured in turns, so that
 * what else the machine does meets all of them.
 */
import type { Pool } from 'pg';
import { ballotsView } from '../../projections/ballots.view.js';
import type { RecordedEvent } from '../../projections/event.js';
import { optionsView } from '../../projections/options.view.js';
import { rollKey, rollView } from '../../projections/roll.view.js';
import { allViews } from '../../projections/views.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { makePool } from '../../src/postgres/pools.js';
import { ViewBuilder } from '../../src/views/builder.js';
import { nextCursor } from '../../src/views/list.js';
import { Views } from '../../src/views/views.js';
import { appendsOf } from './append.bench.js';
import { appends, ELECTION, opening, voting } from './election-log.js';
import { percentile } from './raw-http.js';
import { quietLog, withDatabase } from './scratch.js';

const TARGET = 1.3;
/** Events of one voter, about: see `voting`. */
const EVENTS_PER_VOTER = 1.1;
const OPTIONS = 160;
const PAGE = 1_000;
/** The first warms up and does not count. */
const ROUNDS = 9;

/** What is timed, so many times a round. */
const MEASURES = {
  'append, one caller': 60,
  'append, 32 callers': 640,
  'events of one stream': 150,
  'a page of 1,000 events': 30,
  'place of an event by its hash': 150,
  "a voter's line of the roll and her ballots": 150,
  'a page of 100 options': 60,
  '100 rows in the order of a random key': 60,
} as const;
type Measure = keyof typeof MEASURES;
const NAMES = Object.keys(MEASURES) as Measure[];

/** Prints a line and a plot for each measure. */
export async function run({ short, long }: { short: boolean; long: boolean }): Promise<void> {
  const sizes = short ? [5_000, 20_000] : [10_000, 100_000, 1_000_000, ...(long ? [10_000_000] : [])];
  const logs: GrownLog[] = [];
  const measureAll = async () => {
    console.log(
      `growth: logs of ${sizes.map((size) => size.toLocaleString('en')).join(', ')} events are there`,
    );
    for (let round = 0; round < ROUNDS; round++) {
      for (const log of logs) await log.round(round > 0);
    }
  };
  /** A server for each size, within those of the smaller ones. */
  const within = async ([size, ...more]: readonly number[]): Promise<void> => {
    if (size === undefined) return measureAll();
    await withDatabase(async (url) => {
      const log = await GrownLog.fill(url, size);
      logs.push(log);
      try {
        await within(more);
      } finally {
        await log.close();
      }
    });
  };
  await within(sizes);
  for (const name of NAMES) tell(name, logs);
}

function tell(name: Measure, logs: readonly GrownLog[]): void {
  const medians = logs.map((log) => log.took(name, 50));
  const [first = NaN] = medians;
  const most = Math.max(...medians);
  // What is beyond a million is printed and has no target.
  const ratios = medians.map((median, i) => ({ ratio: median / first, size: logs[i]?.size ?? 0 }));
  const worst = Math.max(...ratios.filter(({ size }) => size <= 1_000_000).map(({ ratio }) => ratio));
  console.log(`growth, ${name}: worst ratio to the smallest log ${worst.toFixed(2)} (target ${TARGET})`);
  for (const [i, log] of logs.entries()) {
    const median = medians[i] ?? NaN;
    const bar = '#'.repeat(Math.round((median / most) * 40));
    console.log(
      `  ${log.size.toLocaleString('en').padStart(10)} events ${bar.padEnd(40)} p50 ${median.toFixed(2)} ms, ` +
        `p99 ${log.took(name, 99).toFixed(2)} ms, ratio ${(median / first).toFixed(2)}`,
    );
  }
}

/** A log, its views, and what was timed on them. */
class GrownLog {
  readonly #times = new Map<Measure, number[]>();
  readonly #views: Views;
  readonly #append = appendsOf('growth', 32);

  private constructor(
    readonly size: number,
    private readonly pool: Pool,
    private readonly store: EventStore,
  ) {
    this.#views = new Views(pool, allViews);
  }

  static async fill(url: string, size: number): Promise<GrownLog> {
    const pool = makePool(url, quietLog, { max: 10 });
    const store = new PostgresEventStore(pool);
    for (const page of pagesOf(size)) await store.copyIn(page);
    await new ViewBuilder(pool, store, nodeCrypto).build(allViews);
    await pool.query('vacuum analyze');
    return new GrownLog(size, pool, store);
  }

  async close(): Promise<void> {
    await this.#views.close();
    await this.store.close();
    await this.pool.end();
  }

  /** @param counts whether it is no warming up */
  async round(counts: boolean): Promise<void> {
    const { store } = this;
    const views = this.#views;
    const some = (await Promise.all(Array.from({ length: 150 }, () => this.#anyEvent()))).flat();
    const any = (i: number) => some[i % some.length] as RecordedEvent;
    const work: Record<Measure, (i: number) => Promise<unknown>> = {
      'append, one caller': () => store.append(this.#append()),
      'append, 32 callers': () => store.append(this.#append()),
      'events of one stream': (i) => all(store.readStream(any(i).stream)),
      'a page of 1,000 events': () => first(store.readAll(this.#anyPosition() - 1n, PAGE)),
      'place of an event by its hash': (i) => store.positionOf(any(i).hash),
      "a voter's line of the roll and her ballots": (i) => {
        const voter = rollKey(ELECTION, idIn(any(i), 'v'));
        return Promise.all([
          views.get(rollView, voter),
          views.list(ballotsView, { where: { voter }, limit: 1_000 }),
        ]);
      },
      'a page of 100 options': () =>
        views.list(optionsView, {
          ...{ where: { election_id: ELECTION, listing: 1 }, order: ['ordinal'] },
          limit: 100,
        }),
      // No page of the site lists so: they lie anywhere in the table.
      '100 rows in the order of a random key': (i) =>
        views.list(ballotsView, {
          after: nextCursor({ key: idIn(any(i), 'id'), place: [] }, {}),
          limit: 100,
        }),
    };
    for (const name of NAMES) {
      const times = await timed(MEASURES[name], name === 'append, 32 callers' ? 32 : 1, work[name]);
      if (counts) this.#times.set(name, [...(this.#times.get(name) ?? []), ...times]);
    }
  }

  /** Milliseconds. */
  took(name: Measure, percent: number): number {
    return percentile(Float64Array.from(this.#times.get(name) ?? []).sort(), percent);
  }

  /** With a whole page from it on. */
  #anyPosition(): bigint {
    return BigInt(Math.floor(Math.random() * (this.size - PAGE)));
  }

  async #anyEvent(): Promise<RecordedEvent[]> {
    for (;;) {
      const [event] = await first(this.store.readAll(this.#anyPosition() - 1n, 1));
      if (event?.type === 'BallotCast') return [event];
    }
  }
}

/** A name of 16 or 32 bytes that the event of a ballot bears. */
function idIn({ leaf }: RecordedEvent, field: 'id' | 'v'): string {
  const { data } = JSON.parse(Buffer.from(leaf).toString()) as { data: Record<typeof field, string> };
  return data[field];
}

/** Milliseconds of each of so many calls, by so many callers that each call again as soon as they are answered. */
async function timed(
  calls: number,
  callers: number,
  work: (i: number) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let i = next++; i < calls; i = next++) {
        const started = performance.now();
        await work(i);
        times.push(performance.now() - started);
      }
    }),
  );
  return times;
}

/** An election's log of so many events, in pages. */
function* pagesOf(size: number): Generator<RecordedEvent[]> {
  const voters = Math.ceil(size / EVENTS_PER_VOTER);
  function* events() {
    yield* opening(voters, OPTIONS);
    yield* voting(voters);
  }
  let page: RecordedEvent[] = [];
  let position = 0n;
  for (const { stream, expected, events: list } of appends(events())) {
    const [event] = list;
    if (event === undefined || position >= BigInt(size)) break;
    const revision = typeof expected === 'bigint' ? expected + 1n : 0n;
    const recordedAt = new Date(Date.UTC(2026, 9, 1) + Number(position));
    const commandId = event.id;
    page.push({ ...event, stream, revision, position, recordedAt, commandId, requestDigest: event.hash });
    position += 1n;
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function first<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  for await (const page of pages) return page;
  return [];
}
