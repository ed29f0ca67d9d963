/**
 * Runs of equal shares at one endowment after another, each larger than the one before, as far as bounds decide them. What a
 * rise does not change is not decided again: a run only pays again for what was bought before the first round that the rise
 * may change, and goes on from there.
 */
import { BalanceBounds, type Bound } from './equal-shares-bounds.js';
import { Prices, type Rises, type RoundStart } from './equal-shares-prices.js';
import { freeOf, type Bought } from './equal-shares-run.js';
import { subtract, ZERO, type Rational } from './rational.js';
import { toDouble, up } from './rounding.js';
import type { Supporters } from './supporters.js';

/** Of the endowment: about as far as real elections stay the same. A range that is too large makes bounds loose. */
const PART = 1 / 256;

const { max } = Math;

export class Climb {
  readonly #bounds: BalanceBounds;
  #prices: Prices;
  readonly #free: readonly number[];
  /** The endowment at which everything was decided anew, and by how much it has risen since. */
  #start: Rational = ZERO;
  #rise = 0;
  /** Rises that are asked about from there. */
  #most = 0;
  /** What was known at the beginning of each round, the last one without a purchase too, and at which rise. */
  readonly #rounds: { start: RoundStart; at: number }[] = [];
  /** What was bought in each round, with a lower bound of its price, and at which rise. */
  readonly #purchases: { place: number; low: Bound; at: number }[] = [];

  /**
   * @param supporters those of the projects that may be funded, in one order
   * @param least the least rise from one endowment to the next
   */
  constructor(
    private readonly supporters: readonly Supporters[],
    groups: number,
    private readonly least: number,
  ) {
    this.#bounds = new BalanceBounds(groups, 0);
    this.#prices = new Prices(supporters, this.#bounds, this.rises);
    this.#free = freeOf(supporters);
  }

  /** Rises that are worth asking about now. */
  get rises(): Rises {
    return { least: this.least, most: this.#most };
  }

  /** What is bought at an endowment, above the one before; `undefined` where bounds do not decide it. */
  run(endowment: Rational): Bought | undefined {
    const rise = toDouble(subtract(endowment, this.#start));
    const further = this.#goBack(endowment, rise) ? this.#goOn() : undefined;
    if (further !== undefined) return further;
    this.#begin(endowment, rise);
    return this.#goOn();
  }

  /** From the beginning. */
  #begin(endowment: Rational, rise: number): void {
    const most = max(2 * this.least, PART * toDouble(endowment));
    // Where the whole range was gone through, a larger one is asked about.
    this.#most = this.#most > 0 && rise >= this.#most ? max(most, 2 * this.#most) : most;
    this.#start = endowment;
    this.#rise = 0;
    this.#rounds.length = this.#purchases.length = 0;
    this.#bounds.begin(toDouble(endowment));
    this.#prices = new Prices(this.supporters, this.#bounds, this.rises);
  }

  /**
   * To the last round before which nothing changes; false if that is the first, or where bounds do not tell: then nothing is
   * known but what `#begin` sets.
   */
  #goBack(endowment: Rational, rise: number): boolean {
    const round = this.#rounds.findLastIndex(({ start, at }) => start.reach > rise - at);
    if (round <= 0) return false;
    this.#bounds.begin(toDouble(endowment));
    this.#purchases.length = round;
    for (const [index, { place, low, at }] of this.#purchases.entries()) {
      const after = this.#rounds[index + 1] as { start: RoundStart; at: number };
      // Both are whole increments below 2^53, so that their difference is exact.
      const range = up(after.start.reach - (rise - after.at));
      if (!this.#payAgain(place, max(0, low.value + low.slope * (rise - at)), range)) return false;
    }
    const { start, at } = this.#rounds[round] as { start: RoundStart; at: number };
    this.#prices.restore(start, rise - at);
    this.#rounds.length = round;
    this.#rise = rise;
    return true;
  }

  /** @param from a lower bound of the price */
  #payAgain(place: number, from: number, range: number): boolean {
    const supporters = this.supporters[place] as Supporters;
    const found = this.#bounds.lowerPrice(supporters, from);
    if (!('price' in found) || found.price === undefined) return false;
    if (!found.settled) return this.#payAgain(place, found.price.value, range);
    const most = this.#bounds.upperPrice(supporters, found.price.value, 0);
    if (most === Infinity) return false;
    const high = this.#bounds.highLine(supporters, found.price, most, range);
    this.#bounds.pay(supporters, { low: found.price, high }, range);
    return true;
  }

  #goOn(): Bought | undefined {
    for (;;) {
      this.#rounds.push({ start: this.#prices.roundStart(), at: this.#rise });
      const cheapest = this.#prices.cheapest();
      if (cheapest === undefined) break;
      const most = this.#prices.most(cheapest);
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
    const range = this.#prices.reach;
    const low = this.#prices.low(place);
    const high = this.#bounds.highLine(supporters, low, most, range);
    this.#prices.holdCheapest(place, high);
    this.#prices.remove(place);
    this.#purchases.push({ place, low, at: this.#rise });
    this.#bounds.pay(supporters, { low, high }, range);
    this.#prices.nextRound();
  }
}
