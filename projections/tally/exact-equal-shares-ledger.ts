/**
 * What voters have spent under Exact Equal Shares. A price is a part of a cost, whatever the endowment: so what is spent does
 * not change with the endowment as long as the same voters pay for the same projects.
 *
 * Amounts are doubles first; where two are too close to tell apart, exact fractions decide. Why that is safe:
 * `docs/counting/exact-equal-shares-exactness.md`.
 */
import type { Contender } from './contenders.js';
import { add, compare, rational, ZERO, type Rational } from './rational.js';
import { toDouble } from './rounding.js';

/** An amount as a double that is not far from it, and exactly, worked out when it is asked for. */
export class Amount {
  #exact: Rational | undefined;

  constructor(
    readonly near: number,
    private readonly make: () => Rational,
  ) {}

  static of(exact: Rational): Amount {
    return new Amount(toDouble(exact), () => exact);
  }

  get exact(): Rational {
    return (this.#exact ??= this.make());
  }
}

/** Some groups of voters. */
export interface Voters {
  readonly groups: Int32Array;
  /** How many voters these are, by weight. */
  readonly voters: number;
}

/** A project with its cost as a double, and its place among those that can be funded. */
export interface Entry extends Contender {
  readonly place: number;
  readonly cost: number;
}

/** Who paid for a project, at which price, after what was bought before. */
export interface Purchase {
  readonly before: Purchase | undefined;
  /** How many there were before it. */
  readonly number: number;
  readonly place: number;
  readonly price: Amount;
  readonly groups: Int32Array;
}

const { clz32, floor, log2, round } = Math;
const NOTHING = Amount.of(ZERO);

/** Stands behind one purchase at a time, and goes back and forth between them. */
export class Ledger {
  #last: Purchase | undefined;
  /** By place: the prices of the last purchase and those before it. */
  readonly #prices: (Amount | undefined)[];
  /** By group: near what each of its voters has spent. */
  readonly #near: Float64Array;
  /** By group: a bit for each place that its voters paid for. */
  readonly #paid: Int32Array;
  readonly #words: number;
  readonly #weights: Float64Array;
  /** What prices are rounded to: so large that sums of them are not rounded, in whatever order they are made and unmade. */
  readonly #unit: number;
  /** More than a double is off by. */
  readonly #error: number;
  readonly #list: Int32Array;

