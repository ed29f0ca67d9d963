import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import { contestOf } from '../../projections/tally/contenders.js';
import {
  countExactEqualShares,
  runExactEqualShares,
  type ExactEqualSharesRuleset,
} from '../../projections/tally/exact-equal-shares.js';
import { ExactClimb } from '../../projections/tally/exact-equal-shares-climb.js';
import { candidatesOf, tieOrderOf } from '../../projections/tally/order.js';
import { rationalText } from '../../projections/tally/rational.js';
import type { TieCriterion } from '../../projections/tally/ruleset.js';
import { slowExactEqualShares, type SlowElection, type SlowRun } from './slow-exact-equal-shares.js';

interface Given {
  rules: ExactEqualSharesRuleset;
  projects: Project[];
  ballots: Ballot[];
  budget: bigint;
}

/** @param most the largest cost: small ones tie often, and large ones make long climbs */
function elections(
  count: number,
  most: number,
  voters: fc.ArrayConstraints,
  tieOrders: TieCriterion[][],
): fc.Arbitrary<Given> {
  const ids = Array.from({ length: count }, (_, place) => String(count - place));
  return fc
    .record({
      utility: fc.constantFrom('cost' as const, 'cardinality' as const),
      completion: fc.constantFrom('none' as const, 'add-opt' as const, 'add-opt' as const),
      tieOrder: fc.constantFrom(...tieOrders),
      ties: fc.shuffledSubarray(ids, { minLength: count }),
      costs: fc.array(fc.nat(most), { minLength: count, maxLength: count }),
      ballots: fc.array(
        fc.record({
          options: fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 6 }),
          weight: fc.integer({ min: 1, max: 3 }),
        }),
        voters,
      ),
      part: fc.integer({ min: 1, max: 100 }),
    })
    .map(({ utility, completion, tieOrder, ties, costs, ballots, part }) => ({
      rules: {
        v: 1,
        rule: 'exact-equal-shares',
        score: { by: 'votes' },
        utility,
        completion,
        tieOrder,
        ...(tieOrder.includes('listed') && { ties }),
      },
      projects: ids.map((id, index) => ({ id, cost: BigInt(costs[index] ?? 0) })),
      ballots,
      budget: BigInt(Math.ceil((costs.reduce((sum, cost) => sum + cost, 0) * part) / 100)),
    }));
}

function slow({ rules, projects, ballots, budget }: Given): readonly [SlowRun, ...SlowRun[]] {
  const candidates = new Map(
    candidatesOf(rules.score, projects, groupBallots(ballots)).map((one) => [one.project.id, one]),
  );
  const firstDifference = tieOrderOf(rules);
  const isFirst: SlowElection['isFirst'] = (a, b) => {
    const [one, other] = [candidates.get(a.id), candidates.get(b.id)];
    const difference = one && other && firstDifference(one, other)?.difference;
    return difference === undefined ? a.id < b.id : difference < 0;
  };
  const { utility, completion = 'none' } = rules;
  return slowExactEqualShares({ utility, completion, projects, ballots, budget, isFirst });
}

function expectTheSame(given: Given): number {
  const { rules, projects, ballots, budget } = given;
  const runs = slow(given);
  const last = runs.at(-1) ?? runs[0];
  const outcome = countExactEqualShares(rules, projects, groupBallots(ballots), budget);
  if ('undecided' in outcome) throw new Error('a full list decides every tie');
  expect(outcome.funded).toEqual(last.funded);
  expect(outcome.endowment).toEqual(last.endowment);
  return runs.length;
}

const SMALL = elections(6, 12, { maxLength: 9 }, [
  ['listed'],
  ['lowest-cost', 'listed'],
  ['most-votes', 'listed'],
]);
const LARGE = elections(14, 1_000, { minLength: 30, maxLength: 60 }, [['listed'], ['lowest-cost', 'listed']]);
const OPEN = elections(5, 5, { maxLength: 7 }, [
  ['most-votes'],
  ['lowest-cost'],
  ['highest-cost', 'most-votes'],
]);

describe('the climb of exact equal shares', () => {
  it('ends where a run at every endowment, voter by voter in fractions, ends', () => {
    let longest = 0;
    fc.assert(
      fc.property(SMALL, (given) => {
        expectTheSame(given);
      }),
      { numRuns: 1_000, seed: 1 },
    );
    fc.assert(
      fc.property(LARGE, (given) => {
        longest = Math.max(longest, expectTheSame(given));
      }),
      { numRuns: 60, seed: 2 },
    );
    expect(longest).toBeGreaterThan(30);
  });

  it('stops at every endowment at which anything changes', () => {
    fc.assert(
      fc.property(SMALL, LARGE, (small, large) => {
        for (const given of [small, large]) {
          const rules: ExactEqualSharesRuleset = { ...given.rules, completion: 'add-opt' };
          const runs = slow({ ...given, rules });
          const groups = groupBallots(given.ballots);
          const { able } = contestOf(rules, given.projects, groups, given.budget);
          const climb = new ExactClimb(able, groups.length, runs[0].endowment, given.budget, rules);
          const visited = runs.map(({ funded, cost }) => {
            expect(climb.cost).toBe(cost);
            const text = `${rationalText(climb.endowment)} ${funded.join()}`;
            climb.rise();
            return text;
          });
          expect(visited).toEqual(
            runs.map(({ endowment, funded }) => `${rationalText(endowment)} ${funded.join()}`),
          );
        }
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('stops the count at the first endowment with a tie that matters', () => {
    let open = 0;
    fc.assert(
      fc.property(OPEN, (given) => {
        const { rules, projects, ballots, budget } = given;
        const groups = groupBallots(ballots);
        const contest = contestOf(rules, projects, groups, budget);
        const runs = slow(given);
        const next = rules.completion === 'add-opt' ? runs.at(-1)?.next : undefined;
        const expected = [...runs.map(({ endowment }) => endowment), ...(next ? [next] : [])]
          .map((endowment) => runExactEqualShares(rules, contest, groups.length, endowment, budget))
          .find((run) => 'undecided' in run);
        const outcome = countExactEqualShares(rules, projects, groups, budget);
        expect('undecided' in outcome ? outcome : undefined).toEqual(expected);
        if (expected === undefined) expectTheSame(given);
        else open += 1;
      }),
      { numRuns: 500, seed: 4 },
    );
    expect(open).toBeGreaterThan(50);
  });
});
