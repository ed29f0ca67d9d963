import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Arena, Names, Numbers } from '../../projections/packed.js';

const MEGABYTE = 1_048_576;

describe('an arena', () => {
  it('gives back what was put, also what is longer than its chunks', () => {
    const arena = new Arena();
    const lengths = [10, MEGABYTE - 5, 7, 3 * MEGABYTE + 1, 0, 2, MEGABYTE, 5];
    const places = lengths.map((length, i) => arena.put(new Uint8Array(length).fill(i + 1)));
    for (const [i, length] of lengths.entries()) {
      const bytes = arena.at(places[i]!, length);
      expect(bytes.length).toBe(length);
      expect(bytes.every((byte) => byte === i + 1)).toBe(true);
    }
    expect(arena.bytes).toBe(lengths.reduce((sum, length) => sum + length));
  });

  it('is small while it holds little', () => {
    const arena = new Arena();
    const place = arena.put(new Uint8Array(100));
    expect(arena.at(place, 100).buffer.byteLength).toBeLessThan(MEGABYTE / 32);
  });
});

describe('numbers', () => {
  it('are what was set, and 0 elsewhere', () => {
    const numbers = new Numbers();
    numbers.set(70_000, 2 ** 50);
    numbers.set(3, -7);
    expect([3, 4, 70_000, 70_001, -1].map((index) => numbers.get(index))).toEqual([-7, 0, 2 ** 50, 0, 0]);
  });
});

describe('names', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'Z', '~', ' ', '\0'), maxLength: 6 });

  it('are numbered in the order in which they come first', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 600 }), (texts) => {
        const names = new Names();
        const expected = [...new Set(texts)];
        for (const text of texts) expect(names.add(text)).toBe(expected.indexOf(text));
        expect(names.size).toBe(expected.length);
        for (const [number, text] of expected.entries()) {
          expect([names.find(text), names.text(number), names.lengthOf(number)]).toEqual([
            number,
            text,
            text.length,
          ]);
        }
        expect(names.find('not there')).toBe(-1);
      }),
      { numRuns: 50 },
    );
  });

  it('stay what they are when there are many of them', () => {
    const names = new Names();
    for (let i = 0; i < 100_000; i++) names.add(`name ${i}`);
    for (let i = 0; i < 100_000; i += 997) {
      expect(names.find(`name ${i}`)).toBe(i);
      expect(names.text(i)).toBe(`name ${i}`);
    }
    expect(names.has('name 100000')).toBe(false);
  });

  it('are ASCII', () => {
    const names = new Names();
    expect(() => names.add('ñ')).toThrow(RangeError);
    expect(() => names.text(0)).toThrow(RangeError);
    expect(names.find('ñ')).toBe(-1);
  });
});
