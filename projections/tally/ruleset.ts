/**
 * A ruleset: how ballots become an outcome, as data with a version. It is published with the election, hashed, and all
 * that the count depends on beside projects and ballots. Canonical JSON: integers, ASCII strings, booleans, lists.
 * Here stands what all rules share; each rule's own part stands with the rule, and all of them in `rules.ts`.
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

/** What every ruleset has. */
export interface Common {
  v: 1;
  score: Score;
  /** In order. `listed` uses `ties` (every project, the winner of a tie first). */
  tieOrder: readonly TieCriterion[];
  ties?: readonly string[];
  /** Minimum support, on any rule. */
  threshold?: Threshold;
}

/** What a project needs to be considered, of its votes or of its score, when so many ballots are counted (by weight). */
export function neededSupport(
  threshold: Threshold | undefined,
  ballots: bigint,
): { of: 'votes' | 'score'; needed: bigint } {
  if (threshold === undefined) return { of: 'score', needed: 0n };
  if ('votes' in threshold) return { of: 'votes', needed: BigInt(threshold.votes) };
  if ('score' in threshold) return { of: 'score', needed: BigInt(threshold.score) };
  // Rounded up: a share of the ballots is reached by a whole number of them.
  return { of: 'score', needed: (BigInt(threshold.basisPoints) * ballots + 9_999n) / 10_000n };
}

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

export const COMMON_FIELDS = ['v', 'rule', 'score', 'tieOrder', 'ties', 'threshold'];
const CRITERIA: readonly string[] = ['lowest-cost', 'highest-cost', 'most-votes', 'listed'];

/** The part that every rule has. */
export function commonProblem(
  value: Record<string, unknown>,
  options: ReadonlySet<string>,
): RulesetProblem | undefined {
  return scoreProblem(value.score) ?? tieProblem(value, options) ?? thresholdProblem(value.threshold);
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

/** What is wrong with `tieOrder`, of these criteria, and `ties`. */
export function tieProblem(
  value: Record<string, unknown>,
  options: ReadonlySet<string>,
  criteria = CRITERIA,
): RulesetProblem | undefined {
  const { tieOrder, ties } = value;
  if (
    !Array.isArray(tieOrder) ||
    tieOrder.length === 0 ||
    !tieOrder.every((item) => criteria.includes(item as string))
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

function thresholdProblem(threshold: unknown): RulesetProblem | undefined {
  if (threshold === undefined) return undefined;
  const malformed = { rejected: 'ruleset-malformed' as const, field: 'threshold' };
  if (!isObject(threshold) || Object.keys(threshold).length !== 1) return malformed;
  const { votes, score, basisPoints } = threshold;
  const good = isCount(votes) || isCount(score) || (isCount(basisPoints) && basisPoints <= 10_000);
  return good ? undefined : malformed;
}

export function isCriterion(value: string): value is TieCriterion {
  return CRITERIA.includes(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
