import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { utf8 } from '../../projections/bytes.js';
import {
  canonicalBytes,
  canonicalText,
  jcs,
  MAX_CANONICAL_BYTES,
  NotCanonical,
  parseCanonical,
} from '../../projections/canonical.js';

const ascii = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
});
const key = fc.stringMatching(/^[A-Za-z0-9_]{1,12}$/).filter((name) => name !== '__proto__');
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 6 },
    fc.boolean(),
    fc.maxSafeInteger().map((n) => (Object.is(n, -0) ? 0 : n)),
    ascii,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe('canonical JSON', () => {
  it('sorts keys by code units, without spaces', () => {
    expect(canonicalText({ b: 1, a: [true, { z: 'x', Z: -5, _: 0, 10: 1, 9: 2 }] })).toBe(
      '{"a":[true,{"10":1,"9":2,"Z":-5,"_":0,"z":"x"}],"b":1}',
    );
    expect(canonicalText('quote " backslash \\ slash / tilde ~')).toBe(
      '"quote \\" backslash \\\\ slash / tilde ~"',
    );
    expect(canonicalText([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0, 1e15])).toBe(
      '[9007199254740991,-9007199254740991,0,1000000000000000]',
    );
    expect(canonicalText({ a: undefined, b: [] })).toBe('{"b":[]}');
  });

  it('reads back what it wrote, whatever the order of keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = canonicalBytes(value);
        expect(parseCanonical(bytes)).toEqual(value);
        expect(canonicalBytes(reversed(value))).toEqual(bytes);
      }),
    );
  });

  it('refuses a text with any one character changed, moved or repeated, unless it is canonical all the same', () => {
    const edit = fc.tuple(
      fc.nat(),
      fc.constantFrom('', '"', '\\', ',', ':', '1', '-', '0', ' ', '{', ']', 'é', 'a'),
      fc.nat(2),
    );
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(json, edit, (value, [place, put, length]) => {
        const whole = canonicalText(value);
        const at = place % (whole.length + 1);
        const text = whole.slice(0, at) + put + whole.slice(at + length);
        const expected = () => {
          const read: unknown = JSON.parse(text);
          if (canonicalText(read) !== text) throw new NotCanonical('another form');
          return read;
        };
        let read: unknown;
        try {
          read = expected();
        } catch {
          refused++;
          expect(() => parseCanonical(utf8(text))).toThrow(NotCanonical);
          return;
        }
        taken++;
        expect(parseCanonical(utf8(text))).toEqual(read);
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(refused, taken)).toBeGreaterThan(100);
  });

  it('has one form only: any other text of the same value is refused', () => {
    fc.assert(
      fc.property(json, (value) => {
        const spaced = utf8(JSON.stringify(value, undefined, 1));
        const text = canonicalText(value);
        if (Buffer.from(spaced).toString() !== text)
          expect(() => parseCanonical(spaced)).toThrow(NotCanonical);
        expect(() => parseCanonical(utf8(` ${text}`))).toThrow(NotCanonical);
        expect(() => parseCanonical(utf8(`${text}\n`))).toThrow(NotCanonical);
        expect(() => parseCanonical(utf8(`\ufeff${text}`))).toThrow(NotCanonical);
      }),
    );
  });

  it.each([
    ['a repeated key', '{"a":1,"a":1}'],
    ['keys out of order', '{"b":1,"a":1}'],
    ['an odd escape', '"\\u0041"'],
    ['an escaped slash', '"\\/"'],
    ['an exponent', '1e3'],
    ['a point', '1.0'],
    ['minus zero', '-0'],
    ['a leading zero', '01'],
    ['null', 'null'],
    ['a number beyond 2^53-1', '9007199254740992'],
    ['a control character', '"\\n"'],
    ['a character beyond ASCII', '"é"'],
    ['a comma too many', '[1,]'],
    ['nothing', ''],
    ['two values', '1 2'],
    ['a key of the prototype', '{"__proto__":1}'],
    ['an empty key', '{"":1}'],
    ['a long key', `{"${'k'.repeat(65)}":1}`],
    ['too deep', '['.repeat(9) + ']'.repeat(9)],
  ])('refuses to read %s', (_, text) => {
    expect(() => parseCanonical(utf8(text))).toThrow(NotCanonical);
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => parseCanonical(new Uint8Array([0x22, 0xff, 0x22]))).toThrow(NotCanonical);
    expect(() => parseCanonical(new Uint8Array([0x22, 0xc1, 0x81, 0x22]))).toThrow(NotCanonical);
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['an undefined item', [undefined]],
    ['a fraction', 0.5],
    ['minus zero', -0],
    ['not a number', NaN],
    ['infinity', Infinity],
    ['2^53', 2 ** 53],
    ['a bigint', 1n],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['bytes', new Uint8Array(1)],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a lone surrogate', '\ud800'],
    ['DEL', '\x7f'],
    ['a key with a dot', { 'a.b': 1 }],
    ['an own __proto__', JSON.parse('{"__proto__":1}')],
  ])('refuses to write %s', (_, value) => {
    expect(() => canonicalText(value)).toThrow(NotCanonical);
  });

  it('keeps its limits to the byte and to the level', () => {
    const longest = 'x'.repeat(MAX_CANONICAL_BYTES - 2);
    expect(parseCanonical(canonicalBytes(longest))).toBe(longest);
    expect(() => canonicalBytes(`${longest}x`)).toThrow(NotCanonical);
    expect(() => parseCanonical(utf8(`"${longest}x"`))).toThrow(NotCanonical);
    expect(() => canonicalBytes('abc', 4)).toThrow(NotCanonical);
    const deepest = '['.repeat(8) + ']'.repeat(8);
    expect(canonicalText(JSON.parse(deepest))).toBe(deepest);
    expect(canonicalText({ ['k'.repeat(64)]: 1 })).toHaveLength(70);
  });
});

