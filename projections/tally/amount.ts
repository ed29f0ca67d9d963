/**
 * Amounts that surely lie between two doubles, rounded exactly: by the bounds where both round to the same, else by fractions.
 * How bounds are kept sure: `docs/counting/exactness.md`.
 */
import {
  add,
  ceilingOf,
  divide,
  floorOf,
  multiply,
  nearestTo,
  rational,
  subtract,
  ZERO,
  type Rational,
} from './rational.js';
import { down, toDouble, up } from './rounding.js';

/** Not negative. */
export interface Amount {
  readonly low: number;
  readonly high: number;
  /** Costly, and asked for only where the bounds leave something open. */
  readonly exact: () => Rational;
}

const { ceil, floor, max } = Math;

export function times({ low, high, exact }: Amount, factor: bigint): Amount {
  const by = Number(factor);
  return {
    low: down(low * down(by)),
    high: up(high * up(by)),
    exact: () => multiply(exact(), rational(factor)),
  };
}

/** @param divisor positive */
export function over({ low, high, exact }: Amount, divisor: bigint): Amount {
  const by = Number(divisor);
  return {
    low: down(low / up(by)),
    high: up(high / down(by)),
    exact: () => divide(exact(), rational(divisor)),
  };
}

/** A whole number divided by an amount. */
export function per(whole: bigint, { low, high, exact }: Amount): Amount {
  const by = Number(whole);
  return {
    low: down(down(by) / high),
    high: up(up(by) / low),
    exact: () => divide(rational(whole), exact()),
  };
}

/** An amount without one that is not above it. */
export function minus(more: Amount, less: Amount): Amount {
  return {
    low: max(0, down(more.low - less.high)),
    high: max(0, up(more.high - less.low)),
    exact: () => subtract(more.exact(), less.exact()),
  };
}

/** Exactly that. */
export function amountOf(value: Rational): Amount {
  const near = toDouble(value);
  const [low, high] = [max(0, down(down(near))), up(up(near))];
  return { low, high, exact: () => value };
}

/** Amounts, each so many times. @param kept gets every sum of fractions on the way, and may refuse it */
export function sumOf(
  parts: readonly (readonly [times: bigint, amount: Amount])[],
  kept: (sum: Rational) => Rational,
): Amount {
  let [low, high] = [0, 0];
  for (const [factor, amount] of parts) {
    const one = times(amount, factor);
    low = down(low + one.low);
    high = up(high + one.high);
  }
  const exact = () =>
    parts.reduce((sum, [factor, amount]) => kept(add(sum, times(amount, factor).exact())), ZERO);
  return { low: max(0, low), high, exact };
}

/** The least whole number that is not below. */
export function roundedUp({ low, high, exact }: Amount): bigint {
  const most = ceil(high);
  if (ceil(low) === most) return BigInt(most);
  return ceilingOf(exact());
}

export function roundedDown({ low, high, exact }: Amount): bigint {
  const least = floor(low);
  if (floor(high) === least) return BigInt(least);
  return floorOf(exact());
}

/** The nearest whole number, of parts of which `parts` make one; halves up. */
export function nearest({ low, high, exact }: Amount, parts = 1): bigint {
  const least = floor(down(down(low * parts) + 0.5));
  if (floor(up(up(high * parts) + 0.5)) === least) return BigInt(least);
  return nearestTo(multiply(exact(), rational(BigInt(parts))));
}

/** As a decimal, to the nearest hundredth: `1234.56`; whole ones without decimals. */
export function toHundredths(amount: Amount): string {
  const hundredths = nearest(amount, 100);
  const [whole, rest] = [String(hundredths / 100n), hundredths % 100n];
  return rest === 0n ? whole : `${whole}.${String(rest).padStart(2, '0')}`;
}
