/**
 * The greedy family: projects by score, each funded if its cost is at most what remains.
 * `greedy` and `greedy-threshold` pass over what does not fit, `greedy-no-skip` stops there, and `greedy-exclusive` also
 * passes over what conflicts with a funded project. Withdrawn projects and those below the threshold are passed over.
 */
import type { BallotGroup, Project } from './ballots.js';
import { order, type Candidate } from './order.js';
import type { Outcome, ProjectOutcome, Reason, Tie, TieUndecided } from './outcome.js';
import { isStrings, neededSupport, type Common, type RulesetProblem, type Threshold } from './ruleset.js';
import { scoreProjects, totalWeight } from './scores.js';

export interface GreedyRuleset extends Common {
  rule: 'greedy' | 'greedy-no-skip';
}
export interface GreedyThresholdRuleset extends Common {
  rule: 'greedy-threshold';
  threshold: Threshold;
}
export interface GreedyExclusiveRuleset extends Common {
  rule: 'greedy-exclusive';
  /** Groups of projects of which at most one can be funded. */
  conflicts: readonly (readonly string[])[];
}

export type GreedyFamily = GreedyRuleset | GreedyThresholdRuleset | GreedyExclusiveRuleset;

/** What is wrong with a `greedy-threshold` ruleset beyond the common part. */
export function missingThreshold({ threshold }: Record<string, unknown>): RulesetProblem | undefined {
  return threshold === undefined ? { rejected: 'ruleset-malformed', field: 'threshold' } : undefined;
}

/** What is wrong with the part of a ruleset that only `greedy-exclusive` has. */
export function conflictsProblem(
  { conflicts }: Record<string, unknown>,
  options: ReadonlySet<string>,
): RulesetProblem | undefined {
  if (!Array.isArray(conflicts) || conflicts.length === 0)
    return { rejected: 'ruleset-malformed', field: 'conflicts' };
  for (const [index, group] of conflicts.entries()) {
    const field = `conflicts.${index}`;
    if (!isStrings(group) || group.length < 2 || new Set(group).size !== group.length) {
      return { rejected: 'ruleset-malformed', field };
    }
    if (!group.every((id) => options.has(id))) return { rejected: 'ruleset-unknown-option', field };
  }
  return undefined;
}

export function countGreedy(
  ruleset: GreedyFamily,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome | TieUndecided {
  const scores = scoreProjects(ruleset.score, projects, ballots);
  const valid = totalWeight(ballots);
  const candidates = projects.map((project): Candidate => ({
    project,
    ...(scores.get(project.id) ?? { votes: 0n, score: 0n }),
  }));
  return countCandidates(ruleset, candidates, valid, budget);
}

/** Counts projects whose scores are known; `valid` is the weight of all ballots. */
export function countCandidates(
  ruleset: GreedyFamily,
  candidates: readonly Candidate[],
  valid: bigint,
  budget: bigint,
): Outcome | TieUndecided {
  const greedy = new Greedy(ruleset, budget, valid);
  const outcomes: ProjectOutcome[] = [];
  const ties: Tie[] = [];
  for (const { score, runs, decidedBy } of order(candidates, ruleset)) {
    const group = runs.flat();
    if (group.length > 1) {
      ties.push({ score, projects: idsOf(group), decidedBy, matters: greedy.orderMatters(group) });
    }
    for (const run of runs) {
      if (greedy.orderMatters(run)) {
        const rivals = idsOf(greedy.rivals(run));
        return { undecided: 'tie-undecided', score, projects: rivals, remaining: greedy.remaining };
      }
      for (const candidate of run) {
        const reason = greedy.take(candidate);
        const { project, votes } = candidate;
        outcomes.push({
          id: project.id,
          cost: project.cost,
          votes,
          score,
          rank: outcomes.length + 1,
          funded: reason.code === 'funded',
          reason,
        });
      }
    }
  }
  const funded = [...greedy.funded];
  const cost = budget - greedy.remaining;
  return { rule: ruleset.rule, budget, funded, cost, ballots: valid, projects: outcomes, ties };
}

function idsOf(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ project }) => project.id);
}

/** A count under way: what is funded, and what remains. */
class Greedy {
  /** In the order of funding. */
  readonly funded = new Set<string>();
  remaining: bigint;
  #stoppedBy: string | undefined;
  readonly #conflicts = new Map<string, Set<string>>();

  constructor(
    private readonly ruleset: GreedyFamily,
    budget: bigint,
    private readonly valid: bigint,
  ) {
    this.remaining = budget;
    if (ruleset.rule !== 'greedy-exclusive') return;
    for (const group of ruleset.conflicts) {
      for (const id of group) {
        const others = this.#conflicts.get(id) ?? new Set();
        for (const other of group) if (other !== id) others.add(other);
        this.#conflicts.set(id, others);
      }
    }
  }

  /** Funds the candidate or says why not. */
  take(candidate: Candidate): Reason {
    const { project } = candidate;
    const out = this.#unfit(candidate);
    if (out !== undefined) return out;
    // A project that exactly uses up the budget is funded.
    if (project.cost > this.remaining) {
      if (this.ruleset.rule === 'greedy-no-skip') this.#stoppedBy = project.id;
      return { code: 'does-not-fit', remaining: this.remaining, missing: project.cost - this.remaining };
    }
    const { remaining } = this;
    this.remaining -= project.cost;
    this.funded.add(project.id);
    return { code: 'funded', remaining };
  }

  /**
   * Whether another order among these could fund other projects. All that fit are funded in any order when they fit
   * together without conflict; else each of them is funded when it comes first, and not all of them ever are.
   */
  orderMatters(group: readonly Candidate[]): boolean {
    if (group.length < 2) return false;
    const able = group.filter((candidate) => this.#unfit(candidate) === undefined);
    const fitting = able.filter(({ project }) => project.cost <= this.remaining);
    if (fitting.length === 0) return false;
    // One that does not fit stops the count for those after it.
    if (this.ruleset.rule === 'greedy-no-skip' && fitting.length < able.length) return true;
    if (fitting.reduce((sum, { project }) => sum + project.cost, 0n) > this.remaining) return true;
    return fitting.some(({ project }) =>
      fitting.some((other) => this.#conflicts.get(project.id)?.has(other.project.id)),
    );
  }

  /** Those among whom the order decides. */
  rivals(group: readonly Candidate[]): Candidate[] {
    return group.filter(
      (candidate) =>
        this.#unfit(candidate) === undefined &&
        (this.ruleset.rule === 'greedy-no-skip' || candidate.project.cost <= this.remaining),
    );
  }

  /** Why a candidate is out whatever it costs. */
  #unfit({ project, score, votes }: Candidate): Reason | undefined {
    if (project.withdrawn === true) return { code: 'withdrawn' };
    const { of, needed } = neededSupport(this.ruleset.threshold, this.valid);
    const has = of === 'votes' ? votes : score;
    if (has < needed) return { code: 'below-threshold', of, needed, missing: needed - has };
    if (this.#stoppedBy !== undefined) return { code: 'after-stop', stoppedBy: this.#stoppedBy };
    for (const rival of this.#conflicts.get(project.id) ?? []) {
      if (this.funded.has(rival)) return { code: 'conflict', with: rival };
    }
    return undefined;
  }
}
