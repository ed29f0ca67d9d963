import { describe, expect, it } from '@jest/globals';
import { explainFile, explanationText } from '../../src/pabulib/tally-explained.js';
import { tallyFile } from '../../src/pabulib/tally-file.js';
import { LANGUAGES, type Language } from '../../src/web/languages.js';

const HEAD = 'META\nkey;value\ncountry;Testland\nbudget;100\nvote_type;approval\n';
const PROJECTS = 'PROJECTS\nproject_id;cost;category;name\n7;60;play;Swings\n9;50;trees;Limes\n';
const VOTES = 'VOTES\nvoter_id;vote\na;7\nb;7\nc;7,9\nd;9\n';

function counted(rule: string) {
  return tallyFile(
    new TextEncoder().encode(`${HEAD}rule;${rule}\nnum_projects;2\nnum_votes;4\n${PROJECTS}${VOTES}`),
  );
}

function textOf(rule: string, language: Language = 'en'): string {
  const tally = counted(rule);
  return explanationText(tally, explainFile(tally), language);
}

describe('an explained count', () => {
  it('says who got nothing, what categories got, and how far losers were from winning', () => {
    const tally = counted('greedy');
    expect(explainFile(tally)).toMatchObject({
      v: 1,
      outcome: { funded: ['7'] },
      turns: [
        { project: '7', remaining: '10000' },
        { project: '9', remaining: '4000' },
      ],
      // With one vote more it would only be equal, and the file's order is for the other.
      losers: [{ project: '9', support: '2', cost: '4000' }],
      runnersUp: ['9'],
      fairness: {
        voters: {
          voters: '4',
          withNothing: '1',
          byApprovals: [
            { utility: '0', voters: '1' },
            { utility: '1', voters: '3' },
          ],
        },
        categories: [
          { label: 'play', cost: '6000', ofCost: '1', ofVotes: '3/5' },
          { label: 'trees', cost: '0', ofCost: '0', ofVotes: '2/5' },
        ],
      },
    });
    const text = textOf('greedy');
    expect(text).toContain('Of 4 voters, 1 (25%) has no project funded that they chose.');
    expect(text).toContain(
      '“Limes (9)” costs 50. It would have been funded with 2 more votes, or at a cost of at most 40.',
    );
  });

  it('tells rounds, payments and what was missing under equal shares, in each language', () => {
    expect(textOf('equalshares')).toContain(
      'Round 1: “Swings (7)”, for 60. 3 supporters pay 20 each. It has 3 effective votes. Next was “Limes (9)”, with 2: 1 fewer.',
    );
    // Everybody holds 25: three pay 20 each for the first, and five and twenty-five are too little for the second.
    expect(textOf('equalshares')).toContain(
      '“Limes (9)” costs 50. Its supporters held 50 in all and have 30 left: 20 are missing. They paid 20 for “Swings (7)”. ' +
        'It would have been funded with 1 more voter who supports only it, or at a cost of at most 30.',
    );
    expect(textOf('equalshares', 'es')).toContain(
      '«Limes (9)» cuesta 50. Quienes lo apoyan tuvieron 50 en total y les quedan 30: faltan 20. Pagaron 20 por «Swings (7)».',
    );
    expect(textOf('equalshares', 'ast')).toContain(
      '«Limes (9)» cuesta 50. Los que lu sofiten tuvieron 50 en total',
    );
  });

  it.each(LANGUAGES)('says everything under every rule in %s', (language) => {
    const options = ['none', 'utilitarian', 'add1', 'add1u'].flatMap((completion) =>
      ['cost', 'cardinality'].map((utility) => ({ rule: 'equal-shares', completion, utility })),
    );
    const others = [
      { rule: 'equal-shares', comparison: true },
      { rule: 'exact-equal-shares' },
      { rule: 'phragmen' },
      { rule: 'bounded-overspending' },
      { rule: 'greedy-per-cost' },
      { rule: 'poznan', reserveShareBasisPoints: 8_000 },
      { rule: 'stanford-knapsack' },
      { rule: 'welfare-optimum' },
    ];
    for (const fields of [...options, ...others]) {
      const bytes = new TextEncoder().encode(
        `${HEAD}rule;greedy\nnum_projects;2\nnum_votes;4\n${PROJECTS}${VOTES}`,
      );
      const tally = tallyFile(bytes, { fields });
      const text = explanationText(tally, explainFile(tally), language);
      expect(text).toContain('Swings (7)');
      expect(text).not.toMatch(/undefined|NaN|null|\[object|\{|funded {2}/);
    }
  });

  it('takes add1 by one unit of the currency for a file that names it', () => {
    const { params, outcome } = counted('equalshares/add1');
    expect(params).toMatchObject({ completion: 'add1', increment: 100 });
    expect(outcome.funded).toEqual(['7']);
  });
});
