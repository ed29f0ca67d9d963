/** Rows that are kept as bytes are the rows that were given, and have the digest that everybody else comes to. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FoldedRows } from '../../projections/audit/folded-rows.js';
import { RowBytes } from '../../projections/audit/row-bytes.js';
import { toBase64url } from '../../projections/bytes.js';
import { byKeyBytes, projection, viewDigest } from '../../projections/projection.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';

const view = projection<unknown>({ name: 'made_up', version: 3, on: {} });
const text = fc.string({ unit: fc.constantFrom('a', 'b', '"', '\\', ' ', '~'), maxLength: 5 });
const value = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.constant(undefined),
  fc.array(fc.oneof(text, fc.integer()), { maxLength: 3 }),
  // Longer than what is kept as bytes.
  fc.constantFrom(
    'x'.repeat(1_000),
    Array.from({ length: 101 }, (_, i) => i),
  ),
);
const row = fc.dictionary(fc.constantFrom('a', 'b', 'at', 'B', '7'), value, { noNullPrototype: true });
const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/'), minLength: 1, maxLength: 9 });

function digestOf(rows: ReadonlyMap<string, unknown>): string {
  return toBase64url(viewDigest(nodeCrypto, view, [...rows].sort(byKeyBytes)));
}

/** Rows as JSON has them: without members that are undefined. */
function plain(made: unknown): unknown {
  return JSON.parse(JSON.stringify(made));
}

describe('folded rows', () => {
  it('are what a map would be, whether they are kept as objects or as bytes', () => {
    const steps = fc.array(fc.tuple(key, fc.option(row, { nil: undefined })), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.constantFrom(0, 3, 1_000), (changes, packedFrom) => {
        const rows = new FoldedRows(view, packedFrom);
        const map = new Map<string, unknown>();
        const past: { map: Map<string, unknown>; number: number; cell: unknown }[] = [];
        for (const [name, made] of changes) {
          const number = rows.numberOf(name);
          past.push({ map: new Map(map), number, cell: rows.past(rows.cell(number)) });
          rows.set(number, made);
          if (made === undefined) map.delete(name);
          else map.set(name, made);
          expect(plain(rows.get(name) ?? 'none')).toEqual(plain(made ?? 'none'));
        }
        const moved = rows.move();
        for (const change of past) change.cell = moved(change.cell);
        expect(rows.size).toBe(map.size);
        expect(new Map([...rows].map(([name, made]) => [name, plain(made)]))).toEqual(
          new Map([...map].map(([name, made]) => [name, plain(made)])),
        );
        expect(rows.digest(nodeCrypto)).toBe(digestOf(map));
        for (const { map: before, number, cell } of past.reverse()) {
          rows.setCell(number, cell);
          expect(rows.digest(nodeCrypto)).toBe(digestOf(before));
        }
      }),
    );
  });

  it('have members with many values and members with few', () => {
    const rows = new FoldedRows(view, 0);
    const map = new Map<string, unknown>();
    for (let i = 0; i < 3_000; i++) {
      const made = { at: `hour ${i % 7}`, id: `id ${i}`, most: i % 400, n: i, of: ['city', `area ${i % 3}`] };
      map.set(`key ${i % 2_500}`, made);
      rows.set(rows.numberOf(`key ${i % 2_500}`), made);
    }
    expect(rows.get('key 0')).toEqual(map.get('key 0'));
    expect(rows.get('key 2499')).toEqual(map.get('key 2499'));
    expect(rows.digest(nodeCrypto)).toBe(digestOf(map));
  });

  it('take a fraction of the memory of their text where members say the same again and again', () => {
    const bytes = new RowBytes();
    const made = (i: number) => ({
      at: '2026-10-02T10:00:00.000Z',
      electionId: '6f1c2f5e-8d38-5a53-9d3a-0d7f4f0a7a11',
      position: i,
    });
    let length = 0;
    for (let i = 0; i < 2_000; i++) length = bytes.write(made(i))!.length;
    expect(length).toBeLessThan(12);
    expect(JSON.stringify(made(1_999)).length).toBeGreaterThan(100);
  });
});
