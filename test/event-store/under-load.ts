/** The part of the contract that needs many at once: random interleavings against a model, and tailing while many write. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '../../projections/event.js';
import { StreamConflict, type Append } from '../../src/event-store/event-store.js';
import type { LogUnderTest } from './contract.js';
import { append, event, events, logOf, newStream, range } from './samples.js';

/** How an append of the model is made: to one of few streams, right or wrong, new or one that was there before. */
const move = fc.record({
  stream: fc.nat(3),
  count: fc.integer({ min: 1, max: 4 }),
  kind: fc.constantFrom('right', 'right', 'right', 'stale', 'ahead', 'repeat'),
});

export function underLoad(name: string, log: () => LogUnderTest): void {
  describe(`${name}: many at once`, () => {
    it('does what a model does, whatever the order of appends', async () => {
      const engines = [log().open(), log().open()] as const;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(move, { minLength: 1, maxLength: 8 }), { maxLength: 8 }),
          async (rounds) => {
            const model = new Model();
            const before = await engines[0].head();
            for (const round of rounds) {
              const tries = round.map((chosen) => model.make(chosen));
              // All appends of a round are under way at the same time, through two engines.
              const ends = await Promise.allSettled(
                tries.map(({ append: each }, i) => (i % 2 === 0 ? engines[0] : engines[1]).append(each)),
              );
              model.settle(tries, ends);
            }
            model.compare(await logOf(engines[0], before), before);
          },
        ),
        { numRuns: 40 },
      );
    });

    it('shows a tailing reader every event once and in order', async () => {
      const engines = Array.from({ length: 4 }, () => log().open());
      const reader = log().open();
      const start = await reader.head();
      const writers = 24;
      const appends = 25;
      const seen: RecordedEvent[] = [];
      const writing = new AbortController();
      let hints = 0;
      let wake: () => void = () => undefined;
      const unsubscribe = reader.onAppended(() => {
        hints++;
        wake();
      });
      const tail = (async () => {
        for (let last = start; ;) {
          const finished = writing.signal.aborted;
          let got = 0;
          for await (const page of reader.readAll(last, 50)) {
            seen.push(...page);
            got += page.length;
            last = page.at(-1)?.position ?? last;
          }
          if (finished && got === 0) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
            setTimeout(resolve, 20);
          });
        }
      })();
      const receipts = await Promise.all(
        Array.from({ length: writers }, async (_, w) => {
          const stream = newStream();
          const engine = engines[w % engines.length]!;
          const mine: { last: bigint; ids: string[] }[] = [];
          for (let i = 0; i < appends; i++) {
            const expected =
              mine.length === 0 ? 'no-stream' : BigInt(mine.flatMap(({ ids }) => ids).length - 1);
            const list = events(1 + (i % 3));
            const { position } = await engine.append(append(stream, expected, ...list));
            mine.push({ last: position, ids: list.map(({ id }) => id) });
          }
          return mine;
        }),
      );
      writing.abort();
      await tail;
      unsubscribe();
      const written = receipts.flat();
      const total = written.reduce((sum, { ids }) => sum + ids.length, 0);
      // As seen, not sorted: a gap, a double or a late one breaks the row.
      expect(seen.map(({ position }) => position)).toEqual(range(start + 1n, total));
      for (const { last, ids } of written) {
        const end = Number(last - start);
        expect(seen.slice(end - ids.length, end).map(({ id }) => id)).toEqual(ids);
      }
      expect(hints).toBeGreaterThan(0);
    });

    it('tells all who listen, wherever the append was made, until they no longer want it', async () => {
      const [writer, reader] = [log().open(), log().open()];
      const heard = [0, 0];
      const stop = [0, 1].map((i) =>
        reader.onAppended(() => {
          heard[i]!++;
        }),
      );
      const until = async (condition: () => boolean) => {
        for (let i = 0; i < 200 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
      };
      await writer.append(append(newStream(), 'no-stream', event()));
      await until(() => heard.every((count) => count > 0));
      expect(heard.every((count) => count > 0)).toBe(true);
      stop[0]?.();
      const before = [...heard];
      await writer.append(append(newStream(), 'no-stream', event()));
      await until(() => (heard[1] ?? 0) > (before[1] ?? 0));
      expect(heard[1]).toBeGreaterThan(before[1] ?? 0);
      expect(heard[0]).toBe(before[0]);
      stop[1]?.();
    });
  });
}

interface Try {
  append: Append;
  kind: 'right' | 'stale' | 'ahead' | 'repeat';
}

/** What each stream holds, and what each append that was written got. */
class Model {
  readonly #streams = Array.from({ length: 4 }, () => newStream());
  readonly #ids = new Map<string, string[]>(this.#streams.map((stream) => [stream, []]));
  readonly #written: { append: Append; position: bigint }[] = [];

  make({ stream: index, count, kind }: { stream: number; count: number; kind: Try['kind'] }): Try {
    const stream = this.#streams[index]!;
    const first = this.#written[0];
    if (kind === 'repeat')
      return first === undefined
        ? this.make({ stream: index, count, kind: 'right' })
        : { append: first.append, kind };
    const size = this.#ids.get(stream)?.length ?? 0;
    const right = size === 0 ? ('no-stream' as const) : BigInt(size - 1);
    // No round adds as many events as would make `ahead` right.
    const wrong = kind === 'ahead' ? BigInt(size + 1_000) : size === 0 ? 1_000n : 'no-stream';
    return { append: append(stream, kind === 'right' ? right : wrong, ...events(count)), kind };
  }

  /** In a round, of those that expect what the stream was, exactly one is written. */
  settle(
    tries: readonly Try[],
    ends: readonly PromiseSettledResult<{ position: bigint; repeated: boolean }>[],
  ): void {
    const first = this.#written[0];
    const won = new Map<string, Try>();
    for (const [i, tried] of tries.entries()) {
      const end = ends[i]!;
      const { stream } = tried.append;
      if (tried.kind === 'repeat') {
        expect(end).toMatchObject({
          status: 'fulfilled',
          value: { position: first?.position, repeated: true },
        });
      } else if (end.status === 'fulfilled') {
        expect(tried.kind).toBe('right');
        expect(end.value.repeated).toBe(false);
        expect(won.has(stream)).toBe(false);
        won.set(stream, tried);
        this.#written.push({ append: tried.append, position: end.value.position });
        this.#ids.get(stream)?.push(...tried.append.events.map(({ id }) => id));
      } else {
        expect(end.reason).toBeInstanceOf(StreamConflict);
      }
    }
    for (const { kind, append: each } of tries) if (kind === 'right') expect(won.has(each.stream)).toBe(true);
  }

  compare(log: readonly RecordedEvent[], before: bigint): void {
    expect(log.map(({ position }) => position)).toEqual(range(before + 1n, log.length));
    for (const [stream, ids] of this.#ids) {
      const kept = log.filter((each) => each.stream === stream);
      expect(kept.map(({ id }) => id)).toEqual(ids);
      expect(kept.map(({ revision }) => revision)).toEqual(range(0n, ids.length));
    }
    expect(log).toHaveLength([...this.#ids.values()].flat().length);
  }
}
