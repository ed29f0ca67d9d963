/** Projects with their supporters, and what rules that fund one a round tell of them. */
import type { BallotGroup, Project } from './ballots.js';
import { ineligible } from './eligible.js';
import { candidatesOf, order, type Candidate } from './order.js';
import type { Outcome, ProjectOutcome, Reason } from './outcome.js';
import type { Rounds } from './rounds.js';
import { neededSupport, type Common } from './ruleset.js';
import { totalWeight } from './scores.js';
import { supportersOf, type Supporters } from './supporters.js';

export interface Contender extends Candidate {
  readonly supporters: Supporters;
}

export interface Contest {
  readonly all: readonly Contender[];
  /** Those that can be funded, in no order that means anything. */
  readonly able: readonly Contender[];
  /** Why the others cannot. */
  readonly out: ReadonlyMap<string, Reason>;
  /** The weight of all ballots. */
  readonly valid: bigint;
}

/** Out are also projects without supporters and those that cost more than the whole budget. */
export function contestOf(
  ruleset: Common,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Contest {
  const valid = totalWeight(ballots);
  const candidates = candidatesOf(ruleset.score, projects, ballots);
  // Both are in the order of the projects.
  const all = supportersOf(projects, ballots, 'score', ruleset.score).map((supporters, place): Contender => ({
    ...(candidates[place] as Candidate),
    supporters,
  }));
  const out = new Map<string, Reason>();
  for (const one of all) {
    const missing = one.project.cost - budget;
    const reason =
      ineligible(one, neededSupport(ruleset.threshold, valid)) ??
      (one.supporters.weight === 0 ? { code: 'no-support' } : undefined) ??
      (missing > 0n ? { code: 'does-not-fit', remaining: budget, missing } : undefined);
    if (reason !== undefined) out.set(one.project.id, reason);
  }
  return { all, able: all.filter(({ project }) => !out.has(project.id)), out, valid };
}

/** In an order that does not depend on that of the input. */
export function inOrder(contenders: readonly Contender[], ruleset: Common): Contender[] {
  return order(contenders, ruleset).flatMap(({ runs }) => runs.flat());
}

/** @param reason why a project that could be funded is not */
export function contestOutcome(
  ruleset: Common & { rule: string },
  { all, out, valid }: Contest,
  budget: bigint,
  { funded, ties }: Pick<Rounds<unknown, Contender>, 'funded' | 'ties'>,
  reason: (contender: Contender) => Reason,
): Outcome {
  const outcomes: ProjectOutcome[] = [];
  let remaining = budget;
  for (const { project, votes, score } of funded) {
    const fitted: Reason = { code: 'funded', remaining };
    const { id, cost } = project;
    outcomes.push({ id, cost, votes, score, rank: outcomes.length + 1, funded: true, reason: fitted });
    remaining -= cost;
  }
  const taken = new Set(funded.map(({ project }) => project.id));
  for (const one of inOrder(all, ruleset)) {
    const { id, cost } = one.project;
    if (taken.has(id)) continue;
    const { votes, score } = one;
    const why = out.get(id) ?? reason(one);
    outcomes.push({ id, cost, votes, score, rank: outcomes.length + 1, funded: false, reason: why });
  }
  return {
    rule: ruleset.rule,
    budget,
    funded: funded.map(({ project }) => project.id),
    cost: budget - remaining,
    ballots: valid,
    projects: outcomes,
    ties,
  };
}
