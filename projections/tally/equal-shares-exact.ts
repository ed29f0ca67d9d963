/**
 * Exact balances under equal shares, worked out only where they are asked for. Voters with one purchase history form a
 * class and share one balance. Everything is a line in the endowment: its value, and what an endowment that is larger by one
 * adds to it while the same happens.
 */
import { add, compare, divide, multiply, rational, subtract, ZERO, type Rational } from './rational.js';

export interface Line {
  readonly value: Rational;
  readonly slope: Rational;
}

/** Voters of one class with one share in a project. */
export interface Payers {
  readonly of: number;
  readonly share: number;
  weight: number;
}

export interface Price {
  /** What a supporter pays for each unit of its share. */
  readonly line: Line;
  /** For each of the payers, whether they pay all they have: it is at most price times share. */
  readonly spent: readonly boolean[];
}

interface Purchase {
  readonly cost: bigint;
  readonly payers: readonly Payers[];
  price?: Line;
  readonly spent: readonly boolean[];
}

const NOTHING: Line = { value: ZERO, slope: ZERO };

export class ExactBalances {
  readonly #purchases: Purchase[] = [];
  /** For each class but the first: the one before, the purchase, and the share paid for; 0 where all was spent. */
  readonly #before: number[] = [-1];
  readonly #at: number[] = [-1];
  readonly #share: number[] = [0];
  readonly #balances: (Line | undefined)[];

  constructor(endowment: Rational) {
    this.#balances = [{ value: endowment, slope: rational(1n) }];
  }

  get classes(): number {
    return this.#before.length;
  }

  /** Records a purchase and gives back its number. The payers of each place go to the class that `child` makes. */
  buy(cost: bigint, payers: readonly Payers[], spent: readonly boolean[]): number {
    this.#purchases.push({ cost, payers, spent });
    return this.#purchases.length - 1;
  }

  /** A new class: of `parent`, after a purchase with a share; share 0 for those who spent all. */
  child(parent: number, purchase: number, share: number): number {
    this.#before.push(parent);
    this.#at.push(purchase);
    this.#share.push(share);
    return this.#before.length - 1;
  }

  balance(of: number): Line {
    const known = this.#balances[of];
    if (known !== undefined) return known;
    const share = this.#share[of] ?? 0;
    let line = NOTHING;
    if (share !== 0) {
      const before = this.balance(this.#before[of] ?? 0);
      const paid = times(this.price(this.#at[of] ?? 0), BigInt(share));
      line = { value: subtract(before.value, paid.value), slope: subtract(before.slope, paid.slope) };
    }
    this.#balances[of] = line;
    return line;
  }

  /** The price of a purchase for each unit of share. */
  price(purchase: number): Line {
    const { cost, payers, spent, price } = this.#purchases[purchase] as Purchase;
    if (price !== undefined) return price;
    const line = this.#priceOf(cost, payers, spent);
    (this.#purchases[purchase] as Purchase).price = line;
    return line;
  }

  /** What supporters have together. */
  money(payers: readonly Payers[]): Line {
    return sum(payers.map(({ of, weight }) => times(this.balance(of), BigInt(weight))));
  }

  /** The least price at which they pay the cost; `undefined` when they have not enough. */
  solve(cost: bigint, payers: readonly Payers[]): Price | undefined {
    if (compare(this.money(payers).value, rational(cost)) < 0) return undefined;
    const spent = payers.map(() => false);
    for (;;) {
      if (!spent.includes(false)) return undefined;
      const line = this.#priceOf(cost, payers, spent);
      let changed = false;
      for (const [place, { of, share }] of payers.entries()) {
        if (spent[place] === true) continue;
        if (compare(this.balance(of).value, multiply(line.value, rational(BigInt(share)))) >= 0) continue;
        spent[place] = true;
        changed = true;
      }
      if (!changed) return { line, spent };
    }
  }

  #priceOf(cost: bigint, payers: readonly Payers[], spent: readonly boolean[]): Line {
    const broke = payers.filter((_, place) => spent[place]);
    const money = this.money(broke);
    const worth = payers.reduce(
      (all, { weight, share }, place) => (spent[place] === true ? all : all + BigInt(weight) * BigInt(share)),
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
