/** Exact fractions of integers: transfer values and shared points are not whole numbers. */

/** `n / d`, in lowest terms, `d` positive. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** @throws RangeError for a denominator of 0 */
export function rational(n: bigint, d = 1n): Rational {
  if (d === 1n) return { n, d };
  if (d === 0n) throw new RangeError('A fraction with denominator 0');
  let [a, b] = [n < 0n ? -n : n, d < 0n ? -d : d];
  while (b !== 0n) [a, b] = [b, a % b];
  const divisor = d < 0n ? -a : a;
  return { n: n / divisor, d: d / divisor };
}

export function plus(a: Rational, b: Rational): Rational {
  return a.d === b.d ? rational(a.n + b.n, a.d) : rational(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function times(a: Rational, b: Rational): Rational {
  return rational(a.n * b.n, a.d * b.d);
}

/** Below 0 when `a` is less, above 0 when it is more. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** `7` or `7/2`. */
export function rationalText({ n, d }: Rational): string {
  return d === 1n ? String(n) : `${String(n)}/${String(d)}`;
}
