/** What an event store promises, as tests that every engine passes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  EventIdReused,
  StreamConflict,
  type Append,
  type EventStore,
} from '../../src/event-store/event-store.js';
import type { RecordedEvent } from '../../projections/event.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { append, event, events, logOf, newId, newStream, places, range, streamOf } from './samples.js';
import { underLoad } from './under-load.js';

/** One log, and as many engines on it as a test wants, as if each were in a process of its own. */
export interface LogUnderTest {
  open(): EventStore;
  close(): Promise<void>;
}

export function eventStoreContract(name: string, newLog: () => Promise<LogUnderTest>): void {
  let log: LogUnderTest;
  let store: EventStore;
  beforeAll(async () => {
    log = await newLog();
    store = log.open();
  });
  afterAll(() => log.close());

  describe(`${name}: expected revisions`, () => {
    it('starts a stream at revision 0 only when it does not exist', async () => {
      const stream = newStream();
      await expect(store.append(append(stream, 0n, event()))).rejects.toEqual(
        new StreamConflict(stream, 0n, 'no-stream'),
      );
      expect(await store.append(append(stream, 'no-stream', event()))).toMatchObject({
        revision: 0n,
        repeated: false,
      });
      const again = store.append(append(stream, 'no-stream', event()));
      await expect(again).rejects.toEqual(new StreamConflict(stream, 'no-stream', 0n));
    });

    it('goes on only from the last revision, and says which it is', async () => {
      const stream = newStream();
      await store.append(append(stream, 'no-stream', ...events(3)));
      for (const expected of [0n, 1n, 3n, 10n ** 15n]) {
        const refused: unknown = await store
          .append(append(stream, expected, event()))
          .catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(StreamConflict);
        expect(refused).toMatchObject({ stream, expected, actual: 2n });
      }
      expect(await store.append(append(stream, 2n, ...events(2)))).toMatchObject({ revision: 4n });
      expect((await streamOf(store, stream)).map(({ revision }) => revision)).toEqual(range(0n, 5));
    });

    it('lets exactly one win of many at one revision', async () => {
      const stream = newStream();
      await store.append(append(stream, 'no-stream', event()));
      const engines = [store, log.open()];
      const races = Array.from({ length: 20 }, (_, i) => append(stream, 0n, event(`racer ${i}`)));
      const ends = await Promise.allSettled(races.map((race, i) => (engines[i % 2] ?? store).append(race)));
      const won = races.filter((_, i) => ends[i]?.status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const end of ends) {
        if (end.status === 'rejected') expect(end.reason).toEqual(new StreamConflict(stream, 0n, 1n));
      }
      expect((await streamOf(store, stream, 1n)).map(({ id }) => id)).toEqual([won[0]?.events[0]?.id]);
    });
  });

  describe(`${name}: positions`, () => {
    it('are dense over all streams, and an append lies in one piece', async () => {
      const before = await store.head();
      const [a, b] = [newStream(), newStream()];
      const first = await store.append(append(a, 'no-stream', ...events(3)));
      const second = await store.append(append(b, 'no-stream', ...events(2)));
      const third = await store.append(append(a, 2n, event()));
      expect([first, second, third].map(({ position }) => position - before)).toEqual([3n, 5n, 6n]);
      const written = await logOf(store, before);
      expect(written.map(({ position }) => position)).toEqual(range(before + 1n, 6));
      expect(written.map(({ stream }) => stream)).toEqual([a, a, a, b, b, a]);
      expect(await store.head()).toBe(before + 6n);
    });

    it('takes nothing for an append that is refused', async () => {
      const stream = newStream();
      const before = await store.head();
      await expect(store.append(append(stream, 7n, ...events(3)))).rejects.toBeInstanceOf(StreamConflict);
      expect(await store.head()).toBe(before);
      expect(await streamOf(store, stream)).toEqual([]);
      expect(await store.append(append(newStream(), 'no-stream', event()))).toMatchObject({
        position: before + 1n,
      });
    });

    it('never go back in time', async () => {
      for (let i = 0; i < 5; i++) await store.append(append(newStream(), 'no-stream', event()));
      const times = (await logOf(store)).map(({ recordedAt }) => recordedAt.getTime());
      expect(times).toEqual([...times].sort((x, y) => x - y));
      expect(Math.abs(Date.now() - (times.at(-1) ?? 0))).toBeLessThan(60_000);
    });
  });

  describe(`${name}: pages of a log that is copied`, () => {
    it('keep their places, instants and commands, and each command is there whole or not at all', async () => {
      const other = new MemoryEventStore(() => new Date('2020-02-02T02:02:02.002Z'));
      const stream = newStream();
      const command = { commandId: 'sent once', requestDigest: new Uint8Array(32).fill(9) };
      await other.append({ ...append(stream, 'no-stream', ...events(2)), ...command });
      await other.append(append(newStream(), 'no-stream', event()));
      const page = await logOf(other);
      const mine = await newLog();
      try {
        const engine = mine.open();
        await expect(engine.copyIn(page.slice(1))).rejects.toBeInstanceOf(StreamConflict);
        // The place of its last event is wrong.
        const torn = page.map((each, i) => (i === 2 ? { ...each, revision: 0n, stream } : each));
        await expect(engine.copyIn(torn)).rejects.toThrow();
        const begun = await engine.head();
        expect([-1n, 1n]).toContain(begun);
        await engine.copyIn(page.slice(Number(begun + 1n)));
        expect(await engine.head()).toBe(2n);
        const plain = (list: readonly RecordedEvent[]) =>
          list.map((each) => ({
            ...each,
            ...{ leaf: Buffer.from(each.leaf), hash: Buffer.from(each.hash) },
            requestDigest: each.requestDigest && Buffer.from(each.requestDigest),
          }));
        expect(plain(await logOf(mine.open()))).toEqual(plain(page));
        await expect(engine.copyIn(page)).rejects.toBeInstanceOf(StreamConflict);
        // It is a log like any other from here on.
        expect(await engine.append(append(stream, 1n, event()))).toMatchObject({
          position: 3n,
          revision: 2n,
        });
        expect((await streamOf(mine.open(), stream)).map(({ position }) => position)).toEqual([0n, 1n, 3n]);
      } finally {
        await mine.close();
      }
    });
  });

  describe(`${name}: repeated appends`, () => {
    it('give the first receipt, whatever came later and whatever is expected', async () => {
      const stream = newStream();
      const once = append(stream, 'no-stream', ...events(3));
      const first = await store.append(once);
      expect(await store.append(once)).toEqual({ ...first, repeated: true });
      await store.append(append(stream, 2n, ...events(2)));
      const before = await store.head();
      for (const expected of ['no-stream', 0n, 4n, 99n] as const) {
        expect(await store.append({ ...once, expected })).toEqual({ ...first, repeated: true });
      }
      expect(await log.open().append(once)).toEqual({ ...first, repeated: true });
      expect(await store.head()).toBe(before);
    });

    it('write once when they come at the same time', async () => {
      const stream = newStream();
      const once = append(stream, 'no-stream', ...events(2));
      const other = log.open();
      const answers = await Promise.all([store, other, store, other].map((engine) => engine.append(once)));
      expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
      expect(new Set(answers.map(({ position }) => position)).size).toBe(1);
      expect(await streamOf(store, stream)).toHaveLength(2);
    });

    it('are refused with other bytes, in another stream, or with part of the ids', async () => {
      const stream = newStream();
      const [a, b, c] = [event('a'), event('b'), event('c')] as const;
      await store.append(append(stream, 'no-stream', a, b, c));
      const before = await store.head();
      const refused: Append[] = [
        append(stream, 2n, event('A', a.id)),
        append(newStream(), 'no-stream', a),
        append(stream, 'no-stream', a, b, c, event()),
        append(stream, 2n, c, event()),
        append(stream, 2n, event(), a),
        append(stream, 'no-stream', b, a),
        append(stream, 'no-stream', a, c),
        append(stream, 2n, a, event('B', b.id)),
      ];
      for (const wrong of refused) await expect(store.append(wrong)).rejects.toBeInstanceOf(EventIdReused);
      expect(await store.head()).toBe(before);
      // A whole piece of it is a repetition.
      expect(await store.append(append(stream, 'no-stream', b, c))).toMatchObject({
        revision: 2n,
        repeated: true,
      });
    });

    it('of one id in two streams at the same time write one of the two', async () => {
      const id = newId();
      const pair = [
        append(newStream(), 'no-stream', event('x', id)),
        append(newStream(), 'no-stream', event('x', id)),
      ];
      const ends = await Promise.allSettled(pair.map((one) => store.append(one)));
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      for (const end of ends)
        if (end.status === 'rejected') expect(end.reason).toEqual(new EventIdReused(id));
    });
  });

  describe(`${name}: what is kept`, () => {
    it('comes back byte for byte, with what was told beside it', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 5 }),
          fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 }), { nil: undefined }),
          async (leaves, requestDigest) => {
            const stream = newStream();
            const list = leaves.map((leaf) => event(leaf));
            const told = requestDigest === undefined ? {} : { commandId: `c ${stream}`, requestDigest };
            await store.append({ ...append(stream, 'no-stream', ...list), ...told });
            const kept = (await streamOf(store, stream)).map(
              ({ id, type, leaf, hash, commandId, requestDigest: digest }) => ({
                ...{ id, type, leaf: [...leaf], hash: [...hash], commandId },
                digest: digest && [...digest],
              }),
            );
            const given = list.map(({ id, type, leaf, hash }) => ({
              ...{ id, type, leaf: [...leaf], hash: [...hash], commandId: requestDigest && `c ${stream}` },
              digest: requestDigest && [...requestDigest],
            }));
            expect(kept).toEqual(given);
          },
        ),
        { numRuns: 30 },
      );
    });

    it('does not change with the buffers of the caller', async () => {
      const stream = newStream();
      const leaf = Buffer.from('as it was');
      await store.append(append(stream, 'no-stream', event(leaf)));
      leaf.fill(0);
      const [kept] = await streamOf(store, stream);
      expect(Buffer.from(kept?.leaf ?? []).toString()).toBe('as it was');
    });

    it('is read from anywhere, in pages of any size', async () => {
      const stream = newStream();
      const before = await store.head();
      const list = events(1_203);
      for (let at = 0; at < list.length; at += 401) {
        await store.append(
          append(stream, at === 0 ? 'no-stream' : BigInt(at - 1), ...list.slice(at, at + 401)),
        );
      }
      const whole = list.map(({ id }, i) => [id, BigInt(i), before + 1n + BigInt(i)]);
      for (const from of [0n, 1n, 500n, 1_000n, 1_202n, 1_203n, 5_000n]) {
        expect(places(await streamOf(store, stream, from))).toEqual(whole.slice(Number(from)));
        expect(places(await logOf(store, before + from))).toEqual(whole.slice(Number(from)));
      }
      for (const size of [1_203, 401, 400, 1_204])
        expect(places(await logOf(store, before, size))).toEqual(whole);
      for await (const page of store.readAll(before, 100)) expect(page.length).toBeLessThanOrEqual(100);
      expect(await streamOf(store, newStream())).toEqual([]);
      expect(await logOf(store, before + 1_000_000n)).toEqual([]);
    });
  });

  describe(`${name}: limits`, () => {
    it('takes 500 events and 1,000,000 bytes in one append', async () => {
      expect(await store.append(append(newStream(), 'no-stream', ...events(500)))).toMatchObject({
        revision: 499n,
      });
      const large = Array.from({ length: 16 }, () => event(new Uint8Array(60_000).fill(65))).concat(
        event(new Uint8Array(40_000).fill(66)),
      );
      expect(await store.append(append(newStream(), 'no-stream', ...large))).toMatchObject({ revision: 16n });
    });

    it('refuses what no log may hold, and writes nothing of it', async () => {
      const before = await store.head();
      const same = event();
      const wrong: Append[] = [
        append(newStream(), 'no-stream'),
        append(newStream(), 'no-stream', ...events(501)),
        append(
          newStream(),
          'no-stream',
          ...Array.from({ length: 17 }, () => event(new Uint8Array(59_000).fill(65))),
        ),
        append(newStream(), 'no-stream', event(new Uint8Array(60_001).fill(65))),
        append(newStream(), 'no-stream', event(new Uint8Array())),
        append(newStream(), 'no-stream', event(), event('x', 'no uuid')),
        append(newStream(), 'no-stream', event('x', newId().toUpperCase().replace('8000', 'ABCD'))),
        append(newStream(), 'no-stream', same, same),
        append(newStream(), 'no-stream', { ...event('x'), hash: event('y').hash }),
        ...['', 'A', '1a', 'a b', 'a\nb', `a${'b'.repeat(200)}`].map((stream) =>
          append(stream, 'no-stream', event()),
        ),
      ];
      for (const each of wrong) await expect(store.append(each)).rejects.toBeInstanceOf(RangeError);
      expect(await store.head()).toBe(before);
    });
  });

  underLoad(name, () => log);

  describe(`${name}: leaf hashes`, () => {
    it('gives them in order after any position, in pages, and finds each again', async () => {
      const stream = newStream();
      await store.append(append(stream, 'no-stream', ...events(5)));
      const log = await logOf(store);
      const all = Buffer.concat(log.map(({ hash }) => hash));
      expect(Buffer.from(await store.leafHashes(-1n, log.length + 5))).toEqual(all);
      const from = BigInt(log.length - 4);
      const page = Buffer.from(await store.leafHashes(from, 2));
      expect(page).toEqual(all.subarray(32 * (log.length - 3), 32 * (log.length - 1)));
      expect(await store.leafHashes(BigInt(log.length - 1), 10)).toHaveLength(0);
      const third = log.at(-3);
      expect(await store.positionOf(third?.hash ?? new Uint8Array())).toBe(third?.position);
      expect(await store.positionOf(new Uint8Array(32))).toBeUndefined();
    });
  });
}
