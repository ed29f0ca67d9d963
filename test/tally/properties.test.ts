import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import type { Outcome, ProjectOutcome, TieUndecided } from '../../projections/tally/outcome.js';
import type { GreedyFamily } from '../../projections/tally/greedy-ruleset.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import type { Score, Threshold, TieCriterion } from '../../projections/tally/ruleset.js';
import { tally } from '../../projections/tally/tally.js';
import { shuffled } from './shuffled.js';

/** Ids that are easily put in another order: as numbers, as texts, as keys of an object. */
const IDS = ['10', '9', '1', 'a', 'B', '02'];

interface Election {
  ruleset: GreedyFamily;
  projects: Project[];
  ballots: Ballot[];
  budget: bigint;
}

const score: fc.Arbitrary<Score> = fc.constantFrom<Score[]>(
  { by: 'votes' },
  { by: 'points' },
  { by: 'ranks', first: 3 },
);
const thresholds: fc.Arbitrary<Threshold | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.record({ score: fc.nat(6) }),
  fc.record({ votes: fc.nat(4) }),
  fc.record({ basisPoints: fc.nat(5000) }),
);
const ballot: fc.Arbitrary<Ballot> = fc.record({
  options: fc.array(fc.constantFrom(...IDS), { maxLength: 4 }),
  weight: fc.integer({ min: 1, max: 3 }),
});

function withPoints(made: Ballot, by: Score['by']): Ballot {
  return by === 'points' ? { ...made, points: made.options.map((_, index) => (index * 7) % 5) } : made;
}

const ruleset: fc.Arbitrary<GreedyFamily> = fc
  .record({
    rule: fc.constantFrom(
      'greedy',
      'greedy-no-skip',
      'greedy-threshold',
      'greedy-exclusive',
      'greedy-per-cost',
      'poznan',
      'part-funding',
    ),
    share: fc.integer({ min: 1, max: 10_000 }),
    reserve: fc.option(fc.nat(12), { nil: undefined }),
    score,
    threshold: thresholds,
    conflicts: fc.array(fc.shuffledSubarray(IDS, { minLength: 2, maxLength: 3 }), { maxLength: 3 }),
    tieOrder: fc.constantFrom<TieCriterion[][]>(
      ['listed'],
      ['lowest-cost', 'listed'],
      ['highest-cost', 'most-votes'],
      ['most-votes'],
    ),
    ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
  })
  .map(({ threshold, conflicts, ties, share, reserve, ...rest }) => {
    const least = threshold ?? (rest.rule === 'greedy-threshold' ? { score: 2 } : undefined);
    const made = validateRuleset(
      {
        v: 1,
        ...rest,
        ...(least && { threshold: least }),
        ...(conflicts.length > 0
          ? { conflicts }
          : rest.rule === 'greedy-exclusive' && { conflicts: [IDS.slice(0, 2)] }),
        ...(rest.rule === 'poznan' && {
          reserveShareBasisPoints: share,
          ...(reserve !== undefined && { reserve }),
        }),
        ...(rest.rule === 'part-funding' && { leastShareBasisPoints: share }),
        ...(rest.tieOrder.includes('listed') && { ties }),
      },
      IDS,
    );
    if ('rejected' in made) throw new Error(`${made.rejected} ${made.field}`);
    return made as GreedyFamily;
  });

const election: fc.Arbitrary<Election> = fc
  .record({
    ruleset,
    costs: fc.array(fc.nat(6), { minLength: IDS.length, maxLength: IDS.length }),
    withdrawn: fc.constantFrom('none', ...IDS),
    ballots: fc.array(ballot, { maxLength: 12 }),
    budget: fc.nat(20),
  })
  .map(({ ruleset: rules, costs, withdrawn, ballots, budget }) => ({
    ruleset: rules,
    projects: IDS.map((id, index) => ({ id, cost: BigInt(costs[index] ?? 0), withdrawn: id === withdrawn })),
    ballots: ballots.map((made) => withPoints(made, rules.score.by)),
    budget: BigInt(budget),
  }));

function count({ ruleset: rules, projects, ballots, budget }: Election): Outcome | TieUndecided {
  return tally(rules, projects, ballots, budget);
}

/** Which projects are funded, or among which a lot must be drawn. */
function gist(outcome: Outcome | TieUndecided) {
  return 'undecided' in outcome ? { lot: outcome.projects } : { funded: outcome.funded };
}

/** What the budget pays for a project. */
function paid({ cost, funded, reason }: ProjectOutcome): bigint {
  if (!funded) return 0n;
  return 'missing' in reason ? cost - reason.missing : cost;
}

/** Which projects are funded and with what money, in no order. */
function funding({ projects }: Outcome): string {
  return projects
    .filter(({ funded }) => funded)
    .map((project) => `${project.id}: ${project.reason.code} ${paid(project)}`)
    .sort()
    .join();
}

