import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import type { Outcome, TieUndecided } from '../../projections/tally/outcome.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import type { TieCriterion } from '../../projections/tally/ruleset.js';
import { tally } from '../../projections/tally/tally.js';
import { count, everyOutcome } from './tie-orders.js';
import { shuffled } from './shuffled.js';

/** Ids that are easily put in another order: as numbers, as texts, as keys of an object. */
const IDS = ['10', '9', 'a', 'B', '02'];
/** `decides`: whether a tie stops the count exactly when another lot would fund others. */
const RULES: readonly { fields: Record<string, unknown>; decides: boolean }[] = [
  { fields: { rule: 'phragmen' }, decides: true },
  { fields: { rule: 'exact-equal-shares', utility: 'cost' }, decides: true },
  { fields: { rule: 'exact-equal-shares', utility: 'cardinality' }, decides: true },
  { fields: { rule: 'exact-equal-shares', utility: 'cost', completion: 'add-opt' }, decides: false },
  { fields: { rule: 'bounded-overspending', utility: 'cost' }, decides: true },
  { fields: { rule: 'bounded-overspending', utility: 'cardinality' }, decides: true },
];

interface Election {
  tieOrder: TieCriterion[];
  ties: string[];
  projects: Project[];
  ballots: Ballot[];
  budget: bigint;
}

