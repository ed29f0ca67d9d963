import { describe, expect, it } from '@jest/globals';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import type { GreedyFamily } from '../../projections/tally/greedy-ruleset.js';
import type { TieCriterion } from '../../projections/tally/ruleset.js';
import { tally } from '../../projections/tally/tally.js';

const BALLOTS: Ballot[] = [
  { options: ['9'], weight: 5 },
  { options: ['10'], weight: 5 },
];

function project(id: string, cost: bigint): Project {
  return { id, cost };
}

function ruleset(tieOrder: readonly TieCriterion[], ties?: readonly string[]): GreedyFamily {
  return { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder, ...(ties && { ties }) };
}

describe('a tie', () => {
  const equal = [project('10', 60n), project('9', 60n)];

  it('goes by the list that the election declares, never by the ids as numbers or texts', () => {
    for (const ties of [
      ['9', '10'],
      ['10', '9'],
    ]) {
      expect(tally(ruleset(['listed'], ties), equal, BALLOTS, 100n)).toMatchObject({
        funded: ties.slice(0, 1),
        ties: [{ score: 5n, projects: ties, decidedBy: ['listed'], matters: true }],
      });
    }
  });

  it('goes by lower or higher cost where that is declared', () => {
    const different = [project('10', 60n), project('9', 50n)];
    expect(tally(ruleset(['lowest-cost']), different, BALLOTS, 100n)).toMatchObject({ funded: ['9'] });
    expect(tally(ruleset(['highest-cost']), different, BALLOTS, 100n)).toMatchObject({ funded: ['10'] });
  });

  it('of points can go by votes', () => {
    const ballots: Ballot[] = [
      { options: ['10'], points: [4], weight: 1 },
      { options: ['9'], points: [2], weight: 2 },
    ];
    const outcome = tally(
      { ...ruleset(['lowest-cost', 'most-votes']), score: { by: 'points' } },
      equal,
      ballots,
      60n,
    );
    // Both cost the same, so that cost decided nothing.
    expect(outcome).toMatchObject({ funded: ['9'], ties: [{ decidedBy: ['most-votes'] }] });
  });

  it('that nothing decides stops the count and names the candidates and what they compete for', () => {
    expect(tally(ruleset(['lowest-cost', 'most-votes']), equal, BALLOTS, 100n)).toEqual({
      undecided: 'tie-undecided',
      score: 5n,
      projects: ['10', '9'],
      remaining: 100n,
    });
  });

  it('names only those among whom it decides', () => {
    const list = [...equal, project('big', 900n), { ...project('gone', 1n), withdrawn: true }];
    const ballots = [...BALLOTS, { options: ['big', 'gone'], weight: 5 }];
    // By votes all four are equal; only two can be funded at all.
    const outcome = tally(ruleset(['most-votes']), list, ballots, 100n);
    expect(outcome).toMatchObject({ undecided: 'tie-undecided', projects: ['10', '9'] });
  });

  it.each([
    ['both fit', 120n, ['10', '9']],
    ['neither fits', 59n, []],
  ])('does not stop the count when %s', (_, budget, funded) => {
    const outcome = tally(ruleset(['most-votes']), equal, BALLOTS, budget);
    expect(outcome).toMatchObject({ funded, ties: [{ decidedBy: [], matters: false }] });
  });

  it('does not stop the count when only one of them fits, in whatever order', () => {
    const outcome = tally(ruleset(['most-votes']), [project('10', 200n), project('9', 60n)], BALLOTS, 100n);
    expect(outcome).toMatchObject({ funded: ['9'], ties: [{ matters: false }] });
  });

  it('stops a no-skip count when only one of them fits, since the other would stop it', () => {
    const outcome = tally(
      { ...ruleset(['most-votes']), rule: 'greedy-no-skip' },
      [project('10', 200n), project('9', 60n)],
      BALLOTS,
      100n,
    );
    expect(outcome).toMatchObject({ undecided: 'tie-undecided', projects: ['10', '9'] });
  });

  it('stops an exclusive count when the two conflict, though both would fit', () => {
    const outcome = tally(
      { ...ruleset(['most-votes']), rule: 'greedy-exclusive', conflicts: [['9', '10']] },
      equal,
      BALLOTS,
      1000n,
    );
    expect(outcome).toMatchObject({ undecided: 'tie-undecided', projects: ['10', '9'] });
  });

  it('is decided as far as it must be: what comes after the money is gone needs no lot', () => {
    const list = [project('cheap', 40n), ...equal];
    const ballots = [...BALLOTS, { options: ['cheap'], weight: 5 }];
    expect(tally(ruleset(['lowest-cost']), list, ballots, 60n)).toMatchObject({
      funded: ['cheap'],
      ties: [{ projects: ['cheap', '10', '9'], decidedBy: ['lowest-cost'], matters: true }],
    });
    expect(tally(ruleset(['lowest-cost']), list, ballots, 100n)).toMatchObject({
      undecided: 'tie-undecided',
      projects: ['10', '9'],
      remaining: 60n,
    });
  });

  it('among losers below the threshold needs no lot', () => {
    const outcome = tally({ ...ruleset(['most-votes']), threshold: { score: 6 } }, equal, BALLOTS, 100n);
    expect(outcome).toMatchObject({ funded: [], ties: [{ matters: false }] });
  });
});
