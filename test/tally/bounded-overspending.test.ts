import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import { exactOffer } from '../../projections/tally/overspending-exact.js';
import { offerOf } from '../../projections/tally/overspending-offer.js';
import { compare, rational, type Rational } from '../../projections/tally/rational.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { TooHard } from '../../projections/tally/too-hard.js';
import { bestWay, slowOverspending, wayAt, type Voter } from './slow-overspending.js';
import { count } from './tie-orders.js';

const IDS = ['10', '9', 'a', 'B', '02', 'c'];
type Utility = 'cost' | 'cardinality' | 'score';

function fields(utility: Utility, ties: readonly string[]) {
  const score = { by: utility === 'score' ? 'points' : 'votes' };
  return { rule: 'bounded-overspending', utility, score, tieOrder: ['listed'], ties };
}

function fundedBy(
  utility: Utility,
  projects: readonly Project[],
  ballots: readonly Ballot[],
  budget: bigint,
  ties: readonly string[] = projects.map(({ id }) => id),
): readonly string[] {
  return count(fields(utility, ties), projects, ballots, budget).funded;
}

/** `times` voters for each list of projects. */
function approvals(...lists: readonly (readonly [times: number, options: string])[]): Ballot[] {
  return lists.map(([weight, options]) => ({ options: options.split(' ').filter(Boolean), weight }));
}

describe('bounded-overspending', () => {
  it('is refused with an unknown utility, or one that is another name for cardinality', () => {
    const check = (part: Record<string, unknown>) =>
      validateRuleset({ v: 1, ...fields('cost', IDS), ...part }, IDS);
    expect(check({})).toMatchObject({ utility: 'cost' });
    expect(check({ utility: 'score', score: { by: 'ranks', first: 3 } })).toMatchObject({ utility: 'score' });
    expect(check({ utility: 'luck' })).toEqual({ rejected: 'ruleset-malformed', field: 'utility' });
    expect(check({ utility: undefined })).toEqual({ rejected: 'ruleset-malformed', field: 'utility' });
    expect(check({ utility: 'score' })).toEqual({ rejected: 'ruleset-contradictory', field: 'utility' });
  });

  it('funds what nearly all want, where equal shares gives all to a few', () => {
    const projects = [
      { id: 'school', cost: 310_000n },
      { id: 'feast', cost: 6_000n },
    ];
    const ballots = approvals([403, 'school'], [11, 'feast']);
    expect(fundedBy('cost', projects, ballots, 310_000n)).toEqual(['school']);
    const shares = { ...fields('cost', ['school', 'feast']), rule: 'equal-shares', completion: 'none' };
    expect(count(shares, projects, ballots, 310_000n).funded).toEqual(['feast']);
  });

  it('does not let one voter who values a project little keep out what all others value much', () => {
    const projects = [
      { id: 'a', cost: 1n },
      { id: 'b', cost: 1n },
    ];
    const ballots = [
      { options: ['a', 'b'], points: [100, 2], weight: 99 },
      { options: ['a', 'b'], points: [1, 2], weight: 1 },
    ];
    expect(fundedBy('score', projects, ballots, 1n)).toEqual(['a']);
    const shares = { ...fields('score', ['a', 'b']), rule: 'equal-shares', completion: 'none' };
    expect(count(shares, projects, ballots, 1n).funded).toEqual(['b']);
  });

  it('counts ten voters and six projects by hand', () => {
    const projects = [
      { id: 'A', cost: 30n },
      { id: 'B', cost: 40n },
      { id: 'C', cost: 30n },
      { id: 'D', cost: 24n },
      { id: 'E', cost: 17n },
      { id: 'F', cost: 10n },
    ];
    const ballots = approvals(
      [1, 'A'],
      [1, 'A B C E'],
      [3, 'A B C'],
      [1, 'A B F'],
      [2, 'D E'],
      [1, 'D E F'],
      [1, 'C D F'],
    );
    // Each holds 10. A costs its six supporters 5 each. C has four with 5 and one with 10: at 5 they pay 25 of 30, and 36/5 over
    // 30 is less than the 6 over 24 that D costs. So 6 are charged: four have nothing left, and one has 4. Then D costs 4 from
    // that one and 20/3 from three. E costs 17 and does not fit in 16. F costs 5 and 10/3 from two who have that, and is overspent.
    expect(fundedBy('cost', projects, ballots, 100n)).toEqual(['A', 'C', 'D', 'F']);
  });

  it('takes what is missing from what remains for others', () => {
    const projects = [
      { id: 'a', cost: 28n },
      { id: 'b', cost: 1n },
      { id: 'c', cost: 10n },
      { id: 'd', cost: 11n },
    ];
    // Twelve each. Two pay 24 of 28, which is 49/3 over 28. Then c is paid in full; and the supporter of d has 12 for what costs 11.
    const ballots = approvals([2, 'a'], [1, 'c'], [1, 'd']);
    const { funded, projects: told } = count(fields('cost', ['a', 'b', 'c', 'd']), projects, ballots, 48n);
    expect(funded).toEqual(['a', 'c']);
    const reasons = new Map(told.map(({ id, reason }) => [id, reason]));
    expect(reasons.get('b')).toEqual({ code: 'no-support' });
    expect(reasons.get('d')).toEqual({ code: 'does-not-fit', remaining: 10n, missing: 1n });
  });

  it('says of a project that would fit that its supporters have nothing left', () => {
    const projects = [
      { id: 'a', cost: 8n },
      { id: 'b', cost: 1n },
    ];
    const ballots = approvals([2, 'a'], [1, 'a b'], [9, '']);
    const { funded, projects: told } = count(fields('cost', ['a', 'b']), projects, ballots, 12n);
    expect(funded).toEqual(['a']);
    expect(told[1]?.reason).toEqual({ code: 'supporters-short', money: 0n, missing: 1n });
  });
});

