/** Counting: from a ruleset, projects, ballots and a budget to an outcome. Pure, exact, the same on every machine. */
import type { BallotGroup, Project } from './ballots.js';
import { countGreedy } from './greedy.js';
import type { Outcome, TieUndecided } from './outcome.js';
import type { Ruleset } from './ruleset.js';

/** `budget` and costs in minor units. Ballots must be checked: each names only projects that are there. */
export function tally(
  ruleset: Ruleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome | TieUndecided {
  switch (ruleset.rule) {
    case 'greedy':
    case 'greedy-no-skip':
    case 'greedy-threshold':
    case 'greedy-exclusive':
      return countGreedy(ruleset, projects, ballots, budget);
  }
}
