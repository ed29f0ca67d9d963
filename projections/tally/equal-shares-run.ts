/**
 * One run of equal shares at a given endowment, and how far the endowment can rise before anything about it changes.
 *
 * Balances and prices are intervals of doubles that always hold the true value; every decision that the intervals leave open
 * is made on exact fractions (`equal-shares-exact.ts`). Why the intervals hold: `docs/counting/exactness.md`.
 *
 * All supporters of a project pay the same price for each unit of what it is worth to them, or all they have. Balances only
 * fall, so a price that was found once is a lower bound for ever, and most projects need not be looked at in most rounds.
 */
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
  /** With an endowment that is larger by less than this, the same happens in the same order. At least 0; may be infinite. */
  readonly reach: number;
}

/** Bounds of a price for each unit of share, and of its slope. */
interface PriceBounds {
  readonly low: number;
  readonly high: number;
  readonly lowSlope: number;
  readonly highSlope: number;
}

/** Which of two places is first by the declared tie order; 0 where it does not say. */
export type TieOrder = (a: number, b: number) => number;

const EPSILON = Number.EPSILON;
const LEAST = Number.MIN_VALUE;
// Looked up once: where a test runner or a browser puts code into a context of its own, globals are slow to reach.
const { abs, ceil, floor, max, sign } = Math;

/** @param supporters those of the projects that may be funded, in one order */
export function runEqualShares(
  supporters: readonly Supporters[],
  groups: number,
  endowment: Rational,
  tieOrder: TieOrder,
): Run {
  return new Running(supporters, groups, endowment, tieOrder).run();
}

class Running {
  readonly #balances: ExactBalances;
  /** For each group of voters: bounds of its balance, and of the slope of that. */
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #lowSlope: Float64Array;
  readonly #highSlope: Float64Array;
  /** For each project: a lower bound of its price over its unit, as a line, and the round in which it was found. */
  readonly #bound: Float64Array;
  readonly #boundSlope: Float64Array;
  readonly #seen: Int32Array;
  readonly #active: Set<number>;
  readonly #units: Float64Array;
  readonly #funded: number[] = [];
  /** For each project that was bought: its purchase and bounds of its price. */
  readonly #prices = new Map<number, { purchase: number; low: number; high: number }>();
  readonly #ties: number[][] = [];
  #round = 0;
  #reach = Infinity;

