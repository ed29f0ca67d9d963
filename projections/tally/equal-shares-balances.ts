/**
 * What voters hold under equal shares from round to round, as intervals of doubles that hold it, with exact fractions behind.
 * For explaining a count whose order of purchases is known; the count itself is `equal-shares-run.ts`. Why the bounds hold:
 * `docs/counting/exactness.md`.
 */
import type { Amount } from './amount.js';
import { ExactBalances } from './equal-shares-exact.js';
import { add, compare, multiply, rational, ZERO, type Rational } from './rational.js';
import { down, errorOfSum, toDouble, up } from './rounding.js';
import type { Supporters } from './supporters.js';

/** What each supporter pays for a project, before it is taken from the balances. */
export interface Charge {
  readonly place: number;
  /** For each unit of share, from those who can. Its fraction may be asked for until it is paid. */
  readonly price: Amount;
  /** For each group among the supporters, 1 where it pays all it has, which is less. */
  readonly spent: Uint8Array;
}

const { max, min } = Math;

export class Balances {
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #exact: ExactBalances;
  /** For each project a lower bound of its price, of an earlier round: balances only fall, and prices only rise. */
  readonly #bound: Float64Array;
  /** What a voter of each group pays at the charge that was looked at last. */
  readonly #lowPaid: Float64Array;
  readonly #highPaid: Float64Array;

  constructor(
    private readonly supporters: readonly Supporters[],
    groups: number,
    endowment: Rational,
  ) {
    const each = toDouble(endowment);
    this.#low = new Float64Array(groups).fill(max(0, down(each)));
    this.#high = new Float64Array(groups).fill(up(each));
    this.#exact = new ExactBalances(supporters, groups, endowment);
    this.#bound = new Float64Array(supporters.length);
    this.#lowPaid = new Float64Array(groups);
    this.#highPaid = new Float64Array(groups);
  }

