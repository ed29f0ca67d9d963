/** Every rule that this version counts, each with the fields that only it has, the check of these, and its count. */
import type { BallotGroup, Project } from './ballots.js';
import {
  countEqualShares,
  EQUAL_SHARES_FIELDS,
  equalSharesProblem,
  type EqualSharesRuleset,
} from './equal-shares.js';
import { conflictsProblem, countGreedy, missingThreshold, type GreedyFamily } from './greedy.js';
import { countKnapsack, knapsackProblem, type KnapsackRuleset } from './knapsack.js';
import type { Outcome, TieUndecided } from './outcome.js';
import { COMMON_FIELDS, commonProblem, isObject, type RulesetProblem } from './ruleset.js';

/** Told apart by `rule`. */
export type Ruleset = GreedyFamily | EqualSharesRuleset | KnapsackRuleset;

interface Rule {
  /** Fields that not every rule has. */
  readonly fields: readonly string[];
  /** What is wrong with these, or missing. */
  readonly problem?: (
    value: Record<string, unknown>,
    options: ReadonlySet<string>,
  ) => RulesetProblem | undefined;
  /** Each takes its own rulesets: what `rule` says must be given to it. */
  readonly count: (
    ruleset: never,
    projects: readonly Project[],
    ballots: readonly BallotGroup[],
    budget: bigint,
  ) => Outcome | TieUndecided;
}

export const RULES: Readonly<Record<Ruleset['rule'], Rule>> = {
  greedy: { fields: [], count: countGreedy },
  'greedy-no-skip': { fields: [], count: countGreedy },
  'greedy-threshold': { fields: [], problem: missingThreshold, count: countGreedy },
  'greedy-exclusive': { fields: ['conflicts'], problem: conflictsProblem, count: countGreedy },
  'equal-shares': { fields: EQUAL_SHARES_FIELDS, problem: equalSharesProblem, count: countEqualShares },
  'stanford-knapsack': { fields: ['partial'], problem: knapsackProblem, count: countKnapsack },
};

/** Checks a ruleset of any origin against the options that it is for. */
export function validateRuleset(value: unknown, optionIds: readonly string[]): Ruleset | RulesetProblem {
  if (!isObject(value) || value.v !== 1) return { rejected: 'ruleset-malformed', field: 'v' };
  const rule = typeof value.rule === 'string' && Object.hasOwn(RULES, value.rule) ? value.rule : undefined;
  if (rule === undefined) return { rejected: 'rule-not-supported', field: 'rule' };
  const { fields, problem } = RULES[rule as Ruleset['rule']];
  const options = new Set(optionIds);
  return (
    unknownField(value, fields) ??
    commonProblem(value, options) ??
    problem?.(value, options) ??
    (value as unknown as Ruleset)
  );
}

function unknownField(value: Record<string, unknown>, own: readonly string[]): RulesetProblem | undefined {
  const field = Object.keys(value).find((key) => !COMMON_FIELDS.includes(key) && !own.includes(key));
  if (field === undefined) return undefined;
  const ofAnotherRule = Object.values(RULES).some(({ fields }) => fields.includes(field));
  return { rejected: ofAnotherRule ? 'ruleset-contradictory' : 'ruleset-unknown-field', field };
}
