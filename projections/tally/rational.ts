/** Exact fractions. `d` is positive and the fraction is in lowest terms, so that equal values have equal parts. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Rational = { n: 0n, d: 1n };

/** n / d in lowest terms. @throws RangeError when `d` is zero */
export function rational(n: bigint, d = 1n): Rational {
  if (d === 0n) throw new RangeError('A fraction with denominator zero');
  if (d === 1n) return { n, d };
  const common = gcd(n < 0n ? -n : n, d < 0n ? -d : d);
  const divisor = d < 0n ? -common : common;
  return { n: n / divisor, d: d / divisor };
}

export function add(a: Rational, b: Rational): Rational {
  if (a.d === b.d) return rational(a.n + b.n, a.d);
  return rational(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function subtract(a: Rational, b: Rational): Rational {
  if (a.d === b.d) return rational(a.n - b.n, a.d);
  return rational(a.n * b.d - b.n * a.d, a.d * b.d);
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.n * b.n, a.d * b.d);
}

/** @throws RangeError when `b` is zero */
export function divide(a: Rational, b: Rational): Rational {
  return rational(a.n * b.d, a.d * b.n);
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.d === b.d ? a.n - b.n : a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** The greatest common divisor of numbers that are not negative. */
export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** The greatest whole number that is not above a fraction that is not negative. */
export function floorOf({ n, d }: Rational): bigint {
  return n / d;
}

/** The least whole number that is not below a fraction that is not negative. */
export function ceilingOf({ n, d }: Rational): bigint {
  return (n + d - 1n) / d;
}

/** The nearest whole number to a fraction that is not negative; halves up. */
export function nearestTo({ n, d }: Rational): bigint {
  return (2n * n + d) / (2n * d);
}

/** `7` or `7/2`. */
export function rationalText({ n, d }: Rational): string {
  return d === 1n ? String(n) : `${String(n)}/${String(d)}`;
}
