/**
 * The method of equal shares: every voter holds the same part of the budget, and a project is funded when its supporters can
 * pay for it together; of those that can be paid, the one that costs its supporters least for what it is worth to them.
 * @see Peters, Pierczynski, Skowron: Proportional Participatory Budgeting with Additive Utilities (NeurIPS 2021)
 */
import type { BallotGroup, Project } from './ballots.js';
import { greedyOf, leftBy } from './completion.js';
import { raises, type EqualSharesRuleset } from './equal-shares-ruleset.js';
import { Climb } from './equal-shares-climb.js';
import { runEqualShares, sameInAnyOrder, type Run, type TieOrder } from './equal-shares-run.js';
import { ineligible } from './eligible.js';
import { preferences } from './compare.js';
import { countCandidates, countGreedy } from './greedy.js';
import { candidatesOf, orderTied, tieOrderOf, type Candidate } from './order.js';
import type { Outcome, ProjectOutcome, Reason, Tie, TieUndecided } from './outcome.js';
import { add, rational, type Rational } from './rational.js';
import { neededSupport } from './ruleset.js';
import { totalWeight } from './scores.js';
import { supportersOf, type Supporters } from './supporters.js';

export function countEqualShares(
  ruleset: EqualSharesRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome | TieUndecided {
  return new EqualShares(ruleset, projects, ballots, budget).count();
}

/** For so many ties other orders are tried. */
const MOST_TRIED = 20;

/** What came of an endowment. */
interface Step {
  endowment: Rational;
  run: Run;
  cost: bigint;
}

class EqualShares {
  readonly #voters: bigint;
  /** By id, so that nothing depends on the order in which projects are listed. */
  readonly #candidates: readonly Candidate[];
  readonly #byId: ReadonlyMap<string, Candidate>;
  readonly #out: ReadonlyMap<string, Reason>;
  /** Of those that may be funded, in the same order. */
  readonly #supporters: readonly Supporters[];
  readonly #tieOrder: TieOrder;

  constructor(
    private readonly ruleset: EqualSharesRuleset,
    projects: readonly Project[],
    private readonly ballots: readonly BallotGroup[],
    private readonly budget: bigint,
  ) {
    this.#voters = totalWeight(ballots);
    this.#candidates = candidatesOf(ruleset.score, projects, ballots).sort((a, b) =>
      a.project.id < b.project.id ? -1 : 1,
    );
    this.#byId = new Map(this.#candidates.map((candidate) => [candidate.project.id, candidate]));
    const supporters = supportersOf(
      this.#candidates.map(({ project }) => project),
      ballots,
      ruleset.utility,
      ruleset.score,
    );
    this.#out = new Map(
      this.#candidates.flatMap((candidate, place) => {
        const reason = this.#unfit(candidate, supporters[place]?.weight ?? 0);
        return reason === undefined ? [] : [[candidate.project.id, reason] as const];
      }),
    );
    this.#supporters = supporters.filter(({ project }) => !this.#out.has(project.id));
    const of = this.#supporters.map(({ project }) => this.#candidate(project.id));
    const before = tieOrderOf(ruleset);
    this.#tieOrder = (a, b) => before(of[a] as Candidate, of[b] as Candidate)?.difference ?? 0;
  }

  count(): Outcome | TieUndecided {
    const { completion } = this.ruleset;
    const last = raises(completion) ? this.#add() : this.#step(this.#share());
    if (last.run.undecided !== undefined) return this.#undecided(last, last.run.undecided);
    const funded = last.run.funded.map((place) => (this.#supporters[place] as Supporters).project.id);
    const completed =
      completion === 'utilitarian' || completion === 'add1u' ? this.#complete(funded) : undefined;
    if (completed !== undefined && 'undecided' in completed) return completed;
    const outcome = this.#outcome(last, funded, completed);
    return this.ruleset.comparison === true ? this.#compared(outcome) : outcome;
  }

  #candidate(id: string | undefined): Candidate {
    return this.#byId.get(id ?? '') as Candidate;
  }

  #unfit(candidate: Candidate, supporters: number): Reason | undefined {
    const { project, votes } = candidate;
    const out = ineligible(candidate, neededSupport(this.ruleset.threshold, this.#voters));
    if (out !== undefined) return out;
    if (supporters === 0) return { code: 'no-support' };
    const { costSupport } = this.ruleset;
    if (costSupport === undefined || this.budget === 0n) return undefined;
    const by = BigInt(costSupport) * this.budget;
    const least = (project.cost * this.#voters + by - 1n) / by;
    if (votes >= least) return undefined;
    return { code: 'below-cost-support', needed: least, missing: least - votes };
  }

  /** What each voter holds at first, in minor units for each unit of weight. */
  #share(): Rational {
    return this.#voters === 0n ? rational(0n) : rational(this.budget, this.#voters);
  }

  #step(endowment: Rational): Step {
    const run = runEqualShares(this.#supporters, this.ballots.length, endowment, this.#tieOrder);
    return { endowment, run, cost: this.#costOf(run.funded) };
  }

  #undecided({ cost }: Step, places: readonly number[]): TieUndecided {
    const tied = places.map((place) => (this.#supporters[place] as Supporters).project.id);
    const { score } = this.#candidate(tied[0]);
    return { undecided: 'tie-undecided', projects: tied, score, remaining: this.budget - cost };
  }

  #costOf(places: readonly number[]): bigint {
    return places.reduce((sum, place) => sum + (this.#supporters[place] as Supporters).project.cost, 0n);
  }

  /**
   * Raises the endowment by whole increments while the budget suffices. What is known up to some rise is not counted again:
   * increments within are jumped over.
   */
  #add(): Step {
    const increment = BigInt(this.ruleset.increment ?? 1);
    const share = this.#share();
    const start =
      this.ruleset.integralStart === true ? rational((share.n / share.d / increment) * increment) : share;
    const at = (taken: bigint) => add(start, rational(taken * increment));
    const climb = new Climb(this.#supporters, this.ballots.length, Number(increment));
    for (let taken = 0n; ;) {
      const bought =
        climb.run(at(taken)) ??
        runEqualShares(this.#supporters, this.ballots.length, at(taken), this.#tieOrder, climb.rises);
      const { funded, undecided = [], reach } = bought;
      const cost = this.#costOf(funded);
      // What a tie that is left open would lead to is open, unless each of the tied alone is too much.
      const tooMuch =
        undecided.length === 0
          ? cost > this.budget
          : undecided.every((place) => cost + this.#costOf([place]) > this.budget);
      if (taken > 0n && tooMuch) return this.#step(at(taken - 1n));
      const over = undecided.length > 0 || tooMuch || funded.length === this.#supporters.length;
      if (over || (this.ruleset.stopWhenExhaustive === true && this.#isExhaustive(funded, cost)))
        return this.#step(at(taken));
      taken += wholeBelow(reach / Number(increment)) + 1n;
    }
  }

  /** Whether no other project fits in what is left. */
  #isExhaustive(places: readonly number[], cost: bigint): boolean {
    const funded = new Set(places);
    return this.#supporters.every(
      ({ project }, place) => funded.has(place) || cost + project.cost > this.budget,
    );
  }

  /** The outcome, or the greedy one where more voters prefer that; either says how many. */
  #compared(outcome: Outcome): Outcome | TieUndecided {
    const projects = this.#candidates.map(({ project }) => project);
    const greedy = countGreedy(greedyOf(this.ruleset), projects, this.ballots, this.budget);
    if ('undecided' in greedy) return greedy;
    const shares = new Set(outcome.funded);
    const other = new Set(greedy.funded);
    const { first, second, indifferent } = preferences(projects, this.ballots, shares, other, 'cardinality');
    const comparison = { shares: first, greedy: second, indifferent };
    return second > first ? { ...greedy, rule: this.ruleset.rule, comparison } : { ...outcome, comparison };
  }

  /** Greedy over what is left. */
  #complete(funded: readonly string[]): Outcome | TieUndecided {
    const isOut = (id: string) => this.#out.has(id);
    const left = leftBy(this.ruleset, this.#candidates, new Set(funded), isOut, this.budget);
    return countCandidates(left.ruleset, left.candidates, this.#voters, left.budget);
  }

  #outcome(
    { endowment, run, cost }: Step,
    funded: readonly string[],
    completed: Outcome | undefined,
  ): Outcome {
    const rounds = new Map(funded.map((id, index) => [id, index + 1]));
    const later = completed?.funded ?? [];
    const reasons = new Map<string, Reason>(this.#out);
    for (const [index, { project }] of this.#supporters.entries()) {
      const round = rounds.get(project.id);
      if (round !== undefined)
        reasons.set(project.id, { code: 'bought', round: BigInt(round), paid: run.paid(index) });
      else {
        const money = run.money(index);
        reasons.set(project.id, { code: 'supporters-short', money, missing: project.cost - money });
      }
    }
    for (const { id, reason } of completed?.projects ?? []) {
      if (reason.code === 'funded') reasons.set(id, { code: 'completed', remaining: reason.remaining });
    }
    const order = [...funded, ...later];
    const others = this.#candidates.filter(({ project }) => !order.includes(project.id));
    others.sort((a, b) => (a.score === b.score ? 0 : a.score > b.score ? -1 : 1));
    const all = [...order.map((id) => this.#candidate(id)), ...others];
    return {
      rule: this.ruleset.rule,
      budget: this.budget,
      funded: order,
      cost: cost + (completed?.cost ?? 0n),
      ballots: this.#voters,
      endowment,
      projects: all.map(({ project, votes, score }, index): ProjectOutcome => {
        const reason = reasons.get(project.id) as Reason;
        const { id } = project;
        return {
          id,
          cost: project.cost,
          votes,
          score,
          rank: index + 1,
          funded: index < order.length,
          reason,
        };
      }),
      ties: [
        ...run.ties.map((tied, index) => this.#tie(tied, index < MOST_TRIED ? endowment : undefined)),
        ...(completed?.ties ?? []),
      ],
    };
  }

  /** @param endowment at which other orders are tried; without it the tie counts as one that matters */
  #tie(places: readonly number[], endowment: Rational | undefined): Tie {
    const tied = places.map((place) => this.#supporters[place] as Supporters);
    const harmless =
      endowment !== undefined &&
      sameInAnyOrder(this.#supporters, this.ballots.length, endowment, this.#tieOrder, places);
    const { runs, decidedBy } = orderTied(
      tied.map(({ project }) => this.#candidate(project.id)),
      this.ruleset,
    );
    const projects = runs.flat();
    return {
      score: projects[0]?.score ?? 0n,
      projects: projects.map(({ project }) => project.id),
      decidedBy,
      matters: !harmless,
    };
  }
}

/** The largest whole number that is surely below a positive number; 0 for zero. */
function wholeBelow(value: number): bigint {
  return BigInt(Math.floor(Math.max(0, value * (1 - 8 * Number.EPSILON))));
}
