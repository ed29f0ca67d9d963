/** The rulesets of the greedy family, and the check of the fields that only these have. */
import { isCount, isStrings, type Common, type RulesetProblem, type Threshold } from './ruleset.js';

interface Greedy extends Common {
  /** Groups of projects of which at most one can be funded. */
  conflicts?: readonly (readonly string[])[];
}
export interface GreedyRuleset extends Greedy {
  rule: 'greedy' | 'greedy-no-skip';
}
export interface GreedyPerCostRuleset extends Greedy {
  rule: 'greedy-per-cost';
}
export interface GreedyThresholdRuleset extends Greedy {
  rule: 'greedy-threshold';
  threshold: Threshold;
}
export interface GreedyExclusiveRuleset extends Greedy {
  rule: 'greedy-exclusive';
  conflicts: readonly (readonly string[])[];
}
export interface PoznanRuleset extends Greedy {
  rule: 'poznan';
  /**
   * The reserve pays what is missing for the first project that does not fit if the budget still pays this share of its
   * cost, in hundredths of a percent: 1 to 10,000 (Poznań: 8000). What it pays for this is not taken from `reserve`.
   */
  reserveShareBasisPoints: number;
  /** Additional money for the projects after that, in minor units; none by default. */
  reserve?: number;
}
export interface PartFundingRuleset extends Greedy {
  rule: 'part-funding';
  /** The first project that does not fit gets what remains if that is this share of its cost: 1 to 10,000, as above. */
  leastShareBasisPoints: number;
}

export type GreedyFamily =
  | GreedyRuleset
  | GreedyPerCostRuleset
  | GreedyThresholdRuleset
  | GreedyExclusiveRuleset
  | PoznanRuleset
  | PartFundingRuleset;

/** What is wrong with the conflict groups, where there are any. */
export function conflictsProblem(
  { conflicts }: Record<string, unknown>,
  options: ReadonlySet<string>,
): RulesetProblem | undefined {
  if (conflicts === undefined) return undefined;
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

export function poznanProblem(
  value: Record<string, unknown>,
  options: ReadonlySet<string>,
): RulesetProblem | undefined {
  const { reserve } = value;
  if (reserve !== undefined && !isCount(reserve)) return { rejected: 'ruleset-malformed', field: 'reserve' };
  return shareProblem(value, 'reserveShareBasisPoints') ?? conflictsProblem(value, options);
}

export function partFundingProblem(
  value: Record<string, unknown>,
  options: ReadonlySet<string>,
): RulesetProblem | undefined {
  return shareProblem(value, 'leastShareBasisPoints') ?? conflictsProblem(value, options);
}

/** A share of nothing would give money to every project, however little remains. */
function shareProblem(value: Record<string, unknown>, field: string): RulesetProblem | undefined {
  const share = value[field];
  return isCount(share) && share > 0 && share <= 10_000
    ? undefined
    : { rejected: 'ruleset-malformed', field };
}
