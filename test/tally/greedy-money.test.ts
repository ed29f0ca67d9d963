/** The greedy rules for which the budget alone does not decide, or not the score alone. */
import { describe, expect, it } from '@jest/globals';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import type { GreedyFamily } from '../../projections/tally/greedy-ruleset.js';
import { outcomeJson, type Outcome } from '../../projections/tally/outcome.js';
import { tally } from '../../projections/tally/tally.js';

/** Projects with their cost and votes. */
type Row = readonly [id: string, cost: number, votes: number];

const byVotes = { v: 1, score: { by: 'votes' }, tieOrder: ['lowest-cost'] } as const;
const poznan = { ...byVotes, rule: 'poznan', reserveShareBasisPoints: 8000 } as const;
const part = { ...byVotes, rule: 'part-funding', leastShareBasisPoints: 5000 } as const;
const perCost = { ...byVotes, rule: 'greedy-per-cost' } as const;

function run(ruleset: GreedyFamily, rows: readonly Row[], budget: number) {
  const projects = rows.map(([id, cost]): Project => ({ id, cost: BigInt(cost) }));
  const ballots = rows.map(([id, , weight]): Ballot => ({ options: [id], weight }));
  return tally(ruleset, projects, ballots, BigInt(budget));
}

function count(...given: Parameters<typeof run>): Outcome {
  const outcome = run(...given);
  if ('undecided' in outcome) throw new Error(`undecided: ${outcome.projects.join()}`);
  return outcome;
}

function reasons(outcome: Outcome) {
  return outcome.projects.map(({ id, reason }) => [id, reason]);
}

const ROWS: readonly Row[] = [
  ['a', 60, 9],
  ['b', 50, 8],
  ['c', 30, 7],
  ['d', 20, 6],
  ['e', 20, 5],
];