describe('RFC 8785 in full', () => {
  it('writes what the log allows in the same way', () => {
    fc.assert(fc.property(json, (value) => expect(jcs(value)).toBe(canonicalText(value))));
  });

  it('writes what the log does not allow, and what every JSON text says', () => {
    expect(jcs({ b: null, a: [-0, 1.5, 1e21, 'ñ\u007f'], 'ä.': {} })).toBe(
      '{"a":[0,1.5,1e+21,"ñ\u007f"],"b":null,"ä.":{}}',
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(jcs(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(jcs(reversed(value))).toBe(jcs(value));
      }),
    );
  });

  it.each([
    ['a lone surrogate', ['\ud800']],
    ['a lone surrogate in a key', { '\udc00': 1 }],
    ['infinity', -Infinity],
    ['not a number', NaN],
    ['a bigint', 1n],
  ])('refuses %s', (_, value) => {
    expect(() => jcs(value)).toThrow(NotCanonical);
  });
});

const VECTORS = new URL('../../../shared/vectors/rfc8785/testdata/', import.meta.url);
(existsSync(VECTORS) ? describe : describe.skip)(
  'the vectors of RFC 8785 (skipped where ../shared/vectors is missing)',
  () => {
    it.each(existsSync(VECTORS) ? readdirSync(new URL('input/', VECTORS)) : [])('%s, in full', (file) => {
      const input: unknown = JSON.parse(readFileSync(new URL(`input/${file}`, VECTORS), 'utf8'));
      const output = readFileSync(new URL(`output/${file}`, VECTORS));
      expect(Buffer.from(jcs(input))).toEqual(output);
      const hex = readFileSync(new URL(`outhex/${file.replace('.json', '.txt')}`, VECTORS), 'utf8');
      expect(output.toString('hex')).toBe(hex.replace(/\s/g, ''));
      expect(() => parseCanonical(output)).toThrow(NotCanonical);
    });

    // Each of the files holds something that the log does not allow, so each as a whole is refused; its parts that are allowed
    // must come out as they stand in the canonical file.
    it.each(existsSync(VECTORS) ? readdirSync(new URL('input/', VECTORS)) : [])('%s', (file) => {
      const input: unknown = JSON.parse(readFileSync(new URL(`input/${file}`, VECTORS), 'utf8'));
      const output = readFileSync(new URL(`output/${file}`, VECTORS), 'utf8');
      expect(() => canonicalText(input)).toThrow(NotCanonical);
      const allowed = partsOf(input).flatMap((part) => {
        try {
          return [canonicalText(part)];
        } catch (error) {
          expect(error).toBeInstanceOf(NotCanonical);
          return [];
        }
      });
      const count = { arrays: 3, french: 4, structures: 12, unicode: 0, values: 2, weird: 8 }[
        file.replace('.json', '')
      ];
      expect(allowed).toHaveLength(count ?? -1);
      for (const text of allowed) expect(output).toContain(text);
    });
  },
);

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, part]) => [name, reversed(part)]),
  );
}

function partsOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  return [value, ...Object.values(value).flatMap(partsOf)];
}