  /**
   * What its supporters pay for a project for each unit of share, if they can; `undefined` where they have too little, now
   * and in every later round. Its fraction may be asked for until something is paid.
   */
  price(place: number): Amount | undefined {
    const { project, worth } = this.#of(place);
    const cost = Number(project.cost);
    const low = this.#lowPrice(place, cost);
    if (low === undefined) return undefined;
    this.#bound[place] = low;
    const { high, all } = this.#highPrice(place, cost, low);
    if (all) {
      const exact = rational(project.cost, BigInt(worth));
      return { low: down(cost / worth), high: up(cost / worth), exact: () => exact };
    }
    let known: Rational | undefined;
    if (high === Infinity) {
      // Doubles cannot tell whether they have enough.
      known = this.#exact.solve(place)?.line.value;
      if (known === undefined) return undefined;
      const near = toDouble(known);
      return { low: down(near), high: up(near), exact: () => known as Rational };
    }
    return { low, high, exact: () => (known ??= this.#exact.solve(place)?.line.value as Rational) };
  }

  /** What the supporters of a project are charged at its price. */
  charge(place: number, price: Amount): Charge {
    const { groups, shares } = this.#of(place);
    const spent = new Uint8Array(groups.length);
    let exact: Uint8Array | undefined;
    this.#lowPaid.fill(0);
    this.#highPaid.fill(0);
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] as number;
      const share = shares[i] as number;
      const [low, high] = [this.#low[group] as number, this.#high[group] as number];
      const [least, most] = [down(price.low * share), up(price.high * share)];
      if (high < least) spent[i] = 1;
      else if (low < most) {
        exact ??= this.#exact.solve(place)?.spent ?? spent;
        spent[i] = exact[i] as number;
      }
      this.#lowPaid[group] = spent[i] === 1 ? low : least;
      this.#highPaid[group] = spent[i] === 1 ? high : most;
    }
    return { place, price, spent };
  }

  /** What the supporters of another project pay together of the charge that was made last; `undefined` for none of them. */
  paidBy(other: number, charge: Charge): Amount | undefined {
    const { groups, weights } = this.#of(other);
    let [low, high, count] = [0, 0, 0];
    for (let i = 0; i < groups.length; i++) {
      const most = this.#highPaid[groups[i] as number] as number;
      if (most === 0) continue;
      count += 1;
      low += (weights[i] as number) * (this.#lowPaid[groups[i] as number] as number);
      high += (weights[i] as number) * most;
    }
    if (count === 0) return undefined;
    const error = errorOfSum(count);
    return {
      low: low * (1 - error),
      high: high * (1 + error),
      exact: () => this.#exactlyPaidBy(groups, charge),
    };
  }

  #exactlyPaidBy(groups: Int32Array, { place, price, spent }: Charge): Rational {
    const among = new Set(groups);
    const payers = this.#of(place);
    // Whole numbers, as all shares together are.
    let inFull = 0;
    let rest = ZERO;
    for (let i = 0; i < spent.length; i++) {
      const group = payers.groups[i] as number;
      if (!among.has(group)) continue;
      const weight = payers.weights[i] as number;
      if (spent[i] === 0) inFull += weight * (payers.shares[i] as number);
      else rest = add(rest, multiply(this.#exact.balance(group).value, rational(BigInt(weight))));
    }
    return inFull === 0 ? rest : add(rest, multiply(price.exact(), rational(BigInt(inFull))));
  }

  /** Takes the charge that was made last from the balances. */
  pay({ place, spent }: Charge): void {
    for (const group of this.#of(place).groups) {
      const low = down((this.#low[group] as number) - (this.#highPaid[group] as number));
      const high = up((this.#high[group] as number) - (this.#lowPaid[group] as number));
      this.#low[group] = max(0, low);
      this.#high[group] = high;
    }
    for (let i = 0; i < spent.length; i++) {
      const group = this.#of(place).groups[i] as number;
      if (spent[i] === 1) this.#low[group] = this.#high[group] = 0;
    }
    this.#exact.buy(place, spent);
  }

  /**
   * What the supporters of a project would pay together at a price for each unit of share that need not be its own, each of
   * them that price or all it has.
   */
  paidAt(place: number, price: Amount): Amount {
    const { groups, weights, shares } = this.#of(place);
    let [low, high] = [0, 0];
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] as number;
      const weight = weights[i] as number;
      const share = shares[i] as number;
      low += weight * min(this.#low[group] as number, price.low * share);
      high += weight * min(this.#high[group] as number, price.high * share);
    }
    const error = errorOfSum(groups.length);
    return {
      low: low * (1 - error),
      high: high * (1 + error),
      exact: () => this.exactlyPaidAt(place, price).money,
    };
  }

  /** As `paidAt`, exactly, and whether any of them pays the price in full. */
  exactlyPaidAt(place: number, price: Amount): { money: Rational; anyInFull: boolean } {
    const { groups, weights, shares } = this.#of(place);
    const exact = price.exact();
    let inFull = 0;
    let rest = ZERO;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] as number;
      const share = shares[i] as number;
      const weight = weights[i] as number;
      const value =
        (this.#low[group] as number) > up(price.high * share) ? undefined : this.#exact.balance(group).value;
      if (value === undefined || compare(value, multiply(exact, rational(BigInt(share)))) >= 0) {
        inFull += weight * share;
      } else rest = add(rest, multiply(value, rational(BigInt(weight))));
    }
    return { money: add(rest, multiply(exact, rational(BigInt(inFull)))), anyInFull: inFull > 0 };
  }

  /**
   * Upper bounds of what those supporters have who would spend all at a price, and what the project is worth to the others.
   * @param price for each unit of share
   */
  spentAt(place: number, price: number): { money: number; rest: number } {
    const { groups, weights, shares } = this.#of(place);
    let [money, rest] = [0, 0];
    for (let i = 0; i < groups.length; i++) {
      const high = this.#high[groups[i] as number] as number;
      const share = shares[i] as number;
      if (high < price * share) money += (weights[i] as number) * high;
      else rest += (weights[i] as number) * share;
    }
    return { money, rest };
  }

  /** What the supporters of a project have together. */
  money(place: number): Amount {
    const { groups, weights } = this.#of(place);
    let [low, high] = [0, 0];
    for (let i = 0; i < groups.length; i++) {
      low += (weights[i] as number) * (this.#low[groups[i] as number] as number);
      high += (weights[i] as number) * (this.#high[groups[i] as number] as number);
    }
    const error = errorOfSum(groups.length);
    return {
      low: low * (1 - error),
      high: high * (1 + error),
      exact: () => this.#exact.money(place).value,
    };
  }

  /** Whatever set of supporters is taken to spend all, the price is at least what the rest must then pay. */
  #lowPrice(place: number, cost: number): number | undefined {
    const { groups, worth } = this.#of(place);
    const error = errorOfSum(groups.length);
    let price = max(this.#bound[place] as number, (cost / worth) * (1 - error));
    for (;;) {
      const { money, rest } = this.spentAt(place, price);
      const left = down(cost) - money * (1 + error);
      if (rest === 0) return left > 0 ? undefined : price;
      const next = (left / rest) * (1 - error);
      if (next <= price) return price;
      price = next;
    }
  }

  /** An upper bound, infinite where doubles cannot tell that they have enough; and whether surely all pay in full. */
  #highPrice(place: number, cost: number, low: number): { high: number; all: boolean } {
    const { groups, weights, shares } = this.#of(place);
    const count = groups.length;
    const error = errorOfSum(count);
    let price = low;
    for (;;) {
      let [money, rest] = [0, 0];
      let all = true;
      // A little above the price: so that nobody among the rest has less than the bound that comes of it.
      const above = price * (1 + 4 * error);
      for (let i = 0; i < count; i++) {
        const least = this.#low[groups[i] as number] as number;
        const share = shares[i] as number;
        if (least < above * share) {
          all = false;
          money += (weights[i] as number) * least;
        } else rest += (weights[i] as number) * share;
      }
      if (rest === 0) return { high: Infinity, all };
      const left = up(cost) - money * (1 - 8 * error);
      const next = (left > 0 ? left / rest : 0) * (1 + error);
      if (next <= above) return { high: up(max(next, price) * (1 + error)), all };
      price = next;
    }
  }

  #of(place: number): Supporters {
    return this.supporters[place] as Supporters;
  }
}
