/**
 * The greedy family: projects by score, each funded if its cost is at most what remains.
 * `greedy` and `greedy-threshold` pass over what does not fit, `greedy-no-skip` stops there, and `greedy-exclusive` also
 * passes over what conflicts with a funded project. Withdrawn projects and those below the threshold are passed over.
 */
import type { BallotGroup, Project } from './ballots.js';
import { order, type Candidate } from './order.js';
import type { Outcome, ProjectOutcome, Reason, TieUndecided } from './outcome.js';
import type { Ruleset } from './ruleset.js';
import { scoreProjects, totalWeight } from './scores.js';

export function countGreedy(
  ruleset: Ruleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome | TieUndecided {
  const scores = scoreProjects(ruleset.score, projects, ballots);
  const valid = totalWeight(ballots);
  const candidates = projects.map((project): Candidate => {
    const { votes, score } = scores.get(project.id) ?? { votes: 0n, score: 0n };
    return { project, votes, score };
  });
  const { groups, ties, undecided } = order(candidates, ruleset);
  const state = new Greedy(ruleset, budget, valid);
  const outcomes: ProjectOutcome[] = [];
  const settled = ties.map((tie) => ({ ...tie, matters: false }));
  for (const group of groups) {
    const score = group[0]?.score ?? 0n;
    if (group.length > 1 && state.orderMatters(group)) {
      const open = undecided.find((tie) => tie.score === score);
      if (open !== undefined) return { undecided: 'tie-undecided', ...open };
      for (const tie of settled) if (tie.score === score) tie.matters = true;
    }
    for (const candidate of group) {
      const reason = state.take(candidate);
      const { project, votes } = candidate;
      const rank = outcomes.length + 1;
      outcomes.push({ id: project.id, cost: project.cost, votes, score, rank, funded: reason.code === 'funded', reason });
    }
  }
  const funded = [...state.funded];
  return { rule: ruleset.rule, budget, funded, cost: budget - state.remaining, ballots: valid, projects: outcomes, ties: settled };
}

class Greedy {
  readonly funded = new Set<string>();
  remaining: bigint;
  #stoppedBy: string | undefined;
  readonly #conflicts = new Map<string, Set<string>>();

  constructor(
    private readonly ruleset: Ruleset,
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
    if (this.#stoppedBy !== undefined) return { code: 'after-stop', stoppedBy: this.#stoppedBy };
    const rival = this.#fundedRival(project.id);
    if (rival !== undefined) return { code: 'conflict', with: rival };
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

  /** Whether the order among equal scores can change what is funded: not if all fit together without conflict, or none can win. */
  orderMatters(group: readonly Candidate[]): boolean {
    if (this.#stoppedBy !== undefined) return false;
    const able = group.filter(
      (candidate) => this.#unfit(candidate) === undefined && this.#fundedRival(candidate.project.id) === undefined,
    );
    if (able.length < 2) return false;
    const together = able.reduce((sum, { project }) => sum + project.cost, 0n) <= this.remaining;
    const amongThem = able.some(({ project }) =>
      able.some((other) => this.#conflicts.get(project.id)?.has(other.project.id)),
    );
    if (together && !amongThem) return false;
    return able.some(({ project }) => project.cost <= this.remaining);
  }

  #unfit({ project, score }: Candidate): Reason | undefined {
    if (project.withdrawn === true) return { code: 'withdrawn' };
    const needed = this.#needed();
    return score < needed ? { code: 'below-threshold', needed, missing: needed - score } : undefined;
  }

  #needed(): bigint {
    const { threshold } = this.ruleset;
    if (threshold === undefined) return 0n;
    if ('score' in threshold) return BigInt(threshold.score);
    // Rounded up: a share of the ballots is reached by a whole number of votes.
    return (BigInt(threshold.basisPoints) * this.valid + 9_999n) / 10_000n;
  }

  #fundedRival(id: string): string | undefined {
    for (const rival of this.#conflicts.get(id) ?? []) if (this.funded.has(rival)) return rival;
    return undefined;
  }
}
