/** Doubles that surely lie on one side of an exact number: `docs/counting/exactness.md` shows why. */
import type { Rational } from './rational.js';

const EPSILON = Number.EPSILON;
/** Far below all amounts, and far above the least doubles, with which processors count a hundred times slower. */
const LEAST = 2 ** -900;
// Looked up once: where a test runner or a browser puts code into a context of its own, globals are slow to reach.
const { abs, max } = Math;

/** Below whatever one operation rounded to this value. */
export function down(value: number): number {
  return value - abs(value) * (2 * EPSILON) - LEAST;
}

/** Above whatever one operation rounded to this value. */
export function up(value: number): number {
  return value + abs(value) * (2 * EPSILON) + LEAST;
}

/** At most this part of itself a sum of so many products of numbers that are not negative is off. */
export function errorOfSum(terms: number): number {
  return (terms + 16) * EPSILON;
}

/** A double near it: off by at most three times the rounding of one operation. */
export function toDouble({ n, d }: Rational): number {
  const size = max(bits(n), bits(d));
  if (size <= 1_000) return Number(n) / Number(d);
  // Both are too large for a double: cut the fraction to 64 bits.
  const shift = BigInt(bits(d) - bits(n) + 64);
  const scaled = shift >= 0n ? (n << shift) / d : n / (d << -shift);
  return Number(scaled) * 2 ** Number(-shift);
}

/** The length of a whole number without its sign, rounded up to a multiple of four. */
export function bits(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}
