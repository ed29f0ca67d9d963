/** What the engine for EventStoreDB makes of a store that misbehaves, on the double. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { binaryEvent, EventStoreDBClient } from '@eventstore/db-client';
import { setTimeout as pause } from 'node:timers/promises';
import { EngineUnavailable, EventIdReused, StreamConflict } from '../../src/event-store/event-store.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb.js';
import { utf8 } from '../../projections/bytes.js';
import { SEQUENCER_LOCK } from '../../src/event-store/eventstoredb-rows.js';
import { makePool } from '../../src/postgres/pools.js';
import { deriveIndex } from './derived-index.js';
import { newLog, type LogOnEventStoreDb } from './eventstoredb-log.js';
import { append, event, events, logOf, newId, newStream, range, streamOf } from './samples.js';

const MODE = { credentials: { username: 'a', password: 'b' } };
const HEADER = { append: newId(), events: 1 };

let log: LogOnEventStoreDb;
let client: EventStoreDBClient;
beforeEach(async () => {
  log = await newLog('double');
  client = EventStoreDBClient.connectionString(log.url);
});
afterEach(async () => {
  await log.double.behave();
  await client.dispose();
  await log.close();
});

const until = async (condition: () => boolean | Promise<boolean>) => {
  for (let i = 0; i < 200 && !(await condition()); i++) await pause(25);
  expect(await condition()).toBe(true);
};

/** The index has looked at all that stands before that place, as after a while without events. */
async function comeTo(place: bigint): Promise<void> {
  const pool = makePool(log.database.ownerUrl, { info: () => undefined, warn: () => undefined }, { max: 1 });
  await pool.query('update log_index_head set commit_position = $1, prepare_position = $1', [place]);
  await pool.end();
}

/** A log of one event whose store was brought back older: only events of others are gone, which the index had looked at. */
async function broughtBack(): Promise<{ stream: string; kept: number }> {
  const first = log.open();
  const stream = newStream();
  await first.append(append(stream, 'no-stream', event()));
  await first.close();
  const kept = (await log.double.written()).length;
  for (let i = 0; i < 5; i++) await log.double.writeStats();
  await comeTo(BigInt((await log.double.written()).at(-1)!.position));
  await log.double.restore(kept);
  return { stream, kept };
}

describe('a read', () => {
  it('finds a stream that begins between its question to the store and the one to the index', async () => {
    const writer = log.open();
    const pool = makePool(log.database.url, { info: () => undefined, warn: () => undefined }, { max: 3 });
    const store = new EventStoreDbEventStore(log.url, log.name, pool);
    const stream = newStream();
    const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
    let begun: Promise<unknown> | undefined;
    const begin = async (...args: unknown[]) => {
      begun ??= writer.append(append(stream, 'no-stream', event()));
      await begun;
      return query(...args);
    };
    const asked = (config: unknown) => (config as { name?: string }).name === 'index-stream';
    pool.query = ((...args: unknown[]) =>
      asked(args[0]) ? begin(...args) : query(...args)) as typeof pool.query;
    try {
      expect((await streamOf(store, stream)).map(({ revision }) => revision)).toEqual([0n]);
    } finally {
      await store.close();
      await pool.end();
    }
  });

  it('waits for the end of a stream that the index has and the leader not yet', async () => {
    const store = log.open();
    const stream = newStream();
    await store.append(append(stream, 'no-stream', event()));
    await pause(2_500);
    await store.append(append(stream, 0n, event()));
    await log.double.lag(0, 2_000);
    expect((await streamOf(store, stream)).map(({ revision }) => revision)).toEqual([0n, 1n]);
  });

  it('says that an event is damaged where the store has lost the end of a stream', async () => {
    const store = log.open();
    const stream = newStream();
    await store.append(append(stream, 'no-stream', event()));
    await pause(1_500);
    await store.append(append(stream, 0n, event()));
    await log.double.lag(0, 60_000);
    await expect(streamOf(store, stream)).rejects.toThrow(/not in the event store/);
  });
});