const election: fc.Arbitrary<Election> = fc
  .record({
    tieOrder: fc.constantFrom<TieCriterion[][]>(
      ['listed'],
      ['lowest-cost', 'listed'],
      ['most-votes'],
      ['highest-cost'],
    ),
    ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
    costs: fc.array(fc.nat(6), { minLength: IDS.length, maxLength: IDS.length }),
    withdrawn: fc.constantFrom('none', ...IDS),
    ballots: fc.array(
      fc.record({
        options: fc.array(fc.constantFrom(...IDS), { maxLength: 4 }),
        weight: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 8 },
    ),
    budget: fc.nat(20),
  })
  .map(({ costs, withdrawn, budget, ...rest }) => ({
    ...rest,
    projects: IDS.map((id, index) => ({ id, cost: BigInt(costs[index] ?? 0), withdrawn: id === withdrawn })),
    budget: BigInt(budget),
  }));

function counted(fields: Record<string, unknown>, given: Election): Outcome | TieUndecided {
  const { tieOrder, ties, projects, ballots, budget } = given;
  const ruleset = validateRuleset(
    { v: 1, score: { by: 'votes' }, ...fields, tieOrder, ...(tieOrder.includes('listed') && { ties }) },
    IDS,
  );
  if ('rejected' in ruleset) throw new Error(`${ruleset.rejected} ${ruleset.field}`);
  return tally(ruleset, projects, ballots, budget);
}

/** Which projects are funded in which order, or among which a lot must be drawn. */
function gist(outcome: Outcome | TieUndecided) {
  return 'undecided' in outcome ? { lot: outcome.projects } : { funded: outcome.funded };
}

describe.each(RULES.map((rule) => [Object.values(rule.fields).join(' '), rule] as const))(
  '%s',
  (_, { fields, decides }) => {
    it('is the same in every part for ballots and projects in any order, grouped or not', () => {
      fc.assert(
        fc.property(election, fc.infiniteStream(fc.nat()), (given, numbers) => {
          const expected = counted(fields, given);
          const other = {
            ...given,
            projects: shuffled(given.projects, numbers),
            ballots: shuffled(given.ballots, numbers),
          };
          expect(counted(fields, other)).toEqual(expected);
          const apart = given.ballots.flatMap((one) => Array<Ballot>(one.weight).fill({ ...one, weight: 1 }));
          expect(counted(fields, { ...given, ballots: shuffled(apart, numbers) })).toEqual(expected);
          expect(counted(fields, { ...given, ballots: groupBallots(shuffled(apart, numbers)) })).toEqual(
            expected,
          );
        }),
        { numRuns: 150 },
      );
    });

    it('funds the same in smaller coins, and when every voter is there several times', () => {
      fc.assert(
        fc.property(
          election,
          fc.bigInt({ min: 1n, max: 10n ** 20n }),
          fc.integer({ min: 2, max: 1000 }),
          (given, factor, times) => {
            const expected = gist(counted(fields, given));
            const projects = given.projects.map((one) => ({ ...one, cost: one.cost * factor }));
            expect(gist(counted(fields, { ...given, projects, budget: given.budget * factor }))).toEqual(
              expected,
            );
            const ballots = given.ballots.map((one) => ({ ...one, weight: one.weight * times }));
            expect(gist(counted(fields, { ...given, ballots }))).toEqual(expected);
          },
        ),
        { numRuns: 150 },
      );
    });

    it('spends what it says and no more, on projects with supporters, with one reason for each', () => {
      fc.assert(
        fc.property(election, (given) => {
          const outcome = counted(fields, given);
          if ('undecided' in outcome) return;
          const funded = outcome.projects.filter((one) => one.funded);
          expect(funded.map(({ id }) => id)).toEqual(outcome.funded);
          expect(outcome.cost).toBe(funded.reduce((sum, { cost }) => sum + cost, 0n));
          expect(outcome.cost <= given.budget).toBe(true);
          expect(outcome.projects.map(({ id }) => id).sort()).toEqual([...IDS].sort());
          expect(funded.every(({ votes, reason }) => votes > 0n && reason.code === 'funded')).toBe(true);
          for (const { funded: won, reason } of outcome.projects) {
            expect(won).toBe(reason.code === 'funded');
            if ('missing' in reason) expect(reason.missing > 0n).toBe(true);
          }
        }),
        { numRuns: 300 },
      );
    });

    // A completed count stops for any open tie that one of its runs meets.
    if (!decides) return;
    it('stops for a lot, and says that a tie matters, exactly when another lot would fund others', () => {
      fc.assert(
        fc.property(election, (given) => {
          const criteria = given.tieOrder.filter((one) => one !== 'listed');
          const ends = new Set(
            permutations(IDS).map((ties) => {
              const outcome = count(
                { ...fields, tieOrder: [...criteria, 'listed'], ties },
                given.projects,
                given.ballots,
                given.budget,
              );
              return [...outcome.funded].sort().join();
            }),
          );
          if (criteria.length > 0) {
            expect('undecided' in counted(fields, { ...given, tieOrder: criteria })).toBe(ends.size > 1);
            return;
          }
          expect(everyOutcome(fields, given.projects, given.ballots, given.budget)).toEqual(ends);
          const outcome = counted(fields, given);
          if ('undecided' in outcome) throw new Error('a full list decides every tie');
          expect(outcome.ties.some(({ matters }) => matters)).toBe(ends.size > 1);
        }),
        { numRuns: 60 },
      );
    });
  },
);

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

describe('phragmen', () => {
  const projects: Project[] = [
    { id: 'a', cost: 4n },
    { id: 'b', cost: 3n },
    { id: 'c', cost: 1n },
  ];
  const fields = { rule: 'phragmen', tieOrder: ['listed'], ties: ['a', 'b', 'c'] };

  it('never funds a project without supporters, as pabutools does when only such are left and they fit', () => {
    const outcome = count(fields, projects, [{ options: ['a'], weight: 2 }], 10n);
    expect(outcome.funded).toEqual(['a']);
    expect(outcome.projects.slice(1).map(({ reason }) => reason)).toEqual([
      { code: 'no-support' },
      { code: 'no-support' },
    ]);
  });

  it('stops when one of several that could be next does not fit', () => {
    const three = projects.map((one) => ({ ...one, cost: one.id === 'c' ? 6n : one.cost }));
    const ballots: Ballot[] = [
      { options: ['b'], weight: 3 },
      { options: ['a'], weight: 2 },
      { options: ['c'], weight: 3 },
    ];
    // After b, a and c are level. Of the 5 that remain, a would cost 4 and c costs 6.
    const { funded, projects: told } = count(fields, three, ballots, 8n);
    expect(funded).toEqual(['b']);
    expect(told.slice(1).map(({ id, reason }) => [id, reason])).toEqual([
      ['c', { code: 'does-not-fit', remaining: 5n, missing: 1n }],
      ['a', { code: 'after-stop', stoppedBy: 'c' }],
    ]);
    expect(count(fields, three, ballots, 9n).funded).toEqual(['b', 'a']);
  });
});
