/**
 * Runs of equal shares at one endowment after another, each larger than the one before, as far as bounds decide them. What a
 * rise does not change is not worked out again: a run goes back to the first round that it may change.
 */
import { BalanceBounds, type Kept } from './equal-shares-bounds.js';
import { Prices, type Rises, type RoundStart } from './equal-shares-prices.js';
import { freeOf, toDouble, type Bought } from './equal-shares-run.js';
import { subtract, ZERO, type Rational } from './rational.js';
import type { Supporters } from './supporters.js';

/** One climb after another: where one cannot go on, the next begins. */
export class Climbs {
  #climb: Climb | undefined;
  #start: Rational = ZERO;
  /** Rises that a climb is asked about. A range that is too large makes bounds loose, one that is too small is soon at its end. */
  #most = 0;

  /** @param least the least rise from one endowment to the next */
  constructor(
    private readonly supporters: readonly Supporters[],
    private readonly groups: number,
    private readonly least: number,
  ) {}

  /** Rises that are worth asking about now. */
  get rises(): Rises {
    return { least: this.least, most: this.#most };
  }

  /** What is bought at an endowment, not below the one before; `undefined` where bounds do not decide it. */
  run(endowment: Rational): Bought | undefined {
    const rise = toDouble(subtract(endowment, this.#start));
    const further = this.#climb?.run(rise);
    if (further !== undefined) return further;
    const most = max(2 * this.least, PART * toDouble(endowment));
    this.#most = this.#most > 0 && rise >= this.#most ? max(most, 2 * this.#most) : most;
    this.#climb = new Climb(this.supporters, this.groups, endowment, this.rises);
    this.#start = endowment;
    const first = this.#climb.run(0);
    if (first === undefined) this.#climb = undefined;
    return first;
  }
}

/** Of the endowment: about as far as real elections stay the same. */
const PART = 1 / 256;

const { max } = Math;

class Climb {
  readonly #bounds: BalanceBounds;
  readonly #prices: Prices;
  readonly #free: readonly number[];
  /** What was known at the beginning of each round, the last one without a purchase too, and by how much the endowment had risen. */
  readonly #starts: { start: RoundStart; at: number }[] = [];
  /** What was bought in each round, what its supporters had before, and by how much the endowment had risen. */
  readonly #purchases: { place: number; kept: Kept; at: number }[] = [];
  #rise = 0;

  /** @param supporters those of the projects that may be funded, in one order */
  constructor(
    private readonly supporters: readonly Supporters[],
    groups: number,
    endowment: Rational,
    rises: Rises,
  ) {
    this.#bounds = new BalanceBounds(groups, toDouble(endowment));
    this.#prices = new Prices(supporters, this.#bounds, rises);
    this.#free = freeOf(supporters);
  }

  /**
   * What is bought when the endowment has risen by so much, not less than the last time; `undefined` where bounds do not decide
   * it, or no longer: then another climb must begin.
   */
  run(rise: number): Bought | undefined {
    if (this.#starts.length > 0 && !this.#goBack(rise)) return undefined;
    for (;;) {
      this.#starts.push({ start: this.#prices.roundStart(), at: rise });
      const cheapest = this.#prices.cheapest();
      if (cheapest === undefined) break;
      const most = this.#prices.most(cheapest, 0);
      if (most === Infinity || this.#prices.rivals(cheapest, most).length > 0) return undefined;
      this.#buy(cheapest, most);
    }
    return {
      funded: [...this.#free, ...this.#purchases.map(({ place }) => place)],
      reach: this.#prices.reach,
    };
  }

  #buy(place: number, most: number): void {
    const supporters = this.supporters[place] as Supporters;
    const price = { low: this.#prices.low(place), high: this.#prices.high(place, most, most) };
    const range = this.#prices.reach;
    this.#prices.holdCheapest(place, price.high);
    this.#prices.remove(place);
    this.#purchases.push({ place, kept: this.#bounds.kept(supporters), at: this.#rise });
    this.#bounds.pay(supporters, price, range);
    this.#prices.nextRound();
  }

  /** To the last round before which nothing changes; false if that is the first. */
  #goBack(rise: number): boolean {
    const round = this.#starts.findLastIndex(({ start, at }) => at + start.reach > rise);
    if (round <= 0) return false;
    const { start, at } = this.#starts[round] as { start: RoundStart; at: number };
    for (const bought of this.#purchases.splice(round).reverse())
      this.#bounds.restore(bought.kept, this.#rise - bought.at);
    this.#bounds.raise(rise - this.#rise);
    this.#prices.restore(start, rise - at);
    this.#starts.length = round;
    this.#rise = rise;
    return true;
  }
}
