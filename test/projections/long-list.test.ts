/** Lists that share what they have in common are, to everybody who reads them, the arrays that they stand for. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalText } from '../../projections/canonical.js';
import { appended, LongList, replaced, type List } from '../../projections/long-list.js';

function grown(count: number): List<number> {
  let list: List<number> = [];
  for (let i = 0; i < count; i++) list = appended(list, i);
  return list;
}

describe('a list that grows', () => {
  it.each([0, 1, 31, 32, 33, 99, 100, 101, 1_024, 1_025, 32_768, 32_769])('holds %d items', (count) => {
    const list = grown(count);
    expect(list instanceof LongList).toBe(count > 100);
    expect(list.length).toBe(count);
    expect([...list]).toEqual(Array.from({ length: count }, (_, i) => i));
    expect([list.at(-1), list.at(0), list.at(count), list.at(-count - 1)]).toEqual([
      count > 0 ? count - 1 : undefined,
      count > 0 ? 0 : undefined,
      undefined,
      undefined,
    ]);
  });

  it('is what an array would be, after whatever was done to it, and so is each that it was before', () => {
    const step = fc.oneof(
      fc.record({ add: fc.nat(1_000) }),
      fc.record({ put: fc.nat(1_000), at: fc.nat(5_000) }),
    );
    const property = fc.property(fc.nat(2_100), fc.array(step, { maxLength: 80 }), (count, steps) => {
      let list = grown(count);
      let model = [...list];
      const kept: [List<number>, number[]][] = [];
      for (const one of steps) {
        kept.push([list, model]);
        if ('add' in one) [list, model] = [appended(list, one.add), [...model, one.add]];
        else if (model.length > 0) {
          const at = one.at % model.length;
          [list, model] = [replaced(list, at, one.put), model.with(at, one.put)];
        }
      }
      for (const [made, expected] of [...kept, [list, model] as const]) expect([...made]).toEqual(expected);
    });
    fc.assert(property, { seed: 20_261_127, numRuns: 50 });
  });

  it('is read and written as an array', () => {
    const list = grown(300);
    const array = [...list];
    expect(JSON.stringify({ list })).toBe(JSON.stringify({ list: array }));
    expect(canonicalText({ list })).toBe(canonicalText({ list: array }));
    expect(list.map((item, at) => item * at)).toEqual(array.map((item, at) => item * at));
    expect(list.flatMap((item) => (item % 2 ? [] : [item, item]))).toEqual(
      array.flatMap((item) => (item % 2 ? [] : [item, item])),
    );
    expect([list.find((item) => item > 250), list.find((item) => item > 300)]).toEqual([251, undefined]);
    expect([list.some((item) => item > 298), list.some((item) => item > 299)]).toEqual([true, false]);
    expect([...replaced(list, -1, 7)].slice(-2)).toEqual([298, 7]);
    expect(LongList.of(array).with(0, 5).at(0)).toBe(5);
  });
});
