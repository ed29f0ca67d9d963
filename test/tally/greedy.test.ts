import { describe, expect, it } from '@jest/globals';
import { canonicalBytes } from '../../projections/canonical.js';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { outcomeJson, type Outcome } from '../../projections/tally/outcome.js';
import type { GreedyFamily } from '../../projections/tally/greedy-ruleset.js';
import { tally } from '../../projections/tally/tally.js';

/** So many ballots for each of these projects, each naming one. */
function votes(counts: readonly (readonly [string, number])[]): Ballot[] {
  return counts.map(([id, weight]) => ({ options: [id], weight }));
}

function projects(costs: readonly (readonly [string, number])[]): Project[] {
  return costs.map(([id, cost]) => ({ id, cost: BigInt(cost) }));
}

const byVotes = { v: 1, score: { by: 'votes' }, tieOrder: ['lowest-cost'] } as const;
const greedy: GreedyFamily = { ...byVotes, rule: 'greedy' };

function count(ruleset: GreedyFamily, list: Project[], ballots: Ballot[], budget: number): Outcome {
  const outcome = tally(ruleset, list, ballots, BigInt(budget));
  if ('undecided' in outcome) throw new Error(`undecided: ${outcome.projects.join()}`);
  return outcome;
}

function reasons(outcome: Outcome) {
  return outcome.projects.map(({ id, reason }) => [id, reason]);
}

const THREE = projects([
  ['a', 60],
  ['b', 50],
  ['c', 40],
]);
const THREE_VOTES = votes([
  ['a', 3],
  ['b', 2],
  ['c', 1],
]);

describe('greedy', () => {
  it('passes over what does not fit, and funds what uses up the budget exactly', () => {
    const outcome = count(greedy, THREE, THREE_VOTES, 100);
    expect(outcome).toMatchObject({ funded: ['a', 'c'], cost: 100n, budget: 100n, ballots: 6n });
    expect(reasons(outcome)).toEqual([
      ['a', { code: 'funded', remaining: 100n }],
      ['b', { code: 'does-not-fit', remaining: 40n, missing: 10n }],
      ['c', { code: 'funded', remaining: 40n }],
    ]);
  });

  it('gives ranks, votes and scores of all projects, of those without votes as well', () => {
    const outcome = count(greedy, THREE, votes([['b', 2]]), 1000);
    expect(outcome.projects.map(({ id, rank, votes: v, score }) => [id, rank, v, score])).toEqual([
      ['b', 1, 2n, 2n],
      ['c', 2, 0n, 0n],
      ['a', 3, 0n, 0n],
    ]);
  });

  it('never funds a withdrawn project, whatever its votes', () => {
    const list = THREE.map((project) => ({ ...project, withdrawn: project.id === 'a' }));
    const outcome = count(greedy, list, THREE_VOTES, 100);
    expect(outcome.funded).toEqual(['b', 'c']);
    expect(outcome.projects[0]).toMatchObject({
      id: 'a',
      rank: 1,
      funded: false,
      reason: { code: 'withdrawn' },
    });
  });

  it('counts a project that a ballot names twice twice', () => {
    const outcome = count(greedy, THREE, [{ options: ['c', 'c'], weight: 1 }], 100);
    expect(outcome.projects[0]).toMatchObject({ id: 'c', votes: 2n, score: 2n });
    expect(outcome.ballots).toBe(1n);
  });

  it('counts points, and ranks from a first place down, never below 0', () => {
    const points = count(
      { ...greedy, score: { by: 'points' } },
      THREE,
      [{ options: ['a', 'b'], points: [1, 4], weight: 2 }],
      100,
    );
    expect(points.projects.map(({ id, score, votes: v }) => [id, score, v])).toEqual([
      ['b', 8n, 2n],
      ['a', 2n, 2n],
      ['c', 0n, 0n],
    ]);
    const ranks = count(
      { ...greedy, score: { by: 'ranks', first: 1 } },
      THREE,
      [{ options: ['c', 'b', 'a'], weight: 1 }],
      100,
    );
    expect(ranks.projects.map(({ id, score }) => [id, score])).toEqual([
      ['c', 1n],
      ['b', 0n],
      ['a', 0n],
    ]);
  });

  it('weighs ballots', () => {
    const outcome = count(greedy, THREE, [...votes([['a', 4]]), { options: ['b'], weight: 5 }], 60);
    expect(outcome.funded).toEqual(['b']);
  });

  it('refuses to count a ballot for a project that is not there', () => {
    expect(() => tally(greedy, THREE, votes([['z', 1]]), 100n)).toThrow(RangeError);
  });

  it('stays exact beyond 2^53', () => {
    const big = 2n ** 53n;
    const list = [
      { id: 'a', cost: big + 1n },
      { id: 'b', cost: 1n },
    ];
    const ballots = votes([
      ['a', 2],
      ['b', 1],
    ]);
    expect(tally(greedy, list, ballots, big + 1n)).toMatchObject({ funded: ['a'], cost: big + 1n });
    expect(tally(greedy, list, ballots, big)).toMatchObject({ funded: ['b'], cost: 1n });
  });

  it.each([
    ['no ballots', THREE, [], 100, ['c', 'b']],
    ['no projects', [], [{ options: [], weight: 3 }], 100, []],
    ['a budget of 0', THREE, THREE_VOTES, 0, []],
    ['a project without cost', projects([['a', 0]]), [], 0, ['a']],
    ['one voter', THREE, votes([['b', 1]]), 50, ['b']],
  ] as const)('has an answer for %s', (_, list, ballots, budget, funded) => {
    expect(count(greedy, [...list], [...ballots], budget).funded).toEqual(funded);
  });
});

