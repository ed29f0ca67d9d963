/**
 * A count under equal shares once more, round by round, for those who ask why: what every project would have cost its
 * supporters, who paid, where the money of a loser's supporters went, and how far it was from being bought. Exact numbers,
 * rounded; the same for any order of ballots.
 */
import { minus, nearest, over, per, roundedDown, roundedUp, toHundredths, type Amount } from './amount.js';
import type { BallotGroup } from './ballots.js';
import { Balances, type Charge } from './equal-shares-balances.js';
import { NearMisses, type Priced } from './equal-shares-distance.js';
import type { EqualSharesRuleset } from './equal-shares-ruleset.js';
import { tieOrderOf, type Candidate } from './order.js';
import { compare, multiply, nearestTo, rational, type Rational } from './rational.js';
import type { Supporters } from './supporters.js';

/** A project that its supporters can pay for in a round. */
export interface Offer {
  project: string;
  /**
   * The votes (with utility `score`: points) that it would have if all its supporters paid alike: its cost over its price.
   * A decimal, to the nearest hundredth.
   */
  effective: string;
  /** What a supporter who can pays for each unit of what it is worth to her: a vote, or a point. Minor units, rounded up. */
  price: bigint;
  /** Under bounded overspending, the price over the part of the cost that it pays: by that offers are compared. Rounded up. */
  weighed?: bigint;
}

export interface ShareRound {
  project: string;
  price: bigint;
  /** Supporters, by weight, who pay the price; and those who have less left, and pay all of it. */
  inFull: bigint;
  allTheyHad: bigint;
  /** Under bounded overspending, what they do not pay of its cost, rounded up. Absent where that is nothing. */
  overspent?: bigint;
  /** All that could be bought, the one that was first and the runner-up next; empty where it costs nothing. */
  offers: readonly Offer[];
  /**
   * By how much the runner-up was behind: with utility `cost` in effective votes (a decimal), else in what it costs for each
   * unit (minor units, to the nearest). Absent without one.
   */
  behind?: string;
}

/** A project that its supporters did not buy. Amounts in minor units. */
export interface ShareLoser {
  project: string;
  /** What its supporters held at first, to the nearest, and have left in the end, rounded down. */
  held: bigint;
  left: bigint;
  missing: bigint;
  /** What they paid for funded projects, to the nearest, the most first; what comes to nothing is left out. */
  paid: readonly { project: string; amount: bigint }[];
  /** The largest cost below its own at which they would have bought it, and the least number of further voters for it. */
  cost: bigint;
  support?: bigint;
}

export interface Traced {
  ruleset: Pick<EqualSharesRuleset, 'tieOrder' | 'ties' | 'score' | 'utility'>;
  /** Projects that could be funded, in one order, and their supporters in the same. */
  candidates: readonly Candidate[];
  supporters: readonly Supporters[];
  ballots: readonly BallotGroup[];
  /** What a voter held for each unit of weight. */
  endowment: Rational;
  /** Ids, in the order in which their supporters bought them. */
  bought: readonly string[];
}

export interface SharesTrace {
  rounds: readonly ShareRound[];
  /** In the order of `candidates`. */
  losers: readonly ShareLoser[];
}

/** @throws RangeError where the projects cannot have been bought in this order */
export function traceEqualShares(traced: Traced): SharesTrace {
  return new Trace(traced).run();
}

class Trace {
  readonly #balances: Balances;
  readonly #misses: NearMisses;
  /** Places of projects that can still be bought. */
  readonly #open: Set<number>;
  readonly #losers: readonly number[];
  readonly #paid = new Map<number, { project: string; amount: bigint }[]>();
  readonly #rank: ReadonlyMap<number, number>;

