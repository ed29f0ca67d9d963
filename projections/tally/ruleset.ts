/**
 * A ruleset: how ballots become an outcome, as data with a version. It is published with the election, hashed, and all
 * that the count depends on beside projects and ballots. Canonical JSON: integers, ASCII strings, booleans, lists.
 */

/** How equal scores are put in order; the first criterion that tells two projects apart decides. */
export type TieCriterion = 'lowest-cost' | 'highest-cost' | 'most-votes' | 'listed';

/** What a ballot gives to a project: one vote, its points, or points by rank. */
export type Score =
  | { by: 'votes' }
  | { by: 'points' }
  /** The first place gets `first` points, each later one a point less, never below 0 (Krakow: 3, 2, 1). */
  | { by: 'ranks'; first: number };

/**
 * Least support for a project to be considered: votes, a score, or a score in hundredths of a percent of the counted ballots
 * (by weight, empty ones included; 500 is 5 %). A project that just reaches it is considered.
 */
export type Threshold = { votes: number } | { score: number } | { basisPoints: number };

interface Common {
  v: 1;
  score: Score;
  /** In order. `listed` uses `ties` (every project, the winner of a tie first). */
  tieOrder: readonly TieCriterion[];
  ties?: readonly string[];
  /** Minimum support, on any rule. */
  threshold?: Threshold;
}

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

/** Told apart by `rule`. */
export type Ruleset = GreedyFamily;

/** The rules that this version counts, each with the fields that only it has. */
const RULES: ReadonlyMap<unknown, readonly string[]> = new Map<Ruleset['rule'], string[]>([
  ['greedy', []],
  ['greedy-no-skip', []],
  ['greedy-threshold', []],
  ['greedy-exclusive', ['conflicts']],
]);
const COMMON_FIELDS = ['v', 'rule', 'score', 'tieOrder', 'ties', 'threshold'];
const CRITERIA: readonly string[] = ['lowest-cost', 'highest-cost', 'most-votes', 'listed'];

/** Why something is not a ruleset; `field` says where. */
export interface RulesetProblem {
  rejected:
    | 'rule-not-supported'
    | 'ruleset-malformed'
    | 'ruleset-unknown-field'
    | 'ruleset-unknown-option'
    /** Parts that cannot both hold, or a field of another rule. */
    | 'ruleset-contradictory'
    /** `ties` does not list every option once. */
    | 'ties-incomplete';
  field: string;
}

/** Checks a ruleset of any origin against the options that it is for. */
export function validateRuleset(value: unknown, optionIds: readonly string[]): Ruleset | RulesetProblem {
  if (!isObject(value) || value.v !== 1) return { rejected: 'ruleset-malformed', field: 'v' };
  if (!RULES.has(value.rule)) return { rejected: 'rule-not-supported', field: 'rule' };
  const ruleset = value as unknown as Ruleset;
  return (
    unknownField(value, ruleset.rule) ??
    scoreProblem(value.score) ??
    tieProblem(value, new Set(optionIds)) ??
    thresholdProblem(value.threshold, ruleset.rule) ??
    conflictProblem(value.conflicts, ruleset.rule, new Set(optionIds)) ??
    ruleset
  );
}

function unknownField(value: Record<string, unknown>, rule: Ruleset['rule']): RulesetProblem | undefined {
  const known = new Set([...COMMON_FIELDS, ...(RULES.get(rule) ?? [])]);
  const field = Object.keys(value).find((key) => !known.has(key));
  if (field === undefined) return undefined;
  const ofAnotherRule = [...RULES.values()].some((fields) => fields.includes(field));
  return { rejected: ofAnotherRule ? 'ruleset-contradictory' : 'ruleset-unknown-field', field };
}

function scoreProblem(score: unknown): RulesetProblem | undefined {
  const malformed = { rejected: 'ruleset-malformed' as const, field: 'score' };
  if (!isObject(score)) return malformed;
  const fields = Object.keys(score).length;
  if (score.by === 'votes' || score.by === 'points') return fields === 1 ? undefined : malformed;
  return score.by === 'ranks' && fields === 2 && isCount(score.first) && score.first > 0
    ? undefined
    : malformed;
}

function tieProblem(
  value: Record<string, unknown>,
  options: ReadonlySet<string>,
): RulesetProblem | undefined {
  const { tieOrder, ties } = value;
  if (
    !Array.isArray(tieOrder) ||
    tieOrder.length === 0 ||
    !tieOrder.every((item) => CRITERIA.includes(item as string))
  ) {
    return { rejected: 'ruleset-malformed', field: 'tieOrder' };
  }
  if (new Set(tieOrder).size !== tieOrder.length)
    return { rejected: 'ruleset-contradictory', field: 'tieOrder' };
  if (tieOrder.includes('lowest-cost') && tieOrder.includes('highest-cost')) {
    return { rejected: 'ruleset-contradictory', field: 'tieOrder' };
  }
  if (!tieOrder.includes('listed')) {
    return ties === undefined ? undefined : { rejected: 'ruleset-contradictory', field: 'ties' };
  }
  if (!isStrings(ties)) return { rejected: 'ruleset-malformed', field: 'ties' };
  if (!ties.every((id) => options.has(id))) return { rejected: 'ruleset-unknown-option', field: 'ties' };
  return new Set(ties).size === options.size && ties.length === options.size
    ? undefined
    : { rejected: 'ties-incomplete', field: 'ties' };
}

function thresholdProblem(threshold: unknown, rule: Ruleset['rule']): RulesetProblem | undefined {
  if (threshold === undefined) {
    return rule === 'greedy-threshold' ? { rejected: 'ruleset-malformed', field: 'threshold' } : undefined;
  }
  const malformed = { rejected: 'ruleset-malformed' as const, field: 'threshold' };
  if (!isObject(threshold) || Object.keys(threshold).length !== 1) return malformed;
  const { votes, score, basisPoints } = threshold;
  const good = isCount(votes) || isCount(score) || (isCount(basisPoints) && basisPoints <= 10_000);
  return good ? undefined : malformed;
}

function conflictProblem(
  conflicts: unknown,
  rule: Ruleset['rule'],
  options: ReadonlySet<string>,
): RulesetProblem | undefined {
  if (rule !== 'greedy-exclusive') return undefined;
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
