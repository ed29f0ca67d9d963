/**
 * One run of equal shares at a given endowment, and how far the endowment can rise before anything about it changes.
 *
 * Balances and prices are intervals of doubles that always hold the true value; every decision that the intervals leave open
 * is made on exact fractions (`equal-shares-exact.ts`). Why the intervals hold: `docs/counting/exactness.md`.
 *
 * All supporters of a project pay the same price for each unit of what it is worth to them, or all they have. Balances only
 * fall, so a price that was found once is a lower bound for ever, and most projects need not be looked at in most rounds.
 */
import { ExactBalances, type Line, type Payers, type Price } from './equal-shares-exact.js';
import { compare, divide, multiply, rational, subtract, type Rational } from './rational.js';
import type { Supporters } from './supporters.js';

export interface Run {
  /** Places of the funded projects, in order. */
  readonly funded: readonly number[];
  /** The purchase of each, in the exact balances. */
  readonly balances: ExactBalances;
  /** The class of each group of voters at the end. */
  readonly classes: Int32Array;
  /** Ties that were met: places of projects of one price, the first of them funded, and whether the tie order was needed. */
  readonly ties: readonly (readonly number[])[];
  /** Projects of one price whom the tie order does not tell apart, and among whom it matters: the run ends there. */
  readonly undecided?: readonly number[];
  /** With an endowment that is larger by less than this, the same happens in the same order. At least 0; may be infinite. */
  readonly reach: number;
}

/** Which of two places is first by the declared tie order; 0 where it does not say. */
export type TieOrder = (a: number, b: number) => number;

