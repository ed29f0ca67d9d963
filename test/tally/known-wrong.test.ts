/** Wrong answers of other programs that no other test tells of: what they do, and what is done here. */
import { expect, it } from '@jest/globals';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { count } from './tie-orders.js';

const LEVEL: Ballot[] = [
  { options: ['77'], weight: 50 },
  { options: ['101'], weight: 50 },
];

it('goes on adding to the shares when nothing else fits: pabutools stops there, and has 31 projects for the 30 of Wieliczka 2023', () => {
  const projects: Project[] = [
    { id: 'a', cost: 8n },
    { id: 'b', cost: 2n },
    { id: 'c', cost: 6n },
    { id: 'd', cost: 12n },
  ];
  const ballots: Ballot[] = [
    { options: ['a'], weight: 2 },
    { options: ['c', 'd'], weight: 4 },
    { options: ['b', 'd'], weight: 2 },
  ];
  const add1 = {
    rule: 'equal-shares',
    utility: 'cost',
    completion: 'add1',
    increment: 1,
    tieOrder: ['listed'],
    ties: ['a', 'b', 'c', 'd'],
  };
  // With 1.75 each c and b are bought, and neither a nor d fits in the other 6. With 2.75 six pay 2 each for d; with 3.75 also c
  // would be bought, for 18 of 14.
  expect(count(add1, projects, ballots, 14n)).toMatchObject({ funded: ['d'], cost: 12n });
  expect(count({ ...add1, stopWhenExhaustive: true }, projects, ballots, 14n)).toMatchObject({
    funded: ['c', 'b'],
    cost: 8n,
  });
});

it('gives a tie to nobody for the number of a project: CONSUL gives it to the highest one, and says so nowhere', () => {
  const projects = ['77', '101'].map((id) => ({ id, cost: 5n }));
  for (const ties of [
    ['77', '101'],
    ['101', '77'],
  ]) {
    const outcome = count({ rule: 'greedy', tieOrder: ['listed'], ties }, projects, LEVEL, 5n);
    expect(outcome.funded).toEqual(ties.slice(0, 1));
    expect(outcome.ties).toEqual([{ score: 50n, projects: ties, decidedBy: ['listed'], matters: true }]);
  }
});