describe('a count', () => {
  it('is the same in every part for ballots and projects in any order, grouped or not', () => {
    fc.assert(
      fc.property(election, fc.infiniteStream(fc.nat()), (given, numbers) => {
        const expected = count(given);
        const other = {
          ...given,
          projects: shuffled(given.projects, numbers),
          ballots: shuffled(given.ballots, numbers),
        };
        expect(count(other)).toEqual(expected);
        expect(count({ ...given, ballots: groupBallots(given.ballots) })).toEqual(expected);
        const apart = given.ballots.flatMap((one) => Array<Ballot>(one.weight).fill({ ...one, weight: 1 }));
        expect(count({ ...given, ballots: groupBallots(shuffled(apart, numbers)) })).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('funds the same when all money is counted in smaller coins', () => {
    fc.assert(
      fc.property(election, fc.bigInt({ min: 1n, max: 10n ** 14n }), (given, factor) => {
        const scaled = {
          ...given,
          projects: given.projects.map((project) => ({ ...project, cost: project.cost * factor })),
          budget: given.budget * factor,
          ruleset:
            given.ruleset.rule === 'poznan' && given.ruleset.reserve !== undefined
              ? { ...given.ruleset, reserve: given.ruleset.reserve * Number(factor) }
              : given.ruleset,
        };
        expect(gist(count(scaled))).toEqual(gist(count(given)));
      }),
    );
  });

  it('funds the same when every voter is there several times, and an absolute threshold as well', () => {
    fc.assert(
      fc.property(election, fc.integer({ min: 2, max: 1000 }), (given, times) => {
        const { threshold } = given.ruleset;
        const least =
          threshold === undefined || 'basisPoints' in threshold
            ? threshold
            : 'votes' in threshold
              ? { votes: threshold.votes * times }
              : { score: threshold.score * times };
        const cloned = {
          ...given,
          ruleset: { ...given.ruleset, ...(least && { threshold: least }) } as GreedyFamily,
          ballots: given.ballots.map((one) => ({ ...one, weight: one.weight * times })),
        };
        expect(gist(count(cloned))).toEqual(gist(count(given)));
      }),
    );
  });

  it('spends what it says and no more, and has one reason for every project', () => {
    fc.assert(
      fc.property(election, (given) => {
        const outcome = count(given);
        if ('undecided' in outcome) return;
        expect(outcome.cost).toBe(outcome.projects.reduce((sum, project) => sum + paid(project), 0n));
        expect(outcome.cost <= given.budget).toBe(true);
        const reserved = outcome.projects.reduce(
          (sum, { reason }) =>
            reason.code.endsWith('-reserve') && 'missing' in reason ? sum + reason.missing : sum,
          0n,
        );
        expect(outcome.reserve).toBe(given.ruleset.rule === 'poznan' ? reserved : undefined);
        expect(outcome.projects.map(({ id }) => id).sort()).toEqual([...IDS].sort());
        expect(outcome.projects.filter(({ funded }) => funded).map(({ id }) => id)).toEqual(outcome.funded);
        expect(outcome.projects.map(({ rank }) => rank)).toEqual(IDS.map((_, index) => index + 1));
      }),
    );
  });

  it('stops for a lot exactly when another lot would fund others', () => {
    fc.assert(
      fc.property(election, (given) => {
        const fundings = new Set<string>();
        for (const ties of permutations(IDS)) {
          // The same criteria, and behind them every lot that could be drawn.
          const tieOrder = [...given.ruleset.tieOrder.filter((one) => one !== 'listed'), 'listed' as const];
          const outcome = count({ ...given, ruleset: { ...given.ruleset, tieOrder, ties } });
          if ('undecided' in outcome) throw new Error('a full list decides every tie');
          fundings.add(funding(outcome));
        }
        const open = { ...given.ruleset, tieOrder: given.ruleset.tieOrder.filter((one) => one !== 'listed') };
        const stops = 'undecided' in count({ ...given, ruleset: open });
        expect(stops).toBe(fundings.size > 1);
      }),
      { numRuns: 60 },
    );
  });

  it('says that a tie matters exactly when another list would fund others', () => {
    fc.assert(
      fc.property(election, (given) => {
        const outcomes = permutations(IDS).map((ties) => {
          const outcome = count({ ...given, ruleset: { ...given.ruleset, tieOrder: ['listed'], ties } });
          if ('undecided' in outcome) throw new Error('a full list decides every tie');
          return outcome;
        });
        const fundings = new Set(outcomes.map(funding));
        for (const { ties } of outcomes) {
          expect(ties.some(({ matters }) => matters)).toBe(fundings.size > 1);
        }
      }),
      { numRuns: 20 },
    );
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}
