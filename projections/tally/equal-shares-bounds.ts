/**
 * What each group of voters has under equal shares, and what projects cost them, as bounds that hold for a range of
 * endowments at once: lines in what the endowment is raised by, made of doubles. Why they hold: `docs/counting/exactness.md`.
 */
import { down, errorOfSum, up } from './rounding.js';
import type { Supporters } from './supporters.js';

/** A bound: its value, and what a rise by one adds to it. */
export interface Bound {
  readonly value: number;
  readonly slope: number;
}

export interface PriceBounds {
  readonly low: Bound;
  readonly high: Bound;
}

export type LowerPrice =
  { readonly price: Bound | undefined; readonly settled: boolean } | { readonly missing: Bound };

const EPSILON = Number.EPSILON;
// Looked up once: where a test runner or a browser puts code into a context of its own, globals are slow to reach.
const { max, min } = Math;

/** With the same purchases, more endowment leaves nobody with less and makes nothing dearer: no slope of a balance is negative. */
export class BalanceBounds {
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #lowSlope: Float64Array;
  readonly #highSlope: Float64Array;

  constructor(groups: number, endowment: number) {
    this.#low = new Float64Array(groups);
    this.#high = new Float64Array(groups);
    this.#lowSlope = new Float64Array(groups);
    this.#highSlope = new Float64Array(groups);
    this.begin(endowment);
  }

  /** Everybody holds this much, and nothing is bought yet. */
  begin(endowment: number): void {
    // Twice, since the double may be off by three times its rounding.
    this.#low.fill(max(0, down(down(endowment))));
    this.#high.fill(up(up(endowment)));
    this.#lowSlope.fill(1);
    this.#highSlope.fill(1);
  }