describe('greedy-no-skip', () => {
  const ruleset: GreedyFamily = { ...byVotes, rule: 'greedy-no-skip', threshold: { score: 2 } };

  it('stops at the first that does not fit, and says at which', () => {
    const outcome = count({ ...byVotes, rule: 'greedy-no-skip' }, THREE, THREE_VOTES, 100);
    expect(outcome.funded).toEqual(['a']);
    expect(reasons(outcome).slice(1)).toEqual([
      ['b', { code: 'does-not-fit', remaining: 40n, missing: 10n }],
      ['c', { code: 'after-stop', stoppedBy: 'b' }],
    ]);
  });

  it('does not stop at a withdrawn project, nor at one below the threshold', () => {
    const list = [...projects([['gone', 999]]), ...THREE];
    const withdrawn = list.map((project) => ({ ...project, withdrawn: project.id === 'gone' }));
    const ballots = [...THREE_VOTES, ...votes([['gone', 9]])];
    const outcome = count(ruleset, withdrawn, ballots, 115);
    expect(outcome.funded).toEqual(['a', 'b']);
    expect(reasons(outcome).at(-1)).toEqual([
      'c',
      { code: 'below-threshold', of: 'score', needed: 2n, missing: 1n },
    ]);
  });
});

describe('thresholds', () => {
  const withThreshold = (threshold: { votes: number } | { score: number } | { basisPoints: number }) =>
    count({ ...byVotes, rule: 'greedy-threshold', threshold }, THREE, THREE_VOTES, 1000).funded;

  it('let in who just reaches them', () => {
    expect(withThreshold({ score: 2 })).toEqual(['a', 'b']);
    expect(withThreshold({ score: 3 })).toEqual(['a']);
  });

  it('can be a share of the ballots, which a whole number of votes must reach', () => {
    // Six ballots: 33.33 % needs 1.9998, so 2; 33.34 % needs 2.0004, so 3.
    expect(withThreshold({ basisPoints: 3333 })).toEqual(['a', 'b']);
    expect(withThreshold({ basisPoints: 3334 })).toEqual(['a']);
  });

  it('can ask for votes where points decide', () => {
    const ballots: Ballot[] = [
      { options: ['a'], points: [9], weight: 1 },
      { options: ['b'], points: [1], weight: 2 },
    ];
    const ruleset: GreedyFamily = { ...greedy, score: { by: 'points' }, threshold: { votes: 2 } };
    const outcome = count(ruleset, THREE, ballots, 1000);
    expect(outcome.funded).toEqual(['b']);
    expect(outcome.projects[0]?.reason).toEqual({
      code: 'below-threshold',
      of: 'votes',
      needed: 2n,
      missing: 1n,
    });
  });
});

describe('greedy-exclusive', () => {
  const ruleset = (conflicts: string[][]): GreedyFamily => ({
    ...byVotes,
    rule: 'greedy-exclusive',
    conflicts,
  });

  it('passes over what conflicts with a funded project only', () => {
    const outcome = count(ruleset([['a', 'c']]), THREE, THREE_VOTES, 1000);
    expect(outcome.funded).toEqual(['a', 'b']);
    expect(reasons(outcome).at(-1)).toEqual(['c', { code: 'conflict', with: 'a' }]);
    expect(count(ruleset([['a', 'c']]), THREE, THREE_VOTES, 50).funded).toEqual(['b']);
  });

  it('knows a project in several groups', () => {
    const groups = [
      ['a', 'b'],
      ['b', 'c'],
    ];
    expect(count(ruleset(groups), THREE, THREE_VOTES, 1000).funded).toEqual(['a', 'c']);
  });
});

describe('an outcome', () => {
  it('is canonical JSON, amounts and counts as decimal strings', () => {
    const outcome = count(greedy, THREE, THREE_VOTES, 100);
    const json = outcomeJson(outcome);
    expect(json.projects[1]).toEqual({
      id: 'b',
      cost: '50',
      votes: '2',
      score: '2',
      rank: 2,
      funded: false,
      reason: { code: 'does-not-fit', remaining: '40', missing: '10' },
    });
    expect(JSON.parse(Buffer.from(canonicalBytes(json)).toString())).toEqual(json);
  });
});
