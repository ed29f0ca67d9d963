/**
 * Exact balances under equal shares, worked out only where they are asked for. Voters with one purchase history form a
 * class and share one balance; classes are made when the first exact question comes. Everything is a line in the endowment:
 * its value, and what an endowment that is larger by one adds to it while the same happens.
 */
import { add, compare, divide, multiply, rational, subtract, ZERO, type Rational } from './rational.js';
import type { Supporters } from './supporters.js';

export interface Line {
  readonly value: Rational;
  readonly slope: Rational;
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
  /** Once classes are made: who paid, and who of them paid all. */
  payers?: readonly Payers[];
  all?: readonly boolean[];
  price?: Line;
}

const NOTHING: Line = { value: ZERO, slope: ZERO };

export class ExactBalances {
  readonly #purchases: Purchase[] = [];
  /** How many of these the classes follow. */
  #followed = 0;
  #class: Int32Array | undefined;
  /** For each class but the first: the one before, the purchase, and the share paid for; 0 where all was spent. */
  readonly #before: number[] = [-1];
  readonly #at: number[] = [-1];
  readonly #share: number[] = [0];
  readonly #balances: (Line | undefined)[];

  constructor(
    private readonly supporters: readonly Supporters[],
    private readonly groups: number,
    endowment: Rational,
  ) {
    this.#balances = [{ value: endowment, slope: rational(1n) }];
  }

  /** Records a purchase: for each group among its supporters, 1 where it spent all it had. Gives back its number. */
  buy(place: number, spent: Uint8Array): number {
    return this.#purchases.push({ place, spent }) - 1;
  }

  /** What a voter of a group has after all purchases until now. */
  balance(group: number): Line {
    return this.#balance(this.#classes()[group] as number);
  }

  /** What the supporters of a project have together. */
  money(place: number): Line {
    return this.#money(this.#payers(place, this.#classes()).payers);
  }

  /** The price of a purchase for each unit of share. */
  price(purchase: number): Line {
    this.#classes();
    return this.#priceOf(purchase);
  }

  /** The least price at which its supporters can pay for a project now; `undefined` when they have not enough. */
  solve(place: number): Price | undefined {
    const { cost } = (this.supporters[place] as Supporters).project;
    const { payers, of } = this.#payers(place, this.#classes());
    if (compare(this.#money(payers).value, rational(cost)) < 0) return undefined;
    const all = payers.map(() => false);
    for (;;) {
      const line = this.#split(cost, payers, all);
      let changed = false;
      for (const [payer, { of: held, share }] of payers.entries()) {
        if (all[payer] === true) continue;
        if (compare(this.#balance(held).value, multiply(line.value, rational(BigInt(share)))) >= 0) continue;
        all[payer] = true;
        changed = true;
      }
      if (!changed) return { line, spent: Uint8Array.from(of, (payer) => Number(all[payer])) };
    }
  }

  /** The class of each group, after all purchases until now. */
  #classes(): Int32Array {
    const classes = (this.#class ??= new Int32Array(this.groups));
    for (; this.#followed < this.#purchases.length; this.#followed++) {
      const purchase = this.#purchases[this.#followed] as Purchase;
      const { groups } = this.supporters[purchase.place] as Supporters;
      const { payers, of } = this.#payers(purchase.place, classes);
      const all = payers.map(() => false);
      for (let i = 0; i < groups.length; i++) all[of[i] as number] = purchase.spent[i] === 1;
      purchase.payers = payers;
      purchase.all = all;
      const children = payers.map(({ of: parent, share }, payer) => {
        this.#before.push(parent);
        this.#at.push(this.#followed);
        return this.#share.push(all[payer] === true ? 0 : share) - 1;
      });
      for (let i = 0; i < groups.length; i++) {
        classes[groups[i] as number] = children[of[i] as number] as number;
      }
    }
    return classes;
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

  #balance(of: number): Line {
    const known = this.#balances[of];
    if (known !== undefined) return known;
    const share = this.#share[of] as number;
    let line = NOTHING;
    if (share !== 0) {
      const before = this.#balance(this.#before[of] as number);
      const paid = times(this.#priceOf(this.#at[of] as number), BigInt(share));
      line = { value: subtract(before.value, paid.value), slope: subtract(before.slope, paid.slope) };
    }
    this.#balances[of] = line;
    return line;
  }

  #priceOf(number: number): Line {
    const purchase = this.#purchases[number] as Purchase;
    const { cost } = (this.supporters[purchase.place] as Supporters).project;
    return (purchase.price ??= this.#split(cost, purchase.payers ?? [], purchase.all ?? []));
  }

  #money(payers: readonly Payers[]): Line {
    return sum(payers.map(({ of, weight }) => times(this.#balance(of), BigInt(weight))));
  }

  /** What is left of the cost when some spend all, shared among the others. */
  #split(cost: bigint, payers: readonly Payers[], all: readonly boolean[]): Line {
    const money = this.#money(payers.filter((_, payer) => all[payer]));
    const worth = payers.reduce(
      (rest, { weight, share }, payer) =>
        all[payer] === true ? rest : rest + BigInt(weight) * BigInt(share),
      0n,
    );
    const each = rational(worth);
    return {
      value: divide(subtract(rational(cost), money.value), each),
      slope: divide(subtract(ZERO, money.slope), each),
    };
  }
}

function times({ value, slope }: Line, factor: bigint): Line {
  const by = rational(factor);
  return { value: multiply(value, by), slope: multiply(slope, by) };
}

function sum(lines: readonly Line[]): Line {
  return lines.reduce(
    (all, line) => ({ value: add(all.value, line.value), slope: add(all.slope, line.slope) }),
    NOTHING,
  );
}
