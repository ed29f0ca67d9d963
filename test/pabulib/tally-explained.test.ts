import { describe, expect, it } from '@jest/globals';
import { explanationJson, fairnessOf, fairnessText } from '../../src/pabulib/tally-explained.js';
import { tallyFile } from '../../src/pabulib/tally-file.js';

const HEAD = 'META\nkey;value\ncountry;Testland\nbudget;100\nvote_type;approval\n';
const PROJECTS = 'PROJECTS\nproject_id;cost;category\n7;60;play\n9;50;trees\n';
const VOTES = 'VOTES\nvoter_id;vote\na;7\nb;7\nc;7,9\nd;9\n';

function counted(rule: string) {
  return tallyFile(
    new TextEncoder().encode(`${HEAD}rule;${rule}\nnum_projects;2\nnum_votes;4\n${PROJECTS}${VOTES}`),
  );
}

describe('an explained count', () => {
  it('says who got nothing, what categories got, and how far losers were from winning', () => {
    const tally = counted('greedy');
    const fairness = fairnessOf(tally);
    expect(explanationJson(tally, fairness)).toMatchObject({
      v: 1,
      outcome: { funded: ['7'] },
      voters: {
        all: '4',
        withNothing: '1',
        byApprovals: [
          ['0', '1'],
          ['1', '3'],
        ],
      },
      categories: [
        { label: 'play', cost: '6000', ofCost: '1', ofVotes: '3/5' },
        { label: 'trees', cost: '0', ofCost: '0', ofVotes: '2/5' },
      ],
      // With one vote more it would only be equal, and the file's order is for the other.
      losers: [{ project: '9', support: '2', cost: '4000' }],
      runnersUp: ['9'],
    });
    const text = fairnessText(tally, fairness);
    expect(text).toContain('Of 4 voters, 1 (25.0 %) have no project funded that they chose.');
    expect(text).toContain('9: 2 more, or a cost of at most 40');
  });

  it('says nothing of distances under rules in which supporters pay', () => {
    const tally = counted('equalshares');
    expect(tally.params).toMatchObject({ utility: 'cost', completion: 'none' });
    // Everybody holds 25: three pay 20 each for the first, and five and twenty-five are too little for the second.
    expect(tally.outcome).toMatchObject({
      funded: ['7'],
      projects: [{}, { reason: { money: 3000n, missing: 2000n } }],
    });
    const explained = explanationJson(tally, fairnessOf(tally));
    expect(explained).not.toHaveProperty('losers');
    expect(fairnessText(tally, fairnessOf(tally))).not.toContain('all else equal');
  });

  it('takes add1 by one unit of the currency for a file that names it', () => {
    const { params, outcome } = counted('equalshares/add1');
    expect(params).toMatchObject({ completion: 'add1', increment: 100 });
    expect(outcome.funded).toEqual(['7']);
  });
});
