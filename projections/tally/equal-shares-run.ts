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
import { roundedDown, roundedUp } from './amount.js';
import { BalanceBounds, type PriceBounds } from './equal-shares-bounds.js';
import { ExactBalances, type Line, type Price } from './equal-shares-exact.js';
import { Prices, type Rises } from './equal-shares-prices.js';
import { compare, divide, multiply, rational, subtract, type Rational } from './rational.js';
import { down, toDouble, up } from './rounding.js';
import { shareSupporters, type Supporters } from './supporters.js';

export interface Bought {
  /** Places of the funded projects, in order. */
  readonly funded: readonly number[];
  /** Projects of one price whom the tie order does not tell apart, and among whom it matters: the run ends there. */
  readonly undecided?: readonly number[];
  /**
   * With an endowment that is larger by less than this, the same projects are bought in the same order. Never above the largest
   * rise that was asked about; 0 where it is below the least, or unknown.
   */
  readonly reach: number;
}

export interface Run extends Bought {
  /** What a supporter of a funded project paid at most, in minor units, rounded up. */
  paid(place: number): bigint;
  /** What the supporters of a project have together at the end, in minor units, rounded down. */
  money(place: number): bigint;
  /** Ties that were met: places of projects of one price, the first of them funded. */
  readonly ties: readonly (readonly number[])[];
}

/** Which of two places is first by the declared tie order; 0 where it does not say. */
export type TieOrder = (a: number, b: number) => number;

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
  const harmless = (tied: readonly number[]) => sameInAnyOrder(supporters, groups, endowment, tieOrder, tied);
  return new Running(supporters, groups, endowment, tieOrder, rises, harmless).run();
}

/** Of more that are tied, not every order is tried. */
const MOST_TIED = 4;

/**
 * Whether the same projects are bought in whatever order those that are tied are taken, all else by the tie order. False also
 * where it is not found out: more than four that share supporters, or another tie left open on the way.
 */
export function sameInAnyOrder(
  supporters: readonly Supporters[],
  groups: number,
  endowment: Rational,
  tieOrder: TieOrder,
  tied: readonly number[],
): boolean {
  const apart = !shareSupporters(tied.map((place) => supporters[place] as Supporters));
  // Then one is bought after the other, at the same price.
  if (apart) return true;
  if (tied.length > MOST_TIED) return false;
  const ends = ordersOf(tied).map((order) => {
    const inOrder: TieOrder = (a, b) =>
      order.includes(a) && order.includes(b) ? order.indexOf(a) - order.indexOf(b) : tieOrder(a, b);
    const none = { least: 0, most: 0 };
    const { funded, undecided } = new Running(
      supporters,
      groups,
      endowment,
      inOrder,
      none,
      () => false,
    ).run();
    return undecided === undefined ? funded.toSorted((a, b) => a - b).join() : undefined;
  });
  return ends[0] !== undefined && ends.every((end) => end === ends[0]);
}

function ordersOf(places: readonly number[]): number[][] {
  if (places.length < 2) return [[...places]];
  return places.flatMap((first) =>
    ordersOf(places.filter((place) => place !== first)).map((rest) => [first, ...rest]),
  );
}

/** Places of projects that cost nothing: they are funded first, and change no balance. */
export function freeOf(supporters: readonly Supporters[]): number[] {
  return supporters.flatMap(({ project, weight }, place) =>
    project.cost === 0n && weight > 0 ? [place] : [],
  );
}

class Running {
  readonly #exact: ExactBalances;
  readonly #bounds: BalanceBounds;
  readonly #prices: Prices;
  readonly #funded: number[];
  /** For each project that was bought: its purchase and bounds of its price. */
  readonly #bought = new Map<number, { purchase: number; low: number; high: number }>();
  readonly #ties: number[][] = [];
  /** With a rise below this, also the same voters spend all: only so far do exact lines hold. */
  #sameSpenders = Infinity;

  constructor(
    private readonly supporters: readonly Supporters[],
    groups: number,
    endowment: Rational,
    private readonly tieOrder: TieOrder,
    rises: Rises,
    /** Whether nothing hangs on the order of some that are tied. */
    private readonly harmless: (tied: readonly number[]) => boolean,
  ) {
    this.#exact = new ExactBalances(supporters, groups, endowment);
    this.#bounds = new BalanceBounds(groups, toDouble(endowment));
    this.#prices = new Prices(supporters, this.#bounds, rises);
    this.#funded = freeOf(supporters);
  }

  run(): Run {
    let undecided: readonly number[] | undefined;
    for (;;) {
      const cheapest = this.#prices.cheapest();
      if (cheapest === undefined) break;
      const choice = this.#choose(cheapest);
      if (choice === undefined) continue;
      if ('undecided' in choice) {
        undecided = choice.undecided;
        break;
      }
      this.#buy(choice);
    }
    return {
      funded: this.#funded,
      paid: (place) => this.#paid(place),
      money: (place) => this.#money(place),
      ties: this.#ties,
      ...(undecided && { undecided }),
      reach: this.#prices.reach,
    };
  }

