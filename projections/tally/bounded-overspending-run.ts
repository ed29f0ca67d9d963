/**
 * The rounds of bounded overspending. Every balance, price and ratio is a ball of doubles that surely holds it; what they leave
 * open is decided on exact fractions (`overspending-balances.ts`). Balances only fall, and with them every project's ratio only
 * rises: a bound that was found once holds for ever, and most projects need not be looked at in most rounds.
 */
import { times, type Amount } from './amount.js';
import type { Contender } from './contenders.js';
import { EMPTY, OverspendingBalances } from './overspending-balances.js';
import type { ExactOffer } from './overspending-exact.js';
import type { Offer } from './overspending-offer.js';
import { compare, divide, rational, type Rational } from './rational.js';
import type { Process } from './rounds.js';
import { shareSupporters, type Utility } from './supporters.js';

export interface OverspendingState {
  readonly remaining: bigint;
  /** Those that fit in what remains. */
  readonly open: ReadonlySet<Contender>;
  /** By group of voters: the number of its balance. */
  readonly held: Int32Array;
  /** For each open project, what its ratio is not below from here on. */
  readonly atLeast: ReadonlyMap<Contender, number>;
  /** Each funded project with the number of its purchase: these tell every balance, in whatever order they were made. */
  readonly bought: readonly string[];
}

interface Choice {
  readonly tied: readonly Contender[];
  readonly purchase: number;
  readonly atLeast: ReadonlyMap<Contender, number>;
}

/** What supporters pay for each unit of what a project is worth to them, in minor units: a vote, or a point. */
export interface Price {
  /** Rho. */
  readonly price: Amount;
  /** Rho / alpha. */
  readonly weighed: Amount;
}

/** What a voter of a group pays for a project: the price, or all that she has, which is less. */
export interface Payment {
  readonly inFull: boolean;
  readonly amount: Amount;
}

/** A project with what its supporters could do in a round. */
interface Look {
  readonly one: Contender;
  readonly purchase: number;
  readonly low: number;
  readonly high: number;
}

const { floor, min } = Math;

function paymentOf(money: Amount, price: Amount): Payment {
  const inFull =
    money.low >= price.high || (money.high >= price.low && compare(money.exact(), price.exact()) >= 0);
  return { inFull, amount: inFull ? price : money };
}

export class Overspending implements Process<OverspendingState, Contender> {
  readonly start: OverspendingState;
  readonly scoreOf: 'payers' | 'paid';
  readonly #balances: OverspendingBalances;
  readonly #choices = new WeakMap<OverspendingState, Choice>();

  constructor(
    able: readonly Contender[],
    groups: number,
    private readonly utility: Utility,
    endowment: Rational,
    budget: bigint,
  ) {
    this.scoreOf = utility === 'cost' ? 'payers' : 'paid';
    this.#balances = new OverspendingBalances(endowment, budget);
    this.start = {
      remaining: budget,
      open: new Set(able),
      held: new Int32Array(groups).fill(this.#balances.first),
      atLeast: new Map(able.map((one) => [one, 0])),
      bought: [],
    };
  }

  best(state: OverspendingState) {
    const { tied, purchase } = this.#choice(state);
    const [one] = tied;
    if (one === undefined || tied.length === 1 || one.project.cost === 0n) return { tied, score: 0n };
    return { tied, score: this.#score(one, purchase) };
  }

  /** Those that could be next. */
  next(state: OverspendingState): readonly Contender[] {
    return this.#choice(state).tied;
  }

  /** What it would be had for, if its supporters have anything. */
  price(state: OverspendingState, one: Contender): Price {
    const purchase = this.#purchase(state, one);
    return { price: this.#balances.price(purchase), weighed: this.#balances.ratio(purchase) };
  }

  /** What the voters of each group that supports it would pay, by number of the group. @throws TooHard */
  payments(state: OverspendingState, one: Contender): ReadonlyMap<number, Payment> {
    const { price } = this.price(state, one);
    const known = new Map<string, Payment>();
    const payments = new Map<number, Payment>();
    for (const [index, group] of one.supporters.groups.entries()) {
      const [balance, share] = [state.held[group] as number, this.#share(one, index)];
      const name = `${balance} ${share}`;
      const payment =
        known.get(name) ?? paymentOf(this.#balances.money(balance), times(price, BigInt(share)));
      known.set(name, payment);
      payments.set(group, payment);
    }
    return payments;
  }

  /** What a voter of a group has. */
  money(state: OverspendingState, group: number): Amount {
    return this.#balances.money(state.held[group] as number);
  }

  take(state: OverspendingState, one: Contender): OverspendingState {
    const { atLeast } = this.#choice(state);
    const { cost } = one.project;
    const remaining = state.remaining - cost;
    const open = new Set([...state.open].filter((other) => other !== one && other.project.cost <= remaining));
    if (cost === 0n) return { ...state, open, atLeast, bought: [...state.bought, one.project.id] };
    const purchase = this.#purchase(state, one);
    const held = state.held.slice();
    const { groups } = one.supporters;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] as number;
      held[group] = this.#balances.charged(held[group] as number, purchase, this.#share(one, i));
    }
    const bought = [...state.bought, `${one.project.id} ${purchase}`];
    return { remaining, open, held, atLeast, bought };
  }

  key({ bought }: OverspendingState): string {
    return [...bought].sort().join('\n');
  }

  independent(state: OverspendingState, tied: readonly Contender[]): boolean {
    if (tied.every(({ project }) => project.cost === 0n)) return true;
    return (
      !shareSupporters(tied.map(({ supporters }) => supporters)) &&
      tied.reduce((sum, { project }) => sum + project.cost, 0n) <= state.remaining
    );
  }

  remaining(state: OverspendingState): bigint {
    return state.remaining;
  }

  #share({ supporters }: Contender, index: number): number {
    return this.utility === 'score' ? (supporters.shares[index] as number) : 1;
  }

  #unit({ project }: Contender): bigint {
    return this.utility === 'cost' ? project.cost : 1n;
  }

  /** What its supporters hold now, as a purchase that could be made; `undefined` when they have nothing. */
  #purchase(state: OverspendingState, one: Contender): number {
    const { groups, weights } = one.supporters;
    const payers = new Map<number, Map<number, number>>();
    for (let i = 0; i < groups.length; i++) {
      const balance = state.held[groups[i] as number] as number;
      if (balance === EMPTY) continue;
      const share = this.#share(one, i);
      let byShare = payers.get(balance);
      if (byShare === undefined) payers.set(balance, (byShare = new Map<number, number>()));
      byShare.set(share, (byShare.get(share) ?? 0) + (weights[i] as number));
    }
    return this.#balances.purchase(one.project.cost, payers);
  }

