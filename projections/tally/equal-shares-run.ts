/**
 * One run of equal shares at a given endowment, and how far the endowment can rise before other projects are bought or in
 * another order.
 *
 * Balances and prices are bounds of doubles that always hold the true value; every decision that they leave open is made on
 * exact fractions (`equal-shares-exact.ts`). Why the bounds hold: `docs/counting/exactness.md`.
 *
 * All supporters of a project pay the same price for each unit of what it is worth to them, or all they have. Balances only
 * fall, so a price that was found once is a lower bound for ever, and most projects need not be looked at in most rounds.
 */
import {
  at,
  BalanceBounds,
  chord,
  down,
  roundedUp,
  up,
  type Bound,
  type PriceBounds,
} from './equal-shares-bounds.js';
import { ExactBalances, type Line, type Price } from './equal-shares-exact.js';
import { compare, divide, multiply, rational, subtract, type Rational } from './rational.js';
import { shareSupporters, type Supporters } from './supporters.js';

export interface Run {
  /** Places of the funded projects, in order. */
  readonly funded: readonly number[];
  /** What a supporter of a funded project paid at most, in minor units, rounded up. */
  paid(place: number): bigint;
  /** What the supporters of a project have together at the end, in minor units, rounded down. */
  money(place: number): bigint;
  /** Ties that were met: places of projects of one price, the first of them funded, and whether the tie order was needed. */
  readonly ties: readonly (readonly number[])[];
  /** Projects of one price whom the tie order does not tell apart, and among whom it matters: the run ends there. */
  readonly undecided?: readonly number[];
  /** With an endowment that is larger by less than this, the same projects are bought in the same order. 0 where unknown. */
  readonly reach: number;
}

/** Which of two places is first by the declared tie order; 0 where it does not say. */
export type TieOrder = (a: number, b: number) => number;

/** Rises of the endowment that are asked about: up to `most`, and only those of `least` or more; none where `most` is 0. */
export interface Rises {
  readonly least: number;
  readonly most: number;
}

const EPSILON = Number.EPSILON;
// Looked up once: where a test runner or a browser puts code into a context of its own, globals are slow to reach.
const { max, min } = Math;

/** @param supporters those of the projects that may be funded, in one order */
export function runEqualShares(
  supporters: readonly Supporters[],
  groups: number,
  endowment: Rational,
  tieOrder: TieOrder,
  rises: Rises = { least: 0, most: 0 },
): Run {
  return new Running(supporters, groups, endowment, tieOrder, rises).run();
}

class Running {
  readonly #exact: ExactBalances;
  readonly #bounds: BalanceBounds;
  /** For each project: a lower bound of its price over its unit, and the round in which it was found. */
  readonly #least: Float64Array;
  readonly #leastSlope: Float64Array;
  readonly #seen: Int32Array;
  readonly #active: Set<number>;
  readonly #units: Float64Array;
  readonly #funded: number[] = [];
  /** For each project that was bought: its purchase and bounds of its price. */
  readonly #prices = new Map<number, { purchase: number; low: number; high: number }>();
  readonly #ties: number[][] = [];
  #round = 0;
  #reach: number;
  /** With a rise below this, also the same voters spend all: only so far do exact lines hold. */
  #sameSpenders = Infinity;

