import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { candidateDistances, distances, type Distances } from '../../projections/tally/distance.js';
import type { OrderedByScore } from '../../projections/tally/distance.js';
import { countCandidates } from '../../projections/tally/greedy.js';
import type { Threshold, TieCriterion } from '../../projections/tally/ruleset.js';
import { tally } from '../../projections/tally/tally.js';

const PLAIN: OrderedByScore = { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['lowest-cost'] };

function projects(costs: Record<string, number>): Project[] {
  return Object.entries(costs).map(([id, cost]) => ({ id, cost: BigInt(cost) }));
}

function votes(counts: Record<string, number>): Ballot[] {
  return Object.entries(counts).map(([id, weight]) => ({ options: [id], weight }));
}

function measured(ruleset: OrderedByScore, list: Project[], ballots: Ballot[], budget: number): Distances {
  const found = distances(ruleset, list, ballots, BigInt(budget));
  if ('undecided' in found) throw new Error('undecided');
  return found;
}

describe('the distance of a loser', () => {
  const list = projects({ trees: 500, playground: 400, bridge: 300, benches: 100 });
  const ballots = votes({ trees: 60, playground: 50, bridge: 40, benches: 30 });

  it('is what would have brought it before the project that took its money', () => {
    // The bridge is cheaper than the playground, so it is enough to be level with it.
    expect(measured(PLAIN, list, ballots, 900)).toEqual({
      losers: [
        { project: 'bridge', support: 10n, cost: 0n },
        { project: 'benches', support: 20n, cost: 0n },
      ],
      runnersUp: ['bridge'],
    });
    // Where a lot decides that may go against it, it needs one more.
    const open: OrderedByScore = { ...PLAIN, tieOrder: ['most-votes'] };
    expect(measured(open, list, ballots, 900).losers[0]).toMatchObject({ project: 'bridge', support: 11n });
  });

  it('is in points where points decide', () => {
    const points: OrderedByScore = { ...PLAIN, score: { by: 'points' } };
    const given = [{ options: ['trees', 'playground'], points: [7, 4], weight: 3 }];
    expect(measured(points, list, given, 500)).toMatchObject({
      losers: [
        { project: 'playground', support: 9n },
        { project: 'benches', support: 21n },
        { project: 'bridge', support: 21n },
      ],
      runnersUp: ['playground'],
    });
  });

  it('is the money that was left at its turn', () => {
    expect(measured(PLAIN, list, ballots, 1150)).toMatchObject({
      losers: [{ project: 'bridge', support: 10n, cost: 250n }],
      runnersUp: ['bridge'],
    });
  });

  it('counts what is missing to a threshold, and conflicts', () => {
    const threshold: OrderedByScore = { ...PLAIN, rule: 'greedy-threshold', threshold: { votes: 35 } };
    expect(measured(threshold, list, ballots, 5000).losers).toEqual([{ project: 'benches', support: 5n }]);
    const exclusive: OrderedByScore = {
      ...PLAIN,
      rule: 'greedy-exclusive',
      conflicts: [['trees', 'benches']],
    };
    expect(measured(exclusive, list, ballots, 5000).losers).toEqual([{ project: 'benches', support: 30n }]);
  });

  it('is unknown to what nothing could have funded', () => {
    const hopeless = [...projects({ palace: 9999 }), { id: 'gone', cost: 1n, withdrawn: true }];
    expect(measured(PLAIN, hopeless, votes({ palace: 5, gone: 9 }), 100)).toEqual({
      losers: [{ project: 'gone' }, { project: 'palace', cost: 100n }],
      runnersUp: [],
    });
    const points: OrderedByScore = { ...PLAIN, score: { by: 'points' }, threshold: { votes: 2 } };
    const one = [{ options: ['trees'], points: [9], weight: 1 }];
    expect(measured(points, projects({ trees: 5 }), one, 100).losers).toEqual([{ project: 'trees' }]);
  });

  it('finds a cost at which it comes early enough where dear projects come first', () => {
    const dearFirst: OrderedByScore = { ...PLAIN, tieOrder: ['highest-cost'] };
    const level = projects({ dear: 90, middle: 50 });
    // At 60 it would come before the middle one, which takes its money if it is cheaper than that.
    expect(measured(dearFirst, level, votes({ dear: 3, middle: 3 }), 60).losers).toEqual([
      { project: 'dear', cost: 60n },
    ]);
  });

  it('is what is missing of score per cost, where that decides', () => {
    const perCost: OrderedByScore = { ...PLAIN, rule: 'greedy-per-cost' };
    // By votes per cost: benches 30/100, bridge 40/300, playground 50/400, trees 60/500. After the bridge 450 are left.
    expect(measured(perCost, list, ballots, 850)).toEqual({
      // Three votes more bring the trees before the playground, which is not enough; level with the bridge they would be at
      // 66 2/3. For 450 they are, and after it; for anything more only the playground is behind them.
      losers: [{ project: 'trees', support: 7n, cost: 450n }],
      runnersUp: ['trees'],
    });
    // Nothing brings a project before one without cost, and a project without supporters is level at any cost with others.
    const dearFirst: OrderedByScore = { ...perCost, rule: 'greedy-per-cost', tieOrder: ['highest-cost'] };
    const free = projects({ path: 0, dear: 90, middle: 50 });
    expect(measured(dearFirst, free, [], 60).losers).toEqual([{ project: 'dear', cost: 60n }]);
    const exclusive: OrderedByScore = { ...perCost, conflicts: [['path', 'dear']] };
    expect(measured(exclusive, free, votes({ dear: 9 }), 100).losers).toEqual([
      { project: 'dear', cost: 0n },
    ]);
  });

  it('is exact far beyond 2^53', () => {
    const huge = 10n ** 30n;
    const list30: Project[] = [
      { id: 'a', cost: huge },
      { id: 'b', cost: huge + 7n },
    ];
    const found = distances(PLAIN, list30, votes({ a: 2, b: 1 }), 2n * huge + 3n);
    expect(found).toMatchObject({ losers: [{ project: 'b', support: 2n, cost: huge + 3n }] });
  });

  it('is not given where the count itself needs a lot', () => {
    const open: OrderedByScore = { ...PLAIN, tieOrder: ['most-votes'] };
    expect(distances(open, list, votes({ trees: 1, playground: 1 }), 500n)).toMatchObject({
      undecided: 'tie-undecided',
    });
  });
});

