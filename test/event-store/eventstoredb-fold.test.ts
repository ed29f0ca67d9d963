import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  Appends,
  foldAppends,
  type Arrived,
  type Header,
  type IndexHead,
  type Known,
  type LogHalted,
} from '../../src/event-store/eventstoredb-fold.js';
import { newId } from './samples.js';

const EMPTY: Known = { ids: new Map(), tips: new Map() };
const START: IndexHead = { position: -1n, recordedAt: new Date(0), commit: -1n, prepare: -1n };

interface Planned {
  readonly stream: string;
  readonly ids: readonly string[];
  readonly leaf?: string;
}

/** A store in which appends were written one after another. */
class Store {
  readonly events: Arrived[] = [];
  readonly #raw = new Map<string, bigint>();
  #at = 0n;

  write({ stream, ids, leaf = '' }: Planned, created = new Date(1_000)): void {
    for (const [i, id] of ids.entries()) {
      const raw = (this.#raw.get(stream) ?? -1n) + 1n;
      this.#raw.set(stream, raw);
      this.#at += 100n;
      const header: Header | undefined = i === 0 ? { append: newId(), events: ids.length } : undefined;
      const hash = Buffer.alloc(32).fill(`${id}${leaf}`);
      this.events.push({ stream, raw, id, hash, created, header, commit: this.#at, prepare: this.#at });
    }
  }

  get appends(): (readonly Arrived[])[] {
    const appends = new Appends();
    return this.events.flatMap((arrived) => {
      const whole = appends.add(arrived);
      return whole === undefined ? [] : [whole];
    });
  }
}

const placesOf = ({ rows }: { rows: readonly { id: string; position: bigint; revision: bigint }[] }) =>
  rows.map(({ id, position, revision }) => [id, position, revision]);

describe('the index of a log on EventStoreDB', () => {
  it('is dense over all streams, in the order of the store', () => {
    const store = new Store();
    store.write({ stream: 'a', ids: ['1', '2'] });
    store.write({ stream: 'b', ids: ['3'] });
    store.write({ stream: 'a', ids: ['4'] });
    expect(placesOf(foldAppends(START, store.appends, EMPTY))).toEqual([
      ['1', 0n, 0n],
      ['2', 1n, 1n],
      ['3', 2n, 0n],
      ['4', 3n, 2n],
    ]);
  });

  it('leaves out what comes again, and counts revisions without it', () => {
    const store = new Store();
    store.write({ stream: 'a', ids: ['1', '2'] });
    store.write({ stream: 'a', ids: ['1', '2'] });
    store.write({ stream: 'a', ids: ['3'] });
    const folded = foldAppends(START, store.appends, EMPTY);
    expect(placesOf(folded)).toEqual([
      ['1', 0n, 0n],
      ['2', 1n, 1n],
      ['3', 2n, 2n],
    ]);
    expect(folded.rows.map(({ raw }) => raw)).toEqual([0n, 1n, 4n]);
    expect(folded.leftOut.map(({ id }) => id)).toEqual(['1', '2']);
    expect(folded.halted).toBeUndefined();
  });

  it('leaves an append out as a whole when one of its ids was used in another stream', () => {
    const store = new Store();
    store.write({ stream: 'a', ids: ['1'] });
    store.write({ stream: 'b', ids: ['1', '2'], leaf: 'other' });
    store.write({ stream: 'b', ids: ['3'] });
    const folded = foldAppends(START, store.appends, EMPTY);
    expect(placesOf(folded)).toEqual([
      ['1', 0n, 0n],
      ['3', 1n, 0n],
    ]);
    expect(folded.rows.at(-1)?.raw).toBe(2n);
  });

  it('ends where somebody writes over history, and keeps what came before', () => {
    const store = new Store();
    store.write({ stream: 'a', ids: ['1'] });
    store.write({ stream: 'a', ids: ['1'], leaf: 'other' });
    store.write({ stream: 'a', ids: ['2'] });
    const folded = foldAppends(START, store.appends, EMPTY);
    expect(placesOf(folded)).toEqual([['1', 0n, 0n]]);
    expect(folded.halted?.code).toBe('log-forged');
    expect(folded.head.commit).toBe(100n);
  });

  it('ends where a stream has a gap', () => {
    const store = new Store();
    store.write({ stream: 'a', ids: ['1'] });
    store.write({ stream: 'a', ids: ['2'] });
    store.write({ stream: 'a', ids: ['3'] });
    const appends = store.appends.filter((_, i) => i !== 1);
    expect(foldAppends(START, appends, EMPTY).halted?.code).toBe('log-gap');
  });

  it('never goes back in time', () => {
    const store = new Store();
    store.write({ stream: 'a', ids: ['1'] }, new Date(5_000));
    store.write({ stream: 'a', ids: ['2'] }, new Date(4_000));
    const { rows } = foldAppends(START, store.appends, EMPTY);
    expect(rows.map(({ recordedAt }) => recordedAt.getTime())).toEqual([5_000, 5_000]);
  });

  it('takes only whole appends of this program', () => {
    const codeOf = (...events: Partial<Arrived>[]) => {
      const store = new Store();
      store.write({ stream: 'a', ids: ['1', '2'] });
      const appends = new Appends();
      try {
        for (const [i, change] of events.entries()) appends.add({ ...store.events[i]!, ...change });
        return undefined;
      } catch (error) {
        return (error as LogHalted).code;
      }
    };
    expect(codeOf({}, {})).toBeUndefined();
    expect(codeOf({ header: undefined })).toBe('log-foreign');
    expect(codeOf({}, { stream: 'b' })).toBe('log-torn');
    expect(codeOf({}, { raw: 7n })).toBe('log-torn');
    expect(codeOf({}, { header: { append: newId(), events: 1 } })).toBe('log-torn');
  });

  it('is the same whatever pieces it is made in', () => {
    const planned = fc.record({
      stream: fc.constantFrom('a', 'b', 'c'),
      ids: fc.uniqueArray(fc.integer({ min: 0, max: 25 }).map(String), { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(planned, { maxLength: 30 }),
        fc.array(fc.nat(4), { maxLength: 30 }),
        (plan, cuts) => {
          const store = new Store();
          for (const each of plan) store.write(each);
          const whole = foldAppends(START, store.appends, EMPTY);
          let head = START;
          const rows: unknown[] = [];
          const known = { ids: new Map(EMPTY.ids), tips: new Map(EMPTY.tips) };
          const rest = [...store.appends];
          for (let i = 0; rest.length > 0; i++) {
            const folded = foldAppends(head, rest.splice(0, (cuts[i] ?? 0) + 1), known);
            for (const row of folded.rows) known.ids.set(row.id, row);
            for (const { stream, raw, id } of [...folded.rows, ...folded.leftOut]) {
              const tip = known.tips.get(stream) ?? { revision: -1n, raw: -1n };
              const kept = folded.rows.find(
                (row) => row.stream === stream && row.raw === raw && row.id === id,
              );
              known.tips.set(stream, {
                revision: kept !== undefined && kept.revision > tip.revision ? kept.revision : tip.revision,
                raw: raw > tip.raw ? raw : tip.raw,
              });
            }
            rows.push(...folded.rows);
            head = folded.head;
          }
          expect(rows).toEqual(whole.rows);
          expect(head).toEqual(plan.length === 0 ? START : whole.head);
        },
      ),
    );
  });
});
