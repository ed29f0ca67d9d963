import { describe, expect, it } from '@jest/globals';
import { readElection, rulesetOf } from '../../src/pabulib/election-file.js';
import { amountText, minorUnits, wholeNumber } from '../../src/pabulib/numbers.js';
import { parsePabulib, type PabulibFile } from '../../src/pabulib/pabulib.js';

const SMALL = [
  'META',
  'key;value',
  'num_projects;3',
  'num_votes;3',
  'budget;100.50',
  'currency;EUR',
  'vote_type;approval',
  'rule;greedy-threshold',
  'min_project_score_threshold;2',
  'max_length;2',
  'PROJECTS',
  'project_id;cost;votes;name;category;latitude;longitude',
  '10;60.5;2;Trees;green,streets;43.53;-5.66',
  '9;40;2;Benches;;;',
  'BO/3;999999999;1;Bridge;;;',
  'VOTES',
  'voter_id;vote;voting_method',
  'a;10,9;internet',
  'b;9,10;Paper',
  'c;BO/3;',
].join('\n');

function parse(text: string): PabulibFile {
  const { file } = parsePabulib(new TextEncoder().encode(text));
  if (file === undefined) throw new Error('unreadable');
  return file;
}

function problemsOf(text: string) {
  return readElection(parse(text)).problems;
}

describe('an election in a file', () => {
  const election = readElection(parse(SMALL));

  it('has its budget and costs in minor units', () => {
    expect(election).toMatchObject({ budget: 10_050n, currency: 'EUR', voteType: 'approval', problems: [] });
    expect(election.projects.map(({ id, cost, withdrawn }) => [id, cost, withdrawn])).toEqual([
      ['10', 6_050n, undefined],
      ['9', 4_000n, undefined],
      ['BO/3', 99_999_999_900n, true],
    ]);
  });

  it('has names, categories and places', () => {
    expect(election.projects[0]).toMatchObject({
      name: 'Trees',
      category: 'green',
      place: { lat: 43.53, lon: -5.66 },
    });
    expect(election.projects[1]).not.toHaveProperty('place');
    expect(election.projects[1]).not.toHaveProperty('category');
  });

  it('has ballots on paper and on the web, these where nothing is said', () => {
    expect(election.ballots.map(({ voterId, options, paper }) => [voterId, options, paper])).toEqual([
      ['a', ['10', '9'], false],
      ['b', ['9', '10'], true],
      ['c', ['BO/3'], false],
    ]);
  });

  it('has the rule and threshold of the file, and ties by the order of its rows', () => {
    expect(rulesetOf(parse(SMALL), election)).toEqual({
      v: 1,
      rule: 'greedy-threshold',
      score: { by: 'votes' },
      threshold: { score: 2 },
      tieOrder: ['listed'],
      ties: ['10', '9', 'BO/3'],
    });
  });

  it('can have another tie order than that of its rows', () => {
    expect(rulesetOf(parse(SMALL), election, { tieOrder: ['lowest-cost'] })).not.toHaveProperty('ties');
    const ties = ['BO/3', '9', '10'];
    expect(rulesetOf(parse(SMALL), election, { ties })).toMatchObject({ tieOrder: ['listed'], ties });
  });

  it.each(['ordinal', 'cumulative', 'scoring', 'choose-1'])('scores %s ballots as they are meant', (type) => {
    const text = SMALL.replace('approval', type);
    const file = parse(text);
    const score = { ordinal: { by: 'ranks', first: 2 }, 'choose-1': { by: 'votes' } }[type] ?? {
      by: 'points',
    };
    expect(rulesetOf(file, readElection(file))).toMatchObject({ score });
  });

  it('does not take a threshold that cannot be read for none', () => {
    const file = parse(SMALL.replace('threshold;2', 'threshold;2 %'));
    expect(rulesetOf(file, readElection(file))).toEqual({
      rejected: 'ruleset-malformed',
      field: 'threshold',
    });
  });
});

