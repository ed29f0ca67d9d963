import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import { explain, type Explanation } from '../../projections/tally/explanation.js';
import {
  add,
  ceilingOf,
  compare,
  divide,
  multiply,
  nearestTo,
  rational,
  subtract,
  ZERO,
  type Rational,
} from '../../projections/tally/rational.js';
import { tally } from '../../projections/tally/tally.js';
import { checked } from './shares-elections.js';
import { slowRounds, type SlowRound, type WayToPay } from './slow-overspending.js';

const IDS = ['10', '9', 'a', 'B', '02', 'c'];
type Utility = 'cost' | 'cardinality' | 'score';

interface Election {
  utility: Utility;
  ties: readonly string[];
  projects: Project[];
  ballots: Ballot[];
  budget: bigint;
}

const election: fc.Arbitrary<Election> = fc
  .record({
    utility: fc.constantFrom<Utility[]>('cost', 'cardinality', 'score'),
    ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
    budget: fc.nat(60),
    factor: fc.constantFrom(1n, 7n, 10n ** 5n, 10n ** 17n + 37n),
    costs: fc.array(fc.nat(25), { minLength: IDS.length, maxLength: IDS.length }),
    votes: fc.array(
      fc.record({
        options: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 4 }),
        seed: fc.nat(1000),
        weight: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  })
  .map(({ utility, ties, budget, factor, costs, votes }) => ({
    utility,
    ties,
    projects: IDS.map((id, place) => ({ id, cost: BigInt(costs[place] ?? 0) * factor })),
    ballots: votes.map(({ options, seed, weight }) => ({
      options,
      weight,
      ...(utility === 'score' && { points: options.map((_, index) => (seed >> index) % 4) }),
    })),
    budget: BigInt(budget) * factor,
  }));

function explained({ utility, ties, projects, ballots, budget }: Election): Explanation {
  const score = { by: utility === 'score' ? 'points' : 'votes' };
  const rules = checked(
    { v: 1, rule: 'bounded-overspending', utility, score, tieOrder: ['listed'], ties },
    projects.map(({ id }) => id),
  );
  const groups = groupBallots(ballots);
  const outcome = tally(rules, projects, groups, budget);
  if ('undecided' in outcome) throw new Error('a full list decides every tie');
  return explain(rules, projects, groups, budget, outcome);
}

const up = (value: Rational) => String(ceilingOf(value));

function hundredths(value: Rational): string {
  const [whole, rest] = [nearestTo(multiply(value, rational(100n))) / 100n, 100n];
  const part = nearestTo(multiply(value, rational(100n))) % rest;
  return part === 0n ? String(whole) : `${whole}.${String(part).padStart(2, '0')}`;
}

/** In JSON, as a round tells it. */
function roundOf({ project, way, charges, runnerUp }: SlowRound, { utility, ballots }: Election) {
  const each = (one: Project, value: Rational) =>
    utility === 'cost' ? multiply(value, rational(one.cost)) : value;
  const offer = (one: Project, { price, ratio }: WayToPay) => ({
    project: one.id,
    effective: hundredths(divide(rational(one.cost), each(one, ratio))),
    price: up(each(one, price)),
    weighed: up(each(one, ratio)),
  });
  const supports = people(ballots).map(({ options, points }) =>
    options.some((id, index) => id === project.id && (points?.[index] ?? 1) > 0),
  );
  const many = (is: (index: number) => boolean | undefined) =>
    String(supports.filter((one, index) => one && is(index)).length);
  if (project.cost === 0n) {
    return { project: project.id, price: '0', inFull: many(() => true), allTheyHad: '0', offers: [] };
  }
  const over = subtract(
    rational(project.cost),
    charges.reduce((sum, { paid }) => add(sum, paid), ZERO),
  );
  const weighed = (one: Project, { ratio }: WayToPay) => each(one, ratio);
  const behind = () => {
    if (runnerUp === undefined) return undefined;
    const [own, other] = [weighed(project, way), weighed(runnerUp.project, runnerUp.way)];
    if (utility !== 'cost') return String(nearestTo(subtract(other, own)));
    const votes = divide(rational(project.cost), own);
    return hundredths(subtract(votes, divide(rational(runnerUp.project.cost), other)));
  };
  return {
    project: project.id,
    price: up(each(project, way.price)),
    inFull: many((index) => charges[index]?.inFull),
    allTheyHad: many((index) => !charges[index]?.inFull),
    ...(over.n > 0n && { overspent: up(over) }),
    offers: [offer(project, way), ...(runnerUp ? [offer(runnerUp.project, runnerUp.way)] : [])],
    ...(runnerUp && { behind: behind() }),
  };
}

/** One for each voter, in the order of the slow count. */
function people(ballots: readonly Ballot[]): Ballot[] {
  return ballots.flatMap((ballot) => Array.from({ length: ballot.weight }, () => ballot));
}

describe('an explanation of bounded overspending', () => {
  it('tells every round, every payment and what is left as fractions alone do, one by one', () => {
    let [overspent, losers] = [0, 0];
    fc.assert(
      fc.property(election, (made) => {
        const explanation = explained(made);
        const { rounds, voters } = slowRounds(made, made.projects, made.ballots, made.budget);
        expect(explanation.rounds).toEqual(rounds.map((round) => roundOf(round, made)));
        expect(explanation.utility).toBe(made.utility);
        overspent += explanation.rounds?.filter((round) => round.overspent !== undefined).length ?? 0;
        const funded = new Set(rounds.map(({ project }) => project.id));
        const each = rational(made.budget, BigInt(voters.length));
        for (const { project, ...told } of explanation.losers) {
          expect(funded.has(project)).toBe(false);
          const cost = made.projects.find(({ id }) => id === project)?.cost ?? 0n;
          const own = voters.flatMap(({ worth, balance }, index) =>
            worth.has(project) ? [{ index, balance }] : [],
          );
          if (own.length === 0 || cost > made.budget) {
            expect(told).toEqual({});
            continue;
          }
          losers += 1;
          const left = own.reduce((sum, { balance }) => add(sum, balance), ZERO);
          const paid = rounds
            .map(({ project: { id }, charges }) => ({
              project: id,
              amount: nearestTo(own.reduce((sum, { index }) => add(sum, charges[index]?.paid ?? ZERO), ZERO)),
            }))
            .filter(({ amount }) => amount > 0n)
            .sort((a, b) => compare(rational(b.amount), rational(a.amount)));
          const whole = left.n / left.d;
          expect(told).toEqual({
            held: String(nearestTo(multiply(each, rational(BigInt(own.length))))),
            left: String(whole),
            missing: String(cost > whole ? cost - whole : 0n),
            paid: paid.map(({ project: id, amount }) => ({ project: id, amount: String(amount) })),
          });
        }
      }),
      { numRuns: 800 },
    );
    expect(overspent).toBeGreaterThan(100);
    expect(losers).toBeGreaterThan(100);
  });

  it('depends neither on the order of ballots or projects nor on grouping', () => {
    fc.assert(
      fc.property(election, (made) => {
        const explanation = explained(made);
        expect(explained({ ...made, ballots: made.ballots.toReversed() })).toEqual(explanation);
        expect(explained({ ...made, projects: made.projects.toReversed() })).toEqual(explanation);
        expect(
          explained({ ...made, ballots: people(made.ballots).map((one) => ({ ...one, weight: 1 })) }),
        ).toEqual(explanation);
      }),
      { numRuns: 200 },
    );
  });

  it('is exact for budgets that no double holds', () => {
    const by = 10n ** 400n;
    const made: Election = {
      utility: 'cost',
      ties: ['school', 'feast'],
      projects: [
        { id: 'school', cost: 310n * by },
        { id: 'feast', cost: 6n * by },
      ],
      ballots: [
        { options: ['school'], weight: 403 },
        { options: ['feast'], weight: 11 },
      ],
      budget: 310n * by,
    };
    const [round] = explained(made).rounds ?? [];
    // 403 of 414 parts of the budget are theirs.
    expect(round?.overspent).toBe(up(rational(11n * made.budget, 414n)));
    expect(round?.offers.map(({ effective }) => effective)).toEqual(['392.29', '11']);
  });

  it('leaves the turns where amounts would need fractions that are too long', () => {
    const costs = { A: 30n, C: 30n, G: 90n, H: 2n };
    const lists = ['A', 'A', 'A C H', 'A C H', 'A C', 'A C', 'C G', '', '', ''];
    const made = (by: bigint, odd: bigint): Election => ({
      utility: 'cardinality',
      ties: Object.keys(costs),
      projects: Object.entries(costs).map(([id, cost]) => ({ id, cost: cost * by + (cost % 7n) * odd })),
      ballots: lists.map((options) => ({ options: options.split(' ').filter(Boolean), weight: 1 })),
      budget: 100n * by + odd,
    });
    // After H and A the supporters of C have 4, 4, 5, 5 and 10: at 5 they pay 23 of 30, and 5 times 30/23 are charged.
    const short = explained(made(1n, 0n));
    expect(short.rounds?.map(({ project }) => project)).toEqual(['H', 'A', 'C']);
    expect(short.rounds?.[2]).toMatchObject({ price: '7', inFull: '1', allTheyHad: '4', overspent: '6' });
    expect(short.losers).toMatchObject([{ project: 'G', left: '3' }]);
    // The one who has something left has it over a denominator as long as the costs.
    const long = explained(made(2n ** 40_000n, 1n));
    expect(long.outcome.funded).toEqual(['H', 'A', 'C']);
    expect([long.rounds?.length, long.utility]).toEqual([undefined, undefined]);
    expect(long.turns).toHaveLength(4);
    expect(long.losers).toEqual([{ project: 'G' }]);
  });
});
