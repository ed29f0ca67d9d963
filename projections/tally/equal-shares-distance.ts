/**
 * How far a project was from being bought under equal shares, with the endowment and all rounds before as they were: the
 * largest cost at which its supporters would have bought it, and the least number of further voters who hold the endowment
 * and support nothing else. With more voters the endowment of a real count would be smaller, and with another cost the budget
 * might suffice for less: this is how close it was, and no forecast. Exact.
 * @see Boehmer, Faliszewski, Janeczko, Peters, Pierczyński, Schierreich, Skowron, Szufa: Evaluation of Project Performance in
 * Participatory Budgeting (IJCAI 2024), which has these two, recounting everything
 */
import { times, type Amount } from './amount.js';
import type { EqualSharesRuleset } from './equal-shares-ruleset.js';
import type { Balances } from './equal-shares-balances.js';
import { tieOrderOf, type Candidate } from './order.js';
import { add, compare, divide, multiply, rational, subtract, type Rational } from './rational.js';
import { down, errorOfSum, toDouble, up } from './rounding.js';
import type { Supporters } from './supporters.js';

export interface SharesDistance {
  /** Minor units; below its own. */
  cost: bigint;
  /** Voters; absent where nobody holds anything. */
  support?: bigint;
}

/** A project in a round. Whatever else is to be bought in it must cost its supporters less for what it is worth than the winner. */
export interface Priced {
  readonly place: number;
  /** Its price over its unit. */
  readonly price: Amount;
}

const { ceil, floor, max, min } = Math;

export class NearMisses {
  readonly #best = new Map<number, SharesDistance>();
  readonly #endowment: Amount;
  readonly #firstOf: ReturnType<typeof tieOrderOf>;

  /** @param candidates in the order of `supporters` */
  constructor(
    private readonly ruleset: Pick<EqualSharesRuleset, 'tieOrder' | 'ties' | 'score' | 'utility'>,
    private readonly candidates: readonly Candidate[],
    private readonly supporters: readonly Supporters[],
    private readonly balances: Balances,
    endowment: Rational,
  ) {
    const each = toDouble(endowment);
    this.#endowment = { low: down(each), high: up(each), exact: () => endowment };
    this.#firstOf = tieOrderOf(ruleset);
  }

  of(place: number): SharesDistance {
    return this.#best.get(place) ?? { cost: 0n };
  }

  /** Looks at a round, before anything is paid in it; or, without a winner, at what is left in the end. */
  look(place: number, winner: Priced | undefined): void {
    this.#lookAtCost(place, winner);
    this.#lookAtSupport(place, winner);
  }

  #lookAtCost(place: number, winner: Priced | undefined): void {
    const { cost: best } = this.of(place);
    const reached = (cost: bigint) => this.#compare(place, cost, this.#priceAt(cost, winner));
    const own = this.#cost(place);
    if (best + 1n >= own || reached(best + 1n) < 0) return;
    // Where a cost is reached, all below it are.
    const bound = this.#mostCost(place, winner);
    let most = bound < Number(own) ? BigInt(floor(bound)) : own - 1n;
    if (most >= own) most = own - 1n;
    if (reached(most) < 0) most = largest(best + 1n, most, (middle) => reached(middle) >= 0);
    const isBought = (at: bigint) => {
      const sign = reached(at);
      return sign > 0 || (sign === 0 && this.#winsTie(place, { cost: at }, winner));
    };
    // Level with what was bought at this cost, and perhaps at all below it: then its own cost can decide the tie.
    const level = winner === undefined ? 0n : this.#cost(winner.place);
    const found = [most, most - 1n, level, level - 1n].find((at) => at > best && at <= most && isBought(at));
    if (found !== undefined) this.#note(place, { cost: found });
  }

  #lookAtSupport(place: number, winner: Priced | undefined): void {
    const { support: best } = this.of(place);
    const own = this.#cost(place);
    // Anybody's support is enough for what costs nothing.
    if (own === 0n) {
      this.#note(place, { support: 1n });
      return;
    }
    const price = this.#priceAt(own, winner);
    const each = this.#eachAt(place, price);
    if (!(each.low > 0)) return;
    const paid = price === undefined ? this.balances.money(place) : this.balances.paidAt(place, price);
    const least = (down(Number(own)) - paid.high) / each.high;
    const most = (up(Number(own)) - paid.low) / each.low;
    const low = max(0, ceil(down(least)));
    if (best !== undefined && BigInt(max(1, low)) >= best) return;
    let needed: bigint;
    if (low === max(0, ceil(up(most)))) needed = BigInt(low);
    else {
      const { n, d } = divide(subtract(rational(own), paid.exact()), each.exact());
      needed = n <= 0n ? 0n : (n + d - 1n) / d;
      // Where they just pay for it at the price of what was bought, that can be a tie.
      const isLevel = d === 1n && n > 0n && this.#compare(place, own, price, needed) === 0;
      if (isLevel && !this.#winsTie(place, { voters: needed }, winner)) needed += 1n;
    }
    if (needed === 0n) needed = 1n;
    if (best === undefined || needed < best) this.#note(place, { support: needed });
  }