  low(group: number): number {
    return at(this.#low, group);
  }

  high(group: number): number {
    return at(this.#high, group);
  }

  /** Bounds of what supporters have together. */
  money({ groups, weights }: Supporters): { low: number; high: number } {
    let [low, high] = [0, 0];
    for (let i = 0; i < groups.length; i++) {
      low += (weights[i] as number) * at(this.#low, groups[i] as number);
      high += (weights[i] as number) * at(this.#high, groups[i] as number);
    }
    const error = errorOfSum(groups.length);
    return { low: low * (1 - error), high: high * (1 + error) };
  }

  /**
   * At least this is the price for each unit of share; `undefined` where all might have to spend all. Where supporters have too
   * little: what is missing at least, and how fast that shrinks at most.
   * @param from a lower bound: those who have less than it asks for are taken to spend all. Where it is not `settled`, what is
   * found is the better one to begin at
   */
  lowerPrice({ groups, weights, shares, worth, project }: Supporters, from: number): LowerPrice {
    const count = groups.length;
    const error = errorOfSum(count);
    const [highs, highSlopes] = [this.#high, this.#highSlope];
    // Whatever set of supporters is taken to spend all, the price is at least what the rest must then pay.
    const cost = down(Number(project.cost));
    const price = max(from, (cost / worth) * (1 - error));
    let [money, slopes, rest, nearest] = [0, 0, 0, Infinity];
    for (let i = 0; i < count; i++) {
      const group = groups[i] as number;
      const weight = weights[i] as number;
      const share = shares[i] as number;
      const high = highs[group] as number;
      if (high < price * share) {
        money += weight * high;
        slopes += weight * (highSlopes[group] as number);
      } else {
        rest += weight * share;
        const until = high / share;
        if (until < nearest) nearest = until;
      }
    }
    const left = cost - money * (1 + error);
    // All spend all: where their money is the cost or a little more, only exact fractions can tell.
    if (rest === 0)
      return left > 0
        ? { missing: { value: left, slope: -slopes * (1 + 2 * error) } }
        : { price: undefined, settled: true };
    const value = left > 0 ? (left / rest) * (1 - error) : 0;
    // No other would spend all at that price.
    const settled = value <= price || value <= nearest;
    return { price: { value, slope: -(slopes / rest) * (1 + 2 * error) }, settled };
  }

  /**
   * At most this is the price for each unit of share when the endowment is raised by `rise`; infinite where the bounds do not
   * tell whether it can be paid.
   * @param from a lower bound to begin at
   */
  upperPrice({ groups, weights, shares, project }: Supporters, from: number, rise: number): number {
    const count = groups.length;
    const error = errorOfSum(count);
    const cost = up(Number(project.cost));
    const [lows, lowSlopes] = [this.#low, this.#lowSlope];
    let price = from;
    for (;;) {
      let [money, rest, nearest] = [0, 0, Infinity];
      // A little above the price: so that nobody among the rest has less than the bound that comes of it.
      const above = price * (1 + 4 * error);
      for (let i = 0; i < count; i++) {
        const group = groups[i] as number;
        const share = shares[i] as number;
        const low = (lows[group] as number) + rise * (lowSlopes[group] as number);
        if (low < above * share) money += (weights[i] as number) * low;
        else {
          rest += (weights[i] as number) * share;
          const until = low / share;
          if (until < nearest) nearest = until;
        }
      }
      if (rest === 0) return Infinity;
      const left = cost - money * (1 - 8 * error);
      const next = (left > 0 ? left / rest : 0) * (1 + error);
      if (next <= above || next <= nearest) return up(max(next, price) * (1 + error));
      price = next;
    }
  }

  /**
   * A line that the price is not above anywhere in a range of rises. The price is convex in what supporters have at least, so that
   * the chord will do; and with the same purchases before, it never grows.
   * @param low a lower bound of the price
   * @param most at most the price without a rise
   * @param tight the same, where more is known
   */
  highLine(supporters: Supporters, low: Bound, most: number, range: number, tight = most): Bound {
    if (range <= 0 || most === Infinity) return { value: tight, slope: 0 };
    const atEnd = this.upperPrice(supporters, max(0, low.value + range * low.slope), range);
    if (atEnd >= most) return { value: tight, slope: 0 };
    return { value: most, slope: min(0, chord(most, atEnd, range)) };
  }

  /**
   * Bounds of the price for each unit of share, as things are without a rise.
   * @param spent for each group among the supporters, 1 where it spends all
   */
  price({ groups, weights, shares, project }: Supporters, spent: Uint8Array): { low: Bound; high: number } {
    let [lowMoney, highMoney, slopes, rest] = [0, 0, 0, 0];
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] as number;
      const weight = weights[i] as number;
      if (spent[i] === 0) {
        rest += weight * (shares[i] as number);
        continue;
      }
      lowMoney += weight * at(this.#low, group);
      highMoney += weight * at(this.#high, group);
      slopes += weight * at(this.#highSlope, group);
    }
    const error = errorOfSum(groups.length);
    const cost = Number(project.cost);
    const low = max(0, ((down(cost) - highMoney * (1 + error)) / rest) * (1 - error));
    const high = max(0, ((up(cost) - lowMoney * (1 - error)) / rest) * (1 + error));
    return { low: { value: low, slope: -(slopes / rest) * (1 + 2 * error) }, high };
  }

  /** Supporters pay for a project. */
  pay({ groups, shares }: Supporters, { low, high }: PriceBounds, range: number): void {
    const [lows, highs, lowSlopes, highSlopes] = [this.#low, this.#high, this.#lowSlope, this.#highSlope];
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] as number;
      const share = shares[i] as number;
      const most = up((highs[group] as number) - down(low.value * share));
      const mostSlope = up((highSlopes[group] as number) - down(low.slope * share));
      if (most >= 0) {
        highs[group] = most;
        highSlopes[group] = mostSlope;
      } else {
        // Whoever spends all at first may have something left at the end of the range: a chord is above that.
        highs[group] = 0;
        const atEnd = up(most + up(mostSlope * range));
        highSlopes[group] = atEnd > 0 ? min(mostSlope, chord(0, atEnd, range)) : 0;
      }
      const least = down((lows[group] as number) - up(high.value * share));
      if (least > 0) {
        lows[group] = least;
        lowSlopes[group] = max(0, down((lowSlopes[group] as number) - up(high.slope * share)));
      } else {
        lows[group] = 0;
        lowSlopes[group] = 0;
      }
    }
  }

  /**
   * Up to which rise a group that spends all still has less than its part of the price; `undefined` where the bounds do not tell
   * the two apart even now. Whoever does not spend all never will: more endowment leaves more than the price.
   */
  spendsAll(group: number, share: number, { low }: PriceBounds): number | undefined {
    const [own, slope] = [at(this.#high, group), at(this.#highSlope, group)];
    if (own === 0 && slope === 0) return Infinity;
    const gap = down(down(low.value * share) - own);
    if (gap <= 0) return undefined;
    const rate = up(slope - down(low.slope * share));
    return rate > 0 ? gap / (rate * (1 + 8 * EPSILON)) : Infinity;
  }
}

/** The slope of a line that is not below one from a value to another at the end of the range. */
function chord(from: number, to: number, range: number): number {
  return range > 0 ? up(up(to - from) / range) : 0;
}

export function at(values: Float64Array | Int32Array, place: number): number {
  return values[place] as number;
}