describe('poznan', () => {
  it('lets the reserve pay what is missing for the first that does not fit, at just 80 % of its cost', () => {
    const outcome = count(poznan, ROWS, 100);
    expect(outcome).toMatchObject({ funded: ['a', 'b'], cost: 100n, reserve: 10n });
    expect(reasons(outcome)).toEqual([
      ['a', { code: 'funded', remaining: 100n }],
      ['b', { code: 'funded-with-reserve', remaining: 40n, missing: 10n }],
      ['c', { code: 'does-not-fit', remaining: 0n, missing: 30n }],
      ['d', { code: 'after-stop', stoppedBy: 'c' }],
      ['e', { code: 'after-stop', stoppedBy: 'c' }],
    ]);
    expect(outcome.projects.map(({ funded }) => funded)).toEqual([true, true, false, false, false]);
  });

  it('stops below that share, and states that no reserve pays', () => {
    const outcome = count(poznan, ROWS, 99);
    expect(outcome).toMatchObject({ funded: ['a'], cost: 60n, reserve: 0n });
    expect(reasons(outcome).slice(1, 3)).toEqual([
      ['b', { code: 'does-not-fit', remaining: 39n, missing: 11n }],
      ['c', { code: 'after-stop', stoppedBy: 'b' }],
    ]);
  });

  it('pays the next ones from additional reserve money, in order, until it does not suffice', () => {
    const outcome = count({ ...poznan, reserve: 55 }, ROWS, 100);
    // The share of b is not taken from these 55.
    expect(outcome).toMatchObject({ funded: ['a', 'b', 'c', 'd'], cost: 100n, reserve: 60n });
    expect(reasons(outcome).slice(2)).toEqual([
      ['c', { code: 'funded-from-reserve', remaining: 0n, missing: 30n }],
      ['d', { code: 'funded-from-reserve', remaining: 0n, missing: 20n }],
      ['e', { code: 'does-not-fit', remaining: 5n, missing: 15n }],
    ]);
    expect(count({ ...poznan, reserve: 29 }, ROWS, 100).funded).toEqual(['a', 'b']);
  });

  it('adds additional money to what remains where the share is not reached', () => {
    const outcome = count({ ...poznan, reserve: 11 }, ROWS, 99);
    expect(outcome).toMatchObject({ funded: ['a', 'b'], cost: 99n, reserve: 11n });
    expect(reasons(outcome)[1]).toEqual(['b', { code: 'funded-from-reserve', remaining: 39n, missing: 11n }]);
    expect(count({ ...poznan, reserve: 10 }, ROWS, 99).funded).toEqual(['a']);
  });

  it('passes over those below a threshold and those in conflict, also for the reserve', () => {
    const ruleset = {
      ...poznan,
      reserve: 40,
      conflicts: [
        ['a', 'b'],
        ['c', 'd'],
      ],
      threshold: { score: 6 },
    };
    const outcome = count(ruleset, ROWS, 80);
    expect(outcome).toMatchObject({ funded: ['a', 'c'], cost: 80n, reserve: 10n });
    expect(reasons(outcome).slice(1)).toEqual([
      ['b', { code: 'conflict', with: 'a' }],
      ['c', { code: 'funded-from-reserve', remaining: 20n, missing: 10n }],
      ['d', { code: 'conflict', with: 'c' }],
      ['e', { code: 'below-threshold', of: 'score', needed: 6n, missing: 1n }],
    ]);
  });

  it('has nothing for anybody from a budget of 0, but what costs nothing', () => {
    const rows: readonly Row[] = [['free', 0, 9], ...ROWS];
    expect(count(poznan, rows, 0)).toMatchObject({ funded: ['free'], cost: 0n, reserve: 0n });
  });

  it('stops for a lot where only who pays hangs on the order', () => {
    const rows: readonly Row[] = [
      ['9', 50, 5],
      ['10', 50, 5],
    ];
    // Both are funded in any order: the first by the budget, the second with the reserve.
    expect(run(poznan, rows, 90)).toMatchObject({ undecided: 'tie-undecided', projects: ['10', '9'] });
    expect(count(poznan, rows, 100).ties).toMatchObject([{ matters: false }]);
    // Nothing of the budget is there to be had: the reserve pays both, or neither is paid.
    expect(count({ ...poznan, reserve: 100 }, rows, 0).ties).toMatchObject([{ matters: false }]);
    expect(count({ ...poznan, reserve: 49 }, rows, 0).ties).toMatchObject([{ matters: false }]);
    expect(run({ ...poznan, reserve: 99 }, rows, 0)).toMatchObject({ undecided: 'tie-undecided' });
  });

  it('stays exact beyond 2^53', () => {
    const cost = 10n ** 30n;
    const projects = [{ id: 'a', cost }];
    const ballots = [{ options: ['a'], weight: 1 }];
    const just = (cost * 8n) / 10n;
    expect(tally(poznan, projects, ballots, just)).toMatchObject({ cost: just, reserve: cost - just });
    expect(tally(poznan, projects, ballots, just - 1n)).toMatchObject({ funded: [], cost: 0n, reserve: 0n });
  });

  it('has what the reserve pays in its JSON, and no other rule has', () => {
    expect(outcomeJson(count(poznan, ROWS, 100))).toMatchObject({ cost: '100', reserve: '10' });
    expect(outcomeJson(count(part, ROWS, 100))).not.toHaveProperty('reserve');
  });
});