describe('an append on a store that misbehaves', () => {
  it.each([
    ['loses the answer', { do: 'lose-answer' }],
    ['drops the call', { do: 'drop' }],
    ['cuts the connection before', { do: 'cut', when: 'before' }],
    ['cuts the connection after', { do: 'cut', when: 'after' }],
    ['commits long after the deadline', { do: 'commit-late', ms: 3_000 }],
    ['is not the leader', { do: 'refuse', with: 'not-leader' }],
    ['is not ready', { do: 'refuse', with: 'not-ready' }],
    ['is busy', { do: 'refuse', with: 'busy' }],
    ['times out after it wrote', { do: 'refuse', with: 'timed-out', when: 'after' }],
  ] as const)('is written once when it %s', async (_what, misdeed) => {
    const store = log.open();
    const stream = newStream();
    await store.append(append(stream, 'no-stream', event()));
    await log.double.misbehave({ on: ['append'], ...misdeed });
    const list = events(2);
    expect(await store.append(append(stream, 0n, ...list))).toMatchObject({
      ...{ revision: 2n, position: 2n, repeated: false },
    });
    expect(await store.append(append(stream, 2n, event()))).toMatchObject({ revision: 3n, position: 3n });
    await pause(misdeed.do === 'commit-late' ? 2_500 : 0);
    expect((await streamOf(store, stream)).map(({ revision }) => revision)).toEqual(range(0n, 4));
    expect(await logOf(store)).toHaveLength(4);
  });

  it('is written once in the log when the store writes it twice', async () => {
    const [one, other] = [log.open(), log.open()];
    const stream = newStream();
    await log.double.misbehave({ on: ['append'], do: 'write-twice' });
    const list = events(2);
    expect(await one.append(append(stream, 'no-stream', ...list))).toMatchObject({ revision: 1n });
    expect(await other.append(append(stream, 1n, event()))).toMatchObject({ revision: 2n, position: 2n });
    expect(await one.append(append(stream, 2n, event()))).toMatchObject({ revision: 3n, position: 3n });
    const kept = await streamOf(other, stream);
    expect(kept.map(({ revision }) => revision)).toEqual(range(0n, 4));
    expect((await streamOf(other, stream, 3n)).map(({ id }) => id)).toEqual([kept[3]?.id]);
    await expect(one.append(append(stream, 5n, event()))).rejects.toEqual(new StreamConflict(stream, 5n, 3n));
    const derived = await deriveIndex(log.url, log.name);
    expect(derived.left).toBe(2);
    expect(derived.rows.map(({ id, position }) => [id, position])).toEqual(
      (await logOf(one)).map(({ id, position }) => [id, position]),
    );
  });

  it('is refused in the end when the store stays away, and written once when it is tried again', async () => {
    const store = log.open({ retryMs: 1_500 });
    const stream = newStream();
    await store.append(append(stream, 'no-stream', event()));
    await log.double.freeze();
    const once = append(stream, 0n, event());
    await expect(store.append(once)).rejects.toBeInstanceOf(EngineUnavailable);
    await log.double.thaw();
    const { revision } = await store.append(once);
    expect(revision).toBe(1n);
    expect(await logOf(store)).toHaveLength(2);
  });

  it('never hides that an id was used with other bytes', async () => {
    const [one, other] = [log.open(), log.open()];
    const stream = newStream();
    const id = newId();
    const ends = await Promise.allSettled([
      one.append(append(stream, 'no-stream', event('a', id))),
      other.append(append(stream, 'no-stream', event('b', id))),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toEqual(new EventIdReused(id));
    expect(one.halted).toBeUndefined();
  });

  it('is no more than left out where an id comes in two streams with other bytes at once', async () => {
    const store = log.open();
    const id = newId();
    const [a, b] = [newStream(), newStream()];
    const ends = await Promise.allSettled([
      store.append(append(a, 'no-stream', event('a', id))),
      store.append(append(b, 'no-stream', event('b', id), event('c'))),
    ]);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(store.halted).toBeUndefined();
    const ids = (await logOf(store)).map(({ id: kept }) => kept);
    expect(ids.filter((kept) => kept === id)).toHaveLength(1);
    // Nothing of the other is there.
    expect(ids).toHaveLength(ends[0].status === 'fulfilled' ? 1 : 2);
  });
});

describe('the index of a store that misbehaves', () => {
  it.each([
    ['is cut', { do: 'break', after: 3, how: 'cut' }],
    ['ends with an error', { do: 'break', after: 3, how: 'error' }],
    ['falls silent', { do: 'break', after: 3, how: 'silence' }],
    ['tells everything twice', { do: 'repeat' }],
  ] as const)('goes on when its subscription %s', async (_what, misdeed) => {
    await log.double.misbehave({ on: ['subscribe-to-all'], ...misdeed });
    const store = log.open();
    for (let i = 0; i < 5; i++)
      expect(await store.append(append(newStream(), 'no-stream', event()))).toMatchObject({
        position: BigInt(i),
      });
  });

  it('goes on when the process that made it is gone', async () => {
    const [first, second] = [log.open(), log.open()];
    await first.append(append(newStream(), 'no-stream', event()));
    const active = first.health().state === 'active' ? first : second;
    const other = active === first ? second : first;
    await until(() => active.health().state === 'active');
    await active.close();
    const begun = performance.now();
    expect(await other.append(append(newStream(), 'no-stream', event()))).toMatchObject({ position: 1n });
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  it('tells how many appends went into it together, each once', async () => {
    const told: number[] = [];
    const meter = { appended: () => undefined, committed: (appends: number) => void told.push(appends) };
    const store = log.open({ meter });
    await Promise.all(
      range(0n, 20).map(() => store.append(append(newStream(), 'no-stream', event(), event()))),
    );
    // An append may read its row before the sequencer hears that it wrote it.
    const sum = () => told.reduce((all, appends) => all + appends, 0);
    await until(() => sum() >= 20);
    expect(sum()).toBe(20);
  });

  it('is read by whoever comes, whatever stands between the events', async () => {
    const store = log.open();
    for (let i = 0; i < 3; i++) {
      await store.append(append(newStream(), 'no-stream', event()));
      for (let j = 0; j < 60; j++) await log.double.writeStats();
    }
    expect((await logOf(log.open(), -1n, 2)).map(({ position }) => position)).toEqual(range(0n, 3));
  });

  it.each([
    ['log-cut', (stream: string) => client.setStreamMetadata(stream, { maxCount: 1 }, MODE)],
    ['log-cut', (stream: string) => client.deleteStream(stream, MODE)],
    ['log-cut', (stream: string) => client.tombstoneStream(stream, MODE)],
    [
      'log-foreign',
      (stream: string) =>
        client.appendToStream(stream, binaryEvent({ type: 'T', data: new Uint8Array(1) }), MODE),
    ],
  ] as const)('halts with %s when somebody changes the store', async (code, change) => {
    const store = log.open();
    const stream = newStream();
    await store.append(append(stream, 'no-stream', ...events(2)));
    await change(`${log.name}:${stream}`);
    await until(() => store.halted !== undefined);
    expect(store.halted).toMatchObject({ code });
    expect(store.health()).toMatchObject({ state: 'halted', error: { code } });
    await expect(store.append(append(newStream(), 'no-stream', event()))).rejects.toBeInstanceOf(
      EngineUnavailable,
    );
    expect(log.said.join()).toContain(code);
  });

  const header = (more: object) => ({ ...HEADER, ...more });
  it.each([
    ['says nothing of its append', null],
    ['begins an append that never ends', header({ events: 1_000_000 })],
    ['says a command that no database keeps', header({ command: 'a\u0000b' })],
    ['says an instant that is none', header({ recorded: 9e15 })],
  ])('halts on an event that %s', async (_what, metadata) => {
    const store = log.open();
    await store.append(append(newStream(), 'no-stream', event()));
    const foreign = binaryEvent({ type: 'T', data: new Uint8Array(1) });
    await client.appendToStream(
      `${log.name}:${newStream()}`,
      { ...foreign, metadata: utf8(JSON.stringify(metadata)) },
      MODE,
    );
    await until(() => store.halted !== undefined);
    expect(store.halted).toMatchObject({ code: 'log-foreign' });
  });

  it('halts on an event in a stream that this program could not have named', async () => {
    const store = log.open();
    await store.append(append(newStream(), 'no-stream', event()));
    const foreign = binaryEvent({ type: 'T', data: new Uint8Array(1), metadata: HEADER });
    await client.appendToStream(`${log.name}:a\u0000b`, foreign, MODE);
    await until(() => store.halted !== undefined);
    expect(store.halted).toMatchObject({ code: 'log-foreign' });
  });

  // The server reads more than JSON has.
  it.each(["{'$maxCount': 1}", '{"$maxCount": 1 /* and no more */}'])(
    'halts on metadata of a stream that it cannot read: %s',
    async (text) => {
      const store = log.open();
      const stream = newStream();
      await store.append(append(stream, 'no-stream', event()));
      const said = binaryEvent({ type: '$metadata', data: utf8(text) });
      await client.appendToStream(`$$${log.name}:${stream}`, said, MODE);
      await until(() => store.halted !== undefined);
      expect(store.halted).toMatchObject({ code: 'log-cut' });
    },
  );

  it('halts when somebody writes over history', async () => {
    const store = log.open();
    const stream = newStream();
    const known = event();
    await store.append(append(stream, 'no-stream', known, event()));
    const forged = binaryEvent({ id: known.id, type: 'T', data: new Uint8Array(7), metadata: HEADER });
    await client.appendToStream(`${log.name}:${stream}`, forged, { ...MODE, expectedRevision: 1n });
    await until(() => store.halted !== undefined);
    expect(store.halted).toMatchObject({ code: 'log-forged' });
  });

  it('is not disturbed by metadata that does no harm, nor by other logs', async () => {
    const store = log.open();
    const stream = newStream();
    await store.append(append(stream, 'no-stream', event()));
    await client.setStreamMetadata(`${log.name}:${stream}`, { acl: { readRoles: ['$all'] } }, MODE);
    await client.appendToStream(
      `${log.name}-2:${stream}`,
      binaryEvent({ type: 'T', data: new Uint8Array(1) }),
      MODE,
    );
    await pause(2_500);
    expect(await store.append(append(stream, 0n, event()))).toMatchObject({ position: 1n, revision: 1n });
    expect(store.halted).toBeUndefined();
    expect(log.said).toEqual([]);
  });

  it('goes on where the store was brought back older and only events of others are gone', async () => {
    const { stream } = await broughtBack();
    const store = log.open();
    const second = event();
    expect(await store.append(append(stream, 0n, second))).toMatchObject({ position: 1n, revision: 1n });
    await store.close();
    const again = log.open();
    expect(await again.append(append(stream, 1n, event()))).toMatchObject({ position: 2n, revision: 2n });
    expect((await logOf(again)).map(({ position }) => position)).toEqual(range(0n, 3));
  });

  it.each([
    ['behind where it had been looked at', 0],
    ['and beyond where it had been looked at', 8],
  ])('goes on where an older one took an append before anybody looked at it, %s', async (_, stats) => {
    const { stream, kept } = await broughtBack();
    const other = makePool(log.database.url, { info: () => undefined, warn: () => undefined }, { max: 1 });
    await other.query(`select pg_advisory_lock(${SEQUENCER_LOCK})`);
    const store = log.open();
    const second = store.append(append(stream, 0n, event()));
    await until(async () => (await log.double.written()).length > kept);
    for (let i = 0; i < stats; i++) await log.double.writeStats();
    await other.end();
    expect(await second).toMatchObject({ position: 1n, revision: 1n });
    expect((await logOf(store)).map(({ position }) => position)).toEqual(range(0n, 2));
  });

  it('waits for a leader that is behind for a moment, as one that was frozen and does not know yet of the next', async () => {
    const first = log.open();
    const stream = newStream();
    await first.append(append(stream, 'no-stream', event()));
    await first.close();
    await log.double.lag(0, 60_000);
    const store = log.open();
    await pause(1_000);
    expect(store.halted).toBeUndefined();
    await log.double.lag(0, 0);
    expect(await store.append(append(stream, 0n, event()))).toMatchObject({ position: 1n });
  });

  it('halts on another store than its own', async () => {
    const store = log.open();
    await store.append(append(newStream(), 'no-stream', event()));
    await store.close();
    const other = await newLog('double');
    try {
      const pool = makePool(log.database.url, { info: () => undefined, warn: () => undefined }, { max: 3 });
      const lost = new EventStoreDbEventStore(other.url, log.name, pool);
      await until(() => lost.halted !== undefined);
      expect(lost.halted).toMatchObject({ code: 'log-behind-index' });
      await lost.close();
      await pool.end();
    } finally {
      await other.close();
    }
  });
});

describe('a call of the client', () => {
  it('has credentials, a leader and a deadline, whatever it does', async () => {
    const store = log.open();
    const stream = newStream();
    await store.append(append(stream, 'no-stream', event()));
    await streamOf(store, stream);
    await logOf(store);
    const calls = await log.double.calls();
    expect(calls.some(({ method }) => method === 'batch-append')).toBe(false);
    for (const { method, requiresLeader } of calls)
      if (method !== 'gossip' && method !== 'features') expect(requiresLeader).toBe(true);
  });
});
