import { describe, expect, it } from '@jest/globals';
import { RULES, type Ruleset } from '../../projections/tally/rules.js';
import { FileNotCounted } from '../../src/pabulib/counted-file.js';
import { tallyFile, tallyJson, tallyText } from '../../src/pabulib/tally-file.js';

const SMALL = [
  'META',
  'key;value',
  'num_projects;4',
  'num_votes;3',
  'budget;100.5',
  'vote_type;approval',
  'rule;greedy',
  'PROJECTS',
  'project_id;cost;name',
  '10;60.5;Trees',
  '9;60.5;Benches',
  '8;40;Lamps',
  '7;999999999;Bridge',
  'VOTES',
  'voter_id;vote',
  'a;10,9,8',
  'b;9,10',
  'c;7',
].join('\n');

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function ruleset(fields: unknown) {
  return { rulesetBytes: bytes(JSON.stringify(fields)) };
}

function failure(run: () => unknown): FileNotCounted {
  try {
    run();
  } catch (error) {
    if (error instanceof FileNotCounted) return error;
    throw error;
  }
  throw new Error('counted');
}

describe('the count of a file', () => {
  it('under bounded overspending takes cost for what an approved project is worth, unless told otherwise', () => {
    const under = (fields: Record<string, unknown>) =>
      tallyFile(bytes(SMALL), { fields: { rule: 'bounded-overspending', ...fields } });
    // Each holds 33.5. For each unit of cost 10 and 9 are level, as two supporters can pay; the lamps have one.
    expect(tallyJson(under({}))).toMatchObject({ params: { utility: 'cost' }, selected: ['10', '8'] });
    // Two pay 30.25 each for 10, or one pays 33.5 of 40, and 40 / 0.8375 is more.
    expect(tallyJson(under({ utility: 'cardinality' }))).toMatchObject({
      params: { utility: 'cardinality' },
      selected: ['10', '8'],
    });
  });

  it('is one object in the currency of the file', () => {
    expect(tallyJson(tallyFile(bytes(SMALL)))).toEqual({
      rule: 'greedy',
      params: { score: { by: 'votes' }, tieOrder: ['listed'] },
      budget: 100.5,
      selected: ['10', '8'],
      cost: 100.5,
      ballots: 3,
      rejected: [
        { id: '9', reason: 'does-not-fit' },
        { id: '7', reason: 'withdrawn' },
      ],
      ties: [
        { score: 2, projects: ['10', '9'], decidedBy: ['listed'], matters: true },
        { score: 1, projects: ['8', '7'], decidedBy: ['listed'], matters: false },
      ],
    });
  });

  it('is a table with the reason for each project', () => {
    const text = tallyText(tallyFile(bytes(SMALL)));
    expect(text).toMatch(/1 funded\s+10\s+2\s+60\.50\s+fits in 100\.50\s+Trees/);
    expect(text).toMatch(/2 no\s+9\s+2\s+60\.50\s+20\.50 more than remains\s+Benches/);
    expect(text).toMatch(/4 no\s+7\s+1\s+999999999\s+withdrawn/);
    expect(text).toContain('2 of 4 projects funded for 100.50; 0 remain.');
    expect(text).toContain('Tie at 2 between 10, 9, decided by listed.');
    expect(text).not.toContain('Tie at 1');
  });

  it('takes from a ruleset what the file cannot say', () => {
    const conflicts = { cites: '10 and 8 are one place', rule: 'greedy-exclusive', conflicts: [['10', '8']] };
    const exclusive = tallyFile(bytes(SMALL), ruleset(conflicts));
    expect(exclusive.outcome.funded).toEqual(['10']);
    expect(tallyText(exclusive)).toContain('conflicts with 10, which is funded');
    const noSkip = tallyFile(bytes(SMALL), ruleset({ rule: 'greedy-no-skip' }));
    expect(tallyText(noSkip)).toContain('the count stopped at 9');
    const least = tallyFile(bytes(SMALL), ruleset({ threshold: { votes: 2 } }));
    expect(tallyText(least)).toContain('1 below the threshold of 2 (votes)');
  });

  it('leaves out ballots outside the limits where the ruleset says so', () => {
    const text = SMALL.replace('c;7', 'c;8,8,8');
    expect(tallyFile(bytes(text)).outcome.funded).toEqual(['8', '10']);
    const strict = tallyFile(bytes(text), ruleset({ repeats: 'refuse' }));
    expect(strict.outcome).toMatchObject({ funded: ['10', '8'], ballots: 2n });
    expect(strict.problems).toEqual([{ severity: 'left-out', code: 'option-repeated', line: 18, id: 'c' }]);
  });

  it('refuses a file with a bad row unless it is lenient', () => {
    const text = bytes(SMALL.replace('b;9,10', 'b;9,99'));
    expect(failure(() => tallyFile(text))).toMatchObject({
      code: 'option-unknown',
      message: expect.stringContaining('option-unknown: 99. '),
    });
    const { outcome, problems } = tallyFile(text, { lenient: true });
    expect(outcome.ballots).toBe(2n);
    expect(problems).toMatchObject([{ severity: 'row', code: 'option-unknown', line: 17, id: 'b' }]);
  });

  it('refuses a file without sections, lenient or not', () => {
    expect(failure(() => tallyFile(bytes('hello'), { lenient: true })).code).toBe('section-missing');
  });

  it.each(['equalshares-of-others', 'unknown'])('names the rule %s', (rule) => {
    const error = failure(() => tallyFile(bytes(SMALL.replace('rule;greedy', `rule;${rule}`))));
    expect(error.message).toContain(`rule-not-supported: ${rule}. `);
    expect(failure(() => tallyFile(bytes(SMALL), ruleset({ rule }))).message).toBe(error.message);
  });

  it("cannot count a city's own rule without a ruleset, and says what to do", () => {
    const custom = bytes(SMALL.replace('rule;greedy', 'rule;greedy-custom'));
    const { code, message } = failure(() => tallyFile(custom));
    expect(code).toBe('rule-in-words-only');
    expect(message).toMatch(/greedy-custom.*comment in META.*--ruleset.*docs\/counting/);
    const given = ruleset({ rule: 'poznan', reserveShareBasisPoints: 6600 });
    expect(tallyFile(custom, given).outcome.funded).toEqual(['10', '9']);
    expect(tallyFile(custom, { fields: { rule: 'greedy' } }).outcome.funded).toEqual(['10', '8']);
  });

  it('says which part the reserve pays', () => {
    // 40 remain, which is 66.1 % of 60.50.
    const poznan = { rule: 'poznan', reserveShareBasisPoints: 6600, reserve: 4000 };
    const counted = tallyFile(bytes(SMALL), ruleset(poznan));
    expect(tallyJson(counted)).toMatchObject({
      params: { reserveShareBasisPoints: 6600, reserve: 4000 },
      selected: ['10', '9', '8'],
      cost: 100.5,
      reserve: 60.5,
      partly: [
        { id: '9', reason: 'funded-with-reserve', missing: 20.5 },
        { id: '8', reason: 'funded-from-reserve', missing: 40 },
      ],
    });
    const text = tallyText(counted);
    expect(text).toContain('gets 40; the reserve pays 20.50');
    expect(text).toMatch(/ the reserve pays 40 /);
    expect(text).toContain(
      '3 of 4 projects funded for 100.50; 0 remain.\nReserve money pays 60.50 beside that.',
    );
    // 66.12 % would be 40.0026.
    const strict = { ...poznan, reserveShareBasisPoints: 6612, reserve: 2050 };
    expect(tallyText(tallyFile(bytes(SMALL), ruleset(strict)))).toContain('gets 40; the reserve pays 20.50');
    expect(tallyFile(bytes(SMALL), ruleset(strict)).outcome.projects[1]?.reason.code).toBe(
      'funded-from-reserve',
    );
  });

  it('says what is funded in part', () => {
    const counted = tallyFile(bytes(SMALL), ruleset({ rule: 'part-funding', leastShareBasisPoints: 5000 }));
    expect(tallyJson(counted)).toMatchObject({
      selected: ['10', '9'],
      cost: 100.5,
      partly: [{ id: '9', reason: 'part-funded', missing: 20.5 }],
    });
    expect(tallyText(counted)).toContain('gets only 40; 20.50 missing');
  });

  it('says what a tie of score per cost is', () => {
    const counted = tallyFile(bytes(SMALL), { fields: { rule: 'greedy-per-cost' } });
    expect(tallyJson(counted).ties).toEqual([
      { score: 1, perCost: 30.25, projects: ['10', '9'], decidedBy: ['listed'], matters: true },
    ]);
    expect(tallyText(counted)).toContain('Tie at 1 per 30.25 between 10, 9, decided by listed.');
  });

  it.each(['greedy-exclusive', 'greedy-threshold', 'poznan', 'part-funding'])(
    'names what %s needs beyond its name',
    (rule) => {
      const { code, message } = failure(() => tallyFile(bytes(SMALL), { fields: { rule } }));
      expect(code).toBe('ruleset-incomplete');
      expect(message).toContain(
        `${rule} needs ${String(RULES[rule as Ruleset['rule']].needs?.join(' and '))}. `,
      );
      expect(message).toContain('--ruleset');
    },
  );

  it('lets a chosen rule and tie order prevail over the ruleset', () => {
    const given = ruleset({ rule: 'greedy-no-skip', conflicts: [['10', '8']], tieOrder: ['highest-cost'] });
    const options = { ...given, fields: { rule: 'greedy' }, tieOrder: '9,10,8,7' };
    expect(tallyFile(bytes(SMALL), options)).toMatchObject({
      outcome: { rule: 'greedy', funded: ['9', '8'] },
      params: { tieOrder: ['listed'], conflicts: [['10', '8']] },
    });
  });

  it('stops where a lot must be drawn', () => {
    const error = failure(() => tallyFile(bytes(SMALL), ruleset({ tieOrder: ['lowest-cost'] })));
    expect(error.message).toContain('tie-undecided: 10, 9. ');
  });

  it.each([
    ['not JSON', '{'],
    ['not an object', '[]'],
    ['not an object', 'null'],
    ['repeats', '{"repeats":"twice"}'],
    ['limits', '{"limits":true}'],
    ['tieOrder', '{"tieOrder":"lot"}'],
  ])('refuses a ruleset that is wrong: %s', (detail, text) => {
    const error = failure(() => tallyFile(bytes(SMALL), { rulesetBytes: bytes(text) }));
    expect(error.code).toBe('ruleset-malformed');
    expect(error.message).toContain(`ruleset-malformed: ${detail}. `);
  });
});
