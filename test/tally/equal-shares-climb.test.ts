/** Runs at rising endowments, and the jumps between them, against single runs at every endowment on the way. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Climb } from '../../projections/tally/equal-shares-climb.js';
import { runEqualShares } from '../../projections/tally/equal-shares-run.js';
import { add, rational } from '../../projections/tally/rational.js';
import { supportersOf } from '../../projections/tally/supporters.js';

const election = fc.record({
  costs: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 2, maxLength: 7 }),
  voters: fc.array(
    fc.record({
      votes: fc.array(fc.tuple(fc.nat(6), fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 5 }),
      weight: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  utility: fc.constantFrom('cost' as const, 'cardinality' as const, 'score' as const),
  start: fc.integer({ min: 0, max: 40 }),
  parts: fc.integer({ min: 1, max: 9 }),
});

/** Few different costs and voters, so that many projects are level. */
const level = fc.record({
  costs: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 6 }),
  voters: fc.array(
    fc.record({
      votes: fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }),
      weight: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  start: fc.nat(8),
  utility: fc.constantFrom('cost' as const, 'cardinality' as const),
});

describe('Climb', () => {
  it('buys at every endowment what a single run buys, however far it jumps', () => {
    let decided = 0;
    let byBounds = 0;
    let jumped = 0;
    fc.assert(
      fc.property(election, ({ costs, voters, utility, start, parts }) => {
        const projects = costs.map((cost, place) => ({ id: `p${place}`, cost: BigInt(cost) * 10n }));
        const ballots = voters.map(({ votes, weight }) => {
          const given = new Map(votes.map(([place, points]) => [`p${place % costs.length}`, points]));
          return { options: [...given.keys()], points: [...given.values()], weight };
        });
        const supporters = supportersOf(projects, ballots, utility, { by: 'points' });
        const climb = new Climb(supporters, ballots.length, 1);
        const at = (taken: number) => add(rational(BigInt(start), BigInt(parts)), rational(BigInt(taken)));
        const single = (taken: number) =>
          runEqualShares(supporters, ballots.length, at(taken), (a, b) => a - b).funded;
        for (let taken = 0; taken < 400;) {
          const climbed = climb.run(at(taken));
          if (climbed !== undefined) byBounds++;
          const bought =
            climbed ?? runEqualShares(supporters, ballots.length, at(taken), (a, b) => a - b, climb.rises);
          const until = Math.min(400, taken + Math.ceil(bought.reach));
          expect(single(taken)).toEqual(bought.funded);
          for (let within = taken + 1; within < until; within++) {
            expect(single(within)).toEqual(bought.funded);
            jumped++;
          }
          decided++;
          taken = Math.max(until, taken + 1);
        }
      }),
      { numRuns: 60 },
    );
    // Most endowments are jumped over, and most others decided by bounds: without that, this would show nothing.
    expect(jumped).toBeGreaterThan(decided);
    expect(byBounds).toBeGreaterThan(decided / 2);
  });

  it('does not trust exact prices beyond the rise at which other voters spend all', () => {
    // With 1 each all supporters of p0 spend all and p1 and p2 are level; with more, what they keep differs.
    const projects = [5n, 1n, 2n].map((cost, place) => ({ id: `p${place}`, cost }));
    const ballots = [
      { options: ['p1'], weight: 2 },
      { options: ['p1', 'p0'], weight: 2 },
      { options: ['p0', 'p2'], weight: 2 },
      { options: ['p2'], weight: 2 },
      { options: ['p2', 'p0'], weight: 1 },
    ];
    const supporters = supportersOf(projects, ballots, 'cost', { by: 'votes' });
    const run = (halves: bigint) =>
      runEqualShares(supporters, ballots.length, rational(halves, 2n), (a, b) => a - b, {
        least: 0.5,
        most: 6,
      });
    expect(run(2n).funded).toEqual([0, 1, 2]);
    expect(run(3n).funded).toEqual([0, 2, 1]);
    expect(run(2n).reach).toBeLessThanOrEqual(0.5);
  });

  it('is told by single runs how far they reach, where only fractions decide', () => {
    let reached = 0;
    fc.assert(
      fc.property(level, ({ costs, voters, start, utility }) => {
        const projects = costs.map((cost, place) => ({ id: `p${place}`, cost: BigInt(cost) }));
        const ballots = voters.map(({ votes, weight }) => ({
          options: [...new Set(votes.map((place) => `p${place % costs.length}`))],
          weight,
        }));
        const supporters = supportersOf(projects, ballots, utility, { by: 'votes' });
        const at = (halves: number) => rational(BigInt(start + halves), 2n);
        const runs = Array.from({ length: 24 }, (_, halves) =>
          runEqualShares(supporters, ballots.length, at(halves), (a, b) => a - b, { least: 0.5, most: 6 }),
        );
        for (const [from, { funded, reach }] of runs.entries()) {
          for (let halves = from + 1; halves < Math.min(24, from + 2 * reach); halves++) {
            expect(runs[halves]?.funded).toEqual(funded);
            reached++;
          }
        }
      }),
      { numRuns: 400 },
    );
    expect(reached).toBeGreaterThan(400);
  });
});
