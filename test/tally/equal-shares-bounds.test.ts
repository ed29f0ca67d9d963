/** Bounds of balances and prices beside exact fractions, where the same is bought at a larger endowment. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BalanceBounds, type Bound } from '../../projections/tally/equal-shares-bounds.js';
import { ExactBalances } from '../../projections/tally/equal-shares-exact.js';
import { compare, rational, type Rational } from '../../projections/tally/rational.js';
import { down, up } from '../../projections/tally/rounding.js';
import { supportersOf, type Supporters } from '../../projections/tally/supporters.js';

const election = fc.record({
  costs: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 7 }),
  voters: fc.array(
    fc.record({
      votes: fc.array(fc.tuple(fc.nat(6), fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 5 }),
      weight: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 2, maxLength: 14 },
  ),
  endowment: fc.integer({ min: 5, max: 60 }),
  range: fc.integer({ min: 1, max: 12 }),
  part: fc.integer({ min: 0, max: 4 }),
});

describe('BalanceBounds', () => {
  it('holds prices between its lines up to the end of the range, closely where all are as they are now', () => {
    let compared = 0;
    let later = 0;
    fc.assert(
      fc.property(election, ({ costs, voters, endowment, range, part }) => {
        const projects = costs.map((cost, place) => ({ id: `p${place}`, cost: BigInt(cost) }));
        const ballots = voters.map(({ votes, weight }) => {
          const given = new Map(votes.map(([place, points]) => [`p${place % costs.length}`, points]));
          return { options: [...given.keys()], points: [...given.values()], weight };
        });
        const supporters = supportersOf(projects, ballots, 'score', { by: 'points' });
        const bounds = new BalanceBounds(ballots.length, endowment);
        const rise = (range * part) / 4;
        const now = new ExactBalances(supporters, ballots.length, rational(BigInt(endowment)));
        const then = new ExactBalances(supporters, ballots.length, exactly(endowment + rise));
        for (const [place, of] of supporters.entries()) {
          const price = of.weight > 0 ? now.solve(place) : undefined;
          const after = of.weight > 0 ? then.solve(place) : undefined;
          if (price === undefined || after === undefined) continue;
          const low = settled(bounds, of, price.line.value);
          const most = bounds.upperPrice(of, low?.value ?? 0, 0);
          if (low === undefined || most === Infinity) return;
          expect(most - low.value).toBeLessThan(1e-9);
          const high = bounds.highLine(of, low, most, range);
          for (const [exact, at] of [[price, 0] as const, [after, rise] as const]) {
            expect(compare(exactly(down(low.value + down(low.slope * at))), exact.line.value)).toBeLessThan(
              1,
            );
            expect(compare(exactly(up(high.value + up(high.slope * at))), exact.line.value)).toBeGreaterThan(
              -1,
            );
            compared++;
          }
          if (part > 0 && compare(price.line.value, after.line.value) !== 0) later++;
          bounds.pay(of, { low, high }, range);
          now.buy(place, price.spent);
          then.buy(place, after.spent);
        }
      }),
      { numRuns: 1_000 },
    );
    // Else this would show little.
    expect(compared).toBeGreaterThan(1_000);
    expect(later).toBeGreaterThan(100);
  });

  it('comes to no double that is too small to count with at full speed', () => {
    const [supporters] = supportersOf([{ id: 'a', cost: 6n }], [{ options: ['a'], weight: 2 }], 'cost', {
      by: 'votes',
    }) as [Supporters];
    const bounds = new BalanceBounds(1, 3);
    const price = { low: { value: 3.5, slope: 0 }, high: { value: 3.5, slope: 0 } };
    bounds.pay(supporters, price, 0.25);
    // It has nothing left, nor at the end of the range.
    expect(bounds.money(supporters)).toEqual({ low: 0, high: 0 });
    expect(bounds.spendsAll(0, 1, price)).toBe(Infinity);
    for (const bound of [up(0), -down(0)]) expect(bound * Number.EPSILON).toBeGreaterThanOrEqual(2 ** -1022);
  });
});

/** The best lower bound, from one that is better than the one before to the next; all of them hold. */
function settled(bounds: BalanceBounds, of: Supporters, exact: Rational): Bound | undefined {
  for (let from = 0; ;) {
    const found = bounds.lowerPrice(of, from);
    if (!('price' in found) || found.price === undefined) return undefined;
    const { value } = found.price;
    expect(compare(exactly(value), exact)).toBeLessThan(1);
    if (found.settled) return found.price;
    expect(value).toBeGreaterThan(from);
    from = value;
  }
}

/** The fraction that a double is. */
function exactly(value: number): Rational {
  let [whole, denominator] = [value, 1n];
  while (!Number.isInteger(whole)) {
    whole *= 2;
    denominator *= 2n;
  }
  return rational(BigInt(whole), denominator);
}
