/** Equal shares beside a count in fractions alone, on elections made to mislead numbers that are rounded. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import type { EqualSharesRuleset } from '../../projections/tally/equal-shares-ruleset.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';
import { slowEqualShares } from './slow-equal-shares.js';

const IDS = ['10', '9', '1', 'a', 'B', '02'];

/** How an election is made: from few numbers, so that much in it is equal or just reached. */
interface Making {
  /** One unit of money. Beyond 2^53, one more or less is nothing to a double. */
  scales: readonly bigint[];
  weights: readonly number[];
  /** What is added to a cost or the budget. */
  by: readonly bigint[];
  /** Ballots at most. */
  ballots: number;
  /** Several projects with the same supporters and the same or several times the cost, and each ballot several times. */
  clones?: boolean;
}

interface Election {
  rules: EqualSharesRuleset;
  projects: Project[];
  ballots: Ballot[];
  budget: bigint;
}

/** Whoever chooses one of two projects chooses both. */
function twinned(id: string): string[] {
  return id === '9' ? ['9', '10'] : id === '10' ? [] : [id];
}

const SCORES: Readonly<Record<string, Record<string, unknown> | undefined>> = {
  points: { by: 'points' },
  ranks: { by: 'ranks', first: 3 },
};

/** A number of `scale`, as a fraction with a small denominator. */
const part = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom(1, 1, 2, 3, 7));

function elections({ scales, weights, by, ballots: most, clones = false }: Making): fc.Arbitrary<Election> {
  return fc
    .record({
      ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
      utility: fc.constantFrom('cost', 'cardinality', 'points', 'ranks'),
      completion: fc.constantFrom('none', 'utilitarian', 'add1', 'add1u', 'add-opt'),
      options: fc.record({ stopWhenExhaustive: fc.boolean(), integralStart: fc.boolean() }),
      scale: fc.constantFrom(...scales),
      made: fc.array(
        fc.record({
          options: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 3 }),
          points: fc.array(fc.constantFrom(1, 1, 2, 3, 6, 1000), { minLength: 3, maxLength: 3 }),
          weight: fc.constantFrom(...weights),
        }),
        { minLength: 1, maxLength: most },
      ),
      costs: fc.array(fc.tuple(part, fc.constantFrom(...by)), {
        minLength: IDS.length,
        maxLength: IDS.length,
      }),
      share: part,
      more: fc.constantFrom(...by),
      step: fc.constantFrom(1n, 1n, 2n, 3n),
    })
    .map(({ ties, utility, completion, options, scale, made, costs, share, more, step }) => {
      const score = SCORES[utility] ?? { by: 'votes' };
      const ballots = made.map(({ options: chosen, points, weight }): Ballot => {
        // No more than get points by their places.
        const all = clones ? chosen.flatMap(twinned).slice(0, 3) : chosen;
        return {
          options: all,
          weight,
          ...(utility === 'points' && { points: points.slice(0, all.length) }),
        };
      });
      const weightOf = (list: readonly Ballot[]) => BigInt(list.reduce((sum, { weight }) => sum + weight, 0));
      const money = ([n, d]: readonly [number, number], of: bigint) => (BigInt(n) * of * scale) / BigInt(d);
      const adds = completion.startsWith('add');
      return {
        rules: ruleset(ties, {
          utility: utility === 'points' || utility === 'ranks' ? 'score' : utility,
          score,
          // That adds single coins, which are too many where the scale is large.
          completion: completion === 'add-opt' && scale > 100n ? 'add1' : completion,
          ...(adds && options),
          // Shares rise through those at which supporters just can pay.
          ...(adds &&
            !(completion === 'add-opt' && scale <= 100n) && { increment: Number(scale / step) || 1 }),
        }),
        // What each of its supporters would pay is a part of the scale, or nearly so.
        projects: IDS.map((id, place): Project => {
          const [each, extra] = costs[place] ?? [[1, 1], 0n];
          const supporters = weightOf(ballots.filter(({ options: chosen }) => chosen.includes(id)));
          const cost = money(each, supporters || 1n) + extra;
          return { id, cost: cost < 0n ? 0n : cost };
        }),
        ballots,
        budget: money(share, weightOf(ballots)) + (more < 0n ? 0n : more),
      };
    });
}

function ruleset(ties: string[], own: Record<string, unknown>): EqualSharesRuleset {
  const made = validateRuleset({ v: 1, rule: 'equal-shares', tieOrder: ['listed'], ties, ...own }, IDS);
  if ('rejected' in made) throw new Error(`${made.rejected} ${made.field}`);
  return made as EqualSharesRuleset;
}

const NEAR = [0n, 0n, 0n, 1n, -1n, 2n];

it.each<[string, Making]>([
  [
    'prices, balances and charges are equal by different routes',
    { scales: [1n, 6n, 42n], weights: [1, 2, 3], by: [0n], ballots: 8 },
  ],
  [
    'they are closer than doubles can tell',
    { scales: [2n ** 53n - 1n, 10n ** 15n + 37n, 42n * 2n ** 47n], weights: [1, 2, 3], by: NEAR, ballots: 8 },
  ],
  [
    'one vote weighs more than all others',
    {
      scales: [1n, 6n, 2n ** 50n + 1n],
      weights: [1, 2, 1_000_003, 2 ** 40, 2 ** 50 - 1],
      by: NEAR,
      ballots: 7,
    },
  ],
  [
    'there are many alike',
    { scales: [6n, 2n ** 53n - 1n], weights: [5, 7], by: NEAR, ballots: 12, clones: true },
  ],
])('equal shares comes to what fractions alone come to where %s', (_, making) => {
  fc.assert(
    fc.property(elections(making), ({ rules, projects, ballots, budget }) => {
      const outcome = tally(rules, projects, groupBallots(ballots), budget);
      if ('undecided' in outcome) throw new Error('undecided');
      expect(outcome.funded).toEqual(slowEqualShares(rules, projects, ballots, budget));
    }),
    { numRuns: 500 },
  );
});

// Who stood behind what was bought must not move up a place.
it('equal shares gives what is left by the ranks of the ballots, not by what is left of these', () => {
  const rules = ruleset(['10', '9', '1', 'a', 'B', '02'], {
    utility: 'score',
    score: { by: 'ranks', first: 3 },
    completion: 'utilitarian',
  });
  const costs: Record<string, bigint> = { '9': 21n, '10': 60n, '1': 90n };
  const projects = IDS.map((id): Project => ({ id, cost: costs[id] ?? 1000n }));
  // Eight for everybody: only 9 is bought. Then 1 has three points from each of five, and 10 two.
  const ballots: Ballot[] = [
    { options: ['9', '10'], weight: 5 },
    { options: ['1'], weight: 5 },
    { options: [], weight: 5 },
  ];
  expect(slowEqualShares(rules, projects, ballots, 120n)).toEqual(['9', '1']);
  expect(tally(rules, projects, ballots, 120n)).toMatchObject({ funded: ['9', '1'] });
});
