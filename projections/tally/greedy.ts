/**
 * The greedy family: projects by score (`greedy-per-cost`: by score per cost), each funded if its cost is at most what
 * remains. What does not fit is passed over, but `greedy-no-skip`, `poznan` and `part-funding` stop there: `poznan` after
 * reserve money has paid what it may, `part-funding` after that project got what remains. Withdrawn projects, those below
 * the threshold, and those that conflict with a funded one are passed over by all.
 */
import type { BallotGroup, Project } from './ballots.js';
import { ineligible } from './eligible.js';
import type { GreedyFamily } from './greedy-ruleset.js';
import { candidatesOf, order, type Candidate } from './order.js';
import type { Outcome, ProjectOutcome, Reason, Tie, TieUndecided } from './outcome.js';
import { neededSupport } from './ruleset.js';
import { totalWeight } from './scores.js';

/** `budget` and costs in minor units. */
export function countGreedy(
  ruleset: GreedyFamily,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome | TieUndecided {
  const valid = totalWeight(ballots);
  const candidates = candidatesOf(ruleset.score, projects, ballots);
  return countCandidates(ruleset, candidates, valid, budget);
}

/** Counts projects whose scores are known; `valid` is the weight of all ballots. */
export function countCandidates(
  ruleset: GreedyFamily,
  candidates: readonly Candidate[],
  valid: bigint,
  budget: bigint,
): Outcome | TieUndecided {
  const terms = termsOf(ruleset, valid);
  const greedy = new Greedy(terms, { remaining: budget, reserve: terms.reserve, paid: 0n });
  const outcomes: ProjectOutcome[] = [];
  const ties: Tie[] = [];
  const perCost = ruleset.rule === 'greedy-per-cost';
  for (const { runs, decidedBy, ...worth } of order(candidates, ruleset, perCost)) {
    const group = runs.flat();
    if (group.length > 1) {
      ties.push({ ...worth, projects: idsOf(group), decidedBy, matters: greedy.orderMatters(group) });
    }
    for (const run of runs) {
      if (greedy.orderMatters(run)) {
        const rivals = idsOf(greedy.rivals(run));
        return { undecided: 'tie-undecided', ...worth, projects: rivals, remaining: greedy.till.remaining };
      }
      for (const candidate of run) {
        const reason = greedy.take(candidate);
        const { project, votes, score } = candidate;
        outcomes.push({
          id: project.id,
          cost: project.cost,
          votes,
          score,
          rank: outcomes.length + 1,
          funded: greedy.funded.has(project.id),
          reason,
        });
      }
    }
  }
  const { remaining, paid } = greedy.till;
  return {
    rule: ruleset.rule,
    budget,
    funded: [...greedy.funded],
    cost: budget - remaining,
    ...(ruleset.rule === 'poznan' && { reserve: paid }),
    ballots: valid,
    projects: outcomes,
    ties,
  };
}

function idsOf(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ project }) => project.id);
}

/** What the ruleset says, ready for use. */
interface Terms {
  least: { of: 'votes' | 'score'; needed: bigint };
  /** Of each project, those of which it excludes all. */
  conflicts: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether the first project for which the money does not suffice ends the count. */
  stops: boolean;
  /** Shares of a cost that must remain, in hundredths of a percent; `undefined` where the rule has no such thing. */
  reserveShare: bigint | undefined;
  partShare: bigint | undefined;
  reserve: bigint;
}

function termsOf(ruleset: GreedyFamily, valid: bigint): Terms {
  const conflicts = new Map<string, Set<string>>();
  for (const group of ruleset.conflicts ?? []) {
    for (const id of group) {
      const others = conflicts.get(id) ?? new Set();
      for (const other of group) if (other !== id) others.add(other);
      conflicts.set(id, others);
    }
  }
  const { rule } = ruleset;
  return {
    least: neededSupport(ruleset.threshold, valid),
    conflicts,
    stops: rule === 'greedy-no-skip' || rule === 'poznan' || rule === 'part-funding',
    reserveShare: rule === 'poznan' ? BigInt(ruleset.reserveShareBasisPoints) : undefined,
    partShare: rule === 'part-funding' ? BigInt(ruleset.leastShareBasisPoints) : undefined,
    reserve: rule === 'poznan' ? BigInt(ruleset.reserve ?? 0) : 0n,
  };
}

