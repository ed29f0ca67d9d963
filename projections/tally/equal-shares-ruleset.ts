/** The part of a ruleset that only equal shares has. */
import { isCount, type Common, type RulesetProblem } from './ruleset.js';
import { utilityProblem, type Utility } from './supporters.js';

const COMPLETIONS: readonly unknown[] = ['none', 'utilitarian', 'add1', 'add1u', 'add-opt'];

export interface EqualSharesRuleset extends Common {
  rule: 'equal-shares';
  /** What a funded project is worth to its supporter: its cost, one, or the points or ranks of `score`. */
  utility: Utility;
  /**
   * What is done with money that is left. `utilitarian`: the others by score, as far as they fit. `add1`: everybody holds
   * `increment` more, and the count begins anew, as long as the budget suffices. `add1u`: both. `add-opt`: as `add1`, by
   * one minor unit: the next endowment is the next that changes anything.
   */
  completion: 'none' | 'utilitarian' | 'add1' | 'add1u' | 'add-opt';
  /** With `add1` and `add1u`: minor units added to the share of everybody in each step. */
  increment?: number;
  /** Where the endowment is raised: stop as soon as no other project fits in what is left. */
  stopWhenExhaustive?: boolean;
  /** Where the endowment is raised: begin at the share of the budget rounded down to a multiple of the increment. */
  integralStart?: boolean;
  /**
   * A project is considered only if its part of the voters, this many times over, is at least its part of the budget
   * (Swiecie 2023: 3).
   */
  costSupport?: number;
  /**
   * Give way to the greedy outcome where strictly more voters prefer it, by the number of funded projects that they approve;
   * voters of whose projects none is funded count as all others.
   */
  comparison?: boolean;
}

export const EQUAL_SHARES_FIELDS = [
  'utility',
  'completion',
  'increment',
  'stopWhenExhaustive',
  'integralStart',
  'costSupport',
  'comparison',
];

/** What is wrong with the part of a ruleset that only equal shares has. */
export function equalSharesProblem(value: Record<string, unknown>): RulesetProblem | undefined {
  const malformed = (field: string): RulesetProblem => ({ rejected: 'ruleset-malformed', field });
  const contradictory = (field: string): RulesetProblem => ({ rejected: 'ruleset-contradictory', field });
  const { completion, increment, stopWhenExhaustive, integralStart, costSupport, comparison } = value;
  const wrong = utilityProblem(value);
  if (wrong !== undefined) return wrong;
  if (!COMPLETIONS.includes(completion)) return malformed('completion');
  if (costSupport !== undefined && !(isCount(costSupport) && costSupport > 0))
    return malformed('costSupport');
  const adds = completion === 'add1' || completion === 'add1u';
  const ofSteps = { stopWhenExhaustive, integralStart };
  for (const [field, given] of Object.entries(ofSteps)) {
    if (given !== undefined && !raises(completion)) return contradictory(field);
  }
  if (increment !== undefined && !adds) return contradictory('increment');
  if (adds && !(isCount(increment) && increment > 0)) return malformed('increment');
  if (stopWhenExhaustive !== undefined && typeof stopWhenExhaustive !== 'boolean')
    return malformed('stopWhenExhaustive');
  if (integralStart !== undefined && typeof integralStart !== 'boolean') return malformed('integralStart');
  if (comparison !== undefined && typeof comparison !== 'boolean') return malformed('comparison');
  return undefined;
}

/** Whether money that is left is spent by raising the endowment. */
export function raises(completion: unknown): boolean {
  return completion === 'add1' || completion === 'add1u' || completion === 'add-opt';
}
