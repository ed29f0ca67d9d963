/** Another ruleset on the ballots of a count: when that is allowed, what is counted, and that it keeps nothing else waiting. */
import { describe, expect, it } from '@jest/globals';
import type { ElectionRow, Phase } from '../../projections/elections.view.js';
import { isScored } from '../../projections/tally/scores.js';
import { filledIn, type WhatIf } from '../../projections/what-if.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { officialCount } from '../../src/elections/what-if.js';
import { WhatIfCounter, type Answered } from '../../src/elections/what-if-counter.js';
import { startChild } from '../child.js';
import { story, type Story } from './what-if-stories.js';

const { electionId, recorded, inputDigest, result, questions } = story();

function loaded(told: Pick<Story, 'electionId' | 'recorded' | 'inputDigest'>): WhatIfCounter {
  const counter = new WhatIfCounter(nodeCrypto);
  counter.tell({ do: 'begin', electionId: told.electionId });
  counter.tell({ do: 'read', page: told.recorded });
  counter.tell({ do: 'open', inputDigest: told.inputDigest });
  return counter;
}

function whatIfOf(answered: Answered): WhatIf {
  if (answered === undefined || answered === 'too-hard' || 'undecided' in answered) {
    throw new Error(`Not an outcome: ${JSON.stringify(answered)}`);
  }
  return answered;
}

describe('a ruleset that is tried out', () => {
  const counter = loaded({ electionId, recorded, inputDigest });

  it('comes to the official outcome where it is the official one', () => {
    const { areas, money } = whatIfOf(counter.tell(questions[0]!));
    expect(areas.map(({ area, outcome }) => ({ area, outcome }))).toEqual(
      result.areas.map(({ area, together }) => ({ area, outcome: together })),
    );
    for (const { comparison } of areas) {
      expect(comparison).toMatchObject({ gained: [], lost: [], byApprovals: { first: '0', second: '0' } });
    }
    expect(money.byArea.every(({ first, second }) => first === second)).toBe(true);
  });

  it('is compared with it, area by area, and in its money', () => {
    // City: bench 4, bridge 3, trees 2 votes for 300, 800 and 500; north: mural 4 for 400, swing 2 for 200.
    const { areas, money } = whatIfOf(counter.tell(questions[3]!));
    const [city, north] = areas;
    // The bridge is worth 3 x 800 to all together, bench and trees 4 x 300 + 2 x 500.
    expect([city?.outcome.funded, north?.outcome.funded]).toEqual([['bridge'], ['mural']]);
    expect(city?.comparison).toEqual({
      gained: ['bridge'],
      lost: ['bench', 'trees'],
      byApprovals: { first: '5', second: '3', indifferent: '0' },
      byCost: { first: '5', second: '3', indifferent: '0' },
      withNothing: { first: '3', second: '5', both: '0' },
    });
    expect(money).toEqual({
      byArea: [
        { label: 'city', first: '800', second: '800' },
        { label: 'north', first: '400', second: '400' },
      ],
      byCategory: [
        { label: '', first: '1200', second: '400' },
        { label: 'mobility', first: '0', second: '800' },
      ],
    });
  });

  it('is counted on the ballots of the official count and no others', () => {
    expect(() => loaded({ electionId, recorded: recorded.slice(0, -9), inputDigest })).toThrow('key');
    expect(() => loaded({ electionId, recorded, inputDigest: `${inputDigest.slice(0, -1)}A` })).toThrow(
      'not the ballots of the official count',
    );
  });

  it('is counted in a thread, which is ended when it takes too long and then says so', async () => {
    const { code, stdout, stderr } = await startChild('test/elections/what-if.child.ts').ended;
    expect([code, stderr]).toEqual([0, '']);
    const { answers, ...others } = JSON.parse(stdout) as { answers: unknown[] } & Record<string, unknown>;
    expect(answers).toEqual(questions.map((question) => counter.tell(question)));
    expect(others).toEqual({
      tooLong: 'too-long',
      // Of the fifteen that there was time for: the processors are shared with other tests.
      ticks: expect.any(Number),
      hasEnded: true,
      afterwards: expect.stringContaining('ThreadEnded'),
      wrong: expect.stringContaining('not the ballots of the official count'),
      waiting: expect.stringContaining('ThreadEnded'),
    });
    expect(others.ticks).toBeGreaterThan(3);
  }, 60_000);
});

describe('a ruleset of which only some fields are given', () => {
  const own = {
    v: 1,
    rule: 'poznan',
    reserveShareBasisPoints: 8_000,
    threshold: { votes: 5 },
    score: { by: 'points' },
    tieOrder: ['lowest-cost', 'listed'],
    ties: ['a', 'b'],
  };

  it('scores ballots and decides ties as the election does, and has nothing else of its rule', () => {
    expect(filledIn({ rule: 'greedy' }, own)).toEqual({
      v: 1,
      rule: 'greedy',
      score: { by: 'points' },
      tieOrder: ['lowest-cost', 'listed'],
      ties: ['a', 'b'],
    });
    expect(filledIn({ rule: 'greedy', ties: ['b', 'a'], score: { by: 'votes' } }, own)).toMatchObject({
      score: { by: 'votes' },
      ties: ['b', 'a'],
    });
    // A list is of no use to criteria that do not ask for it.
    expect(filledIn({ rule: 'greedy', tieOrder: ['most-votes'] }, own)).not.toHaveProperty('ties');
    expect(filledIn({ v: 2 }, own)).toMatchObject({ v: 2 });
  });

  it('scores what the ballots have', () => {
    const types = ['approval', 'knapsack', 'choose-1', 'cumulative', 'ordinal', 'yes-no'] as const;
    const scored = (score: unknown) => types.filter((type) => isScored(type, score));
    expect(scored({ by: 'votes' })).toEqual(types);
    expect(scored({ by: 'points' })).toEqual(['cumulative']);
    expect(scored({ by: 'ranks', first: 3 })).toEqual(['ordinal']);
  });
});

describe('the official count', () => {
  const tally = { number: 1, through: 100, outputDigest: 'x' };
  const row = (phase: Phase, others: object = {}) =>
    officialCount({ phase, tallies: [tally], annulments: [], ...others } as unknown as ElectionRow);

  it('is there when it was published and stands, and in no other phase', () => {
    for (const phase of ['counted', 'certified'] as const) expect(row(phase)).toBe(tally);
    for (const phase of ['defined', 'open', 'suspended', 'closed', 'opened'] as const) {
      expect(row(phase)).toEqual({ rejected: 'wrong-phase', detail: { phase } });
      expect(row(phase, { tallies: [] })).toEqual({ rejected: 'wrong-phase', detail: { phase } });
    }
    expect(row('annulled')).toEqual({ rejected: 'election-annulled' });
  });

  it('is none while the next one is due', () => {
    expect(row('counted', { annulments: [{ position: 101 }] })).toEqual({ rejected: 'recount-needed' });
    expect(row('counted', { annulments: [{ position: 99 }] })).toBe(tally);
    expect(row('counted', { tallies: [{ ...tally, revoked: true }] })).toEqual({
      rejected: 'recount-needed',
    });
  });
});
