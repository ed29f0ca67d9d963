/** Elections as JSON in, outcomes as JSON out: compiled on its own, and run in Node and in a browser to the same bytes. */
import type { BallotGroup } from '../../projections/tally/ballots.js';
import { outcomeJson } from '../../projections/tally/outcome.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';

/** Amounts in minor units, as decimal strings. */
export interface PlainElection {
  projects: readonly { id: string; cost: string; withdrawn?: boolean }[];
  ballots: readonly BallotGroup[];
  budget: string;
  rulesets: readonly Record<string, unknown>[];
}

/** An outcome for each ruleset of each election; of a tie that nothing decides, its projects; else what is wrong. */
export function countAll(elections: readonly PlainElection[]): string {
  const outcomes = elections.flatMap(({ projects, ballots, budget, rulesets }) => {
    const whole = projects.map((project) => ({ ...project, cost: BigInt(project.cost) }));
    const ids = projects.map(({ id }) => id);
    return rulesets.map((fields) => {
      const ruleset = validateRuleset({ v: 1, ...fields }, ids);
      if ('rejected' in ruleset) return ruleset;
      const outcome = tally(ruleset, whole, ballots, BigInt(budget));
      return 'undecided' in outcome ? { undecided: outcome.projects } : outcomeJson(outcome);
    });
  });
  return JSON.stringify(outcomes);
}
