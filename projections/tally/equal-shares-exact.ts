/**
 * Exact balances under equal shares, worked out only where they are asked for. Voters with one purchase history form a
 * class and share one balance; classes are made when the first exact question comes. Everything is a line in the endowment:
 * its value, and what an endowment that is larger by one adds to it while the same happens. All lines have one denominator, so
 * that sums are sums of whole numbers.
 */
import { gcd, rational, type Rational } from './rational.js';
import type { Supporters } from './supporters.js';

export interface Line {
  readonly value: Rational;
  readonly slope: Rational;
}

/** A line in units of the common denominator. */
interface Whole {
  readonly value: bigint;
  readonly slope: bigint;
}

/** Voters of one class with one share in a project. */
interface Payers {
  readonly of: number;
  readonly share: number;
  weight: number;
}

export interface Price {
  /** What a supporter pays for each unit of its share. */
  readonly line: Line;
  /** For each group among the supporters, 1 where it pays all it has: less than price times share. */
  readonly spent: Uint8Array;
}

interface Purchase {
  readonly place: number;
  readonly spent: Uint8Array;
}

const NOTHING: Whole = { value: 0n, slope: 0n };

export class ExactBalances {
  readonly #purchases: Purchase[] = [];
  /** Prices of those of them that the classes follow, for each unit of share. */
  #prices: readonly Whole[] = [];
  #denominator: bigint;
  #endowment: Whole;
  #class: Int32Array | undefined;
  /** For each class but the first: the one before, the purchase, and the share paid for; 0 where all was spent. */
  readonly #before: number[] = [-1];
  readonly #purchase: number[] = [-1];
  readonly #share: number[] = [0];

  constructor(
    private readonly supporters: readonly Supporters[],
    private readonly groups: number,
    endowment: Rational,
  ) {
    this.#denominator = endowment.d;
    this.#endowment = { value: endowment.n, slope: endowment.d };
  }

  /** Records a purchase: for each group among its supporters, 1 where it spent all it had. Gives back its number. */
  buy(place: number, spent: Uint8Array): number {
    return this.#purchases.push({ place, spent }) - 1;
  }

  /** What a voter of a group has after all purchases until now. */
  balance(group: number): Line {
    return this.#line(this.#balance(this.#classes()[group] as number));
  }

  /** What the supporters of a project have together. */
  money(place: number): Line {
    return this.#line(this.#money(this.#payers(place, this.#classes()).payers));
  }

  /** The price of a purchase for each unit of share. */
  price(purchase: number): Line {
    this.#classes();
    return this.#line(this.#prices[purchase] as Whole);
  }

  /** The least price at which its supporters can pay for a project now; `undefined` when they have not enough. */
  solve(place: number): Price | undefined {
    const { payers, of } = this.#payers(place, this.#classes());
    const cost = (this.supporters[place] as Supporters).project.cost * this.#denominator;
    if (this.#money(payers).value < cost) return undefined;
    const balances = payers.map((payer) => this.#balance(payer.of).value);
    const all = payers.map(() => false);
    for (;;) {
      const { missing, worth } = this.#split(place, payers, all);
      let changed = false;
      for (const [payer, { share }] of payers.entries()) {
        if (all[payer] === true || (balances[payer] as bigint) * worth >= missing.value * BigInt(share))
          continue;
        all[payer] = true;
        changed = true;
      }
      if (changed) continue;
      const spent = Uint8Array.from(of, (payer) => Number(all[payer]));
      return { line: this.#line(missing, worth), spent };
    }
  }

  /** The class of each group, after all purchases until now. */
  #classes(): Int32Array {
    const classes = (this.#class ??= new Int32Array(this.groups));
    while (this.#prices.length < this.#purchases.length) {
      const { place, spent } = this.#purchases[this.#prices.length] as Purchase;
      const { groups } = this.supporters[place] as Supporters;
      const { payers, of } = this.#payers(place, classes);
      const all = payers.map(() => false);
      for (let i = 0; i < groups.length; i++) all[of[i] as number] = spent[i] === 1;
      const children = payers.map(({ of: parent, share }, payer) => {
        this.#before.push(parent);
        this.#purchase.push(this.#prices.length);
        return this.#share.push(all[payer] === true ? 0 : share) - 1;
      });
      for (let i = 0; i < groups.length; i++) {
        classes[groups[i] as number] = children[of[i] as number] as number;
      }
      this.#setPrice(this.#split(place, payers, all));
    }
    return classes;
  }

  /** Adds a price, and takes the least denominator in which it and all before are whole. */
  #setPrice({ missing, worth }: { missing: Whole; worth: bigint }): void {
    const { value, slope } = missing;
    const common = gcd(gcd(abs(value), abs(slope)), worth);
    const by = worth / common;
    this.#denominator *= by;
    this.#endowment = times(this.#endowment, by);
    const price = { value: value / common, slope: slope / common };
    this.#prices = [...this.#prices.map((before) => times(before, by)), price];
  }

  /** Supporters of a project by class and share, with their weights, and where each group is among them. */
  #payers(place: number, classes: Int32Array): { payers: Payers[]; of: Int32Array } {
    const { groups, weights, shares } = this.supporters[place] as Supporters;
    const payers: Payers[] = [];
    const of = new Int32Array(groups.length);
    const places = new Map<number, Map<number, number>>();
    for (let i = 0; i < groups.length; i++) {
      const held = classes[groups[i] as number] as number;
      const share = shares[i] as number;
      let byShare = places.get(held);
      if (byShare === undefined) {
        byShare = new Map<number, number>();
        places.set(held, byShare);
      }
      let payer = byShare.get(share);
      if (payer === undefined) {
        payer = payers.push({ of: held, share, weight: 0 }) - 1;
        byShare.set(share, payer);
      }
      (payers[payer] as Payers).weight += weights[i] as number;
      of[i] = payer;
    }
    return { payers, of };
  }

  /** The endowment without all that was paid; nothing, from the first time on that all was spent. */
  #balance(of: number): Whole {
    if (of !== 0 && this.#share[of] === 0) return NOTHING;
    let { value, slope } = this.#endowment;
    for (let held = of; held !== 0; held = this.#before[held] as number) {
      const price = this.#prices[this.#purchase[held] as number] as Whole;
      const share = BigInt(this.#share[held] as number);
      value -= price.value * share;
      slope -= price.slope * share;
    }
    return { value, slope };
  }

  #money(payers: readonly Payers[]): Whole {
    let [value, slope] = [0n, 0n];
    for (const { of, weight } of payers) {
      const held = this.#balance(of);
      value += held.value * BigInt(weight);
      slope += held.slope * BigInt(weight);
    }
    return { value, slope };
  }

  /** What is missing of the cost when some spend all, and what it is worth to the others, who share that. */
  #split(
    place: number,
    payers: readonly Payers[],
    all: readonly boolean[],
  ): { missing: Whole; worth: bigint } {
    const { cost } = (this.supporters[place] as Supporters).project;
    const money = this.#money(payers.filter((_, payer) => all[payer]));
    let worth = 0n;
    for (const [payer, { weight, share }] of payers.entries()) {
      if (all[payer] !== true) worth += BigInt(weight) * BigInt(share);
    }
    return { missing: { value: cost * this.#denominator - money.value, slope: -money.slope }, worth };
  }

  #line({ value, slope }: Whole, over = 1n): Line {
    const denominator = this.#denominator * over;
    return { value: rational(value, denominator), slope: rational(slope, denominator) };
  }
}

function times({ value, slope }: Whole, factor: bigint): Whole {
  return { value: value * factor, slope: slope * factor };
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
