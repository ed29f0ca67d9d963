import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import type { EqualSharesRuleset } from '../../projections/tally/equal-shares-ruleset.js';
import type { Outcome, TieUndecided } from '../../projections/tally/outcome.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';
import { readElection } from '../../src/pabulib/election-file.js';
import { parsePabulib } from '../../src/pabulib/pabulib.js';
import { slowEqualShares } from './slow-equal-shares.js';

const ELECTIONS = new URL('../../../shared/elections/', import.meta.url);
const IDS = ['10', '9', '1', 'a', 'B', '02'];

function ruleset(over: Partial<EqualSharesRuleset>, ties: readonly string[] = IDS): EqualSharesRuleset {
  const made = validateRuleset(
    {
      v: 1,
      rule: 'equal-shares',
      score: { by: 'votes' },
      utility: 'cost',
      completion: 'none',
      tieOrder: ['listed'],
      ties,
      ...over,
    },
    ties,
  );
  if ('rejected' in made) throw new Error(`${made.rejected} ${made.field}`);
  return made as EqualSharesRuleset;
}

function fundedOf(outcome: Outcome | TieUndecided): readonly string[] {
  if ('undecided' in outcome) throw new Error(`undecided: ${outcome.projects.join()}`);
  return outcome.funded;
}

interface Election {
  rules: EqualSharesRuleset;
  projects: Project[];
  ballots: Ballot[];
  budget: bigint;
}

const election: fc.Arbitrary<Election> = fc
  .record({
    utility: fc.constantFrom<EqualSharesRuleset['utility'][]>('cost', 'cardinality', 'score'),
    completion: fc.constantFrom<EqualSharesRuleset['completion'][]>(
      'none',
      'utilitarian',
      'add1',
      'add1u',
      'add-opt',
    ),
    /** Ballots with points can be counted by votes as well. */
    scored: fc.boolean(),
    stopWhenExhaustive: fc.boolean(),
    integralStart: fc.boolean(),
    ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
    costs: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: IDS.length, maxLength: IDS.length }),
    votes: fc.array(
      fc.record({
        options: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 4 }),
        weight: fc.integer({ min: 1, max: 3 }),
        points: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }),
      }),
      { maxLength: 9 },
    ),
    budget: fc.integer({ min: 0, max: 90 }),
  })
  .map(({ utility, scored, completion, stopWhenExhaustive, integralStart, ties, costs, votes, budget }) => ({
    rules: ruleset(
      {
        utility,
        completion,
        score: utility === 'score' ? { by: 'points' } : { by: 'votes' },
        ...(completion.startsWith('add') && { stopWhenExhaustive, integralStart }),
        ...(completion.startsWith('add1') && { increment: 3 }),
      },
      ties,
    ),
    projects: IDS.map((id, index) => ({ id, cost: BigInt(costs[index] ?? 0) })),
    ballots: votes.map(({ options, weight, points }) => ({
      options,
      weight,
      ...((utility === 'score' || scored) && { points: points.slice(0, options.length) }),
    })),
    budget: BigInt(budget),
  }));

function counted({ rules, projects, ballots, budget }: Election): Outcome {
  const outcome = tally(rules, projects, groupBallots(ballots), budget);
  if ('undecided' in outcome) throw new Error('undecided');
  return outcome;
}