describe('part-funding', () => {
  it('gives what remains to the first that does not fit, at just the share, and stops there', () => {
    const outcome = count(part, ROWS, 85);
    expect(outcome).toMatchObject({ funded: ['a', 'b'], cost: 85n });
    expect(reasons(outcome)).toEqual([
      ['a', { code: 'funded', remaining: 85n }],
      ['b', { code: 'part-funded', remaining: 25n, missing: 25n }],
      ['c', { code: 'after-stop', stoppedBy: 'b' }],
      ['d', { code: 'after-stop', stoppedBy: 'b' }],
      ['e', { code: 'after-stop', stoppedBy: 'b' }],
    ]);
  });

  it('gives nothing below the share, and stops all the same', () => {
    const outcome = count(part, ROWS, 84);
    expect(outcome).toMatchObject({ funded: ['a'], cost: 60n });
    expect(reasons(outcome).slice(1, 3)).toEqual([
      ['b', { code: 'does-not-fit', remaining: 24n, missing: 26n }],
      ['c', { code: 'after-stop', stoppedBy: 'b' }],
    ]);
  });

  it('stops for a lot where only who gets a part hangs on the order', () => {
    const rows: readonly Row[] = [
      ['9', 50, 5],
      ['10', 50, 5],
    ];
    expect(run(part, rows, 75)).toMatchObject({ undecided: 'tie-undecided', projects: ['10', '9'] });
    expect(run(part, rows, 25)).toMatchObject({ undecided: 'tie-undecided', projects: ['10', '9'] });
    expect(count(part, rows, 24)).toMatchObject({ funded: [], ties: [{ matters: false }] });
  });
});

describe('greedy-per-cost', () => {
  it('takes the projects by score per cost and passes over what does not fit', () => {
    const rows: readonly Row[] = [
      ['dear', 100, 50],
      ['cheap', 10, 9],
      ['middle', 60, 36],
    ];
    const outcome = count(perCost, rows, 110);
    expect(outcome).toMatchObject({ funded: ['cheap', 'middle'], cost: 70n });
    expect(outcome.projects.map(({ id, score, rank }) => [id, score, rank])).toEqual([
      ['cheap', 9n, 1],
      ['middle', 36n, 2],
      ['dear', 50n, 3],
    ]);
  });

  it('takes first what costs nothing, by score, with votes or without', () => {
    const rows: readonly Row[] = [
      ['a', 1, 1000],
      ['none', 0, 0],
      ['some', 0, 1],
    ];
    expect(count(perCost, rows, 0).projects.map(({ id }) => id)).toEqual(['some', 'none', 'a']);
    const exclusive = { ...perCost, conflicts: [['a', 'none']] };
    expect(count(exclusive, rows, 1).funded).toEqual(['some', 'none']);
  });

  it('knows equal shares, and tells apart those that doubles do not', () => {
    const rows: readonly Row[] = [
      ['small', 20, 2],
      ['large', 60, 6],
    ];
    expect(count(perCost, rows, 60)).toMatchObject({
      funded: ['small'],
      ties: [
        { score: 1n, perCost: 10n, projects: ['small', 'large'], decidedBy: ['lowest-cost'], matters: true },
      ],
    });
    const cost = 10n ** 20n;
    const projects = [
      { id: 'b', cost: cost + 1n },
      { id: 'a', cost },
    ];
    const ballots = [{ options: ['a', 'b'], weight: 1 }];
    expect(Number(cost)).toBe(Number(cost + 1n));
    const outcome = tally({ ...perCost, tieOrder: ['highest-cost'] }, projects, ballots, cost + 1n);
    expect(outcome).toMatchObject({ funded: ['a'], ties: [] });
  });
});

describe('conflict groups', () => {
  const rows: readonly Row[] = [
    ['a', 10, 3],
    ['b', 10, 2],
    ['c', 10, 1],
  ];
  it.each<GreedyFamily>([
    { ...byVotes, rule: 'greedy' },
    { ...byVotes, rule: 'greedy-no-skip' },
    { ...byVotes, rule: 'greedy-threshold', threshold: { score: 1 } },
    perCost,
    poznan,
    part,
  ])('hold under $rule', (ruleset) => {
    const outcome = count({ ...ruleset, conflicts: [['a', 'b']] }, rows, 100);
    expect(outcome.funded).toEqual(['a', 'c']);
    expect(reasons(outcome)[1]).toEqual(['b', { code: 'conflict', with: 'a' }]);
    expect(count(ruleset, rows, 100).funded).toEqual(['a', 'b', 'c']);
  });
});