describe('bounded-overspending beside a count in fractions', () => {
  const election = fc.record({
    utility: fc.constantFrom<Utility[]>('cost', 'cardinality', 'score'),
    ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
    budget: fc.nat(60),
    factor: fc.constantFrom(1n, 7n, 10n ** 13n + 37n),
    costs: fc.array(fc.nat(25), { minLength: IDS.length, maxLength: IDS.length }),
    ballots: fc.array(
      fc.record({
        options: fc.array(fc.constantFrom(...IDS), { maxLength: 4 }),
        seed: fc.nat(1000),
        weight: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  });

  it('funds the same in the same order', () => {
    fc.assert(
      fc.property(election, ({ utility, ties, budget, factor, costs, ballots: made }) => {
        const projects = IDS.map((id, place): Project => ({ id, cost: BigInt(costs[place] ?? 0) * factor }));
        const ballots = made.map(({ options, seed, weight }): Ballot => ({
          options,
          weight,
          ...(utility === 'score' && { points: options.map((_, index) => (seed >> index) % 4) }),
        }));
        const money = BigInt(budget) * factor;
        const expected = slowOverspending({ utility, ties }, projects, ballots, money);
        expect(fundedBy(utility, projects, groupBallots(ballots), money, ties)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('funds the same where ratios are closer than doubles can tell', () => {
    // Large costs that differ by one, or have a ratio that is nearly that of the supporters.
    fc.assert(
      fc.property(
        fc.record({
          utility: fc.constantFrom<Utility[]>('cost', 'cardinality'),
          ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
          costs: fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: -1, max: 1 })), {
            minLength: IDS.length,
            maxLength: IDS.length,
          }),
          budget: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: -1, max: 1 })),
          ballots: fc.array(
            fc.record({
              options: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 3 }),
              weight: fc.integer({ min: 1, max: 4 }),
            }),
            { minLength: 1, maxLength: 6 },
          ),
        }),
        ({ utility, ties, costs, budget: [parts, more], ballots }) => {
          const large = 3n * 2n ** 60n;
          const projects = IDS.map((id, place): Project => {
            const [times, by] = costs[place] ?? [1, 0];
            return { id, cost: BigInt(times) * large + BigInt(by) };
          });
          const budget = BigInt(parts) * large + BigInt(more);
          const expected = slowOverspending({ utility, ties }, projects, ballots, budget);
          expect(fundedBy(utility, projects, ballots, budget, ties)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('finds the best way to pay: no other is better, and the doubles hold it', () => {
    const amount = fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.array(fc.tuple(amount, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 20 })), {
          maxLength: 20,
        }),
        (price, list, others) => {
          const cost = BigInt(price);
          const voters = list.flatMap(([[n, d], share, weight]) =>
            Array.from({ length: weight }, (): Voter => ({
              balance: rational(BigInt(n), BigInt(d)),
              worth: new Map([['p', BigInt(share)]]),
            })),
          );
          const best = bestWay({ id: 'p', cost }, voters);
          const payers = list
            .filter(([[n]]) => n > 0)
            .map(([[n, d], share, weight]) => ({
              ball: { middle: n / d, radius: (n / d) * Number.EPSILON },
              share,
              weight,
              exact: () => rational(BigInt(n), BigInt(d)),
            }));
          if (payers.length === 0) {
            expect(best).toBeUndefined();
            return;
          }
          const offer = offerOf({ middle: price, radius: 0 }, payers);
          const exact = exactOffer(cost, payers, offer);
          expect({ ratio: exact?.ratio, price: exact?.price }).toEqual(best);
          if (best === undefined) throw new Error('somebody has something');
          expect(offer.low).toBeLessThanOrEqual(near(best.ratio, 1));
          expect(offer.high).toBeGreaterThanOrEqual(near(best.ratio, -1));
          expect(offer.high / offer.low).toBeLessThan(1 + 1e-9);
          for (const [n, d] of others) {
            const way = wayAt(rational(BigInt(n), BigInt(d)), 'p', cost, voters);
            if (way !== undefined) expect(compare(way.ratio, best.ratio)).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

it('bounded-overspending stops where a decision needs fractions that are too long', () => {
  const long = rational(1n, 2n ** 40_000n);
  const payers = [long, rational(1n)].map((exact) => ({
    ball: { middle: 0.5, radius: 0.5 },
    share: 1,
    weight: 1,
    exact: () => exact,
  }));
  const offer = offerOf({ middle: 4, radius: 0 }, payers);
  expect(() => exactOffer(4n, payers, offer)).toThrow(TooHard);
});

/** The double beside a fraction, on that side of it. */
function near({ n, d }: Rational, side: 1 | -1): number {
  return (Number(n) / Number(d)) * (1 + side * 2 * Number.EPSILON);
}

describe('ties under bounded-overspending', () => {
  it('are found where all can pay in full, whatever they have left, and where the histories are alike', () => {
    // Two quarters of a town that do the same, and never meet.
    const sizes = [23n, 17n, 13n, 11n, 7n, 5n, 3n];
    const projects = ['x', 'y'].flatMap((side) =>
      sizes.map((size, place): Project => ({ id: `${side}${String(place)}`, cost: size * 1000n + 7n })),
    );
    const ballots = ['x', 'y'].flatMap((side) =>
      Array.from({ length: 12 }, (_, voter): Ballot => ({
        options: sizes.flatMap((_size, place) =>
          (voter * 5 + place * 3) % 7 < 4 ? [`${side}${String(place)}`] : [],
        ),
        weight: 1,
      })),
    );
    const { funded, ties } = count(
      {
        ...fields(
          'cardinality',
          projects.map(({ id }) => id),
        ),
      },
      projects,
      ballots,
      100_000n,
    );
    const [x, y] = ['x', 'y'].map((side) =>
      funded.filter((id) => id.startsWith(side)).map((id) => id.slice(1)),
    );
    expect(y).toEqual(x?.slice(0, y?.length));
    expect(ties.length).toBeGreaterThanOrEqual(y?.length ?? 0);
    expect(y?.length).toBeGreaterThan(2);
  });

  it('give the number of supporters who pay in full, or what each of them pays', () => {
    const projects = [
      { id: 'a', cost: 7n },
      { id: 'b', cost: 7n },
    ];
    const ballots = approvals([3, 'a'], [3, 'b']);
    expect(count(fields('cost', ['a', 'b']), projects, ballots, 20n).ties).toEqual([
      { score: 3n, of: 'payers', projects: ['a', 'b'], decidedBy: ['listed'], matters: false },
    ]);
    expect(count(fields('cardinality', ['b', 'a']), projects, ballots, 13n).ties).toEqual([
      { score: 2n, of: 'paid', projects: ['b', 'a'], decidedBy: ['listed'], matters: true },
    ]);
  });
});