describe('equal shares', () => {
  it('comes to what fractions alone come to, step by step', () => {
    fc.assert(
      fc.property(election, (made) => {
        const { rules, projects, ballots, budget } = made;
        expect(counted(made).funded).toEqual(slowEqualShares(rules, projects, ballots, budget));
      }),
      { numRuns: 1_500 },
    );
  });

  it('depends neither on the order of ballots or projects nor on grouping', () => {
    fc.assert(
      fc.property(election, (made) => {
        const outcome = counted(made);
        expect(counted({ ...made, ballots: made.ballots.toReversed() })).toEqual(outcome);
        expect(counted({ ...made, projects: made.projects.toReversed() })).toEqual(outcome);
        expect(tally(made.rules, made.projects, made.ballots, made.budget)).toEqual(outcome);
      }),
    );
  });

  it('comes to the same in another currency unit, and when every voter comes twice', () => {
    fc.assert(
      fc.property(election, (made) => {
        const { rules, projects, ballots, budget } = made;
        // One minor unit is another part of another unit.
        fc.pre(rules.completion !== 'add-opt');
        const { funded } = counted(made);
        const dearer = {
          ...made,
          rules: rules.increment === undefined ? rules : { ...rules, increment: rules.increment * 397 },
          projects: projects.map(({ id, cost }) => ({ id, cost: cost * 397n })),
          budget: budget * 397n,
        };
        expect(counted(dearer).funded).toEqual(funded);
        if (rules.completion.startsWith('add')) return;
        expect(counted({ ...made, ballots: [...ballots, ...ballots] }).funded).toEqual(funded);
      }),
    );
  });

  it('never spends more than the budget, and lets nobody pay for what they do not support', () => {
    fc.assert(
      fc.property(election, (made) => {
        const outcome = counted(made);
        expect(outcome.cost <= outcome.budget).toBe(true);
        for (const { id, reason } of outcome.projects) {
          if (reason.code !== 'bought') continue;
          const supports = ({ options, points }: Ballot) =>
            options.some((option, at) => option === id && (points === undefined || (points[at] ?? 0) > 0));
          expect(made.ballots.some(supports)).toBe(true);
        }
      }),
    );
  });

  it('decides on fractions where doubles cannot tell, whoever is close', () => {
    // Prices of a third and of a third less a ten-millionth of a billionth: one voter more on a cost beyond 2^53.
    const dear = 3n * 10n ** 16n;
    const projects = [
      { id: '10', cost: dear },
      { id: '9', cost: dear - 1n },
    ];
    const ballots: Ballot[] = [
      { options: ['10', '9'], weight: 3 },
      { options: [], weight: 3 },
    ];
    const both = tally(
      ruleset({ utility: 'cardinality', ties: ['10', '9'] }, ['10', '9']),
      projects,
      ballots,
      2n * dear,
    );
    expect(fundedOf(both)).toEqual(['9']);
    expect(both).toMatchObject({
      projects: [
        { id: '9' },
        { id: '10', reason: { code: 'supporters-short', money: 1n, missing: dear - 1n } },
      ],
    });
  });

  it('funds a project that takes all that its supporters have', () => {
    const outcome = tally(ruleset({}, ['9']), [{ id: '9', cost: 7n }], [{ options: ['9'], weight: 3 }], 7n);
    expect(outcome).toMatchObject({
      funded: ['9'],
      projects: [{ reason: { code: 'bought', round: 1n, paid: 3n } }],
    });
  });

  it('stops at a tie that its order does not decide, unless nobody would pay for both', () => {
    const rules = { ...ruleset({ tieOrder: ['lowest-cost'], ties: undefined }, ['10', '9']) };
    const projects = [
      { id: '10', cost: 6n },
      { id: '9', cost: 6n },
    ];
    expect(tally(rules, projects, [{ options: ['10', '9'], weight: 2 }], 10n)).toMatchObject({
      undecided: 'tie-undecided',
      projects: ['10', '9'],
    });
    const apart: Ballot[] = [
      { options: ['10'], weight: 1 },
      { options: ['9'], weight: 1 },
    ];
    expect(tally(rules, projects, apart, 12n)).toMatchObject({ funded: ['10', '9'] });
    expect(tally(rules, projects, [{ options: ['10', '9'], weight: 2 }], 12n)).toMatchObject({
      funded: ['10', '9'],
      ties: [{ projects: ['10', '9'], decidedBy: [], matters: false }],
    });
  });

  it('gives way to greedy only where more voters prefer that, those with nothing included', () => {
    const projects = [
      { id: 'A', cost: 9n },
      { id: 'B', cost: 1n },
    ];
    const rules = (comparison: boolean) => ruleset({ comparison }, ['A', 'B']);
    // Nine of ten hold nine tenths: A is bought, and so is B by the one. Without B's voter nothing is left to compare.
    const fair: Ballot[] = [
      { options: ['A'], weight: 9 },
      { options: ['B'], weight: 1 },
    ];
    expect(tally(rules(true), projects, fair, 10n)).toMatchObject({
      funded: ['A', 'B'],
      comparison: { shares: 0n, greedy: 0n, indifferent: 10n },
    });
    // Eight of ten cannot pay for A out of their shares, and two can for B; greedy funds A, whom eight prefer.
    const most: Ballot[] = [
      { options: ['A'], weight: 8 },
      { options: ['B'], weight: 2 },
    ];
    expect(tally(rules(false), projects, most, 9n)).toMatchObject({ funded: ['B'] });
    expect(tally(rules(true), projects, most, 9n)).toMatchObject({
      rule: 'equal-shares',
      funded: ['A'],
      projects: [
        { id: 'A', reason: { code: 'funded' } },
        { id: 'B', reason: { code: 'does-not-fit' } },
      ],
      comparison: { shares: 2n, greedy: 8n, indifferent: 0n },
    });
  });

  it('tells every tie that was met, what decided it and whether anything could hang on it', () => {
    const rules = ruleset({ tieOrder: ['lowest-cost', 'listed'], ties: ['9', '10'] }, ['10', '9']);
    const projects = [
      { id: '10', cost: 6n },
      { id: '9', cost: 6n },
    ];
    const shared: Ballot[] = [{ options: ['10', '9'], weight: 2 }];
    expect(tally(rules, projects, shared, 10n)).toMatchObject({
      funded: ['9'],
      ties: [{ projects: ['9', '10'], decidedBy: ['listed'], matters: true }],
    });
    // Money for both: whichever is first.
    expect(tally(rules, projects, shared, 12n)).toMatchObject({
      funded: ['9', '10'],
      ties: [{ projects: ['9', '10'], decidedBy: ['listed'], matters: false }],
    });
    const apart: Ballot[] = [
      { options: ['10'], weight: 1 },
      { options: ['9'], weight: 1 },
    ];
    expect(tally(rules, projects, apart, 12n)).toMatchObject({
      funded: ['9', '10'],
      ties: [{ projects: ['9', '10'], decidedBy: ['listed'], matters: false }],
    });
  });

  it('keeps the last endowment that can be paid, where at the next one only an open tie stands', () => {
    const rules = {
      ...ruleset({ tieOrder: ['lowest-cost'], ties: undefined, completion: 'add1', increment: 1 }, [
        'A',
        '10',
        '9',
      ]),
    };
    // Two voters can pay 12 once everybody holds 6; with the 5 of A that is more than 16, whichever is taken.
    const projects = [
      { id: 'A', cost: 5n },
      { id: '10', cost: 12n },
      { id: '9', cost: 12n },
    ];
    const ballots: Ballot[] = [
      { options: ['A'], weight: 3 },
      { options: ['10', '9'], weight: 2 },
    ];
    expect(tally(rules, projects, ballots, 16n)).toMatchObject({ funded: ['A'], cost: 5n });
    expect(tally(rules, projects, ballots, 17n)).toMatchObject({ undecided: 'tie-undecided' });
  });

  it('raises the endowment with add-opt by single minor units, whatever the unit of the currency is', () => {
    const projects = [
      { id: '10', cost: 1_000_000_007n },
      { id: '9', cost: 1_000_000_009n },
    ];
    const ballots: Ballot[] = [
      { options: ['10'], weight: 1 },
      { options: ['9'], weight: 1 },
    ];
    const rules = ruleset({ completion: 'add-opt', ties: ['10', '9'] }, ['10', '9']);
    // Shares of 20 fund nothing, and a thousand million minor units more fund one.
    expect(
      tally(rules, projects, [...ballots, { options: [], weight: 99_999_998 }], 2_000_000_000n),
    ).toMatchObject({ funded: ['10'], projects: [{ reason: { paid: 1_000_000_007n } }, { id: '9' }] });
  });

  it('ends, where equalshares.net adds for ever: a project without votes would still fit', () => {
    const projects = [
      { id: 'A', cost: 10n },
      { id: 'B', cost: 5n },
      { id: 'C', cost: 100n },
    ];
    const rules = ruleset({ completion: 'add1', increment: 1, stopWhenExhaustive: true }, ['A', 'B', 'C']);
    expect(tally(rules, projects, [{ options: ['A'], weight: 4 }], 20n)).toMatchObject({
      funded: ['A'],
      projects: [
        { id: 'A' },
        { id: 'B', reason: { code: 'no-support' } },
        { id: 'C', reason: { code: 'no-support' } },
      ],
    });
  });
});

