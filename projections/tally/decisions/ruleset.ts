/**
 * Rulesets of decisions that fund nothing: what is voted on is adopted or not, or options are elected to seats. Data with a
 * version, canonical JSON, as those that fund projects (`../ruleset.ts`), of which they share `v`, `rule`, `tieOrder` and `ties`.
 */
import { isCount, isObject, tieProblem, type RulesetProblem } from '../ruleset.js';

/**
 * How ties are put in order; the first criterion that tells two options apart decides. `most-votes`: the option that more
 * ballots support. `previous-rounds` (where votes are transferred): the one with more votes in the latest round in which
 * they differed. `listed`: the one that comes first in `ties`.
 */
export type DecisionTieCriterion = 'most-votes' | 'previous-rounds' | 'listed';

/** Above 0 and at most the whole: hundredths of a percent, or `parts` of `of` (two thirds are no number of basis points). */
export type Share = { basisPoints: number } | { parts: number; of: number };

/**
 * What must take part for anything to be decided, at least: of the `entitled` or of the `ballots` (by weight, empty ones
 * included), a share of `ballots`, of `votes` (yes and no, or ballots that name an option), or of `yes` alone.
 */
export interface Quorum {
  count: 'ballots' | 'votes' | 'yes';
  of: 'entitled' | 'ballots';
  share: Share;
}

/** The share that yes needs, of yes and no (`votes`), of all ballots or of all entitled: more than it (`strict`) or just it. */
export interface Majority {
  of: 'votes' | 'ballots' | 'entitled';
  share: Share;
  strict: boolean;
}

interface Common {
  v: 1;
  quorum?: Quorum;
}

/** Each option is a question of its own; there are no ties. */
export interface YesNoRuleset extends Common {
  rule: 'yes-no';
  majority: Majority;
}

interface Ordering extends Common {
  /** In order. `listed` uses `ties` (every option, the winner of a tie first). */
  tieOrder: readonly DecisionTieCriterion[];
  ties?: readonly string[];
}

interface Electing extends Ordering {
  /** How many options are chosen. */
  seats: number;
}

export interface ChoiceRuleset extends Electing {
  rule: 'plurality' | 'approval' | 'points';
}

export interface BordaRuleset extends Electing {
  rule: 'borda';
  /** Points of the first place: a number, or as many as there are options. Each later place has one less, never below 0. */
  first: number | 'options';
  /** What a ballot gives to options that it leaves out: nothing, or the average of the places that it leaves free. */
  unranked: 'zero' | 'average';
}

export interface CopelandRuleset extends Electing {
  rule: 'copeland';
  /** What each of two options gets that as many ballots prefer the one as the other; a win is one point. */
  pairTie: 'zero' | 'half' | 'one';
}

export interface MajorityJudgmentRuleset extends Electing {
  rule: 'majority-judgment';
  /** Number of grades: 0 is the worst, `grades - 1` the best. */
  grades: number;
}

/** Instant runoff, which has one seat, and the single transferable vote. */
export type TransferRuleset = (Ordering & { rule: 'instant-runoff' }) | (Electing & { rule: 'stv' });

/** Told apart by `rule`. */
export type DecisionRuleset =
  YesNoRuleset | ChoiceRuleset | BordaRuleset | CopelandRuleset | MajorityJudgmentRuleset | TransferRuleset;

const TIE_FIELDS = ['tieOrder', 'ties'];
const FIELDS: Readonly<Record<DecisionRuleset['rule'], readonly string[]>> = {
  'yes-no': ['majority'],
  plurality: [...TIE_FIELDS, 'seats'],
  approval: [...TIE_FIELDS, 'seats'],
  points: [...TIE_FIELDS, 'seats'],
  borda: [...TIE_FIELDS, 'seats', 'first', 'unranked'],
  copeland: [...TIE_FIELDS, 'seats', 'pairTie'],
  'majority-judgment': [...TIE_FIELDS, 'seats', 'grades'],
  'instant-runoff': TIE_FIELDS,
  stv: [...TIE_FIELDS, 'seats'],
};

