/** What equal shares leaves, projects and money, as an election for the greedy rule. */
import type { GreedyRuleset } from './greedy-ruleset.js';
import type { Candidate } from './order.js';
import type { Common } from './ruleset.js';

/** The greedy rule with what a ruleset shares with it. */
export function greedyOf({ score, tieOrder, ties, threshold }: Common): GreedyRuleset {
  return { v: 1, rule: 'greedy', score, tieOrder, ...(ties && { ties }), ...(threshold && { threshold }) };
}

/**
 * The projects that were not bought, with the scores of whole ballots, and the money that is left.
 * @param isOut whether a project may not be funded, by its id
 */
export function leftBy(
  ruleset: Common,
  candidates: readonly Candidate[],
  bought: ReadonlySet<string>,
  isOut: (id: string) => boolean,
  budget: bigint,
): { ruleset: GreedyRuleset; candidates: Candidate[]; budget: bigint } {
  const { ties } = ruleset;
  const spent = candidates.reduce(
    (sum, { project }) => (bought.has(project.id) ? sum + project.cost : sum),
    0n,
  );
  return {
    ruleset: greedyOf({ ...ruleset, ...(ties && { ties: ties.filter((id) => !bought.has(id)) }) }),
    candidates: candidates
      .filter(({ project }) => !bought.has(project.id))
      .map((one) => (isOut(one.project.id) ? { ...one, project: { ...one.project, withdrawn: true } } : one)),
    budget: budget - spent,
  };
}