const EPSILON = Number.EPSILON;

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
  /** For each group of voters: bounds of its balance and of the slope of that, and its class. */
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #lowSlope: Float64Array;
  readonly #highSlope: Float64Array;
  readonly #class: Int32Array;
  /** For each project: a lower bound of its price over its unit, as a line, and the round in which it was found. */
  readonly #bound: Float64Array;
  readonly #boundSlope: Float64Array;
  readonly #seen: Int32Array;
  readonly #active: Set<number>;
  readonly #units: Float64Array;
  readonly #funded: number[] = [];
  readonly #ties: number[][] = [];
  #round = 0;
  #reach = Infinity;

  constructor(
    private readonly supporters: readonly Supporters[],
    groups: number,
    endowment: Rational,
    private readonly tieOrder: TieOrder,
  ) {
    this.#balances = new ExactBalances(endowment);
    const each = toDouble(endowment);
    this.#low = new Float64Array(groups).fill(Math.max(0, down(each)));
    this.#high = new Float64Array(groups).fill(up(each));
    this.#lowSlope = new Float64Array(groups).fill(1);
    this.#highSlope = new Float64Array(groups).fill(1);
    this.#class = new Int32Array(groups);
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
      balances: this.#balances,
      classes: this.#class,
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
      totalSlopes += weight * Math.abs(this.#highSlope[group] as number);
    }
    const most = total * (1 + error);
    const slope = totalSlope + totalSlopes * error;
    if (most < down(cost)) return this.#giveUp(place, down(cost) - most, slope);
    // Whatever set of supporters is taken to spend all, the price is at least what the rest must then pay.
    let price = Math.max(at(this.#bound, place) * at(this.#units, place), (cost / worth) * (1 - error));
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
          slopesSize += weight * Math.abs(this.#highSlope[group] as number);
        } else rest += weight * share;
      }
      // All spend all: their money is the cost or a little more, which only exact fractions can tell.
      if (rest === 0) break;
      const left = down(cost) - money * (1 + error);
      const next = left > 0 ? (left / rest) * (1 - error) : 0;
      if (next >= bound) {
        bound = next;
        boundSlope = -(slopes + slopesSize * error) / rest;
        boundSlope -= Math.abs(boundSlope) * error;
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
      const price = this.#exactPrice(place);
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
    if (same.length === 1 || !this.#shareSupporters(same)) return first;
    return same;
  }

  /** Whether any two of these have supporters in common: else one can be bought after the other at the same price. */
  #shareSupporters(places: readonly number[]): boolean {
    const seen = new Set<number>();
    for (const place of places) {
      for (const group of (this.supporters[place] as Supporters).groups) {
        if (seen.has(group)) return true;
        seen.add(group);
      }
    }
    return false;
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
      if (next <= above) return up((Math.max(next, price) * (1 + error)) / at(this.#units, place));
      price = next;
    }
  }

  /** The classes of a project's supporters, by class and share, with their weights. */
  #payers(place: number): { payers: Payers[]; of: Int32Array } {
    const { groups, weights, shares } = this.supporters[place] as Supporters;
    const payers: Payers[] = [];
    const of = new Int32Array(groups.length);
    const places = new Map<number, Map<number, number>>();
    for (let i = 0; i < groups.length; i++) {
      const held = this.#class[groups[i] as number] as number;
      const share = shares[i] as number;
      let byShare = places.get(held);
      if (byShare === undefined) places.set(held, (byShare = new Map()));
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

  #exactPrice(place: number): Price | undefined {
    return this.#balances.solve(
      (this.supporters[place] as Supporters).project.cost,
      this.#payers(place).payers,
    );
  }

  #giveUpExactly(place: number): void {
    this.#active.delete(place);
    const { cost } = (this.supporters[place] as Supporters).project;
    const { value, slope } = this.#balances.money(this.#payers(place).payers);
    if (slope.n > 0n) this.#reachTo(toDouble(divide(subtract(rational(cost), value), slope)));
  }

  #overUnit(place: number, { value, slope }: Line): Line {
    const unit = rational((this.supporters[place] as Supporters).unit);
    return { value: divide(value, unit), slope: divide(slope, unit) };
  }

  #buy(place: number): void {
    const { groups, weights, shares, project, unit } = this.supporters[place] as Supporters;
    const { payers, of } = this.#payers(place);
    const count = groups.length;
    const error = (count + 16) * EPSILON;
    const upper = this.#upperPrice(place) * Number(unit) * (1 + 4 * EPSILON);
    const lower = at(this.#bound, place) * Number(unit) * (1 - 4 * EPSILON);
    // Who spends all: one of each class tells for the class.
    const spent = payers.map((): boolean | undefined => undefined);
    let exact: Price | undefined;
    for (let i = 0; i < count; i++) {
      const payer = of[i] as number;
      if (spent[payer] !== undefined) continue;
      const group = groups[i] as number;
      const share = shares[i] as number;
      if ((this.#high[group] as number) < lower * share) spent[payer] = true;
      else if ((this.#low[group] as number) > upper * share) spent[payer] = false;
      else {
        exact ??= this.#exactPrice(place);
        spent[payer] = exact?.spent[payer] ?? true;
      }
    }
    const spends = spent.map((all) => all === true);
    let [lowMoney, highMoney, lowSlope, highSlope, slopes, rest] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const group = groups[i] as number;
      const weight = weights[i] as number;
      if (spends[of[i] as number] !== true) {
        rest += weight * (shares[i] as number);
        continue;
      }
      lowMoney += weight * (this.#low[group] as number);
      highMoney += weight * (this.#high[group] as number);
      lowSlope += weight * (this.#lowSlope[group] as number);
      highSlope += weight * (this.#highSlope[group] as number);
      slopes +=
        weight *
        Math.max(Math.abs(this.#lowSlope[group] as number), Math.abs(this.#highSlope[group] as number));
    }
    const cost = Number(project.cost);
    const low = Math.max(0, ((down(cost) - highMoney * (1 + error)) / rest) * (1 - error));
    const high = Math.max(0, ((up(cost) - lowMoney * (1 - error)) / rest) * (1 + error));
    const slack = (slopes * error) / rest;
    const priceLowSlope = down(-highSlope / rest - slack);
    const priceHighSlope = up(-lowSlope / rest + slack);
    this.#compareWithOthers(place, up(high / Number(unit)), up(priceHighSlope / Number(unit)));
    this.#active.delete(place);
    this.#funded.push(place);
    const purchase = this.#balances.buy(project.cost, payers, spends);
    const children = payers.map(({ of: parent, share }, payer) =>
      this.#balances.child(parent, purchase, spends[payer] === true ? 0 : share),
    );
    const settled = payers.map(() => false);
    for (let i = 0; i < count; i++) {
      const group = groups[i] as number;
      const payer = of[i] as number;
      const share = shares[i] as number;
      const [groupLow, groupHigh] = [this.#low[group] as number, this.#high[group] as number];
      const [groupLowSlope, groupHighSlope] = [
        this.#lowSlope[group] as number,
        this.#highSlope[group] as number,
      ];
      if (spends[payer] === true) {
        if (settled[payer] !== true && groupHigh > 0) {
          // They go on spending all as long as the price for their share stays above what they have.
          this.#holdApart(
            low * share - groupHigh,
            groupHighSlope - priceLowSlope * share,
            payers,
            payer,
            purchase,
          );
        }
        this.#low[group] = this.#high[group] = this.#lowSlope[group] = this.#highSlope[group] = 0;
      } else {
        if (settled[payer] !== true) {
          this.#holdApart(
            groupLow - high * share,
            priceHighSlope * share - groupLowSlope,
            payers,
            payer,
            purchase,
          );
        }
        this.#low[group] = Math.max(0, down(groupLow - up(high * share)));
        this.#high[group] = Math.max(0, up(groupHigh - down(low * share)));
        this.#lowSlope[group] = down(groupLowSlope - up(priceHighSlope * share));
        this.#highSlope[group] = up(groupHighSlope - down(priceLowSlope * share));
      }
      settled[payer] = true;
      this.#class[group] = children[payer] as number;
    }
  }

  /** Payers stay on their side of the price while `gap` grows smaller by at most `rate`. */
  #holdApart(gap: number, rate: number, payers: readonly Payers[], payer: number, purchase: number): void {
    if (rate <= 0 && gap >= 0) return;
    if (gap > 0) {
      this.#reachTo((gap * (1 - 4 * EPSILON)) / (rate * (1 + 4 * EPSILON)));
      return;
    }
    // Equal, or too close to tell.
    const { of, share } = payers[payer] as Payers;
    const balance = this.#balances.balance(of);
    if (balance.value.n === 0n && balance.slope.n === 0n) return;
    const price = this.#balances.price(purchase);
    const by = rational(BigInt(share));
    const charged: Line = { value: multiply(price.value, by), slope: multiply(price.slope, by) };
    const apart = compare(balance.value, charged.value);
    if (apart === 0) {
      if (compare(balance.slope, charged.slope) !== 0) this.#reachTo(0);
    } else this.#reachTo(apart < 0 ? crossing(balance, charged) : crossing(charged, balance));
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
  return value - Math.abs(value) * (2 * EPSILON) - Number.MIN_VALUE;
}

function up(value: number): number {
  return value + Math.abs(value) * (2 * EPSILON) + Number.MIN_VALUE;
}

/** The nearest double, or one beside it. */
export function toDouble({ n, d }: Rational): number {
  const size = Math.max(bits(n), bits(d));
  if (size <= 1_000) return Number(n) / Number(d);
  // Both are too large for a double: cut the fraction to 64 bits.
  const shift = BigInt(bits(d) - bits(n) + 64);
  const scaled = shift >= 0n ? (n << shift) / d : n / (d << -shift);
  return Number(scaled) * 2 ** Number(-shift);
}

function bits(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}