interface Recorded {
  instance: string;
  rule: string;
  sat: string;
  stop_when_exhaustive: boolean | null;
  integral_start: boolean | null;
  tie: string;
  order: string[];
}

const expected = existsSync(new URL('expected.json', ELECTIONS))
  ? (JSON.parse(readFileSync(new URL('expected.json', ELECTIONS), 'utf8')) as { equal_shares: Recorded[] })
  : undefined;

function realElection(instance: string) {
  const { file } = parsePabulib(readFileSync(new URL(instance, ELECTIONS)));
  if (file === undefined) throw new Error(instance);
  return readElection(file);
}

const describeReal = expected === undefined ? describe.skip : describe;
describeReal(
  `equal shares of real elections${expected === undefined ? ' (SKIPPED: ../shared/elections is not there)' : ''}`,
  () => {
    it.each(expected?.equal_shares ?? [])(
      '$instance: $rule, $sat, exhaustive $stop_when_exhaustive, integral $integral_start, ties by $tie',
      ({ instance, rule, sat, stop_when_exhaustive, integral_start, tie, order }) => {
        const { projects, ballots, budget } = realElection(instance);
        const ids = projects.map(({ id }) => id);
        const byText = tie.startsWith('project_id');
        const outcome = tally(
          ruleset(
            {
              utility: sat === 'card' ? 'cardinality' : 'cost',
              tieOrder: byText ? ['listed'] : ['lowest-cost', 'most-votes', 'listed'],
              ...(rule === 'mes_add1' && {
                completion: 'add1',
                increment: 100,
                stopWhenExhaustive: stop_when_exhaustive === true,
                integralStart: integral_start === true,
              }),
            },
            byText ? [...ids].sort() : ids,
          ),
          projects,
          groupBallots(ballots),
          budget,
        );
        expect(fundedOf(outcome)).toEqual(order);
      },
    );
  },
);