  #of(place: number): Supporters {
    return this.supporters[place] as Supporters;
  }

  /** The project that is bought in this round; several where the tie order must say and does not; none: look again. */
  #choose(cheapest: number): Choice | { readonly undecided: readonly number[] } | undefined {
    const most = this.#prices.most(cheapest);
    const rivals = [cheapest, ...this.#prices.rivals(cheapest, most)];
    if (rivals.length === 1 && most < Infinity) return { place: cheapest, most, exact: new Map() };
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
    if (exact.size < rivals.length && !exact.has(cheapest)) return undefined;
    const equal = [...exact].filter(([, line]) => compare(line.value, value) === 0).map(([place]) => place);
    const winner = this.#first(equal);
    if (typeof winner !== 'number') return { undecided: winner };
    if (equal.length > 1) this.#ties.push([winner, ...equal.filter((place) => place !== winner)]);
    return { place: winner, most: winner === cheapest ? most : this.#prices.most(winner), exact };
  }

  /** The first of some projects of one price; all that could be first where that is open and something hangs on it. */
  #first(equal: readonly number[]): number | readonly number[] {
    // Places are in an order of their own, so that nothing depends on that of the ballots.
    const ordered = equal.toSorted((a, b) => this.tieOrder(a, b) || a - b);
    const [first] = ordered as [number];
    const same = ordered.filter((place) => this.tieOrder(first, place) === 0);
    return same.length === 1 || this.harmless(same) ? first : same;
  }

  #giveUpExactly(place: number): void {
    this.#prices.remove(place);
    const { cost } = this.#of(place).project;
    const { value, slope } = this.#exact.money(place);
    this.#prices.reachTo(this.#sameSpenders);
    if (slope.n > 0n) this.#prices.reachTo(toDouble(divide(subtract(rational(cost), value), slope)));
  }

  #overUnit(place: number, { value, slope }: Line): Line {
    const unit = rational(this.#of(place).unit);
    return { value: divide(value, unit), slope: divide(slope, unit) };
  }

  #paid(place: number): bigint {
    const bought = this.#bought.get(place);
    if (bought === undefined) return 0n;
    const largest = this.#of(place).shares.reduce((most, share) => max(most, share), 0);
    const { purchase, low, high } = bought;
    return roundedUp({
      low: down(low * largest),
      high: up(high * largest),
      exact: () => multiply(this.#exact.price(purchase).value, rational(BigInt(largest))),
    });
  }

  #money(place: number): bigint {
    const bounds = this.#bounds.money(this.#of(place));
    return roundedDown({ ...bounds, exact: () => this.#exact.money(place).value });
  }

  #buy({ place, most, exact }: Choice): void {
    const supporters = this.#of(place);
    const { spent, solved } = this.#spenders(place, most);
    const tight = this.#bounds.price(supporters, spent);
    const range = this.#prices.reach;
    const high = this.#bounds.highLine(supporters, this.#prices.low(place), most, range, tight.high);
    const price: PriceBounds = { low: tight.low, high };
    if (range > 0) {
      this.#holdSpenders(supporters, spent, price, solved);
      this.#prices.holdCheapest(place, price.high, this.#risesApart(place, exact));
    }
    this.#prices.remove(place);
    this.#funded.push(place);
    this.#bounds.pay(supporters, price, range);
    this.#bought.set(place, {
      purchase: this.#exact.buy(place, spent),
      low: tight.low.value,
      high: tight.high,
    });
    this.#prices.nextRound();
  }

  /** For those that were compared exactly: up to which rise the winner is surely cheaper. */
  #risesApart(winner: number, exact: ReadonlyMap<number, Line>): ReadonlyMap<number, number> {
    const own = exact.get(winner);
    return new Map(
      own && [...exact].map(([place, line]) => [place, min(crossing(own, line), this.#sameSpenders)]),
    );
  }

  /** For each group among the supporters, 1 where it spends all; and the exact price, worked out when it is asked for. */
  #spenders(place: number, most: number): { spent: Uint8Array; solved: () => Price } {
    const { groups, shares } = this.#of(place);
    const least = this.#prices.low(place).value;
    let price: Price | undefined;
    const solved = () => (price ??= this.#exact.solve(place) as Price);
    const spent = new Uint8Array(groups.length);
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] as number;
      const share = shares[i] as number;
      if (up(this.#bounds.high(group)) < least * share) spent[i] = 1;
      else if (!(down(this.#bounds.low(group)) > most * share)) spent[i] = solved().spent[i] as number;
    }
    return { spent, solved };
  }

  /** Notes how long all groups that spend all go on doing so. */
  #holdSpenders(
    { groups, shares }: Supporters,
    spent: Uint8Array,
    price: PriceBounds,
    solved: () => Price,
  ): void {
    for (let i = 0; i < groups.length; i++) {
      if (spent[i] === 0) continue;
      const group = groups[i] as number;
      const share = shares[i] as number;
      const until =
        this.#bounds.spendsAll(group, share, price) ?? this.#spendsAllExactly(group, share, solved().line);
      if (until < this.#sameSpenders) this.#sameSpenders = until;
    }
  }

  #spendsAllExactly(group: number, share: number, price: Line): number {
    const by = rational(BigInt(share));
    const charged: Line = { value: multiply(price.value, by), slope: multiply(price.slope, by) };
    return crossing(this.#exact.balance(group), charged);
  }
}

/** What is bought, at most for this price for each unit of share; and exact prices over the unit, where they were needed. */
interface Choice {
  readonly place: number;
  readonly most: number;
  readonly exact: ReadonlyMap<number, Line>;
}

/** The increase at which the first line, now not above the second, meets it; infinite if never. */
function crossing(below: Line, above: Line): number {
  const rate = subtract(below.slope, above.slope);
  return rate.n <= 0n ? Infinity : toDouble(divide(subtract(above.value, below.value), rate));
}
