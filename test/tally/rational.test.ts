import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  add,
  compare,
  divide,
  multiply,
  rational,
  subtract,
  ZERO,
} from '../../projections/tally/rational.js';

const fraction = fc
  .tuple(
    fc.bigInt(-(10n ** 20n), 10n ** 20n),
    fc.bigInt(-(10n ** 20n), 10n ** 20n).filter((d) => d !== 0n),
  )
  .map(([n, d]) => rational(n, d));

describe('fractions', () => {
  it('are in lowest terms with a positive denominator', () => {
    expect(rational(6n, -4n)).toEqual({ n: -3n, d: 2n });
    expect(rational(0n, -7n)).toEqual(ZERO);
    expect(rational(5n)).toEqual({ n: 5n, d: 1n });
  });

  it('add, subtract, multiply and divide', () => {
    expect(add(rational(1n, 6n), rational(1n, 3n))).toEqual({ n: 1n, d: 2n });
    expect(subtract(rational(1n, 6n), rational(1n, 3n))).toEqual({ n: -1n, d: 6n });
    expect(multiply(rational(2n, 3n), rational(9n, 4n))).toEqual({ n: 3n, d: 2n });
    expect(divide(rational(2n, 3n), rational(-4n, 9n))).toEqual({ n: -3n, d: 2n });
  });

  it('have no denominator zero', () => {
    expect(() => rational(1n, 0n)).toThrow(RangeError);
    expect(() => divide(rational(1n), ZERO)).toThrow(RangeError);
  });

  it('are ordered where doubles are not', () => {
    const third = rational(10n ** 20n, 3n * 10n ** 20n + 1n);
    expect(compare(third, rational(1n, 3n))).toBe(-1);
    expect(compare(rational(1n, 3n), third)).toBe(1);
    expect(compare(rational(2n, 6n), rational(1n, 3n))).toBe(0);
  });

  it('keep the laws of arithmetic', () => {
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        expect(subtract(add(a, b), b)).toEqual(a);
        expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
        if (b.n !== 0n) expect(multiply(divide(a, b), b)).toEqual(a);
        const { n } = subtract(a, b);
        expect(compare(a, b)).toBe(n < 0n ? -1 : Number(n > 0n));
      }),
    );
  });
});
