/** Counting: from a ruleset, projects, ballots and a budget to an outcome. Pure, exact, the same on every machine. */
import type { BallotGroup, Project } from './ballots.js';
import type { Outcome, TieUndecided } from './outcome.js';
import { RULES, type Ruleset } from './rules.js';

/** `budget` and costs in minor units. Ballots must be checked: each names only projects that are there. */
export function tally(
  ruleset: Ruleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome | TieUndecided {
  // The table gives each rule its own count; the compiler cannot follow a name that is only known at run time.
  return RULES[ruleset.rule].count(ruleset as never, projects, ballots, budget);
}
