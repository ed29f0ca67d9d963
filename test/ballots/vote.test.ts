import { describe, expect, it } from '@jest/globals';
import { checkVote, type BallotRules, type VoteFacts } from '../../projections/vote.js';

const approval: BallotRules = {
  type: 'approval',
  min: 1,
  max: 2,
  repeats: 'refuse',
  limits: 'refuse',
  sealedBytes: 512,
};

function facts(rules: Partial<BallotRules> = {}): VoteFacts {
  return {
    rules: { ...approval, ...rules },
    budgets: new Map([
      ['centre', 1_000],
      ['city', 5_000],
    ]),
    options: new Map([
      ['c1', { area: 'centre', cost: 600 }],
      ['c2', { area: 'centre', cost: 500 }],
      ['c3', { area: 'centre', cost: 400 }],
      ['t1', { area: 'city', cost: 5_000 }],
      ['n1', { area: 'north', cost: 5_000 }],
    ]),
  };
}

describe('a vote', () => {
  it('stands within the rules, in one area or several', () => {
    expect(checkVote([{ a: 'centre', ids: ['c1', 'c2'] }], facts())).toEqual({ breaches: [] });
    const both = [
      { a: 'centre', ids: ['c1'] },
      { a: 'city', ids: ['t1'] },
    ];
    expect(checkVote(both, facts())).toEqual({ breaches: [] });
    expect(checkVote([], facts())).toEqual({ breaches: [] });
  });

  it.each([
    ['an unknown option', [{ a: 'centre', ids: ['x'] }], { error: 'option-unknown', at: 'x' }],
    ['an option of another area', [{ a: 'centre', ids: ['t1'] }], { error: 'option-unknown', at: 't1' }],
    ['an option twice', [{ a: 'centre', ids: ['c1', 'c1'] }], { error: 'option-repeated', at: 'c1' }],
    ['too few', [{ a: 'centre', ids: [] }], { error: 'too-few-options', at: 'centre' }],
    ['too many', [{ a: 'centre', ids: ['c1', 'c2', 'c3'] }], { error: 'too-many-options', at: 'centre' }],
    [
      'an area that is not the voter’s',
      [{ a: 'north', ids: ['n1'] }],
      { error: 'area-not-allowed', at: 'north' },
    ],
    [
      'areas out of order',
      [
        { a: 'city', ids: ['t1'] },
        { a: 'centre', ids: ['c1'] },
      ],
      { error: 'areas-not-in-order', at: 'centre' },
    ],
    [
      'an area twice',
      [
        { a: 'city', ids: ['t1'] },
        { a: 'city', ids: ['t1'] },
      ],
      { error: 'areas-not-in-order', at: 'city' },
    ],
    [
      'the field of another type',
      [{ a: 'centre', order: ['c1'] }],
      { error: 'vote-malformed', at: 'centre' },
    ],
    ['two fields', [{ a: 'centre', ids: ['c1'], order: ['c1'] }], { error: 'vote-malformed', at: 'centre' }],
  ])('is refused with %s', (_name, vote, refusal) => {
    expect(checkVote(vote, facts())).toEqual(refusal);
  });

  it('may use up its budget exactly, and not a cent more', () => {
    const knapsack = facts({ type: 'knapsack', max: 9 });
    expect(checkVote([{ a: 'centre', ids: ['c1', 'c3'] }], knapsack)).toEqual({ breaches: [] });
    expect(checkVote([{ a: 'centre', ids: ['c1', 'c2'] }], knapsack)).toEqual({
      error: 'over-budget',
      at: 'centre',
    });
    expect(checkVote([{ a: 'centre', ids: ['c1', 'c2'] }], facts({ max: 9, maxCost: 1_099 }))).toEqual({
      error: 'over-budget',
      at: 'centre',
    });
  });

  it('spends its points within the sums', () => {
    const points = facts({ type: 'cumulative', max: 3, minSum: 1, maxSum: 3 });
    expect(
      checkVote(
        [
          {
            a: 'centre',
            pts: [
              ['c1', 2],
              ['c2', 1],
            ],
          },
        ],
        points,
      ),
    ).toEqual({ breaches: [] });
    expect(
      checkVote(
        [
          {
            a: 'centre',
            pts: [
              ['c1', 2],
              ['c2', 2],
            ],
          },
        ],
        points,
      ),
    ).toEqual({ error: 'too-many-points', at: 'centre' });
    expect(checkVote([{ a: 'centre', pts: [['c1', 0]] }], points)).toEqual({
      error: 'too-few-points',
      at: 'centre',
    });
  });

  it('is counted and reported instead, where the election says so', () => {
    const lenient = facts({ repeats: 'count', limits: 'report' });
    expect(checkVote([{ a: 'centre', ids: ['c1', 'c1', 'c2'] }], lenient)).toEqual({
      breaches: [{ code: 'too-many-options', area: 'centre' }],
    });
    expect(checkVote([{ a: 'centre', ids: ['x'] }], lenient)).toEqual({ error: 'option-unknown', at: 'x' });
  });
});
