/**
 * Exact Equal Shares (Kraiczy, Robinson and Elkind, "Streamlining Equal Shares", arXiv 2502.11797). The money is shared out
 * equally; a project is paid by the largest set V of its supporters who each have an equal part of its cost left, and all of
 * V pay that part. In each round the project with the largest |V| u / c is funded, where u is its cost or 1.
 */
import type { BallotGroup, Project } from './ballots.js';
import { contestOf, contestOutcome, type Contender } from './contenders.js';
import { nextEndowment } from './exact-equal-shares-opt.js';
import { EqualParts, type EqualPartsState } from './exact-equal-shares-run.js';
import type { Outcome, TieUndecided } from './outcome.js';
import { rational, ZERO } from './rational.js';
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
  const { able, valid } = contest;
  let endowment = valid === 0n ? ZERO : rational(budget, valid);
  const run = () => {
    const process = new EqualParts(able, ballots.length, ruleset.utility, endowment, budget);
    return { process, rounds: runRounds(process, ruleset) };
  };
  let { process, rounds } = run();
  if ('undecided' in rounds) return rounds;
  while (ruleset.completion === 'add-opt') {
    const next = nextEndowment(process, rounds, endowment);
    if (next === undefined) break;
    endowment = next;
    const raised = run();
    if ('undecided' in raised.rounds) return raised.rounds;
    if (costOf(raised.rounds) > budget) break;
    ({ process, rounds } = { process: raised.process, rounds: raised.rounds });
  }
  const last = rounds.states.at(-1) ?? process.start;
  return contestOutcome(ruleset, contest, budget, rounds, (one) => ({
    code: 'supporters-cannot-pay',
    missing: process.missing(last, one),
  }));
}

function costOf({ funded }: Rounds<EqualPartsState, Contender>): bigint {
  return funded.reduce((sum, { project }) => sum + project.cost, 0n);
}
