/**
 * The method of equal shares with bounded overspending (Papasotiropoulos, Pishbin, Skibski, Skowron and Was, arXiv
 * 2409.15005, EC 2025). The money is shared out equally, as under equal shares; but a project whose supporters cannot pay all
 * of it can be funded as well, the worse for what they cannot pay.
 *
 * A project can be had for (a, p), with 0 < a <= 1, where the supporters of it pay the part a of its cost at a price of a p for
 * each unit of what it is worth to them: sum of min(balance, a p u) = a c. In each round the project of the least p / a is
 * funded, of those that fit in what remains of the budget, and each supporter is charged p u, or all she has. What they do not
 * pay is overspent: it comes out of the shares of those who have not spent them in the end. The count ends when none is left
 * that fits and whose supporters have anything.
 */
import type { BallotGroup, Project } from './ballots.js';
import { Overspending, type OverspendingState } from './bounded-overspending-run.js';
import { contestOf, contestOutcome, type Contender, type Contest } from './contenders.js';
import type { Outcome, TieUndecided } from './outcome.js';
import { rational, ZERO, type Rational } from './rational.js';
import { runRounds, type Rounds } from './rounds.js';
import type { Common } from './ruleset.js';
import { type Utility } from './supporters.js';

export interface BoundedOverspendingRuleset extends Common {
  rule: 'bounded-overspending';
  /** What a funded project is worth to a supporter: its cost, 1, or the points or ranks of `score`. */
  utility: Utility;
}

/** Amounts in minor units. A project without supporters is never funded, nor one that costs more than the whole budget. */
export function countBoundedOverspending(
  ruleset: BoundedOverspendingRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome | TieUndecided {
  const run = runBoundedOverspending(ruleset, projects, ballots, budget);
  if ('undecided' in run) return run;
  const { contest, process, rounds } = run;
  const remaining = process.remaining(rounds.states.at(-1) ?? process.start);
  return contestOutcome(ruleset, contest, budget, rounds, ({ project: { cost } }) =>
    cost > remaining
      ? { code: 'does-not-fit', remaining, missing: cost - remaining }
      : { code: 'supporters-short', money: 0n, missing: cost },
  );
}

export interface OverspendingRun {
  readonly contest: Contest;
  /** What a voter holds at first, for each unit of weight. */
  readonly endowment: Rational;
  readonly process: Overspending;
  readonly rounds: Rounds<OverspendingState, Contender>;
}

export function runBoundedOverspending(
  ruleset: BoundedOverspendingRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): OverspendingRun | TieUndecided {
  const contest = contestOf(ruleset, projects, ballots, budget);
  const { able, valid } = contest;
  const endowment = valid === 0n ? ZERO : rational(budget, valid);
  const process = new Overspending(able, ballots.length, ruleset.utility, endowment, budget);
  const rounds = runRounds(process, ruleset);
  return 'undecided' in rounds ? rounds : { contest, endowment, process, rounds };
}