describe('what is wrong with a file', () => {
  it.each([
    ['fatal', 'vote-type-unknown', 7, SMALL.replace('approval', 'applause')],
    ['fatal', 'budget-not-a-number', 5, SMALL.replace('100.50', '100.505')],
    ['fatal', 'column-missing', 17, SMALL.replace('voter_id;vote;', 'voter_id;votes;')],
    ['fatal', 'column-missing', 17, SMALL.replace('approval', 'cumulative')],
    ['row', 'meta-not-a-number', 10, SMALL.replace('max_length;2', 'max_length;1e1')],
    ['warning', 'meta-key-repeated', 6, SMALL.replace('currency;EUR', 'num_votes;3')],
    ['row', 'count-wrong', 3, SMALL.replace('num_projects;3', 'num_projects;4')],
    ['row', 'count-wrong', 4, SMALL.replace('num_votes;3', 'num_votes;')],
    ['row', 'project-id-missing', 14, SMALL.replace('9;40;', ';40;')],
    ['row', 'project-id-repeated', 14, SMALL.replace('9;40;', '10;40;')],
    ['row', 'project-id-malformed', 14, SMALL.replace('9;40;', '9,8;40;')],
    ['row', 'project-id-malformed', 14, SMALL.replace('9;40;', '"9\n8";40;')],
    ['row', 'cost-not-a-number', 14, SMALL.replace('9;40;', '9;-40;')],
    ['warning', 'votes-differ', 13, SMALL.replace('60.5;2;', '60.5;7;')],
    ['row', 'voter-id-missing', 19, SMALL.replace('b;9,10', ';9,10')],
    ['row', 'voter-id-repeated', 19, SMALL.replace('b;9,10', 'a;9,10')],
    ['row', 'option-unknown', 19, SMALL.replace('b;9,10', 'b;9,99')],
    ['row', 'option-unknown', 19, SMALL.replace('b;9,10', 'b;9,,10')],
    ['warning', 'option-repeated', 20, SMALL.replace('c;BO/3', 'c;BO/3,BO/3')],
    ['warning', 'too-few-options', 20, SMALL.replace('c;BO/3', 'c;')],
    ['warning', 'too-many-options', 19, SMALL.replace('b;9,10', 'b;9,10,BO/3')],
    ['warning', 'over-budget', 18, SMALL.replace('max_length;2', 'max_sum_cost;100')],
  ])('%s %s in line %i', (severity, code, line, text) => {
    expect(problemsOf(text)).toContainEqual(expect.objectContaining({ severity, code, line }));
  });

  it.each([
    ['row', 'points-do-not-match', '1'],
    ['row', 'points-do-not-match', '1,,2'],
    ['row', 'points-do-not-match', '1,-2'],
    ['row', 'points-do-not-match', '1,0x2'],
    ['row', 'points-do-not-match', '9007199254740991,1'],
    ['warning', 'too-few-points', '0,1'],
    ['warning', 'too-many-points', '3,1'],
  ])('%s %s for the points %s', (severity, code, points) => {
    const text = SMALL.replace('approval', 'cumulative')
      .replace('max_length;2', 'min_sum_points;2\nmax_sum_points;3')
      .replace('voting_method', 'points')
      .replace('internet', points)
      .replace('Paper', '1,1')
      .replace('c;BO/3;', 'c;BO/3;2');
    expect(problemsOf(text)).toEqual(
      expect.arrayContaining([expect.objectContaining({ severity, code, line: 19, id: 'a' })]),
    );
    expect(problemsOf(text.replace(`a;10,9;${points}`, 'a;10,9;1,1'))).toEqual([]);
  });

  it('leaves a bad row out and keeps the others', () => {
    const { ballots, problems } = readElection(parse(SMALL.replace('b;9,10', 'b;9,99')));
    expect(ballots.map(({ voterId }) => voterId)).toEqual(['a', 'c']);
    expect(problems).toContainEqual({
      severity: 'row',
      code: 'option-unknown',
      line: 19,
      id: 'b',
      detail: '99',
    });
  });

  it('counts ballots outside the limits or leaves them out, as the election says, and reports them either way', () => {
    const file = parse(
      SMALL.replace('c;BO/3', 'c;BO/3,BO/3').replace('max_length;2', 'max_length;2\nmin_length;2'),
    );
    const text = parse(SMALL.replace('c;BO/3', 'c;9,9').replace('b;9,10', 'b;9,10,BO/3'));
    for (const [policy, voters] of [
      [{ repeats: 'count', limits: 'report' }, ['a', 'b', 'c']],
      [{ repeats: 'refuse', limits: 'report' }, ['a', 'b']],
      [{ repeats: 'count', limits: 'refuse' }, ['a', 'c']],
      [{ repeats: 'refuse', limits: 'refuse' }, ['a']],
    ] as const) {
      const { ballots, problems } = readElection(text, policy);
      expect(ballots.map(({ voterId }) => voterId)).toEqual(voters);
      const ofBallots = problems.filter(({ code }) => code !== 'votes-differ');
      expect(ofBallots.map(({ code, id }) => [code, id])).toEqual([
        ['too-many-options', 'b'],
        ['option-repeated', 'c'],
      ]);
      expect(ofBallots.map(({ severity }) => severity)).toEqual([
        policy.limits === 'refuse' ? 'left-out' : 'warning',
        policy.repeats === 'refuse' ? 'left-out' : 'warning',
      ]);
    }
    expect(readElection(file).ballots).toHaveLength(3);
  });
});

describe('numbers in a file', () => {
  it.each([
    ['0', 0n],
    ['12', 1200n],
    ['12.5', 1250n],
    ['12,05', 1205n],
    ['123456789012345678', 12345678901234567800n],
  ])('the amount %s', (text, minor) => {
    expect(minorUnits(text)).toBe(minor);
    expect(minorUnits(amountText(minor))).toBe(minor);
  });

  it.each(['', '-1', '1.234', '1e3', '1 000', '.5', 'NaN', '٣'])('no amount: %j', (text) => {
    expect(minorUnits(text)).toBeUndefined();
  });

  it.each(['', '-1', '1.0', '1e3', '0x10', ' 1', '9007199254740992', '٣'])('no whole number: %j', (text) => {
    expect(wholeNumber(text)).toBeUndefined();
  });
});