  constructor(
    private readonly supporters: readonly Supporters[],
    groups: number,
    endowment: Rational,
    private readonly tieOrder: TieOrder,
    private readonly rises: Rises,
  ) {
    this.#exact = new ExactBalances(supporters, groups, endowment);
    this.#bounds = new BalanceBounds(groups, toDouble(endowment));
    this.#least = new Float64Array(supporters.length);
    this.#leastSlope = new Float64Array(supporters.length);
    this.#seen = new Int32Array(supporters.length).fill(-1);
    this.#units = Float64Array.from(supporters, ({ unit }) => Number(unit));
    this.#active = new Set(
      supporters.flatMap(({ weight, project }, place) => (weight > 0 && project.cost > 0n ? [place] : [])),
    );
    this.#reach = rises.most;
  }

  run(): Run {
    // What costs nothing is funded first and changes no balance.
    for (const [place, { project, weight }] of this.supporters.entries()) {
      if (project.cost === 0n && weight > 0) this.#funded.push(place);
    }
    let undecided: readonly number[] | undefined;
    for (;;) {
      const cheapest = this.#cheapest();
      if (cheapest === undefined) break;
      const choice = this.#choose(cheapest);
      if (choice === undefined) continue;
      if ('undecided' in choice) {
        undecided = choice.undecided;
        break;
      }
      this.#buy(choice);
      this.#round++;
    }
    return {
      funded: this.#funded,
      paid: (place) => this.#paid(place),
      money: (place) => this.#money(place),
      ties: this.#ties,
      ...(undecided && { undecided }),
      reach: this.#reach,
    };
  }

  /** The project of the least price bound, of this round; projects without enough money are given up on the way. */
  #cheapest(): number | undefined {
    for (;;) {
      let least: number | undefined;
      for (const place of this.#active) {
        if (least === undefined || at(this.#least, place) < at(this.#least, least)) least = place;
      }
      if (least === undefined || at(this.#seen, least) === this.#round) return least;
      this.#look(least);
    }
  }

  #of(place: number): Supporters {
    return this.supporters[place] as Supporters;
  }

  /** Finds a project's price bound of this round, or gives it up. */
  #look(place: number): void {
    this.#seen[place] = this.#round;
    const supporters = this.#of(place);
    const most = this.#bounds.mostMoney(supporters);
    const missing = down(Number(supporters.project.cost)) - most.value;
    if (missing > 0) {
      this.#active.delete(place);
      if (most.slope > 0) this.#reachTo(missing / most.slope);
      return;
    }
    const unit = at(this.#units, place);
    const least = this.#bounds.lowerPrice(supporters, at(this.#least, place) * unit);
    // What was found in an earlier round holds as well, since balances have only fallen.
    if (least === undefined || down(least.value / unit) <= at(this.#least, place)) return;
    this.#least[place] = down(least.value / unit);
    this.#leastSlope[place] = down(least.slope / unit);
  }

  #reachTo(reach: number): void {
    const safe = reach > 0 ? reach * (1 - 16 * EPSILON) : 0;
    if (safe < this.#reach) this.#reach = safe < this.rises.least ? 0 : safe;
  }

  /** The project that is bought in this round; several where the tie order must say and does not; none: look again. */
  #choose(cheapest: number): Choice | { readonly undecided: readonly number[] } | undefined {
    const most = this.#mostPrice(cheapest, 0);
    const bound = up(most / at(this.#units, cheapest));
    const rivals = [cheapest];
    for (const place of [...this.#active]) {
      if (place === cheapest || at(this.#least, place) > bound) continue;
      if (at(this.#seen, place) !== this.#round) this.#look(place);
      if (this.#active.has(place) && at(this.#least, place) <= bound) rivals.push(place);
    }
    if (rivals.length === 1 && bound < Infinity) return { place: cheapest, most, rivals: new Map() };
    const exact = new Map<number, Line>();
    for (const place of rivals) {
      const price = this.#exact.solve(place);
      if (price === undefined) this.#giveUpExactly(place);
      else exact.set(place, this.#overUnit(place, price.line));
    }
    let least: Line | undefined;
    for (const line of exact.values()) {
      if (least === undefined || compare(line.value, least.value) < 0) least = line;
    }
    if (least === undefined) return undefined;
    const { value } = least;
    // Another one may be cheaper than all of these, now that some are given up.
    const equal = [...exact].filter(([, line]) => compare(line.value, value) === 0).map(([place]) => place);
    if (exact.size < rivals.length && !exact.has(cheapest)) return undefined;
    const winner = this.#first(equal);
    if (typeof winner !== 'number') return { undecided: winner };
    const own = exact.get(winner) as Line;
    exact.delete(winner);
    if (equal.length > 1) this.#ties.push([winner, ...equal.filter((place) => place !== winner)]);
    return {
      place: winner,
      most: winner === cheapest ? most : this.#mostPrice(winner, 0),
      rivals: new Map([...exact].map(([place, line]) => [place, crossing(own, line)])),
    };
  }

  /** The first of some projects of one price; all that could be first where that is open and matters. */
  #first(equal: readonly number[]): number | readonly number[] {
    const ordered = equal.toSorted(this.tieOrder);
    const [first] = ordered as [number];
    const same = ordered.filter((place) => this.tieOrder(first, place) === 0);
    // Without supporters in common one can be bought after the other at the same price.
    const apart = !shareSupporters(same.map((place) => this.#of(place)));
    return same.length === 1 || apart ? first : same;
  }

  /** At most this is the price for each unit of share with such a rise; infinite where doubles do not tell. */
  #mostPrice(place: number, rise: number): number {
    const unit = at(this.#units, place);
    const from = at(this.#least, place) + rise * at(this.#leastSlope, place);
    return this.#bounds.upperPrice(this.#of(place), max(0, from * unit), rise);
  }

  #giveUpExactly(place: number): void {
    this.#active.delete(place);
    const { cost } = this.#of(place).project;
    const { value, slope } = this.#exact.money(place);
    if (slope.n <= 0n) this.#reachTo(this.#sameSpenders);
    else this.#reachTo(min(this.#sameSpenders, toDouble(divide(subtract(rational(cost), value), slope))));
  }

  #overUnit(place: number, { value, slope }: Line): Line {
    const unit = rational(this.#of(place).unit);
    return { value: divide(value, unit), slope: divide(slope, unit) };
  }

  #paid(place: number): bigint {
    const bought = this.#prices.get(place);
    if (bought === undefined) return 0n;
    const largest = this.#of(place).shares.reduce((most, share) => max(most, share), 0);
    const known = roundedUp(bought.low, bought.high, largest);
    if (known !== undefined) return known;
    const { n, d } = multiply(this.#exact.price(bought.purchase).value, rational(BigInt(largest)));
    return (n + d - 1n) / d;
  }

  #money(place: number): bigint {
    const known = this.#bounds.money(this.#of(place));
    if (known !== undefined) return known;
    const { n, d } = this.#exact.money(place).value;
    return n / d;
  }

  #buy({ place, most, rivals }: Choice): void {
    const supporters = this.#of(place);
    const { groups, shares } = supporters;
    const { spent, exact } = this.#spenders(place, most);
    const tight = this.#bounds.price(supporters, spent);
    const range = this.#reach;
    const price: PriceBounds = { low: tight.low, high: this.#highLine(place, most, tight.high, range) };
    this.#active.delete(place);
    this.#funded.push(place);
    if (range > 0) {
      for (let i = 0; i < groups.length; i++)
        this.#holdApart(groups[i] as number, shares[i] as number, spent[i] === 1, price, exact);
      this.#compareWithOthers(place, price.high, rivals);
    }
    for (let i = 0; i < groups.length; i++)
      this.#bounds.pay(groups[i] as number, shares[i] as number, spent[i] === 1, price, range);
    const purchase = this.#exact.buy(place, spent);
    this.#prices.set(place, { purchase, low: tight.low.value, high: tight.high });
  }

  /**
   * A line that the price is not above anywhere in the range. The price is convex in what supporters have at least, so that the
   * chord will do; and with the same purchases before it never grows.
   */
  #highLine(place: number, most: number, tight: number, range: number): Bound {
    const atEnd = range > 0 && most < Infinity ? this.#mostPrice(place, range) : Infinity;
    if (atEnd >= most) return { value: tight, slope: 0 };
    return { value: most, slope: min(0, chord(most, atEnd, range)) };
  }

  /** For each group among the supporters, 1 where it spends all; and the exact price, where that was needed to tell. */
  #spenders(place: number, most: number): { spent: Uint8Array; exact: () => Price } {
    const { groups, shares } = this.#of(place);
    const least = down(at(this.#least, place) * at(this.#units, place));
    let price: Price | undefined;
    const exact = () => (price ??= this.#exact.solve(place) as Price);
    const spent = new Uint8Array(groups.length);
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] as number;
      const share = shares[i] as number;
      if (up(this.#bounds.high(group).value) < least * share) spent[i] = 1;
      else if (!(down(this.#bounds.low(group).value) > most * share)) spent[i] = exact().spent[i] as number;
    }
    return { spent, exact };
  }

  /** Notes how long a group that pays stays on its side of the price. */
  #holdApart(group: number, share: number, all: boolean, price: PriceBounds, exact: () => Price): void {
    const { low, high } = price;
    const own = all ? this.#bounds.high(group) : this.#bounds.low(group);
    if (all && own.value === 0 && own.slope === 0) return;
    const gap = all ? down(down(low.value * share) - own.value) : down(own.value - up(high.value * share));
    const rate = all ? up(own.slope - down(low.slope * share)) : -down(own.slope - up(high.slope * share));
    if (gap > 0) {
      if (rate > 0) this.#sameSpenders = min(this.#sameSpenders, gap / (rate * (1 + 8 * EPSILON)));
      return;
    }
    // Equal, or too close to tell.
    const balance = this.#exact.balance(group);
    const { line } = exact();
    const by = rational(BigInt(share));
    const charged: Line = { value: multiply(line.value, by), slope: multiply(line.slope, by) };
    const apart = compare(balance.value, charged.value);
    const same = compare(balance.slope, charged.slope) === 0;
    if (apart === 0 && same) return;
    const until = apart === 0 ? 0 : apart < 0 ? crossing(balance, charged) : crossing(charged, balance);
    this.#sameSpenders = min(this.#sameSpenders, until);
  }

  /** The winner stays the cheapest as long as no other's bound falls below its price. */
  #compareWithOthers(winner: number, price: Bound, rivals: ReadonlyMap<number, number>): void {
    const unit = at(this.#units, winner);
    const own = { value: up(price.value / unit), slope: up(price.slope / unit) };
    for (const place of [...this.#active]) {
      if (this.#reach === 0) return;
      if (this.#reachBeside(place, own) >= this.#reach) continue;
      if (at(this.#seen, place) !== this.#round) this.#look(place);
      if (!this.#active.has(place)) continue;
      // How far exact prices stay in order is known only for those that were compared so.
      const exactly = min(rivals.get(place) ?? 0, this.#sameSpenders);
      this.#reachTo(max(this.#reachBeside(place, own), exactly));
    }
  }

  #reachBeside(place: number, own: Bound): number {
    const apart = down(at(this.#least, place) - own.value) * (1 - 4 * EPSILON);
    const rate = own.slope - at(this.#leastSlope, place);
    if (apart < 0) return 0;
    return rate <= 0 ? Infinity : apart / up(rate);
  }
}

/** What is bought, at most for this price for each unit of share, and the rises at which others compared exactly are level. */
interface Choice {
  readonly place: number;
  readonly most: number;
  readonly rivals: ReadonlyMap<number, number>;
}

/** The increase at which the first line, now not above the second, meets it; infinite if never. */
function crossing(below: Line, above: Line): number {
  const rate = subtract(below.slope, above.slope);
  return rate.n <= 0n ? Infinity : toDouble(divide(subtract(above.value, below.value), rate));
}

/** The nearest double, or one beside it. */
export function toDouble({ n, d }: Rational): number {
  const size = max(bits(n), bits(d));
  if (size <= 1_000) return Number(n) / Number(d);
  // Both are too large for a double: cut the fraction to 64 bits.
  const shift = BigInt(bits(d) - bits(n) + 64);
  const scaled = shift >= 0n ? (n << shift) / d : n / (d << -shift);
  return Number(scaled) * 2 ** Number(-shift);
}

function bits(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}
