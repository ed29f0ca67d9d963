import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import {
  compareOutcomes,
  comparisonJson,
  labelMoneyJson,
  moneyBy,
  moneyOf,
  preferences,
} from '../../projections/tally/compare.js';
import { outcomeJson } from '../../projections/tally/outcome.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';

const PROJECTS: Project[] = [
  { id: 'pool', cost: 100n },
  { id: 'lamps', cost: 30n },
  { id: 'trees', cost: 40n },
];
const BALLOTS: Ballot[] = [
  { options: ['pool'], weight: 5 },
  { options: ['lamps', 'trees', 'trees'], weight: 3 },
  { options: ['pool', 'trees', 'lamps'], weight: 2 },
  { options: [], weight: 4 },
];
const POOL = new Set(['pool']);
const SMALL = new Set(['trees', 'lamps']);

describe('two outcomes', () => {
  it('are compared by what voters approve in each', () => {
    expect(compareOutcomes(PROJECTS, BALLOTS, POOL, SMALL)).toEqual({
      gained: ['lamps', 'trees'],
      lost: ['pool'],
      byApprovals: { first: 5n, second: 5n, indifferent: 4n },
      byCost: { first: 7n, second: 3n, indifferent: 4n },
      withNothing: { first: 7n, second: 9n, both: 4n },
    });
  });

  it('count voters with nothing in one of them, whom equalshares.net leaves out', () => {
    const ballots: Ballot[] = [
      { options: ['pool', 'trees'], weight: 3 },
      { options: ['lamps'], weight: 4 },
    ];
    const first = new Set(['pool', 'trees']);
    const second = new Set(['pool', 'lamps']);
    expect(preferences(PROJECTS, ballots, first, second, 'cardinality')).toEqual({
      first: 3n,
      second: 4n,
      indifferent: 0n,
    });
    // Without the four who have nothing in the first outcome it would be the first that is preferred.
    const served = ballots.filter(({ options }) => options.some((id) => first.has(id)));
    expect(preferences(PROJECTS, served, first, second, 'cardinality')).toEqual({
      first: 3n,
      second: 0n,
      indifferent: 0n,
    });
  });

  it('show which categories gain and lose', () => {
    const labels = new Map([
      ['pool', 'sport'],
      ['trees', 'green'],
    ]);
    const pool = new Map([['pool', 100n]]);
    const small = new Map([
      ['trees', 40n],
      ['lamps', 30n],
    ]);
    const money = moneyBy(PROJECTS, pool, small, labels);
    expect(money).toEqual([
      { label: '', first: 0n, second: 30n },
      { label: 'green', first: 0n, second: 40n },
      { label: 'sport', first: 100n, second: 0n },
    ]);
    expect(moneyBy(PROJECTS.toReversed(), pool, small, labels)).toEqual(money);
    expect(money.map(labelMoneyJson)[2]).toEqual({ label: 'sport', first: '100', second: '0' });
  });

  it('count the money that a project gets, which can be a part of its cost or come out of a reserve', () => {
    const common = { v: 1, score: { by: 'votes' }, tieOrder: ['listed'], ties: ['pool', 'trees', 'lamps'] };
    const money = (own: object, budget: bigint) => {
      const ruleset = validateRuleset({ ...common, ...own }, common.ties);
      if ('rejected' in ruleset) throw new Error(ruleset.rejected);
      const outcome = tally(ruleset, PROJECTS, BALLOTS, budget);
      if ('undecided' in outcome) throw new Error(outcome.undecided);
      expect(moneyOf(outcomeJson(outcome))).toEqual(moneyOf(outcome));
      return Object.fromEntries(moneyOf(outcome));
    };
    expect(money({ rule: 'greedy' }, 130n)).toEqual({ trees: 40n, lamps: 30n });
    expect(money({ rule: 'part-funding', leastShareBasisPoints: 5_000 }, 120n)).toEqual({
      trees: 40n,
      pool: 80n,
    });
    expect(money({ rule: 'stanford-knapsack', partial: 'allowed' }, 120n)).toEqual({
      pool: 100n,
      trees: 20n,
    });
    // The reserve pays the rest.
    expect(money({ rule: 'poznan', reserveShareBasisPoints: 5_000 }, 120n)).toEqual({
      trees: 40n,
      pool: 100n,
    });
  });

  it('are JSON without numbers that a reader could round', () => {
    expect(comparisonJson(compareOutcomes(PROJECTS, BALLOTS, POOL, SMALL))).toEqual({
      gained: ['lamps', 'trees'],
      lost: ['pool'],
      byApprovals: { first: '5', second: '5', indifferent: '4' },
      byCost: { first: '7', second: '3', indifferent: '4' },
      withNothing: { first: '7', second: '9', both: '4' },
    });
  });

  it('refuse an id that is not a project', () => {
    expect(() => compareOutcomes(PROJECTS, BALLOTS, POOL, new Set(['tunnel']))).toThrow(RangeError);
  });

  it('are mirrored when they change places, and every voter is on one side', () => {
    const ids = PROJECTS.map(({ id }) => id);
    const ballot = fc.record({
      options: fc.array(fc.constantFrom(...ids), { maxLength: 4 }),
      weight: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(ballot), fc.subarray(ids), fc.subarray(ids), (ballots, one, other) => {
        const [a, b] = [new Set(one), new Set(other)];
        const there = compareOutcomes(PROJECTS, ballots, a, b);
        const back = compareOutcomes(PROJECTS, ballots.toReversed(), b, a);
        expect(back.gained).toEqual(there.lost);
        expect(back.lost).toEqual(there.gained);
        for (const by of ['byApprovals', 'byCost'] as const) {
          const { first, second, indifferent } = there[by];
          expect(back[by]).toEqual({ first: second, second: first, indifferent });
          expect(Number(first + second + indifferent)).toBe(
            ballots.reduce((all, { weight }) => all + weight, 0),
          );
        }
      }),
    );
  });
});
