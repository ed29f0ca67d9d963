import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { compareOutcomes, moneyBy, preferences } from '../../projections/tally/compare.js';

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
    expect(moneyBy(PROJECTS, POOL, SMALL, labels)).toEqual([
      { label: '', first: 0n, second: 30n },
      { label: 'green', first: 0n, second: 40n },
      { label: 'sport', first: 100n, second: 0n },
    ]);
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
