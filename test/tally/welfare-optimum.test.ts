import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';
import { TooHard } from '../../projections/tally/too-hard.js';
import { count } from './tie-orders.js';

const IDS = ['10', '9', 'a', 'B', '02', 'c'];

describe('welfare-optimum', () => {
  it('funds the affordable set that is worth most; of several, the first by the tie order', () => {
    fc.assert(
      fc.property(
        fc.record({
          utility: fc.constantFrom('cost', 'cardinality', 'score'),
          ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
          costs: fc.array(fc.nat(6), { minLength: IDS.length, maxLength: IDS.length }),
          ballots: fc.array(
            fc.record({ options: fc.shuffledSubarray(IDS), weight: fc.integer({ min: 1, max: 3 }) }),
            { maxLength: 6 },
          ),
          budget: fc.nat(20),
        }),
        ({ utility, ties, costs, ballots: plain, budget }) => {
          const ballots = plain.map((one): Ballot => ({
            ...one,
            points: one.options.map((_, index) => (index * 3) % 4),
          }));
          const projects = IDS.map((id, index): Project => ({ id, cost: BigInt(costs[index] ?? 0) }));
          const fields = {
            rule: 'welfare-optimum',
            utility,
            score: { by: 'points' },
            tieOrder: ['listed'],
            ties,
          };
          const outcome = count(fields, projects, ballots, BigInt(budget));
          const worth = (id: string) => {
            const cost = costs[IDS.indexOf(id)] ?? 0;
            return ballots.reduce((sum, { options, points = [], weight }) => {
              const given = points[options.indexOf(id)] ?? 0;
              if (given === 0) return sum;
              return sum + weight * (utility === 'cost' ? cost : utility === 'score' ? given : 1);
            }, 0);
          };
          const supported = ties.filter((id) =>
            ballots.some(({ options, points = [] }) => (points[options.indexOf(id)] ?? 0) > 0),
          );
          const sets = subsets(supported)
            .filter((set) => set.reduce((sum, id) => sum + (costs[IDS.indexOf(id)] ?? 0), 0) <= budget)
            .map((set) => ({
              set,
              worth: set.reduce((sum, id) => sum + worth(id), 0),
              // In the tie order: the first project that only one of two sets has decides.
              digits: ties.map((id) => (set.includes(id) ? '1' : '0')).join(''),
            }))
            .sort((a, b) => b.worth - a.worth || (a.digits > b.digits ? -1 : 1));
          expect([...outcome.funded].sort()).toEqual([...(sets[0]?.set ?? [])].sort());
          const free = (id: string) => (costs[IDS.indexOf(id)] ?? 0) === 0;
          const best = new Set(
            sets
              .filter((one) => one.worth === sets[0]?.worth)
              .map(({ set }) =>
                set
                  .filter((id) => !free(id))
                  .sort()
                  .join(),
              ),
          );
          expect(outcome.ties.length).toBe(best.size > 1 ? 1 : 0);
          const shuffled = { ballots: [...ballots].reverse(), projects: [...projects].reverse() };
          expect(count(fields, shuffled.projects, shuffled.ballots, BigInt(budget))).toEqual(outcome);
        },
      ),
      { numRuns: 300 },
    );
  });

  const fields = { v: 1, rule: 'welfare-optimum', utility: 'cardinality', score: { by: 'votes' } };

  it('needs a list of all projects', () => {
    expect(validateRuleset({ ...fields, tieOrder: ['lowest-cost'] }, IDS)).toEqual({
      rejected: 'ruleset-malformed',
      field: 'tieOrder',
    });
    expect(validateRuleset({ ...fields, utility: 'joy', tieOrder: ['listed'], ties: IDS }, IDS)).toEqual({
      rejected: 'ruleset-malformed',
      field: 'utility',
    });
  });

  it('says that an election is too hard instead of searching for ever', () => {
    // All costs are even and the budget is odd: whatever is taken, a part of the next would still be worth something.
    const projects = Array.from({ length: 60 }, (_, place): Project => ({
      id: `p${place}`,
      cost: 2000n + 2n * BigInt(place * place),
    }));
    const ids = projects.map(({ id }) => id);
    const ruleset = validateRuleset({ ...fields, utility: 'cost', tieOrder: ['listed'], ties: ids }, ids);
    if ('rejected' in ruleset) throw new Error(ruleset.rejected);
    expect(() => tally(ruleset, projects, [{ options: ids, weight: 1 }], 59_999n)).toThrow(TooHard);
  });

  it('gives up thousands of projects at once, rather than end without a word', () => {
    const ids = Array.from({ length: 12_000 }, (_, at) => `p${String(at)}`);
    const projects = ids.map((id): Project => ({ id, cost: 3n }));
    const ruleset = validateRuleset({ ...fields, utility: 'cost', tieOrder: ['listed'], ties: ids }, ids);
    if ('rejected' in ruleset) throw new Error(ruleset.rejected);
    expect(() => tally(ruleset, projects, [{ options: ids, weight: 1 }], 24_000n)).toThrow(TooHard);
  });

  it('adds up points beyond 2^53 exactly, in whatever order ballots come', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const others = ['c', 'd', 'e', 'f', 'g'];
    const ids = ['a', 'b', ...others];
    const projects = ids.map((id): Project => ({ id, cost: others.includes(id) ? 100n : 10n }));
    const ballots: Ballot[] = [
      { options: ['a'], points: [most], weight: 1 },
      ...others.map((id): Ballot => ({ options: ['a', id], points: [1, 1], weight: 1 })),
      { options: ['b'], points: [most], weight: 1 },
      { options: ['b'], points: [3], weight: 1 },
    ];
    const scored = { ...fields, utility: 'score', score: { by: 'points' }, tieOrder: ['listed'], ties: ids };
    expect(count(scored, projects, ballots, 10n).funded).toEqual(['a']);
    expect(count(scored, projects, ballots.toReversed(), 10n).funded).toEqual(['a']);
  });
});

function subsets(items: readonly string[]): string[][] {
  return items.reduce<string[][]>((all, item) => [...all, ...all.map((set) => [...set, item])], [[]]);
}
