/**
 * Which project is cheapest for its supporters, round by round, as far as bounds tell; and how far the endowment can rise
 * before that changes. Balances only fall from round to round, so a price bound that was found once holds for ever, and most
 * projects need not be looked at in most rounds.
 */
import { at, type BalanceBounds, type Bound } from './equal-shares-bounds.js';
import { down, up } from './rounding.js';
import type { Supporters } from './supporters.js';

/** Rises of the endowment that are asked about: up to `most`, and only those of `least` or more; none where `most` is 0. */
export interface Rises {
  readonly least: number;
  readonly most: number;
}

/** What is known at the beginning of a round. */
export interface RoundStart {
  readonly least: Float64Array;
  readonly leastSlope: Float64Array;
  readonly active: readonly number[];
  readonly reach: number;
}

const { max } = Math;

export class Prices {
  /** For each project: a lower bound of its price over its unit, and the round in which it was found. */
  readonly #least: Float64Array;
  readonly #leastSlope: Float64Array;
  readonly #seen: Int32Array;
  /** Those that may still be bought. */
  #active: readonly number[];
  readonly #units: Float64Array;
  #round = 0;
  /** With a rise below this, nothing of what was found changes. */
  #reach: number;

  /** @param supporters those of the projects that may be funded, in one order */
  constructor(
    private readonly supporters: readonly Supporters[],
    private readonly bounds: BalanceBounds,
    private readonly rises: Rises,
  ) {
    this.#least = new Float64Array(supporters.length);
    this.#leastSlope = new Float64Array(supporters.length);
    this.#seen = new Int32Array(supporters.length).fill(-1);
    this.#units = Float64Array.from(supporters, ({ unit }) => Number(unit));
    this.#active = supporters.flatMap(({ weight, project }, place) =>
      weight > 0 && project.cost > 0n ? [place] : [],
    );
    this.#reach = rises.most;
  }

  get reach(): number {
    return this.#reach;
  }

  reachTo(reach: number): void {
    const safe = reach > 0 ? reach * (1 - 16 * Number.EPSILON) : 0;
    if (safe < this.#reach) this.#reach = safe < this.rises.least ? 0 : safe;
  }

  /** It is bought, or can never be. */
  remove(place: number): void {
    this.#active = this.#active.filter((other) => other !== place);
  }

  nextRound(): void {
    this.#round++;
  }

  /** The project of the least price bound, of this round; projects without enough money are given up on the way. */
  cheapest(): number | undefined {
    for (;;) {
      let least: number | undefined;
      for (const place of this.#active) {
        if (least === undefined || at(this.#least, place) < at(this.#least, least)) least = place;
      }
      if (least === undefined || at(this.#seen, least) === this.#round) return least;
      this.#look(least);
    }
  }

  /** Others that may be as cheap as the cheapest, which costs at most `most` for each unit of share. */
  rivals(cheapest: number, most: number): number[] {
    const bound = up(most / at(this.#units, cheapest));
    return this.#active.filter((place) => {
      if (place === cheapest || at(this.#least, place) > bound) return false;
      while (at(this.#seen, place) !== this.#round && at(this.#least, place) <= bound) this.#look(place);
      return this.#active.includes(place) && at(this.#least, place) <= bound;
    });
  }

  /** Finds a better price bound of a project, marks it as the best of this round, or gives the project up. */
  #look(place: number): void {
    const supporters = this.supporters[place] as Supporters;
    const unit = at(this.#units, place);
    const found = this.bounds.lowerPrice(supporters, at(this.#least, place) * unit);
    if ('missing' in found) {
      this.#seen[place] = this.#round;
      this.remove(place);
      const { value, slope } = found.missing;
      if (slope < 0) this.reachTo(value / -slope);
      return;
    }
    const { price: least, settled } = found;
    // What was found in an earlier round holds as well, since balances have only fallen.
    const better = least !== undefined && down(least.value / unit) > at(this.#least, place);
    if (settled || !better) this.#seen[place] = this.#round;
    if (!better) return;
    this.#least[place] = down(least.value / unit);
    this.#leastSlope[place] = down(least.slope / unit);
  }

  /** At least this is the price for each unit of share. */
  low(place: number): Bound {
    const unit = at(this.#units, place);
    return {
      value: max(0, down(at(this.#least, place) * unit)),
      slope: down(at(this.#leastSlope, place) * unit),
    };
  }

  /** At most this is the price for each unit of share; infinite where bounds do not tell. */
  most(place: number): number {
    return this.bounds.upperPrice(this.supporters[place] as Supporters, this.low(place).value, 0);
  }

  /**
   * The winner stays the cheapest as long as no other's bound falls below its price.
   * @param exactly rises up to which it is surely cheaper than these
   */
  holdCheapest(winner: number, price: Bound, exactly: ReadonlyMap<number, number> = NONE): void {
    const unit = at(this.#units, winner);
    const own = { value: up(price.value / unit), slope: up(price.slope / unit) };
    // The nearest first: where it is as near as it seemed, others need not be looked at.
    for (;;) {
      if (this.#reach === 0) return;
      let nearest: number | undefined;
      let until = this.#reach;
      for (const place of this.#active) {
        if (place === winner) continue;
        const apart = max(this.#reachBeside(place, own), exactly.get(place) ?? 0);
        if (apart < until) [nearest, until] = [place, apart];
      }
      if (nearest === undefined) return;
      if (at(this.#seen, nearest) === this.#round) this.reachTo(until);
      else this.#look(nearest);
    }
  }

  #reachBeside(place: number, own: Bound): number {
    const apart = down(at(this.#least, place) - own.value) * (1 - 4 * Number.EPSILON);
    const rate = own.slope - at(this.#leastSlope, place);
    if (apart < 0) return 0;
    return rate <= 0 ? Infinity : apart / up(rate);
  }

  roundStart(): RoundStart {
    return {
      least: this.#least.slice(),
      leastSlope: this.#leastSlope.slice(),
      active: this.#active,
      reach: this.#reach,
    };
  }

  /** Back to the beginning of a round, seen from an endowment that has risen since. */
  restore({ least, leastSlope, active, reach }: RoundStart, rise: number): void {
    for (let place = 0; place < least.length; place++) {
      this.#least[place] = max(0, down(at(least, place) + down(at(leastSlope, place) * rise)));
      this.#leastSlope[place] = at(leastSlope, place);
    }
    this.#active = active;
    this.#reach = down(reach - rise);
    this.#round++;
  }
}

const NONE: ReadonlyMap<number, number> = new Map();
