import { describe, expect, it } from '@jest/globals';
import { FileNotCounted } from '../../src/pabulib/counted-file.js';
import { tallyFile } from '../../src/pabulib/tally-file.js';
import { tieOrderOf } from '../../src/pabulib/tie-order.js';

const PROJECTS = ['10', '9', '8'].map((id) => ({ id, cost: 1n }));

const FILE = new TextEncoder().encode(`META
key;value
num_projects;3
num_votes;1
budget;100
vote_type;approval
rule;greedy
PROJECTS
project_id;cost
10;60
9;60
8;50
VOTES
voter_id;vote
a;10,9,8
`);

describe('a tie order in words', () => {
  it.each([
    ['file', ['listed'], ['10', '9', '8']],
    ['lowest-cost,most-votes', ['lowest-cost', 'most-votes'], undefined],
    ['highest-cost, file', ['highest-cost', 'listed'], ['10', '9', '8']],
    ['8, 10,9', ['listed'], ['8', '10', '9']],
  ])('%s', (text, tieOrder, ties) => {
    expect(tieOrderOf(text, PROJECTS)).toEqual({ tieOrder, ties });
  });

  it.each([
    ['', ''],
    ['lowest', 'lowest'],
    ['10,9,7', '7'],
    ['lowest-cost,8', 'lowest-cost'],
    ['listed', 'listed'],
  ])('"%s" is refused for "%s"', (text, unknown) => {
    expect(tieOrderOf(text, PROJECTS)).toEqual({ unknown });
  });
});

describe('a count with a tie order in words', () => {
  it.each([
    ['file', '10'],
    ['9,10,8', '9'],
    ['lowest-cost', '8'],
    ['highest-cost,file', '10'],
  ])('by %s funds %s', (tieOrder, funded) => {
    expect(tallyFile(FILE, { tieOrder }).outcome.funded).toEqual([funded]);
  });

  it.each([
    ['highest-cost', 'tie-undecided', /^tie-undecided: 10, 9\. .*--tie-order/],
    ['lowest', 'tie-order-unknown', /^tie-order-unknown: lowest\. .*most-votes/],
    ['9,10', 'ties-incomplete', /^ties-incomplete: ties\. Name every project/],
    ['9,9,10', 'ties-incomplete', /every project/],
    ['lowest-cost,lowest-cost', 'ruleset-contradictory', /^ruleset-contradictory: tieOrder\. /],
  ])('by %s is refused with %s', (tieOrder, code, message) => {
    const run = () => tallyFile(FILE, { tieOrder });
    expect(run).toThrow(FileNotCounted);
    expect(run).toThrow(message);
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});
