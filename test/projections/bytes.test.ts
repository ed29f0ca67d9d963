import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  compareBytes,
  concat,
  equalBytes,
  fromBase64url,
  isBase64url,
  toBase64url,
  toHex,
  u32be,
} from '../../projections/bytes.js';

const bytes = fc.uint8Array({ maxLength: 100 });

describe('bytes', () => {
  it('are written as base64url and hex like everybody does', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = toBase64url(value);
        expect(text).toBe(Buffer.from(value).toString('base64url'));
        expect(fromBase64url(text)).toEqual(value);
        expect(toHex(value)).toBe(Buffer.from(value).toString('hex'));
      }),
    );
  });

  it('have one text only: what decodes is what would be written', () => {
    const odd = fc.string({
      unit: fc.constantFrom('A', 'Q', 'g', 'w', 'Z', '0', '-', '_', '+', '/', '=', ' ', 'ñ'),
      maxLength: 9,
    });
    let decoded = 0;
    fc.assert(
      fc.property(odd, (text) => {
        const value = fromBase64url(text);
        expect(isBase64url(text)).toBe(value !== undefined);
        if (value === undefined) return;
        decoded++;
        expect(toBase64url(value)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
    expect(decoded).toBeGreaterThan(50);
  });

  it.each(['A', 'AAAAA', 'AB', 'AAB', 'AA==', 'AA+A', 'AA/A', 'AA A', 'AAA\n', 'AAÁ', 'AAA\u{1f600}'])(
    'are not read from %j',
    (text) => {
      expect(fromBase64url(text)).toBeUndefined();
    },
  );

  it('compare in byte order and for equality', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(equalBytes(a, new Uint8Array(a))).toBe(true);
      }),
    );
    expect(compareBytes(new Uint8Array([0x80]), new Uint8Array([0x7f, 0xff]))).toBeGreaterThan(0);
  });

  it('are joined, and lengths are written in four bytes', () => {
    fc.assert(
      fc.property(fc.array(bytes), fc.nat({ max: 0xffffffff }), (parts, value) => {
        expect(Buffer.from(concat(...parts))).toEqual(Buffer.concat(parts));
        const expected = Buffer.alloc(4);
        expected.writeUInt32BE(value);
        expect(Buffer.from(u32be(value))).toEqual(expected);
      }),
    );
  });
});
