/** What a decision comes to, with the reason for every option. A stable, documented shape: `docs/counting/decisions.md`. */
import { rationalText, type Rational } from '../rational.js';
import type { DecisionTieCriterion } from './ruleset.js';

/** Why an option is chosen or not. */
export type DecisionReason =
  | { code: 'adopted' }
  | { code: 'elected' }
  | { code: 'quorum-not-reached'; needed: bigint; missing: bigint }
  /** `yes` are not the share of `of` that the ruleset asks for. */
  | { code: 'majority-not-reached'; yes: bigint; of: bigint }
  /** No ballot supports it: such an option is never chosen, also where seats stay empty. */
  | { code: 'no-support' }
  | { code: 'outvoted' };

/** What took part, and what had to. */
export interface QuorumResult {
  counted: bigint;
  needed: bigint;
  reached: boolean;
}

export interface DecidedOption {
  id: string;
  /** From 1; options that nothing tells apart share it. Absent under `yes-no`, whose questions do not compete. */
  place?: number;
  chosen: boolean;
  reason: DecisionReason;
  /** Ballots that support it, by weight: name it; give it points, or more than the worst grade; say yes to it. */
  votes: bigint;
  /** What puts it in order: votes, points, pairs won, the median grade, or the votes when it left the count. */
  score: Rational;
  /** Under `yes-no`. */
  answers?: { yes: bigint; no: bigint; abstain: bigint };
  /** Under `yes-no`, where each question has its own. */
  quorum?: QuorumResult;
  /** Under `majority-judgment`: how many ballots gave each grade, from the worst. */
  grades?: readonly bigint[];
}

/** Options that are equal, in the order in which they were taken. */
export interface DecisionTie {
  /** What they are equal for: a place, or which surplus is transferred first, or which option is excluded. */
  about: 'place' | 'surplus' | 'exclusion';
  /** From 1, where votes are transferred. */
  round?: number;
  options: readonly string[];
  /** The criteria that decided: empty where nothing tells them apart and nothing hangs on it. */
  decidedBy: readonly DecisionTieCriterion[];
  /** Whether another order could have chosen other options. */
  matters: boolean;
}

/** Under `copeland`: how many ballots prefer the one and the other; ids in byte order. */
export interface Pair {
  options: readonly [string, string];
  votes: readonly [bigint, bigint];
}

/**
 * One stage where votes are transferred. At a tie that nothing decides, and on which nothing hangs, they show the count that
 * takes the lower id.
 */
export interface Round {
  /** Votes at its beginning of all options that were not yet excluded; ids in byte order. */
  votes: readonly { id: string; votes: Rational }[];
  /** Votes that so far ended without a further preference. */
  exhausted: Rational;
  /** In order: those with the quota, or the last ones for the last seats. */
  elected: readonly string[];
  /** What was done then; absent in the last round. `value` is what a vote kept of its value. */
  then?: { surplusOf: string; value: Rational } | { excluded: string };
}

export interface Decision {
  rule: string;
  /** By weight. */
  ballots: bigint;
  /** Those of them that name no option. */
  blank: bigint;
  /** Where the ruleset has one (under `yes-no` each option has its own). */
  quorum?: QuorumResult;
  /** In order of their places; those that share a place, and those adopted under `yes-no`, in byte order of their ids. */
  chosen: readonly string[];
  /** Likewise. */
  options: readonly DecidedOption[];
  ties: readonly DecisionTie[];
  pairs?: readonly Pair[];
  /** Votes that elect, where votes are transferred. */
  quota?: bigint;
  rounds?: readonly Round[];
}

/** The declared order does not tell these options apart, and what is chosen hangs on it: a lot must be drawn and declared. */
export interface DecisionUndecided {
  undecided: 'tie-undecided';
  about: DecisionTie['about'];
  /** From 1, where votes are transferred. */
  round?: number;
  /** Those among whom the lot is drawn. */
  options: readonly string[];
  /** The seats that are still open. */
  seats: number;
}

/** The decision as canonical JSON: every number that counts votes is a decimal string, or a fraction such as `7/2`. */
export function decisionJson(decision: Decision) {
  const { quorum, pairs, quota, rounds } = decision;
  return {
    rule: decision.rule,
    ballots: String(decision.ballots),
    blank: String(decision.blank),
    ...(quorum && { quorum: quorumJson(quorum) }),
    chosen: [...decision.chosen],
    options: decision.options.map((option) => ({
      id: option.id,
      ...(option.place !== undefined && { place: option.place }),
      chosen: option.chosen,
      reason: reasonJson(option.reason),
      votes: String(option.votes),
      score: rationalText(option.score),
      ...(option.answers && { answers: texts(option.answers) }),
      ...(option.quorum && { quorum: quorumJson(option.quorum) }),
      ...(option.grades && { grades: option.grades.map(String) }),
    })),
    ties: decision.ties.map((tie) => ({
      ...tie,
      options: [...tie.options],
      decidedBy: [...tie.decidedBy],
    })),
    ...(pairs && {
      pairs: pairs.map(({ options, votes }) => ({ options: [...options], votes: votes.map(String) })),
    }),
    ...(quota !== undefined && { quota: String(quota) }),
    ...(rounds && { rounds: rounds.map(roundJson) }),
  };
}

function roundJson({ votes, exhausted, elected, then }: Round) {
  return {
    votes: votes.map(({ id, votes: own }) => ({ id, votes: rationalText(own) })),
    exhausted: rationalText(exhausted),
    elected: [...elected],
    ...(then && { then: 'excluded' in then ? then : { ...then, value: rationalText(then.value) } }),
  };
}

function quorumJson({ counted, needed, reached }: QuorumResult) {
  return { counted: String(counted), needed: String(needed), reached };
}

function texts<Names extends string>(values: Readonly<Record<Names, bigint>>): Record<Names, string> {
  const entries = Object.entries<bigint>(values).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(entries) as Record<Names, string>;
}

export interface DecisionReasonJson {
  code: DecisionReason['code'];
  needed?: string;
  missing?: string;
  yes?: string;
  of?: string;
}

function reasonJson({ code, ...numbers }: DecisionReason): DecisionReasonJson {
  return { code, ...texts(numbers as Readonly<Record<string, bigint>>) };
}
