import { describe, expect, it } from '@jest/globals';
import { comparedJson, comparedText, comparedWithOwn } from '../../src/pabulib/tally-compared.js';
import { tallyFile } from '../../src/pabulib/tally-file.js';

const HEAD = 'META\nkey;value\nbudget;100\ncurrency;PLN\nvote_type;approval\nnum_projects;3\nnum_votes;6\n';
const PROJECTS = 'PROJECTS\nproject_id;cost;category\n7;90;play\n9;50;trees\n8;50;\n';
const VOTES = 'VOTES\nvoter_id;vote\na;7\nb;7\nc;7\nd;9,8\ne;9,8\nf;7,9\n';

function counted(rule: string, fields: Record<string, unknown> = {}) {
  return tallyFile(new TextEncoder().encode(`${HEAD}rule;${rule}\n${PROJECTS}${VOTES}`), { fields });
}

describe('a file that is counted under another rule', () => {
  it('is compared with its own: what is gained and lost, who prefers which, what categories get', () => {
    const tally = counted('greedy', { rule: 'greedy-per-cost' });
    const compared = comparedWithOwn(tally)!;
    expect(comparedJson(compared)).toEqual({
      own: { rule: 'greedy', selected: ['7'] },
      gained: ['8', '9'],
      lost: ['7'],
      byApprovals: { first: '3', second: '2', indifferent: '1' },
      byCost: { first: '4', second: '2', indifferent: '0' },
      withNothing: { first: '2', second: '3', both: '0' },
      categories: [
        { label: '', first: '0', second: '5000' },
        { label: 'play', first: '9000', second: '0' },
        { label: 'trees', first: '0', second: '5000' },
      ],
    });
    expect(comparedText(tally, compared).split('\n')).toEqual([
      '',
      "Compared with the file's own rule, greedy, which funds 1 of 3 projects for 90 PLN:",
      'Funded in addition: 8, 9.',
      'Not funded any more: 7.',
      "By number of what they chose, 2 voters prefer this outcome, 3 that of the file's own rule, and 1 neither.",
      "By cost of what they chose, 2 voters prefer this outcome, 4 that of the file's own rule, and 0 neither.",
      'With nothing funded that they chose: 3 of 6 voters instead of 2; 0 in both.',
      "category: money here, and under the file's own rule",
      '  (none): 50, 0',
      '  play: 0, 90',
      '  trees: 50, 0',
    ]);
  });

  it('says so where nothing changes, also where only the tie order was another one', () => {
    const tally = counted('greedy', { tieOrder: ['lowest-cost'] });
    const compared = comparedWithOwn(tally)!;
    expect(comparedJson(compared)).toMatchObject({ gained: [], lost: [], own: { selected: ['7'] } });
    expect(comparedText(tally, compared)).toContain('The same projects are funded.');
    expect(comparedText(tally, compared)).not.toContain('prefer');
  });

  it('is compared with nothing under its own rule, however it is said', () => {
    expect(comparedWithOwn(counted('greedy'))).toBeUndefined();
    expect(comparedWithOwn(counted('greedy', { rule: 'greedy', tieOrder: ['listed'] }))).toBeUndefined();
    expect(comparedWithOwn(counted('equalshares/add1'))).toBeUndefined();
    const increment = { rule: 'equal-shares', completion: 'add1', increment: 100 };
    expect(comparedWithOwn(counted('equalshares/add1', increment))).toBeUndefined();
  });

  it('is compared with nothing where its own rule is told only in words, or gives up', () => {
    expect(comparedWithOwn(counted('greedy-custom', { rule: 'greedy' }))).toBeUndefined();
    expect(counted('greedy-custom', { rule: 'greedy' }).ownRuleset).toBeUndefined();
    const projects = Array.from({ length: 60 }, (_, at) => `p${at};${(20 + 0.02 * at * at).toFixed(2)}`);
    const all = Array.from({ length: 60 }, (_, at) => `p${at}`).join(',');
    const meta = 'META\nkey;value\nbudget;599.99\nvote_type;approval\nnum_projects;60\nnum_votes;1\n';
    const hard = `${meta}rule;welfare-optimum\nPROJECTS\nproject_id;cost\n${projects.join('\n')}\nVOTES\nvoter_id;vote\na;${all}\n`;
    const tally = tallyFile(new TextEncoder().encode(hard), { fields: { rule: 'greedy' } });
    expect(tally.ownRuleset?.rule).toBe('welfare-optimum');
    expect(comparedWithOwn(tally)).toBeUndefined();
  });
});