const IDS = ['10', '9', 'a', 'B'];
const election = fc.record({
  rule: fc.constantFrom(
    'greedy' as const,
    'greedy-no-skip' as const,
    'greedy-exclusive' as const,
    'greedy-per-cost' as const,
  ),
  hasConflict: fc.boolean(),
  threshold: fc.constantFrom<(Threshold | undefined)[]>(
    undefined,
    { score: 2 },
    { votes: 3 },
    { basisPoints: 4000 },
  ),
  conflict: fc.shuffledSubarray(IDS, { minLength: 2, maxLength: 3 }),
  tieOrder: fc.constantFrom<TieCriterion[][]>(
    ['lowest-cost'],
    ['highest-cost'],
    ['most-votes'],
    ['highest-cost', 'listed'],
    ['listed'],
  ),
  ties: fc.shuffledSubarray(IDS, { minLength: 4 }),
  costs: fc.array(fc.nat(7), { minLength: 4, maxLength: 4 }),
  ballots: fc.array(
    fc.record({
      options: fc.array(fc.constantFrom(...IDS), { maxLength: 4 }),
      weight: fc.integer({ min: 1, max: 2 }),
    }),
    { maxLength: 4 },
  ),
  budget: fc.nat(14),
});
type Election = typeof election extends fc.Arbitrary<infer T> ? T : never;

function rulesetOf({ rule, threshold, hasConflict, conflict, tieOrder, ties }: Election): OrderedByScore {
  return {
    v: 1,
    rule,
    score: { by: 'votes' },
    tieOrder,
    ...(tieOrder.includes('listed') && { ties }),
    ...(threshold && { threshold }),
    ...((rule === 'greedy-exclusive' || hasConflict) && { conflicts: [conflict] }),
  } as OrderedByScore;
}