/** Money in minor units: of the budget, of the additional reserve, and what any reserve has paid. */
interface Till {
  remaining: bigint;
  reserve: bigint;
  paid: bigint;
  stoppedBy?: string;
}

/** A count under way: what is funded, and what remains. */
class Greedy {
  readonly till: Till;

  constructor(
    private readonly terms: Terms,
    till: Readonly<Till>,
    /** In the order of funding. */
    readonly funded = new Set<string>(),
  ) {
    this.till = { ...till };
  }

  /** Funds the candidate or says why not. */
  take(candidate: Candidate): Reason {
    const out = this.#unfit(candidate);
    if (out !== undefined) return out;
    const { till, terms } = this;
    const { id, cost } = candidate.project;
    const { remaining } = till;
    // A project that exactly uses up the budget is funded.
    if (cost <= remaining) {
      this.funded.add(id);
      till.remaining -= cost;
      return { code: 'funded', remaining };
    }
    const missing = cost - remaining;
    const isLeft = (share: bigint | undefined) => share !== undefined && remaining * 10_000n >= cost * share;
    // Once a project has got all that remains, no share of a later one is left: this happens at most once.
    const withReserve = isLeft(terms.reserveShare);
    const fromReserve = !withReserve && missing <= till.reserve;
    if (withReserve || fromReserve) {
      this.funded.add(id);
      till.remaining = 0n;
      till.paid += missing;
      if (fromReserve) till.reserve -= missing;
      return { code: withReserve ? 'funded-with-reserve' : 'funded-from-reserve', remaining, missing };
    }
    if (terms.stops) till.stoppedBy = id;
    if (isLeft(terms.partShare)) {
      this.funded.add(id);
      till.remaining = 0n;
      return { code: 'part-funded', remaining, missing };
    }
    return { code: 'does-not-fit', remaining: remaining + till.reserve, missing: missing - till.reserve };
  }

  /**
   * Whether another order among these could fund other projects, or with other money. If so, some project gets less in one
   * order than if it came first, since money and chances only shrink; so it is enough to try each of them first.
   */
  orderMatters(group: readonly Candidate[]): boolean {
    const able = this.rivals(group);
    if (able.length < 2) return false;
    const usual = this.#paid(able);
    return able.some((first) => {
      const paid = this.#paid([first, ...able.filter((other) => other !== first)]);
      return able.some(({ project }) => paid.get(project.id) !== usual.get(project.id));
    });
  }

  /** Those that can be funded, or stop the count: if the order matters, it does so among them. */
  rivals(group: readonly Candidate[]): Candidate[] {
    return group.filter(
      (candidate) =>
        this.#unfit(candidate) === undefined &&
        (this.terms.stops || candidate.project.cost <= this.till.remaining),
    );
  }

  /** What the budget would pay of each funded one, if these came next. */
  #paid(group: readonly Candidate[]): Map<string, bigint> {
    const trial = new Greedy(this.terms, this.till, new Set(this.funded));
    const paid = new Map<string, bigint>();
    for (const candidate of group) {
      const before = trial.till.remaining;
      trial.take(candidate);
      const { id } = candidate.project;
      if (trial.funded.has(id)) paid.set(id, before - trial.till.remaining);
    }
    return paid;
  }

  /** Why a candidate is out whatever it costs. */
  #unfit(candidate: Candidate): Reason | undefined {
    const { least, conflicts } = this.terms;
    const out = ineligible(candidate, least);
    if (out !== undefined) return out;
    const { stoppedBy } = this.till;
    if (stoppedBy !== undefined) return { code: 'after-stop', stoppedBy };
    for (const rival of conflicts.get(candidate.project.id) ?? []) {
      if (this.funded.has(rival)) return { code: 'conflict', with: rival };
    }
    return undefined;
  }
}
