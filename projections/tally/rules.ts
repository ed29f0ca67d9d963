/** Every rule that this version counts, each with the fields that only it has, the check of these, and its count. */
import type { BallotGroup, Project } from './ballots.js';
import { countBoundedOverspending, type BoundedOverspendingRuleset } from './bounded-overspending.js';
import { countEqualShares } from './equal-shares.js';
import { EQUAL_SHARES_FIELDS, equalSharesProblem, type EqualSharesRuleset } from './equal-shares-ruleset.js';
import { countGreedy } from './greedy.js';
import { conflictsProblem, partFundingProblem, poznanProblem, type GreedyFamily } from './greedy-ruleset.js';
import {
  countExactEqualShares,
  exactEqualSharesProblem,
  type ExactEqualSharesRuleset,
} from './exact-equal-shares.js';
import { countPhragmen, type PhragmenRuleset } from './phragmen.js';
import { countKnapsack, knapsackProblem, type KnapsackRuleset } from './knapsack.js';
import type { Outcome, TieUndecided } from './outcome.js';
import { COMMON_FIELDS, commonProblem, isObject, type RulesetProblem } from './ruleset.js';
import { utilityProblem } from './supporters.js';
import { countWelfareOptimum, welfareProblem, type WelfareOptimumRuleset } from './welfare-optimum.js';

/** Told apart by `rule`. */
export type Ruleset =
  | GreedyFamily
  | EqualSharesRuleset
  | PhragmenRuleset
  | ExactEqualSharesRuleset
  | BoundedOverspendingRuleset
  | WelfareOptimumRuleset
  | KnapsackRuleset;

interface Rule {
  /** Fields that not every rule has. */
  readonly fields: readonly string[];
  /** Those, and fields of every rule, that it cannot do without. */
  readonly needs?: readonly string[];
  /** What is wrong with these. */
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
  greedy: { fields: ['conflicts'], problem: conflictsProblem, count: countGreedy },
  'greedy-no-skip': { fields: ['conflicts'], problem: conflictsProblem, count: countGreedy },
  'greedy-per-cost': { fields: ['conflicts'], problem: conflictsProblem, count: countGreedy },
  'greedy-threshold': {
    fields: ['conflicts'],
    needs: ['threshold'],
    problem: conflictsProblem,
    count: countGreedy,
  },
  'greedy-exclusive': {
    fields: ['conflicts'],
    needs: ['conflicts'],
    problem: conflictsProblem,
    count: countGreedy,
  },
  poznan: {
    fields: ['conflicts', 'reserveShareBasisPoints', 'reserve'],
    needs: ['reserveShareBasisPoints'],
    problem: poznanProblem,
    count: countGreedy,
  },
  'part-funding': {
    fields: ['conflicts', 'leastShareBasisPoints'],
    needs: ['leastShareBasisPoints'],
    problem: partFundingProblem,
    count: countGreedy,
  },
  'equal-shares': {
    fields: EQUAL_SHARES_FIELDS,
    needs: ['utility', 'completion'],
    problem: equalSharesProblem,
    count: countEqualShares,
  },
  phragmen: { fields: [], count: countPhragmen },
  'welfare-optimum': {
    fields: ['utility'],
    needs: ['utility'],
    problem: welfareProblem,
    count: countWelfareOptimum,
  },
  'exact-equal-shares': {
    fields: ['utility', 'completion'],
    needs: ['utility'],
    problem: exactEqualSharesProblem,
    count: countExactEqualShares,
  },
  'bounded-overspending': {
    fields: ['utility'],
    needs: ['utility'],
    problem: utilityProblem,
    count: countBoundedOverspending,
  },
  'stanford-knapsack': {
    fields: ['partial'],
    needs: ['partial'],
    problem: knapsackProblem,
    count: countKnapsack,
  },
};

/** Checks a ruleset of any origin against the options that it is for. */
export function validateRuleset(value: unknown, optionIds: readonly string[]): Ruleset | RulesetProblem {
  if (!isObject(value) || value.v !== 1) return { rejected: 'ruleset-malformed', field: 'v' };
  const rule = ruleNamed(value.rule);
  if (rule === undefined) return { rejected: 'rule-not-supported', field: 'rule' };
  const { fields, problem } = rule;
  const options = new Set(optionIds);
  return (
    unknownField(value, fields) ??
    commonProblem(value, options) ??
    missing(value) ??
    problem?.(value, options) ??
    (value as unknown as Ruleset)
  );
}

/** The fields that the rule of a ruleset needs and it does not have. */
export function missingFields(value: Record<string, unknown>): readonly string[] {
  return ruleNamed(value.rule)?.needs?.filter((field) => value[field] === undefined) ?? [];
}

function ruleNamed(name: unknown): Rule | undefined {
  return typeof name === 'string' && Object.hasOwn(RULES, name) ? RULES[name as Ruleset['rule']] : undefined;
}

function missing(value: Record<string, unknown>): RulesetProblem | undefined {
  const [field] = missingFields(value);
  return field === undefined ? undefined : { rejected: 'ruleset-malformed', field };
}

function unknownField(value: Record<string, unknown>, own: readonly string[]): RulesetProblem | undefined {
  const field = Object.keys(value).find((key) => !COMMON_FIELDS.includes(key) && !own.includes(key));
  if (field === undefined) return undefined;
  const ofAnotherRule = Object.values(RULES).some(({ fields }) => fields.includes(field));
  return { rejected: ofAnotherRule ? 'ruleset-contradictory' : 'ruleset-unknown-field', field };
}