  /** @param most no endowment is larger */
  constructor(entries: readonly Entry[], groups: number, most: number) {
    this.#prices = Array<undefined>(entries.length).fill(undefined);
    this.#near = new Float64Array(groups);
    this.#words = (entries.length + 31) >> 5;
    this.#paid = new Int32Array(groups * this.#words);
    this.#weights = new Float64Array(groups);
    for (const { supporters } of entries)
      supporters.groups.forEach((group, index) => (this.#weights[group] = supporters.weights[index] ?? 0));
    this.#unit = 2 ** (floor(log2(most)) - 51);
    this.#error = this.#unit * (entries.length + 16);
    this.#list = new Int32Array(groups);
  }

  goTo(last: Purchase | undefined): void {
    const ahead: Purchase[] = [];
    let to = last;
    while (to !== this.#last) {
      if (to !== undefined && to.number > (this.#last?.number ?? -1)) {
        ahead.push(to);
        to = to.before;
      } else if (this.#last !== undefined) {
        this.#put(this.#last, -1);
        this.#last = this.#last.before;
      }
    }
    for (const purchase of ahead.reverse()) this.#put(purchase, 1);
    this.#last = last;
  }

  /**
   * The most of some supporters of a project, of no more than `most`, who can each pay an equal part of its cost; where these
   * are fewer than `least`, some that they are among, and fewer than that too.
   */
  able(one: Entry, endowment: Amount, from: Voters, least = 1, most = from.voters): Voters {
    let groups = from.groups;
    let count = groups.length;
    let voters = most;
    while (voters >= least && voters > 0) {
      const able = this.#keep(one, endowment, voters, groups, count);
      groups = this.#list;
      count = able.count;
      if (able.voters >= voters) break;
      voters = able.voters;
    }
    return voters === from.voters ? from : { groups: groups.slice(0, count), voters };
  }

  /** Has voters pay for a project. */
  pay(one: Entry, { groups, voters }: Voters): Purchase {
    const number = (this.#last?.number ?? -1) + 1;
    return { before: this.#last, number, place: one.place, price: this.#price(one, voters), groups };
  }

  /**
   * The least endowment with which `least` or more of some supporters can pay.
   * @param from those who can with `until`, or all
   */
  leastEndowment(one: Entry, until: Amount | undefined, least: number, from: Voters): Amount | undefined {
    let found = until;
    for (let able = from; able.voters >= least;) {
      found = sum([this.#mostSpent(able.groups), this.#price(one, able.voters)]);
      able = this.able(one, found, able, least, able.voters - 1);
    }
    return found;
  }

  /** Negative, zero or positive. */
  compare(a: Amount, b: Amount): number {
    const difference = a.near - b.near;
    if (difference > this.#error) return 1;
    if (difference < -this.#error) return -1;
    return compare(a.exact, b.exact);
  }

  /** Puts on the list which of the first groups can pay their part for so many. */
  #keep(
    one: Entry,
    endowment: Amount,
    payers: number,
    groups: Int32Array,
    count: number,
  ): { count: number; voters: number } {
    const near = this.#near;
    const weights = this.#weights;
    const list = this.#list;
    const limit = endowment.near - one.cost / payers;
    const [low, high] = [limit - this.#error, limit + this.#error];
    let [kept, sure, voters] = [0, 0, 0];
    // No branches: which way they go cannot be foretold, and that would take most of the time.
    for (let i = 0; i < count; i++) {
      const group = groups[i] as number;
      const spent = near[group] as number;
      const may = Number(!(spent > high));
      list[kept] = group;
      kept += may;
      sure += Number(spent < low);
      voters += may * (weights[group] as number);
    }
    if (sure === kept) return { count: kept, voters };
    const canPay = this.#canPay(this.#price(one, payers), endowment);
    let able = 0;
    for (let i = 0; i < kept; i++) {
      const group = list[i] as number;
      if ((near[group] as number) < low || canPay(group)) list[able++] = group;
      else voters -= weights[group] as number;
    }
    return { count: able, voters };
  }

  #price({ cost, project }: Entry, payers: number): Amount {
    const near = round(cost / payers / this.#unit) * this.#unit;
    return new Amount(near, () => rational(project.cost, BigInt(payers)));
  }

  /** Whether voters have a price left, by exact fractions. */
  #canPay({ exact: price }: Amount, { exact: endowment }: Amount): (group: number) => boolean {
    return this.#once(({ exact }) => compare(add(exact, price), endowment) <= 0);
  }

  /** The most that voters of one of these groups have spent. */
  #mostSpent(groups: Int32Array): Amount {
    const spent = this.#once((amount) => amount);
    let most = NOTHING;
    for (const group of groups) {
      if ((this.#near[group] as number) < most.near - this.#error) continue;
      const one = spent(group);
      if (one !== most && this.compare(one, most) > 0) most = one;
    }
    return most;
  }

  /** Something that hangs on what voters have spent, worked out once for all who paid for the same. */
  #once<T>(work: (spent: Amount) => T): (group: number) => T {
    const known = new Map<string, T>();
    return (group) => {
      const paid = this.#paid.subarray(group * this.#words, (group + 1) * this.#words).join();
      let result = known.get(paid);
      if (result === undefined) known.set(paid, (result = work(sum(this.#pricesOf(group)))));
      return result;
    };
  }

  /** What each voter of a group has paid. */
  #pricesOf(group: number): Amount[] {
    const prices: Amount[] = [];
    for (let word = 0; word < this.#words; word++) {
      for (let bits = this.#paid[group * this.#words + word] as number; bits !== 0; bits &= bits - 1)
        prices.push(this.#prices[32 * word + 31 - clz32(bits & -bits)] as Amount);
    }
    return prices;
  }

  /** Makes a purchase, or with -1 unmakes it. */
  #put({ place, price, groups }: Purchase, times: 1 | -1): void {
    const near = this.#near;
    const paid = this.#paid;
    const change = times * price.near;
    const word = place >> 5;
    const bit = 1 << (place & 31);
    for (const group of groups) {
      (near[group] as number) += change;
      (paid[group * this.#words + word] as number) ^= bit;
    }
    this.#prices[place] = times === 1 ? price : undefined;
  }
}

function sum(amounts: readonly Amount[]): Amount {
  const near = amounts.reduce((total, amount) => total + amount.near, 0);
  return new Amount(near, () => amounts.reduce((total, amount) => add(total, amount.exact), ZERO));
}
