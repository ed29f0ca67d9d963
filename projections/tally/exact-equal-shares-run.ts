/** One run of Exact Equal Shares at a given endowment. */
import type { Contender } from './contenders.js';
import { gcd, rational, rationalText, type Rational } from './rational.js';
import { toDouble } from './rounding.js';
import type { Process } from './rounds.js';
import { shareSupporters } from './supporters.js';

/** Voters who have paid for the same projects form a class and share one balance. */
export interface EqualPartsState {
  readonly spent: bigint;
  readonly open: ReadonlySet<Contender>;
  readonly denominator: bigint;
  /** By class: what each of its voters has left, times the denominator. */
  readonly balances: readonly bigint[];
  /** The same as doubles, without the denominator, off by less than an error that all have in common. */
  readonly near: Float64Array;
  /** By group of voters: its class. */
  readonly classes: Int32Array;
  /** What was paid and by whom, by number. These tell the balances of all. */
  readonly bought: readonly number[];
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
  readonly #error: number;
  readonly #purchases = new Map<string, number>();

  constructor(
    able: readonly Contender[],
    groups: number,
    private readonly utility: 'cost' | 'cardinality',
    endowment: Rational,
    private readonly budget: bigint,
  ) {
    this.scoreOf = utility === 'cost' ? 'payers' : 'paid';
    const near = toDouble(endowment);
    // Every purchase adds a rounding or two of something below the endowment.
    this.#error = near * (able.length + 16) * Number.EPSILON;
    this.start = {
      spent: 0n,
      open: new Set(able),
      denominator: endowment.d,
      balances: [endowment.n],
      near: Float64Array.of(near),
      classes: new Int32Array(groups),
      bought: [],
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
    const voters = this.payers(state, one);
    const payers = BigInt(voters);
    const due = one.project.cost * state.denominator;
    const common = gcd(payers, due % payers);
    const factor = payers / common;
    const price = due / common;
    const { groups } = one.supporters;
    const canPay = this.#canPay(state, one, voters);
    const pays = new Uint8Array(state.classes.length);
    const mask = new Int32Array((pays.length + 31) >> 5);
    for (const group of groups) {
      if (!canPay(state.classes[group] as number)) continue;
      pays[group] = 1;
      (mask[group >> 5] as number) |= 1 << (group & 31);
    }
    const classes = new Int32Array(pays.length);
    const balances: bigint[] = [];
    const near: number[] = [];
    const nearPrice = Number(one.project.cost) / voters;
    // By twice the class before, plus one where it pays.
    const places = new Int32Array(2 * state.balances.length).fill(-1);
    for (let group = 0; group < classes.length; group++) {
      const before = state.classes[group] as number;
      const paid = pays[group] as number;
      let place = places[2 * before + paid] as number;
      if (place === -1) {
        const balance = (state.balances[before] as bigint) * factor;
        place = places[2 * before + paid] = balances.push(paid === 1 ? balance - price : balance) - 1;
        near.push((state.near[before] as number) - paid * nearPrice);
      }
      classes[group] = place;
    }
    const open = new Set(state.open);
    open.delete(one);
    return {
      spent: state.spent + one.project.cost,
      open,
      denominator: state.denominator * factor,
      balances,
      near: Float64Array.from(near),
      classes,
      bought: [
        ...state.bought,
        this.#numberOf(`${rationalText(rational(one.project.cost, payers))} ${mask.join()}`),
      ],
      atMost: new Map([...state.atMost, ...this.#offer(state).payers]),
    };
  }

  key({ open, bought }: EqualPartsState): string {
    const ids = [...open].map(({ project }) => project.id).sort();
    return `${ids.join('\n')}\r${bought.toSorted((a, b) => a - b).join()}`;
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
    const { groups, weights, weight } = one.supporters;
    let voters = weight;
    while (voters > 0) {
      const canPay = this.#canPay(state, one, voters);
      let able = 0;
      for (let i = 0; i < groups.length; i++)
        if (canPay(state.classes[groups[i] as number] as number)) able += weights[i] as number;
      if (able === voters) break;
      voters = able;
    }
    return voters;
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

  /** Whether the voters of a class have an equal part of its cost left, for so many payers. */
  #canPay(
    { near, balances, denominator }: EqualPartsState,
    one: Contender,
    voters: number,
  ): (of: number) => boolean {
    const price = Number(one.project.cost) / voters;
    const due = one.project.cost * denominator;
    const error = this.#error;
    return (of) => {
      const left = (near[of] as number) - price;
      return left > error || (left >= -error && (balances[of] as bigint) * BigInt(voters) >= due);
    };
  }

  #numberOf(purchase: string): number {
    const known = this.#purchases.get(purchase) ?? this.#purchases.size;
    this.#purchases.set(purchase, known);
    return known;
  }
}
