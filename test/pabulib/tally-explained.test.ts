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

  it('tells what was overspent, how the price counts, and what no longer fitted', () => {
    const said = (utility: string, budget: number) => {
      const bytes = new TextEncoder().encode(
        `${HEAD.replace('100', String(budget))}rule;greedy\nnum_projects;2\nnum_votes;4\n${PROJECTS}${VOTES}`,
      );
      const tally = tallyFile(bytes, { fields: { rule: 'bounded-overspending', utility } });
      return explanationText(tally, explainFile(tally), 'en');
    };
    // Each has 20, and three pay the first. Two would pay 40 of 50 for the second, which counts as 31.25 each: 1.6 votes.
    const byCost = said('cost', 80);
    expect(byCost).toContain('Each of the 4 voters held 20 at first');
    expect(byCost).toContain('A project can be funded although its supporters cannot pay all of it');
    expect(byCost).toContain(
      '3 supporters pay 20 each. It has 3 effective votes. Next was “Limes (9)”, with 1.60: 1.40 fewer.',
    );
    expect(byCost).toContain(
      '“Limes (9)” costs 50. It did not fit: 20 were left and 30 were missing. ' +
        'Its supporters held 40 in all and have 20 left. They paid 20 for “Swings (7)”.',
    );
    // Each has 30, and c has 10 left: at 10 they pay 20 of 50, which counts as 62.50; at 30 they pay 40, which counts as 46.875.
    const byPrice = said('cardinality', 120);
    expect(byPrice).toContain(
      'Round 2: “Limes (9)”, for 50. 2 supporters pay all that they have left. 10 of its cost are overspent. ' +
        'Its price counts as 46.88. No other that fitted had anybody left to pay for it.',
    );
    expect(byPrice).toContain('Next was “Limes (9)”, at 25: 5 more.');
  });

  it('says how far losers were from winning by score per cost', () => {
    const bytes = new TextEncoder().encode(
      `${HEAD}rule;greedy\nnum_projects;2\nnum_votes;4\n${PROJECTS}${VOTES}`,
    );
    const tally = tallyFile(bytes, { fields: { rule: 'greedy-per-cost' } });
    // Two votes for 50 are less than three for 60, three are more; and two for 40 are as good, but the file has the other first.
    expect(explainFile(tally).losers).toEqual([{ project: '9', support: '1', cost: '4000' }]);
    expect(explanationText(tally, explainFile(tally), 'en')).toContain(
      'It would have been funded with 1 more vote, or at a cost of at most 40.',
    );
  });

  it('takes add1 by one unit of the currency for a file that names it', () => {
    const { params, outcome } = counted('equalshares/add1');
    expect(params).toMatchObject({ completion: 'add1', increment: 100 });
    expect(outcome.funded).toEqual(['7']);
  });
});
