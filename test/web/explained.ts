/** Explanations of one made-up count under many rulesets, for pages. */
import { groupBallots, type Ballot } from '../../projections/tally/ballots.js';
import { explain } from '../../projections/tally/explanation.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';
import type { ElectionExplanation } from '../../src/elections/elections.queries.js';
import { counted, details, ID } from './fixtures.js';

const BUDGET = 30_000_000n;
const projects = details.options.map(({ id, cost, withdrawn }) => ({
  id,
  cost: BigInt(cost),
  ...(withdrawn && { withdrawn }),
}));
const ids = projects.map(({ id }) => id);
const categories = new Map(details.options.flatMap(({ id, category = '' }) => [[id, category]]));

function ballot(weight: number, ...options: string[]): Ballot {
  return { options, points: options.map((_, place) => 3 - place), weight };
}

const BALLOTS = [
  ballot(10, 'C-1', 'C-2'),
  ballot(5, 'C-2', 'P-1'),
  ballot(4, 'C-4', 'P-2', 'P-1'),
  ballot(3, 'C-3'),
  ballot(1),
];

const RULES: Readonly<Record<string, Record<string, unknown>>> = {
  greedy: { rule: 'greedy', threshold: { score: 5 } },
  perCost: { rule: 'greedy-per-cost' },
  shares: { rule: 'equal-shares', utility: 'cost', completion: 'none' },
  add1u: { rule: 'equal-shares', utility: 'cardinality', completion: 'add1u', increment: 100 },
  points: { rule: 'equal-shares', utility: 'score', completion: 'utilitarian', score: { by: 'points' } },
  compared: { rule: 'equal-shares', utility: 'cost', completion: 'none', comparison: true },
  exact: { rule: 'exact-equal-shares', utility: 'cost', completion: 'add-opt' },
  phragmen: { rule: 'phragmen' },
  overspending: { rule: 'bounded-overspending', utility: 'cost' },
  knapsack: { rule: 'stanford-knapsack', partial: 'allowed' },
};

/** By name: as the query answers, with the explanation that follows from its ballots. */
export function explanations(): Record<string, ElectionExplanation> {
  return Object.fromEntries(Object.entries(RULES).map(([name, rule]) => [name, explained(rule)]));
}

function explained(rule: Record<string, unknown>): ElectionExplanation {
  const ruleset = validateRuleset(
    { v: 1, score: { by: 'votes' }, tieOrder: ['listed'], ties: ids, ...rule },
    ids,
  );
  if ('rejected' in ruleset) throw new Error(`${ruleset.rejected} ${ruleset.field}`);
  const ballots = groupBallots(BALLOTS);
  const outcome = tally(ruleset, projects, ballots, BUDGET);
  if ('undecided' in outcome) throw new Error(outcome.undecided);
  const explanation = explain(ruleset, projects, ballots, BUDGET, outcome, categories);
  const areas = [{ area: 'city', explanation }];
  return {
    election: counted,
    tally: counted.tallies.at(1)!,
    kept: { digest: 'E'.repeat(43), explanation: { v: 1, electionId: ID, through: 140, areas } },
  };
}