  #note(place: number, found: Partial<SharesDistance>): void {
    this.#best.set(place, { ...this.of(place), ...found });
  }

  /**
   * Whether its supporters, with some further voters, would pay more than a cost at a price (1), or less (-1); or just that,
   * and cannot do with a lower price (0). Without a price: whether they have enough.
   */
  #compare(place: number, cost: bigint, price: Amount | undefined, voters = 0n): number {
    const paid = price === undefined ? this.balances.money(place) : this.balances.paidAt(place, price);
    const each = this.#eachAt(place, price);
    const many = Number(voters);
    if (down(down(paid.low) + down(many * each.low)) > up(Number(cost))) return 1;
    if (up(up(paid.high) + up(many * each.high)) < down(Number(cost))) return -1;
    const exact =
      price === undefined
        ? { money: paid.exact(), anyInFull: false }
        : this.balances.exactlyPaidAt(place, price);
    const all = voters === 0n ? exact.money : add(exact.money, multiply(each.exact(), rational(voters)));
    const sign = compare(all, rational(cost));
    if (sign !== 0 || price === undefined) return sign < 0 ? -1 : 1;
    const full = multiply(price.exact(), rational(BigInt(this.#shareOfNew(place))));
    const newInFull = voters > 0n && compare(this.#endowment.exact(), full) >= 0;
    return exact.anyInFull || newInFull ? 0 : 1;
  }

  /** The price for each unit of share at which it is level with what was bought, if it costs so much. */
  #priceAt(cost: bigint, winner: Priced | undefined): Amount | undefined {
    return winner === undefined || this.ruleset.utility !== 'cost'
      ? winner?.price
      : times(winner.price, cost);
  }

  /** What a further voter would pay at a price. */
  #eachAt(place: number, price: Amount | undefined): Amount {
    const held = this.#endowment;
    if (price === undefined) return held;
    const share = this.#shareOfNew(place);
    return {
      low: min(held.low, down(price.low * share)),
      high: min(held.high, up(price.high * share)),
      exact: () => {
        const full = multiply(price.exact(), rational(BigInt(share)));
        return compare(held.exact(), full) < 0 ? held.exact() : full;
      },
    };
  }

  /** At least the largest cost at which it would be level with what was bought. */
  #mostCost(place: number, winner: Priced | undefined): number {
    const own = Number(this.#cost(place));
    if (winner === undefined) return this.balances.money(place).high;
    if (this.ruleset.utility !== 'cost') return this.balances.paidAt(place, winner.price).high;
    // What they would pay is concave in the cost: each set of those who spend all gives a line above it.
    let most = up(own);
    for (;;) {
      const { money, rest } = this.balances.spentAt(place, up(winner.price.high * most));
      const error = errorOfSum(this.#of(place).groups.length);
      const slope = down(1 - up(winner.price.high * rest * (1 + error)));
      if (slope <= 0) return most;
      const next = (money / slope) * (1 + error);
      if (!(next < most)) return most;
      most = next;
    }
  }

  #winsTie(place: number, changed: { cost?: bigint; voters?: bigint }, winner: Priced | undefined): boolean {
    if (winner === undefined) return true;
    const own = this.candidates[place] as Candidate;
    const { cost = own.project.cost, voters = 0n } = changed;
    const other = { ...own, project: { ...own.project, cost }, votes: own.votes + voters };
    const first = this.#firstOf(other, this.candidates[winner.place] as Candidate);
    return first !== undefined && first.difference < 0;
  }

  /** What it would be worth to a further voter: as much as to anybody. */
  #shareOfNew(place: number): number {
    const { score, utility } = this.ruleset;
    if (utility !== 'score') return 1;
    return score.by === 'ranks' ? score.first : this.#of(place).shares.reduce((a, b) => max(a, b), 1);
  }

  #cost(place: number): bigint {
    return this.#of(place).project.cost;
  }

  #of(place: number): Supporters {
    return this.supporters[place] as Supporters;
  }
}

/** The largest number that passes, at least `from`, which does, and below `to`, which does not. */
function largest(from: bigint, to: bigint, passes: (number: bigint) => boolean): bigint {
  let [good, bad] = [from, to];
  if (bad - good > 1n && passes(bad - 1n)) return bad - 1n;
  while (bad - good > 1n) {
    const middle = (good + bad) / 2n;
    if (passes(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