/** Whether every lot that could be drawn funds it, with so many more approvals on a ballot that is there, at this cost. */
function isFunded(given: Election, id: string, more: number, cost: bigint): boolean {
  const ruleset = rulesetOf(given);
  const list = IDS.map((one, index) => ({
    id: one,
    cost: one === id ? cost : BigInt(given.costs[index] ?? 0),
  }));
  const ballots = [...given.ballots, { options: Array<string>(more).fill(id), weight: 1 }];
  const lots = ruleset.tieOrder.includes('listed') ? [given.ties] : permutations(IDS);
  return lots.every((ties) => {
    const tieOrder = [...ruleset.tieOrder.filter((one) => one !== 'listed'), 'listed' as const];
    const outcome = tally({ ...ruleset, tieOrder, ties }, list, ballots, BigInt(given.budget));
    if ('undecided' in outcome) throw new Error('a full list decides every tie');
    return outcome.funded.includes(id);
  });
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

describe('distances', () => {
  it('are what counting again with every addition and every cost finds', () => {
    let compared = 0;
    fc.assert(
      fc.property(election, (given) => {
        const list = IDS.map((id, index) => ({ id, cost: BigInt(given.costs[index] ?? 0) }));
        const ballots = [...given.ballots, { options: [], weight: 1 }];
        const found = distances(rulesetOf(given), list, ballots, BigInt(given.budget));
        if ('undecided' in found) return;
        for (const { project, support, cost } of found.losers) {
          compared += 1;
          const own = list.find(({ id }) => id === project)?.cost ?? 0n;
          // Level with 32 votes for a cost of 1 is what costs 7 with 224; what costs more than there is needs no look.
          const most = own > BigInt(given.budget) ? 0 : given.rule === 'greedy-per-cost' ? 226 : 45;
          const additions = Array.from({ length: most }, (_, index) => index + 1);
          const least = additions.find((more) => isFunded(given, project, more, own));
          expect(support).toBe(least === undefined ? undefined : BigInt(least));
          const cheaper = Array.from({ length: Number(own) }, (_, index) => own - 1n - BigInt(index));
          expect(cost).toBe(cheaper.find((one) => isFunded(given, project, 0, one)));
        }
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  it('are so in points, which leave the votes as they are', () => {
    const points = fc.record({
      given: election,
      scores: fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }),
      votes: fc.array(fc.nat(4), { minLength: 4, maxLength: 4 }),
    });
    let compared = 0;
    fc.assert(
      fc.property(points, ({ given, scores, votes: cast }) => {
        const ruleset: OrderedByScore = { ...rulesetOf(given), score: { by: 'points' } };
        const candidates = IDS.map((id, index) => ({
          project: { id, cost: BigInt(given.costs[index] ?? 0) },
          votes: BigInt(cast[index] ?? 0),
          score: BigInt(scores[index] ?? 0),
        }));
        const budget = BigInt(given.budget);
        const lots = ruleset.tieOrder.includes('listed') ? [given.ties] : permutations(IDS);
        const isFundedWith = (id: string, more: bigint, cost: bigint) =>
          lots.every((ties) => {
            const tieOrder = [...ruleset.tieOrder.filter((one) => one !== 'listed'), 'listed' as const];
            const changed = candidates.map((one) =>
              one.project.id === id ? { ...one, project: { id, cost }, score: one.score + more } : one,
            );
            const outcome = countCandidates({ ...ruleset, tieOrder, ties }, changed, 9n, budget);
            if ('undecided' in outcome) throw new Error('a full list decides every tie');
            return outcome.funded.includes(id);
          });
        const found = candidateDistances(ruleset, candidates, 9n, budget);
        if ('undecided' in found) return;
        for (const { project, support, cost } of found.losers) {
          compared += 1;
          const own = candidates.find((one) => one.project.id === project)?.project.cost ?? 0n;
          const additions = Array.from({ length: 75 }, (_, index) => BigInt(index + 1));
          expect(support).toBe(additions.find((more) => isFundedWith(project, more, own)));
          const cheaper = Array.from({ length: Number(own) }, (_, index) => own - 1n - BigInt(index));
          expect(cost).toBe(cheaper.find((one) => isFundedWith(project, 0n, one)));
        }
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});
