/** What explains equal shares, once more, word for word: voter by voter, in fractions, every cost and every number of voters tried. */
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import type { EqualSharesRuleset } from '../../projections/tally/equal-shares-ruleset.js';
import {
  add,
  compare,
  divide,
  multiply,
  rational,
  subtract,
  ZERO,
} from '../../projections/tally/rational.js';
import type { Rational } from '../../projections/tally/rational.js';
import { priceOf, votersOf, type Voter } from './slow-equal-shares.js';

interface Round {
  winner: Project;
  balances: Rational[];
}

export interface SlowRound {
  project: string;
  price: Rational;
  inFull: bigint;
  allTheyHad: bigint;
  offers: Map<string, { effective: Rational; price: Rational }>;
  /** The best beside the winner, and by how much it was behind. */
  runnerUp?: { project: string; behind: Rational };
}

export interface SlowLoser {
  left: Rational;
  paid: Map<string, Rational>;
}

type Rules = Pick<EqualSharesRuleset, 'utility' | 'score' | 'tieOrder' | 'ties'>;

/** No number of further voters above this is tried. */
export const MOST_VOTERS = 60n;

export class SlowExplanation {
  readonly #voters: readonly Voter[];
  readonly #rounds: Round[] = [];
  #last: readonly Rational[] = [];
  readonly rounds: SlowRound[] = [];
  readonly losers = new Map<string, SlowLoser>();

  constructor(
    private readonly rules: Rules,
    private readonly projects: readonly Project[],
    ballots: readonly Ballot[],
    private readonly endowment: Rational,
    bought: readonly string[],
  ) {
    this.#voters = votersOf(rules, projects, ballots).flatMap((voter) =>
      Array.from({ length: Number(voter.weight) }, () => ({ ...voter, weight: 1n })),
    );
    const balances = this.#voters.map(() => endowment);
    const paid = new Map<string, Map<string, Rational>>();
    for (const id of bought) {
      const winner = projects.find((project) => project.id === id) as Project;
      this.#rounds.push({ winner, balances: [...balances] });
      this.rounds.push(this.#round(winner, balances, bought));
      const price = this.#price(winner, balances) ?? ZERO;
      for (const [index, { worth }] of this.#voters.entries()) {
        const share = worth.get(id);
        if (share === undefined) continue;
        const charge = least(balances[index] as Rational, multiply(price, rational(share)));
        balances[index] = subtract(balances[index] as Rational, charge);
        for (const loser of worth.keys()) {
          const sums = paid.get(loser) ?? new Map<string, Rational>();
          sums.set(id, add(sums.get(id) ?? ZERO, charge));
          paid.set(loser, sums);
        }
      }
    }
    this.#last = balances;
    for (const project of projects) {
      if (bought.includes(project.id)) continue;
      this.losers.set(project.id, {
        left: this.#supporters(project.id).reduce(
          (sum, index) => add(sum, balances[index] as Rational),
          ZERO,
        ),
        paid: paid.get(project.id) ?? new Map<string, Rational>(),
      });
    }
  }

  /** Every cost below its own is tried. */
  largestCost(loser: Project): bigint {
    let cost = loser.cost - 1n;
    while (cost > 0n && !this.isBought({ ...loser, cost })) cost--;
    return cost > 0n ? cost : 0n;
  }

  fewestVoters(loser: Project): bigint | undefined {
    for (let voters = 1n; voters <= MOST_VOTERS; voters++) {
      if (this.isBought(loser, voters)) return voters;
    }
    return undefined;
  }

  /** In some round, or with what is left. */
  isBought(changed: Project, further = 0n): boolean {
    if (changed.cost === 0n) return further > 0n;
    if (this.#price(changed, this.#last, further) !== undefined) return true;
    return this.#rounds.some(({ winner, balances }) => {
      if (winner.cost === 0n) return false;
      const price = this.#price(changed, balances, further);
      const other = this.#price(winner, balances);
      if (price === undefined || other === undefined) return false;
      const difference = compare(price, other);
      return difference < 0 || (difference === 0 && this.#isFirst(changed.id, winner.id, changed.cost));
    });
  }

  #round(winner: Project, balances: readonly Rational[], bought: readonly string[]): SlowRound {
    const open = this.projects.filter(
      ({ id, cost }) =>
        cost > 0n && this.#supporters(id).length > 0 && !bought.slice(0, this.rounds.length).includes(id),
    );
    const offers = new Map<string, { effective: Rational; price: Rational }>();
    for (const project of winner.cost === 0n ? [] : open) {
      const price = this.#price(project, balances);
      // What each pays for a vote or a point; under `cost` the price is for each unit of the cost.
      const each = price && (this.rules.utility === 'cost' ? multiply(price, rational(project.cost)) : price);
      if (each) offers.set(project.id, { effective: divide(rational(project.cost), each), price: each });
    }
    const own = offers.get(winner.id);
    const supporters = this.#supporters(winner.id);
    const inFull = supporters.filter((index) => {
      const share = this.rules.utility === 'score' ? (this.#voters[index]?.worth.get(winner.id) ?? 0n) : 1n;
      return compare(balances[index] as Rational, multiply(own?.price ?? ZERO, rational(share))) >= 0;
    }).length;
    const others = [...offers]
      .filter(([id]) => id !== winner.id)
      .map(([project, { effective, price }]) => ({
        project,
        behind:
          this.rules.utility === 'cost'
            ? subtract(own?.effective ?? ZERO, effective)
            : subtract(price, own?.price ?? ZERO),
      }))
      .sort((a, b) => compare(a.behind, b.behind) || (this.#isFirst(a.project, b.project) ? -1 : 1));
    return {
      project: winner.id,
      price: own?.price ?? ZERO,
      inFull: BigInt(inFull),
      allTheyHad: BigInt(supporters.length - inFull),
      offers,
      ...(others[0] && { runnerUp: others[0] }),
    };
  }

  #supporters(id: string): number[] {
    return this.#voters.flatMap(({ worth }, index) => (worth.has(id) ? [index] : []));
  }

  #isFirst(id: string, other: string, cost = this.#costOf(id)): boolean {
    const { ties = [], tieOrder } = this.rules;
    if (tieOrder.includes('lowest-cost') && cost !== this.#costOf(other)) return cost < this.#costOf(other);
    return ties.indexOf(id) < ties.indexOf(other);
  }

  #costOf(id: string): bigint {
    return this.projects.find((project) => project.id === id)?.cost ?? 0n;
  }

  /** The price for each unit of worth; further voters hold the endowment, and it is worth as much to them as to anybody. */
  #price({ id, cost }: Project, balances: readonly Rational[], further = 0n): Rational | undefined {
    const worthOf = (worth: bigint) => (this.rules.utility === 'cost' ? cost : worth);
    const voters = this.#voters.map(({ worth }) => {
      const share = worth.get(id);
      return { worth: new Map(share === undefined ? [] : [[id, worthOf(share)]]), weight: 1n };
    });
    const most = voters.reduce((sofar, { worth }) => {
      const share = worth.get(id) ?? 0n;
      return share > sofar ? share : sofar;
    }, worthOf(1n));
    const others = Array.from({ length: Number(further) }, () => ({
      worth: new Map([[id, most]]),
      weight: 1n,
    }));
    const all = [...balances, ...others.map(() => this.endowment)];
    return cost === 0n ? undefined : priceOf(id, cost, [...voters, ...others], all);
  }
}

function least(a: Rational, b: Rational): Rational {
  return compare(a, b) < 0 ? a : b;
}