  constructor(private readonly traced: Traced) {
    const { ruleset, candidates, supporters, ballots, endowment, bought } = traced;
    this.#balances = new Balances(supporters, ballots.length, endowment);
    this.#misses = new NearMisses(ruleset, candidates, supporters, this.#balances, endowment);
    const places = candidates.map((_, place) => place);
    this.#open = new Set(
      places.filter((place) => this.#of(place).weight > 0 && this.#of(place).project.cost > 0n),
    );
    const ids = new Set(bought);
    this.#losers = places.filter((place) => !ids.has(this.#id(place)));
    const firstOf = tieOrderOf(ruleset);
    const byTieOrder = (a: number, b: number) =>
      firstOf(candidates[a] as Candidate, candidates[b] as Candidate)?.difference ??
      (this.#id(a) < this.#id(b) ? -1 : 1);
    this.#rank = new Map(places.sort(byTieOrder).map((place, rank) => [place, rank]));
  }

  run(): SharesTrace {
    const places = new Map(this.traced.candidates.map(({ project }, place) => [project.id, place]));
    const rounds = this.traced.bought.map((id) => {
      const place = places.get(id);
      if (place === undefined) throw new RangeError(`${id} is bought and not a project`);
      return this.#round(place);
    });
    for (const place of this.#losers) this.#misses.look(place, undefined);
    return { rounds, losers: this.#losers.map((place) => this.#loser(place)) };
  }

  #round(winner: number): ShareRound {
    const { project, weight } = this.#of(winner);
    if (project.cost === 0n) {
      return { project: project.id, price: 0n, inFull: BigInt(weight), allTheyHad: 0n, offers: [] };
    }
    const prices = this.#prices();
    const price = prices.get(winner);
    if (price === undefined) throw new RangeError(`${project.id} cannot be bought in its round`);
    const first = { place: winner, price: this.#overUnit(winner, price) };
    const second = this.#runnerUp(winner, prices);
    for (const place of this.#losers) this.#misses.look(place, first);
    const charge = this.#balances.charge(winner, price);
    for (const place of this.#losers) this.#noteWhatWasPaid(place, charge);
    const round = {
      project: project.id,
      price: roundedUp(price),
      ...this.#payers(charge),
      offers: this.#offers(winner, second?.place, prices),
      ...(second && { behind: this.#behind(first, second) }),
    };
    this.#balances.pay(charge);
    this.#open.delete(winner);
    return round;
  }

  /** Of all projects that can be paid for now; the others are given up. */
  #prices(): Map<number, Amount> {
    const prices = new Map<number, Amount>();
    for (const place of this.#open) {
      const price = this.#balances.price(place);
      if (price === undefined) this.#open.delete(place);
      else prices.set(place, price);
    }
    return prices;
  }

  /** The one that would be bought if the winner were not there. */
  #runnerUp(winner: number, prices: ReadonlyMap<number, Amount>): Priced | undefined {
    let best: Priced | undefined;
    for (const [place, price] of prices) {
      if (place === winner) continue;
      const one = { place, price: this.#overUnit(place, price) };
      if (best === undefined || this.#isBefore(one, best)) best = one;
    }
    return best;
  }

  #isBefore(one: Priced, other: Priced): boolean {
    if (one.price.high < other.price.low) return true;
    if (other.price.high < one.price.low) return false;
    const difference = compare(one.price.exact(), other.price.exact());
    return difference === 0 ? this.#rankOf(one.place) < this.#rankOf(other.place) : difference < 0;
  }

  #offers(winner: number, second: number | undefined, prices: ReadonlyMap<number, Amount>): Offer[] {
    const byCost = this.traced.ruleset.utility === 'cost';
    const offers = [...prices].map(([place, price]) => ({
      place,
      project: this.#id(place),
      effective: toHundredths(per(this.#of(place).project.cost, price)),
      price: roundedUp(price),
    }));
    const byWorth = (a: (typeof offers)[number], b: (typeof offers)[number]) =>
      byCost
        ? Number(b.effective) - Number(a.effective)
        : Number(a.price > b.price) - Number(a.price < b.price);
    const first = (place: number) => (place === winner ? 0 : place === second ? 1 : 2);
    offers.sort(
      (a, b) =>
        first(a.place) - first(b.place) || byWorth(a, b) || this.#rankOf(a.place) - this.#rankOf(b.place),
    );
    return offers.map(({ place: _, ...offer }) => offer);
  }

  #behind(first: Priced, second: Priced): string {
    if (this.traced.ruleset.utility !== 'cost') return String(nearest(minus(second.price, first.price)));
    return toHundredths(minus(per(1n, first.price), per(1n, second.price)));
  }

  #payers({ place, spent }: Charge): { inFull: bigint; allTheyHad: bigint } {
    const { weights, weight } = this.#of(place);
    const allTheyHad = weights.reduce((sum, one, index) => sum + (spent[index] === 1 ? one : 0), 0);
    return { inFull: BigInt(weight - allTheyHad), allTheyHad: BigInt(allTheyHad) };
  }

  #noteWhatWasPaid(place: number, charge: Charge): void {
    const amount = this.#balances.paidBy(place, charge);
    const whole = amount === undefined ? 0n : nearest(amount);
    if (whole === 0n) return;
    const list = this.#paid.get(place) ?? [];
    list.push({ project: this.#id(charge.place), amount: whole });
    this.#paid.set(place, list);
  }

  #loser(place: number): ShareLoser {
    const { project, weight } = this.#of(place);
    const left = roundedDown(this.#balances.money(place));
    const paid = this.#paid.get(place) ?? [];
    return {
      project: project.id,
      held: nearestTo(multiply(this.traced.endowment, rational(BigInt(weight)))),
      left,
      missing: project.cost - left,
      // Equal amounts stay in the order in which they were paid.
      paid: paid.sort((a, b) => (a.amount < b.amount ? 1 : -Number(a.amount > b.amount))),
      ...this.#misses.of(place),
    };
  }

  #overUnit(place: number, price: Amount): Amount {
    const { unit } = this.#of(place);
    return unit === 1n ? price : over(price, unit);
  }

  #rankOf(place: number): number {
    return this.#rank.get(place) ?? 0;
  }

  #id(place: number): string {
    return this.#of(place).project.id;
  }

  #of(place: number): Supporters {
    return this.traced.supporters[place] as Supporters;
  }
}