  /** Bounds of rho / alpha for each unit of what it is worth; infinite when its supporters have nothing. */
  #look(state: OverspendingState, one: Contender): Look {
    const purchase = this.#purchase(state, one);
    const { low, high } = this.#balances.offer(purchase) ?? { low: Infinity, high: Infinity };
    const unit = Number(this.#unit(one));
    return {
      one,
      purchase,
      low: (low / unit) * (1 - 4 * Number.EPSILON),
      high: (high / unit) * (1 + 4 * Number.EPSILON),
    };
  }

  #choice(state: OverspendingState): Choice {
    const known = this.#choices.get(state);
    if (known !== undefined) return known;
    const choice = this.#choose(state);
    this.#choices.set(state, choice);
    return choice;
  }

  #choose(state: OverspendingState): Choice {
    const free = [...state.open].filter(({ project }) => project.cost === 0n);
    if (free.length > 0) return { tied: free, purchase: 0, atLeast: state.atLeast };
    const atLeast = new Map(state.atLeast);
    const bound = (one: Contender) => atLeast.get(one) ?? 0;
    const promising = [...state.open].sort((a, b) => bound(a) - bound(b));
    const looks: Look[] = [];
    let most = Infinity;
    for (const one of promising) {
      if (bound(one) > most || bound(one) === Infinity) break;
      const look = this.#look(state, one);
      atLeast.set(one, look.low);
      looks.push(look);
      most = min(most, look.high);
    }
    const rivals = looks.filter(({ low }) => low <= most && low < Infinity);
    const [first] = rivals;
    if (first === undefined) return { tied: [], purchase: 0, atLeast };
    const alike = rivals.every(
      ({ one, purchase }) => purchase === first.purchase && this.#unit(one) === this.#unit(first.one),
    );
    if (alike && most < Infinity)
      return { tied: rivals.map(({ one }) => one), purchase: first.purchase, atLeast };
    let tied: Look[] = [];
    let least: Rational | undefined;
    for (const look of rivals) {
      const exact = this.#balances.exact(look.purchase);
      if (exact === undefined) {
        atLeast.set(look.one, Infinity);
        continue;
      }
      const ratio = divide(exact.ratio, rational(this.#unit(look.one)));
      const difference = least === undefined ? -1 : compare(ratio, least);
      if (difference < 0) [tied, least] = [[], ratio];
      if (difference <= 0) tied.push(look);
    }
    return { tied: tied.map(({ one }) => one), purchase: tied[0]?.purchase ?? 0, atLeast };
  }

  /** For `cost`, how many supporters who pay in full it is worth; else what each of them pays for each unit. Rounded down. */
  #score(one: Contender, purchase: number): bigint {
    const { low, high } = this.#balances.offer(purchase) as Offer;
    const votes = this.utility === 'cost';
    const unit = Number(this.#unit(one));
    const [least, most] = votes ? [unit / high, unit / low] : [low, high];
    const error = 8 * Number.EPSILON;
    if (least > 0 && most < 2 ** 50 && floor(least * (1 - error)) === floor(most * (1 + error))) {
      return BigInt(floor(least));
    }
    const { ratio } = this.#balances.exact(purchase) as ExactOffer;
    const { n, d } = votes ? divide(rational(this.#unit(one)), ratio) : ratio;
    return n / d;
  }
}
