/**
 * Exact Equal Shares (Kraiczy, Robinson and Elkind, "Streamlining Equal Shares", arXiv 2502.11797). The money is shared out
 * equally; a project is paid by the largest set V of its supporters who each have an equal part of its cost left, and all of
 * V pay that part. In each round the project with the largest |V| u / c is funded, where u is its cost or 1.
 */
import type { BallotGroup, Project } from './ballots.js';
import { contestOf, contestOutcome, type Contender, type Contest } from './contenders.js';
import { ExactClimb } from './exact-equal-shares-climb.js';
import { EqualParts, type EqualPartsState } from './exact-equal-shares-run.js';
import type { Outcome, TieUndecided } from './outcome.js';
import { rational, ZERO, type Rational } from './rational.js';
import { runRounds, type Rounds } from './rounds.js';
import type { Common, RulesetProblem } from './ruleset.js';

export interface ExactEqualSharesRuleset extends Common {
  rule: 'exact-equal-shares';
  /** What a funded project is worth to a supporter: its cost, or 1. */
  utility: 'cost' | 'cardinality';
  /** `add-opt`: raise the endowment to the next at which anything changes, as long as the cost stays within the budget. */
  completion?: 'none' | 'add-opt';
}

/** What is wrong with the part of a ruleset that only `exact-equal-shares` has. */
export function exactEqualSharesProblem({
  utility,
  completion = 'none',
}: Record<string, unknown>): RulesetProblem | undefined {
  if (utility !== 'cost' && utility !== 'cardinality')
    return { rejected: 'ruleset-malformed', field: 'utility' };
  const known = completion === 'none' || completion === 'add-opt';
  return known ? undefined : { rejected: 'ruleset-malformed', field: 'completion' };
}

/** Amounts in minor units. A project without supporters is never funded, nor one that costs more than the whole budget. */
export function countExactEqualShares(
  ruleset: ExactEqualSharesRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome | TieUndecided {
  const contest = contestOf(ruleset, projects, ballots, budget);
  const run = (endowment: Rational) =>
    runExactEqualShares(ruleset, contest, ballots.length, endowment, budget);
  let endowment = contest.valid === 0n ? ZERO : rational(budget, contest.valid);
  if (ruleset.completion === 'add-opt') {
    const climb = new ExactClimb(contest.able, ballots.length, endowment, budget, ruleset);
    for (;;) {
      const raised = climb.isOpen ? run(climb.endowment) : undefined;
      if (raised !== undefined && 'undecided' in raised) return raised;
      if (climb.cost > budget) break;
      endowment = climb.endowment;
      if (!climb.rise()) break;
    }
  }
  const last = run(endowment);
  if ('undecided' in last) return last;
  const { process, rounds } = last;
  const state = rounds.states.at(-1) ?? process.start;
  const outcome = contestOutcome(ruleset, contest, budget, rounds, (one) => ({
    code: 'supporters-cannot-pay',
    missing: process.missing(state, one),
  }));
  return { ...outcome, endowment };
}

export interface ExactRun {
  /** What a voter holds at first, for each unit of weight. */
  readonly endowment: Rational;
  readonly process: EqualParts;
  readonly rounds: Rounds<EqualPartsState, Contender>;
}

/** All rounds at one endowment. */
export function runExactEqualShares(
  ruleset: ExactEqualSharesRuleset,
  { able }: Contest,
  groups: number,
  endowment: Rational,
  budget: bigint,
): ExactRun | TieUndecided {
  const process = new EqualParts(able, groups, ruleset.utility, endowment, budget);
  const rounds = runRounds(process, ruleset);
  return 'undecided' in rounds ? rounds : { endowment, process, rounds };
}
