/** One run of Exact Equal Shares at a given endowment. */
import type { Contender } from './contenders.js';
import { gcd, type Rational } from './rational.js';
import type { Process } from './rounds.js';
import { shareSupporters } from './supporters.js';

/** Voters who have paid for the same projects form a class and share one balance. */
export interface EqualPartsState {
  readonly spent: bigint;
  readonly open: ReadonlySet<Contender>;
  readonly denominator: bigint;
  /** By class: what each of its voters has left, times the denominator. */
  readonly balances: readonly bigint[];
  /** By group of voters: its class. */
  readonly classes: Int32Array;
  /** For each project, a number of payers that it does not exceed from here on: balances only fall. */
  readonly atMost: ReadonlyMap<Contender, number>;
}

interface Offer {
  readonly tied: readonly Contender[];
  /** The number of payers, where it was looked at. */
  readonly payers: ReadonlyMap<Contender, number>;
}

/** Voters of a project's supporters in one class. */
export interface Holders {
  readonly of: number;
  readonly balance: bigint;
  readonly voters: number;
}

export class EqualParts implements Process<EqualPartsState, Contender> {
  readonly start: EqualPartsState;
  readonly scoreOf: 'payers' | 'paid';
  readonly #offers = new WeakMap<EqualPartsState, Offer>();

  constructor(
    able: readonly Contender[],
    groups: number,
    private readonly utility: 'cost' | 'cardinality',
    endowment: Rational,
    private readonly budget: bigint,
  ) {
    this.scoreOf = utility === 'cost' ? 'payers' : 'paid';
    this.start = {
      spent: 0n,
      open: new Set(able),
      denominator: endowment.d,
      balances: [endowment.n],
      classes: new Int32Array(groups),
      atMost: new Map(able.map((one) => [one, one.supporters.weight])),
    };
  }

  best(state: EqualPartsState) {
    const { tied } = this.#offer(state);
    const [one] = tied;
    if (one === undefined) return { tied: [], score: 0n };
    const { cost } = one.project;
    const payers = BigInt(this.payers(state, one));
    if (cost === 0n) return { tied, score: 0n };
    return { tied, score: this.utility === 'cost' ? payers : cost / payers };
  }

  take(state: EqualPartsState, one: Contender): EqualPartsState {
    const payers = BigInt(this.payers(state, one));
    const due = one.project.cost * state.denominator;
    const common = gcd(payers, due % payers);
    const factor = payers / common;
    const price = due / common;
    const balances = state.balances.map((balance) => balance * factor);
    const before = balances.length;
    const classes = state.classes.slice();
    const paid = new Map<number, number>();
    for (const group of one.supporters.groups) {
      const held = classes[group] ?? 0;
      const balance = balances[held] ?? 0n;
      if (held >= before || balance < price) continue;
      let after = paid.get(held);
      if (after === undefined) {
        after = balances.push(balance - price) - 1;
        paid.set(held, after);
      }
      classes[group] = after;
    }
    const open = new Set(state.open);
    open.delete(one);
    const atMost = new Map([...state.atMost, ...this.#offer(state).payers]);
    const denominator = state.denominator * factor;
    return { spent: state.spent + one.project.cost, open, denominator, balances, classes, atMost };
  }

  key({ open, balances, classes, denominator }: EqualPartsState): string {
    const ids = [...open].map(({ project }) => project.id).sort();
    const held = Array.from(classes, (of) => {
      const balance = balances[of] ?? 0n;
      const common = gcd(denominator, balance);
      return `${balance / common}/${denominator / common}`;
    });
    return `${ids.join('\n')}\r${held.join()}`;
  }

  independent(_: EqualPartsState, tied: readonly Contender[]): boolean {
    return (
      tied.every(({ project }) => project.cost === 0n) ||
      !shareSupporters(tied.map(({ supporters }) => supporters))
    );
  }

  remaining({ spent }: EqualPartsState): bigint {
    return this.budget - spent;
  }

  /** By how much the money left to its supporters falls short of equal parts for all of them; rounded up. */
  missing(state: EqualPartsState, one: Contender): bigint {
    const all = BigInt(one.supporters.weight);
    const due = one.project.cost * state.denominator;
    let missing = 0n;
    for (const { balance, voters } of this.holders(state, one)) {
      const short = due - balance * all;
      if (short > 0n) missing += short * BigInt(voters);
    }
    const unit = state.denominator * all;
    return (missing + unit - 1n) / unit;
  }

  /** How many of its supporters can pay equal parts: the most. */
  payers(state: EqualPartsState, one: Contender): number {
    let voters = one.supporters.weight;
    const due = one.project.cost * state.denominator;
    for (const { balance, voters: poorest } of this.holders(state, one)) {
      if (balance * BigInt(voters) >= due) return voters;
      voters -= poorest;
    }
    return 0;
  }

  /** The supporters of a project by class, the poorest first. */
  holders({ balances, classes }: EqualPartsState, { supporters }: Contender): Holders[] {
    const held = new Map<number, number>();
    for (const [index, group] of supporters.groups.entries()) {
      const of = classes[group] ?? 0;
      held.set(of, (held.get(of) ?? 0) + (supporters.weights[index] ?? 0));
    }
    return [...held]
      .map(([of, voters]) => ({ of, balance: balances[of] ?? 0n, voters }))
      .sort((a, b) => (a.balance < b.balance ? -1 : Number(a.balance > b.balance)));
  }

  /** Negative, zero or positive as the first is worth less, as much or more for each of the money than the second. */
  compare(one: Contender, payers: number, other: Contender, otherPayers: number): number {
    const left = BigInt(payers) * this.divisor(other);
    const right = BigInt(otherPayers) * this.divisor(one);
    return left < right ? -1 : Number(left > right);
  }

  /** The number of payers over this is what projects are compared by; what costs nothing comes first. */
  divisor({ project: { cost } }: Contender): bigint {
    return cost === 0n || this.utility === 'cardinality' ? cost : 1n;
  }

  #offer(state: EqualPartsState): Offer {
    const known = this.#offers.get(state);
    if (known !== undefined) return known;
    const atMost = (one: Contender) => state.atMost.get(one) ?? 0;
    const promising = [...state.open].sort((a, b) => this.compare(b, atMost(b), a, atMost(a)));
    const payers = new Map<Contender, number>();
    let tied: Contender[] = [];
    let most = 0;
    for (const one of promising) {
      const [first] = tied;
      if (first !== undefined && this.compare(one, atMost(one), first, most) < 0) break;
      const able = atMost(one) === 0 ? 0 : this.payers(state, one);
      payers.set(one, able);
      if (able === 0) continue;
      const difference = first === undefined ? 1 : this.compare(one, able, first, most);
      if (difference > 0) [tied, most] = [[], able];
      if (difference >= 0) tied.push(one);
    }
    const offer = { tied, payers };
    this.#offers.set(state, offer);
    return offer;
  }
}
