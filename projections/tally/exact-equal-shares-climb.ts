/**
 * Runs of Exact Equal Shares at one endowment after another, each from the first round that the endowment changes. They only
 * say what is funded: what an outcome tells is counted once more, at the last of these endowments. Why that is right:
 * `docs/counting/exact-equal-shares-exactness.md`.
 */
import type { Contender } from './contenders.js';
import { Amount, Ledger, type Entry, type Purchase, type Voters } from './exact-equal-shares-ledger.js';
import { orderTied } from './order.js';
import type { Rational } from './rational.js';
import type { Common } from './ruleset.js';

// Looked up once: where a test runner or a browser puts code into a context of its own, globals are slow to reach.
const { ceil, min } = Math;

/** What has happened until the beginning of a round: the same with every endowment below `until`. */
interface RoundStart {
  readonly cost: bigint;
  readonly open: readonly Entry[];
  readonly last: Purchase | undefined;
  /** The least larger endowment at which an earlier round changes; none where none does. */
  readonly until: Amount | undefined;
  /** By place: those who might pay for a project from here on with some endowment up to that one. */
  readonly able: readonly Voters[];
  /** Whether the declared order left open which project was funded in an earlier round. */
  readonly isOpen: boolean;
}

export class ExactClimb {
  readonly #ledger: Ledger;
  #endowment: Amount;
  /** The beginning of each round, and the end. */
  #rounds: [RoundStart, ...RoundStart[]];
  /** What was funded in each of them. */
  #funded: readonly Entry[] = [];

  /** Stands at the first endowment. @param able projects that can be funded, each with supporters */
  constructor(
    able: readonly Contender[],
    groups: number,
    endowment: Rational,
    budget: bigint,
    private readonly ruleset: Pick<Common, 'tieOrder' | 'ties'> & { utility: 'cost' | 'cardinality' },
  ) {
    const open = able.map((one, place): Entry => ({ ...one, place, cost: Number(one.project.cost) }));
    const most = open.reduce((sum, { cost }) => sum + cost, Number(budget));
    this.#ledger = new Ledger(open, groups, most);
    this.#endowment = Amount.of(endowment);
    const all = open.map(({ supporters: { groups, weight } }): Voters => ({ groups, voters: weight }));
    this.#rounds = [{ cost: 0n, open, last: undefined, until: undefined, able: all, isOpen: false }];
    this.#goOn([]);
  }

  get endowment(): Rational {
    return this.#endowment.exact;
  }

  /** What everything costs that is funded at this endowment. */
  get cost(): bigint {
    return this.#end.cost;
  }

  /** Whether the declared order leaves a tie open: then it is not known what is funded. */
  get isOpen(): boolean {
    return this.#end.isOpen;
  }

  /** To the next endowment at which anything changes; false where none does. */
  rise(): boolean {
    const { until } = this.#end;
    if (until === undefined) return false;
    const round = this.#rounds.findIndex((start) => start.until === until) - 1;
    this.#endowment = until;
    this.#rounds.length = round + 1;
    const likely = this.#funded.slice(round);
    this.#funded = this.#funded.slice(0, round);
    this.#goOn(likely);
    return true;
  }

  get #end(): RoundStart {
    return this.#rounds.at(-1) ?? this.#rounds[0];
  }

  /** Until nobody can pay for anything. @param likely what will probably be funded, in order */
  #goOn(likely: readonly Entry[]): void {
    const funded = [...this.#funded];
    for (;;) {
      const start = this.#end;
      this.#ledger.goTo(start.last);
      const able = [...start.able];
      const tied = this.#tied(start, likely, able);
      const until = this.#until(start, tied, able);
      const { runs } = orderTied([...tied.keys()], this.ruleset);
      const [run = []] = runs;
      const [one] = run;
      if (one === undefined) {
        this.#rounds.push({ ...start, until, able });
        break;
      }
      funded.push(one);
      const payers = tied.get(one);
      this.#rounds.push({
        cost: start.cost + one.project.cost,
        open: start.open.filter((other) => other !== one),
        last: one.cost === 0 || payers === undefined ? start.last : this.#ledger.pay(one, payers),
        until,
        able,
        // What costs nothing is funded in any order.
        isOpen: start.isOpen || (run.length > 1 && one.cost > 0),
      });
    }
    this.#funded = funded;
  }

  #tied({ open, until }: RoundStart, likely: readonly Entry[], able: Voters[]): Map<Entry, Voters> {
    const tied = new Map<Entry, Voters>();
    let best: Entry | undefined;
    let most = 0;
    for (const one of likelyFirst(open, likely)) {
      const level = best === undefined ? 1 : this.#level(one, best, most);
      const could = this.#could(one, until, level, able);
      if (could.voters < level) continue;
      const payers = this.#ledger.able(one, this.#endowment, could, level);
      if (payers.voters < level) continue;
      // If the best so far is not level with it, it is worth more.
      if (best !== undefined && most < this.#level(best, one, payers.voters)) tied.clear();
      tied.set(one, payers);
      [best, most] = [one, payers.voters];
    }
    return tied;
  }

  /** Those who might pay for a project until an endowment, looked at again where they are `least` or more. */
  #could(one: Entry, until: Amount | undefined, least: number, able: Voters[]): Voters {
    let could = able[one.place] as Voters;
    if (could.voters >= least && until !== undefined)
      able[one.place] = could = this.#ledger.able(one, until, could);
    return could;
  }

  /** The least endowment at which this round changes, or one before it. */
  #until(
    { open, until: before }: RoundStart,
    tied: ReadonlyMap<Entry, Voters>,
    able: Voters[],
  ): Amount | undefined {
    const [[best, payers] = []] = tied;
    let until = before;
    for (const one of open) {
      if (one.cost === 0) continue;
      const now = tied.get(one);
      // With fewer it would not even come level with the best; with as many as now it could pay already.
      const least =
        now !== undefined
          ? now.voters + 1
          : best === undefined || payers === undefined
            ? 1
            : this.#level(one, best, payers.voters);
      const could = this.#could(one, until, least, able);
      if (could.voters < least) continue;
      const endowment = this.#ledger.leastEndowment(one, until, least, could);
      if (endowment !== undefined && (until === undefined || this.#ledger.compare(endowment, until) < 0))
        until = endowment;
    }
    return until;
  }

  /** The least number of payers with which a project is worth as much for each of the money as another with so many. */
  #level(one: Entry, other: Entry, payers: number): number {
    // What costs nothing comes first.
    if (one.cost === 0) return 1;
    if (other.cost === 0) return Infinity;
    if (this.ruleset.utility === 'cost') return payers;
    const ratio = (payers * one.cost) / other.cost;
    const level = ceil(ratio);
    const apart = min(level - ratio, ratio - (level - 1));
    if (apart > 8 * Number.EPSILON * ratio) return level;
    const cost = other.project.cost;
    return Number((BigInt(payers) * one.project.cost + cost - 1n) / cost);
  }
}

/** The same, beginning with the first of some that is among them. */
function likelyFirst(open: readonly Entry[], likely: readonly Entry[]): readonly Entry[] {
  const first = likely.find((one) => open.includes(one));
  return first === undefined ? open : [first, ...open];
}
