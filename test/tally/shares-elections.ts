/** Small random elections under equal shares, and their explanations. */
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import type { EqualSharesRuleset } from '../../projections/tally/equal-shares-ruleset.js';
import { explain, type Explanation } from '../../projections/tally/explanation.js';
import type { Outcome } from '../../projections/tally/outcome.js';
import { validateRuleset, type Ruleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';

export const IDS = ['10', '9', '1', 'a', 'B', '02'];

export interface Election {
  rules: EqualSharesRuleset;
  projects: Project[];
  ballots: Ballot[];
  budget: bigint;
}

export function checked(value: object, ids: readonly string[]): Ruleset {
  const made = validateRuleset(value, ids);
  if ('rejected' in made) throw new Error(`${made.rejected} ${made.field}`);
  return made;
}

export const election: fc.Arbitrary<Election> = fc
  .record({
    utility: fc.constantFrom<EqualSharesRuleset['utility'][]>('cost', 'cardinality', 'score'),
    completion: fc.constantFrom<EqualSharesRuleset['completion'][]>('none', 'add1'),
    cheapFirst: fc.boolean(),
    ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
    costs: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: IDS.length, maxLength: IDS.length }),
    votes: fc.array(
      fc.record({
        options: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 4 }),
        weight: fc.integer({ min: 1, max: 3 }),
        points: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }),
      }),
      { maxLength: 9 },
    ),
    budget: fc.integer({ min: 1, max: 90 }),
  })
  .map(({ utility, completion, cheapFirst, ties, costs, votes, budget }) => ({
    rules: checked(
      {
        v: 1,
        rule: 'equal-shares',
        utility,
        completion,
        score: { by: utility === 'score' ? 'points' : 'votes' },
        tieOrder: cheapFirst ? ['lowest-cost', 'listed'] : ['listed'],
        ties,
        ...(completion === 'add1' && { increment: 3 }),
      },
      IDS,
    ) as EqualSharesRuleset,
    projects: IDS.map((id, index) => ({ id, cost: BigInt(costs[index] ?? 0) })),
    ballots: votes.map(({ options, weight, points }) => ({
      options,
      weight,
      ...(utility === 'score' && { points: points.slice(0, options.length) }),
    })),
    budget: BigInt(budget),
  }));

export function explained({ rules, projects, ballots, budget }: Election): {
  outcome: Outcome;
  explanation: Explanation;
} {
  const groups = groupBallots(ballots);
  const outcome = tally(rules, projects, groups, budget);
  if ('undecided' in outcome) throw new Error('undecided');
  return { outcome, explanation: explain(rules, projects, groups, budget, outcome) };
}
