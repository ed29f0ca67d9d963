/** Exact shares of a whole. */

/** In lowest terms; `of` is positive. */
export interface Fraction {
  readonly part: bigint;
  readonly of: bigint;
}

/** `part / of` in lowest terms; nothing of nothing is 0. @throws RangeError for a part of nothing, or of less */
export function fraction(part: bigint, of: bigint): Fraction {
  if (part === 0n) return { part: 0n, of: 1n };
  if (of <= 0n) throw new RangeError('A share of nothing');
  const divisor = gcd(part < 0n ? -part : part, of);
  return { part: part / divisor, of: of / divisor };
}

export function sum(a: Fraction, b: Fraction): Fraction {
  return fraction(a.part * b.of + b.part * a.of, a.of * b.of);
}

function gcd(a: bigint, b: bigint): bigint {
  while (b > 0n) [a, b] = [b, a % b];
  return a;
}