  constructor(
    private readonly supporters: readonly Supporters[],
    groups: number,
    endowment: Rational,
    private readonly tieOrder: TieOrder,
  ) {
    this.#balances = new ExactBalances(supporters, groups, endowment);
    const each = toDouble(endowment);
    this.#low = new Float64Array(groups).fill(max(0, down(each)));
    this.#high = new Float64Array(groups).fill(up(each));
    this.#lowSlope = new Float64Array(groups).fill(1);
    this.#highSlope = new Float64Array(groups).fill(1);
    this.#bound = new Float64Array(supporters.length);
    this.#boundSlope = new Float64Array(supporters.length);
    this.#seen = new Int32Array(supporters.length).fill(-1);
    this.#units = Float64Array.from(supporters, ({ unit }) => Number(unit));
    this.#active = new Set(
      supporters.flatMap(({ weight, project }, place) => (weight > 0 && project.cost > 0n ? [place] : [])),
    );
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
      const winner = this.#choose(cheapest);
      if (winner === undefined) continue;
      if (typeof winner !== 'number') {
        undecided = winner;
        break;
      }
      this.#buy(winner);
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
        if (least === undefined || at(this.#bound, place) < at(this.#bound, least)) least = place;
      }
      if (least === undefined || at(this.#seen, least) === this.#round) return least;
      this.#look(least);
    }
  }

  /** Finds a project's price bound of this round, or gives it up. */
  #look(place: number): void {
    this.#seen[place] = this.#round;
    const { groups, weights, shares, worth, project } = this.supporters[place] as Supporters;
    const count = groups.length;
    const error = (count + 16) * EPSILON;
    const cost = Number(project.cost);
    let total = 0;
    let totalSlope = 0;
    let totalSlopes = 0;
    for (let i = 0; i < count; i++) {
      const group = groups[i] as number;
      const weight = weights[i] as number;
      total += weight * (this.#high[group] as number);
      totalSlope += weight * (this.#highSlope[group] as number);
      totalSlopes += weight * abs(this.#highSlope[group] as number);
    }
    const most = total * (1 + error);
    const slope = totalSlope + totalSlopes * error;
    if (most < down(cost)) {
      this.#giveUp(place, down(cost) - most, slope);
      return;
    }
    // Whatever set of supporters is taken to spend all, the price is at least what the rest must then pay.
    let price = max(at(this.#bound, place) * at(this.#units, place), (cost / worth) * (1 - error));
    let bound = 0;
    let boundSlope = 0;
    for (;;) {
      let money = 0;
      let slopes = 0;
      let rest = 0;
      let slopesSize = 0;
      for (let i = 0; i < count; i++) {
        const group = groups[i] as number;
        const weight = weights[i] as number;
        const share = shares[i] as number;
        const high = this.#high[group] as number;
        if (high < price * share) {
          money += weight * high;
          slopes += weight * (this.#highSlope[group] as number);
          slopesSize += weight * abs(this.#highSlope[group] as number);
        } else rest += weight * share;
      }
      // All spend all: their money is the cost or a little more, which only exact fractions can tell.
      if (rest === 0) break;
      const left = down(cost) - money * (1 + error);
      const next = left > 0 ? (left / rest) * (1 - error) : 0;
      if (next >= bound) {
        bound = next;
        boundSlope = -(slopes + slopesSize * error) / rest;
        boundSlope -= abs(boundSlope) * error;
      }
      if (next <= price) break;
      price = next;
    }
    const unit = at(this.#units, place);
    // What was found in an earlier round holds as well, since balances have only fallen.
    if (down(bound / unit) <= at(this.#bound, place)) return;
    this.#bound[place] = down(bound / unit);
    this.#boundSlope[place] = down(boundSlope / unit);
  }

  /** Its supporters lack `missing` at least, and with more endowment have `slope` more at most. */
  #giveUp(place: number, missing: number, slope: number): void {
    this.#active.delete(place);
    if (slope > 0) this.#reachTo(missing / slope);
  }

  #reachTo(reach: number): void {
    const safe = reach > 0 ? reach * (1 - 16 * EPSILON) : 0;
    if (safe < this.#reach) this.#reach = safe;
  }

  /** The project that is bought in this round; several where the tie order must say and does not; none: look again. */
  #choose(cheapest: number): number | readonly number[] | undefined {
    const most = this.#upperPrice(cheapest);
    const rivals = [cheapest];
    for (const place of [...this.#active]) {
      if (place === cheapest || at(this.#bound, place) > most) continue;
      if (at(this.#seen, place) !== this.#round) this.#look(place);
      if (this.#active.has(place) && at(this.#bound, place) <= most) rivals.push(place);
    }
    if (rivals.length === 1 && most < Infinity) return cheapest;
    const exact = new Map<number, Line>();
    for (const place of rivals) {
      const price = this.#balances.solve(place);
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
    if (typeof winner !== 'number') return winner;
    const own = exact.get(winner) as Line;
    for (const [place, line] of exact) if (place !== winner) this.#reachTo(crossing(own, line));
    if (equal.length > 1) this.#ties.push([winner, ...equal.filter((place) => place !== winner)]);
    this.#exactRivals = new Set(exact.keys());
    return winner;
  }

  /** Those that were compared exactly in this round. */
  #exactRivals: ReadonlySet<number> = new Set();

  /** The first of some projects of one price; all that could be first where that is open and matters. */
  #first(equal: readonly number[]): number | readonly number[] {
    const ordered = equal.toSorted(this.tieOrder);
    const [first] = ordered as [number];
    const same = ordered.filter((place) => this.tieOrder(first, place) === 0);
    // Without supporters in common one can be bought after the other at the same price.
    const apart = !shareSupporters(same.map((place) => this.supporters[place] as Supporters));
    return same.length === 1 || apart ? first : same;
  }

  /** At most this is the price over the unit; infinite where doubles cannot tell whether it can be paid. */
  #upperPrice(place: number): number {
    const { groups, weights, shares, project } = this.supporters[place] as Supporters;
    const count = groups.length;
    const error = (count + 16) * EPSILON;
    const cost = up(Number(project.cost));
    let price = at(this.#bound, place) * at(this.#units, place);
    for (;;) {
      let money = 0;
      let rest = 0;
      // A little above the price: so that nobody among the rest has less than the bound that comes of it.
      const above = price * (1 + 4 * error);
      for (let i = 0; i < count; i++) {
        const group = groups[i] as number;
        const low = this.#low[group] as number;
        const share = shares[i] as number;
        if (low < above * share) money += (weights[i] as number) * low;
        else rest += (weights[i] as number) * share;
      }
      if (rest === 0) return Infinity;
      const left = cost - money * (1 - 8 * error);
      const next = (left > 0 ? left / rest : 0) * (1 + error);
      if (next <= above) return up((max(next, price) * (1 + error)) / at(this.#units, place));
      price = next;
    }
  }

  #giveUpExactly(place: number): void {
    this.#active.delete(place);
    const { cost } = (this.supporters[place] as Supporters).project;
    const { value, slope } = this.#balances.money(place);
    if (slope.n > 0n) this.#reachTo(toDouble(divide(subtract(rational(cost), value), slope)));
  }

  #overUnit(place: number, { value, slope }: Line): Line {
    const unit = rational((this.supporters[place] as Supporters).unit);
    return { value: divide(value, unit), slope: divide(slope, unit) };
  }

  #paid(place: number): bigint {
    const bought = this.#prices.get(place);
    if (bought === undefined) return 0n;
    const largest = (this.supporters[place] as Supporters).shares.reduce(
      (most, share) => max(most, share),
      0,
    );
    const most = ceil(up(bought.high * largest));
    if (ceil(down(bought.low * largest)) === most) return BigInt(most);
    const { n, d } = multiply(this.#balances.price(bought.purchase).value, rational(BigInt(largest)));
    return (n + d - 1n) / d;
  }

  #money(place: number): bigint {
    const { groups, weights } = this.supporters[place] as Supporters;
    let [low, high] = [0, 0];
    for (let i = 0; i < groups.length; i++) {
      low += (weights[i] as number) * (this.#low[groups[i] as number] as number);
      high += (weights[i] as number) * (this.#high[groups[i] as number] as number);
    }
    const error = (groups.length + 16) * EPSILON;
    const least = floor(low * (1 - error));
    if (floor(high * (1 + error)) === least) return BigInt(least);
    const { n, d } = this.#balances.money(place).value;
    return n / d;
  }

  #buy(place: number): void {
    const { groups, weights, shares, project } = this.supporters[place] as Supporters;
    const count = groups.length;
    const error = (count + 16) * EPSILON;
    const unit = at(this.#units, place);
    const { spent, exact } = this.#spenders(place);
    let [lowMoney, highMoney, lowSlope, highSlope, slopes, rest] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const group = groups[i] as number;
      const weight = weights[i] as number;
      if (spent[i] === 0) {
        rest += weight * (shares[i] as number);
        continue;
      }
      lowMoney += weight * at(this.#low, group);
      highMoney += weight * at(this.#high, group);
      lowSlope += weight * at(this.#lowSlope, group);
      highSlope += weight * at(this.#highSlope, group);
      slopes += weight * max(abs(at(this.#lowSlope, group)), abs(at(this.#highSlope, group)));
    }
    const cost = Number(project.cost);
    const slack = (slopes * error) / rest;
    const price = {
      low: max(0, ((down(cost) - highMoney * (1 + error)) / rest) * (1 - error)),
      high: max(0, ((up(cost) - lowMoney * (1 - error)) / rest) * (1 + error)),
      lowSlope: down((-highSlope / rest) * (1 + sign(highSlope) * error) - slack),
      highSlope: up((-lowSlope / rest) * (1 - sign(lowSlope) * error) + slack),
    };
    this.#compareWithOthers(place, up(price.high / unit), up(price.highSlope / unit));
    this.#active.delete(place);
    this.#funded.push(place);
    for (let i = 0; i < count; i++) this.#pay(place, i, spent[i] === 1, price, exact);
    const purchase = this.#balances.buy(place, spent);
    this.#prices.set(place, { purchase, low: price.low, high: price.high });
  }

  /** For each group among the supporters, 1 where it spends all; and the exact price, where that was needed to tell. */
  #spenders(place: number): { spent: Uint8Array; exact: () => Price } {
    const { groups, shares } = this.supporters[place] as Supporters;
    const unit = at(this.#units, place);
    const upper = up(this.#upperPrice(place) * unit);
    const lower = down(at(this.#bound, place) * unit);
    let price: Price | undefined;
    const exact = () => (price ??= this.#balances.solve(place) as Price);
    const spent = new Uint8Array(groups.length);
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] as number;
      const share = shares[i] as number;
      if (up(at(this.#high, group)) < lower * share) spent[i] = 1;
      else if (!(down(at(this.#low, group)) > upper * share)) spent[i] = exact().spent[i] as number;
    }
    return { spent, exact };
  }

  /** One group of supporters pays, and it is noted how long it stays on its side of the price. */
  #pay(place: number, index: number, all: boolean, price: PriceBounds, exact: () => Price): void {
    const { groups, shares } = this.supporters[place] as Supporters;
    const group = groups[index] as number;
    const share = shares[index] as number;
    const [low, high] = [at(this.#low, group), at(this.#high, group)];
    const [lowSlope, highSlope] = [at(this.#lowSlope, group), at(this.#highSlope, group)];
    if (all) {
      if (high > 0) {
        const gap = down(down(price.low * share) - high);
        this.#holdApart(gap, up(highSlope - down(price.lowSlope * share)), group, share, exact);
      }
      this.#low[group] = this.#high[group] = this.#lowSlope[group] = this.#highSlope[group] = 0;
      return;
    }
    // Rounded before they are taken from each other: near zero, the rounding of either is more than what is left.
    const leastLeft = down(low - up(price.high * share));
    const leastSlope = down(lowSlope - up(price.highSlope * share));
    this.#holdApart(leastLeft, -leastSlope, group, share, exact);
    this.#low[group] = max(0, leastLeft);
    this.#high[group] = max(0, up(high - down(price.low * share)));
    this.#lowSlope[group] = leastSlope;
    this.#highSlope[group] = up(highSlope - down(price.lowSlope * share));
  }

  /** A group stays on its side of the price while the gap between them grows smaller by at most `rate`. */
  #holdApart(gap: number, rate: number, group: number, share: number, exact: () => Price): void {
    if (rate <= 0 && gap > 0) return;
    if (gap > 0) {
      this.#reachTo(gap / (rate * (1 + 8 * EPSILON)));
      return;
    }
    // Equal, or too close to tell.
    const balance = this.#balances.balance(group);
    const { line } = exact();
    const by = rational(BigInt(share));
    const charged: Line = { value: multiply(line.value, by), slope: multiply(line.slope, by) };
    const apart = compare(balance.value, charged.value);
    if (apart !== 0) this.#reachTo(apart < 0 ? crossing(balance, charged) : crossing(charged, balance));
    else if (compare(balance.slope, charged.slope) !== 0) this.#reachTo(0);
  }

  /** The winner stays the cheapest as long as no other's bound falls below its price. */
  #compareWithOthers(winner: number, price: number, slope: number): void {
    for (const place of [...this.#active]) {
      if (place === winner || this.#exactRivals.has(place)) continue;
      if (this.#reachBeside(place, price, slope) >= this.#reach) continue;
      if (at(this.#seen, place) !== this.#round) this.#look(place);
      if (this.#active.has(place)) this.#reachTo(this.#reachBeside(place, price, slope));
    }
    this.#exactRivals = new Set();
  }

  #reachBeside(place: number, price: number, slope: number): number {
    const rate = slope - at(this.#boundSlope, place);
    return rate <= 0 ? Infinity : (down(at(this.#bound, place) - price) * (1 - 4 * EPSILON)) / up(rate);
  }
}

/** The increase at which the first line, now not above the second, meets it; infinite if never. */
function crossing(below: Line, above: Line): number {
  const rate = subtract(below.slope, above.slope);
  return rate.n <= 0n ? Infinity : toDouble(divide(subtract(above.value, below.value), rate));
}

function at(values: Float64Array | Int32Array, place: number): number {
  return values[place] as number;
}

function down(value: number): number {
  return value - abs(value) * (2 * EPSILON) - LEAST;
}

function up(value: number): number {
  return value + abs(value) * (2 * EPSILON) + LEAST;
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