/** Checks a ruleset of any origin against the options that it is for. */
export function validateDecision(
  value: unknown,
  optionIds: readonly string[],
): DecisionRuleset | RulesetProblem {
  if (!isObject(value) || value.v !== 1) return malformed('v');
  const { rule } = value;
  if (typeof rule !== 'string' || !Object.hasOwn(FIELDS, rule)) {
    return { rejected: 'rule-not-supported', field: 'rule' };
  }
  const own = FIELDS[rule as DecisionRuleset['rule']];
  return (
    unknownField(value, own) ??
    quorumProblem(value.quorum, rule) ??
    (own.includes('tieOrder') ? tieProblem(value, new Set(optionIds), criteriaOf(rule)) : undefined) ??
    own.map((field) => ownProblem(field, value[field])).find((problem) => problem !== undefined) ??
    (value as unknown as DecisionRuleset)
  );
}

function criteriaOf(rule: string): readonly string[] {
  const transfers = rule === 'stv' || rule === 'instant-runoff';
  return transfers ? ['most-votes', 'previous-rounds', 'listed'] : ['most-votes', 'listed'];
}

function unknownField(value: Record<string, unknown>, own: readonly string[]): RulesetProblem | undefined {
  const field = Object.keys(value).find((key) => !['v', 'rule', 'quorum', ...own].includes(key));
  if (field === undefined) return undefined;
  const ofAnotherRule = Object.values(FIELDS).some((fields) => fields.includes(field));
  return { rejected: ofAnotherRule ? 'ruleset-contradictory' : 'ruleset-unknown-field', field };
}

function ownProblem(field: string, value: unknown): RulesetProblem | undefined {
  switch (field) {
    case 'seats':
      return isCount(value) && value > 0 ? undefined : malformed(field);
    case 'first':
      return value === 'options' || (isCount(value) && value > 0) ? undefined : malformed(field);
    case 'unranked':
      return value === 'zero' || value === 'average' ? undefined : malformed(field);
    case 'pairTie':
      return value === 'zero' || value === 'half' || value === 'one' ? undefined : malformed(field);
    case 'grades':
      return isCount(value) && value > 1 && value <= 1000 ? undefined : malformed(field);
    case 'majority':
      return majorityProblem(value);
    default:
      return undefined;
  }
}

function majorityProblem(value: unknown): RulesetProblem | undefined {
  const good =
    isObject(value) &&
    Object.keys(value).length === 3 &&
    (value.of === 'votes' || value.of === 'ballots' || value.of === 'entitled') &&
    typeof value.strict === 'boolean' &&
    isShare(value.share);
  if (!good) return malformed('majority');
  const { parts, of } = fraction(value.share as Share);
  // Nothing is more than the whole.
  return value.strict && parts === of ? { rejected: 'ruleset-contradictory', field: 'majority' } : undefined;
}

function quorumProblem(value: unknown, rule: string): RulesetProblem | undefined {
  if (value === undefined) return undefined;
  const good =
    isObject(value) &&
    Object.keys(value).length === 3 &&
    (value.count === 'ballots' || value.count === 'votes' || value.count === 'yes') &&
    (value.of === 'entitled' || value.of === 'ballots') &&
    isShare(value.share);
  if (!good) return malformed('quorum');
  const pointless = value.count === 'ballots' && value.of === 'ballots';
  const nobodySaysYes = value.count === 'yes' && rule !== 'yes-no';
  return pointless || nobodySaysYes ? { rejected: 'ruleset-contradictory', field: 'quorum' } : undefined;
}

function isShare(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { basisPoints, parts, of } = value;
  switch (Object.keys(value).length) {
    case 1:
      return isCount(basisPoints) && basisPoints > 0 && basisPoints <= 10_000;
    case 2:
      return isCount(parts) && parts > 0 && isCount(of) && parts <= of;
    default:
      return false;
  }
}

/** A share as numerator and denominator. */
export function fraction(share: Share): { parts: bigint; of: bigint } {
  return 'basisPoints' in share
    ? { parts: BigInt(share.basisPoints), of: 10_000n }
    : { parts: BigInt(share.parts), of: BigInt(share.of) };
}

function malformed(field: string): RulesetProblem {
  return { rejected: 'ruleset-malformed', field };
}
