import { describe, expect, it } from '@jest/globals';
import type { Ballot } from '../../projections/tally/ballots.js';
import { decide } from '../../projections/tally/decisions/decide.js';
import { decisionJson, type Decision } from '../../projections/tally/decisions/outcome.js';
import { rationalText } from '../../projections/tally/rational.js';
import type { DecisionRuleset, YesNoRuleset } from '../../projections/tally/decisions/ruleset.js';
import { ABSTAIN, NO, YES } from '../../projections/tally/decisions/yes-no.js';

/** `42 M>N` is 42 ballots that rank M before N. */
function ranked(...lines: string[]): Ballot[] {
  return lines.map((line) => {
    const [weight, ranking = ''] = line.split(' ');
    return { options: ranking === '' ? [] : ranking.split('>'), weight: Number(weight) };
  });
}

function decided(...given: Parameters<typeof decide>): Decision {
  const decision = decide(...given);
  if ('undecided' in decision) throw new Error(`undecided: ${decision.options.join()}`);
  return decision;
}

function scores({ options }: Decision) {
  return Object.fromEntries(options.map(({ id, score }) => [id, rationalText(score)]));
}

const CITIES = ['Memphis', 'Nashville', 'Chattanooga', 'Knoxville'];
const TENNESSEE = ranked(
  '42 Memphis>Nashville>Chattanooga>Knoxville',
  '26 Nashville>Chattanooga>Knoxville>Memphis',
  '15 Chattanooga>Knoxville>Nashville>Memphis',
  '17 Knoxville>Chattanooga>Nashville>Memphis',
);
const ONE = { v: 1, seats: 1, tieOrder: ['most-votes'] } as const;

describe('the capital of Tennessee', () => {
  it('is Memphis by plurality', () => {
    const decision = decided({ ...ONE, rule: 'plurality' }, CITIES, TENNESSEE);
    expect(decision.chosen).toEqual(['Memphis']);
    expect(scores(decision)).toEqual({ Memphis: '42', Nashville: '26', Knoxville: '17', Chattanooga: '15' });
  });

  it('is Nashville by Borda and by Copeland', () => {
    const borda = decided({ ...ONE, rule: 'borda', first: 3, unranked: 'zero' }, CITIES, TENNESSEE);
    expect(borda.chosen).toEqual(['Nashville']);
    expect(scores(borda)).toEqual({ Nashville: '194', Chattanooga: '173', Memphis: '126', Knoxville: '107' });
    const copeland = decided({ ...ONE, rule: 'copeland', pairTie: 'half' }, CITIES, TENNESSEE);
    expect(copeland.chosen).toEqual(['Nashville']);
    expect(scores(copeland)).toEqual({ Nashville: '3', Chattanooga: '2', Knoxville: '1', Memphis: '0' });
    expect(copeland.pairs).toContainEqual({ options: ['Chattanooga', 'Knoxville'], votes: [83n, 17n] });
    expect(copeland.pairs).toContainEqual({ options: ['Memphis', 'Nashville'], votes: [42n, 58n] });
  });

  it('is Knoxville by instant runoff', () => {
    const decision = decided({ v: 1, rule: 'instant-runoff', tieOrder: ['most-votes'] }, CITIES, TENNESSEE);
    expect(decision.chosen).toEqual(['Knoxville']);
    expect(decision.rounds?.map(({ then }) => then)).toEqual([
      { excluded: 'Chattanooga' },
      { excluded: 'Nashville' },
      undefined,
    ]);
    expect(decision.rounds?.at(-1)?.votes.map(({ id, votes }) => [id, rationalText(votes)])).toEqual([
      ['Knoxville', '58'],
      ['Memphis', '42'],
    ]);
  });
});

describe('single transferable vote', () => {
  const stv = { v: 1, rule: 'stv', tieOrder: ['previous-rounds'] } as const;

  it('counts the well-known party of twenty guests and three dishes', () => {
    const decision = decided(
      { ...stv, seats: 3 },
      ['oranges', 'pears', 'chocolate', 'strawberries', 'sweets'],
      ranked(
        '4 oranges',
        '2 pears>oranges',
        '8 chocolate>strawberries',
        '4 chocolate>sweets',
        '1 strawberries',
        '1 sweets',
      ),
    );
    expect(decision.quota).toBe(6n);
    expect(decision.chosen).toEqual(['chocolate', 'oranges', 'strawberries']);
    expect(decision.rounds?.map(({ then }) => then)).toEqual([
      { surplusOf: 'chocolate', value: { n: 1n, d: 2n } },
      { excluded: 'pears' },
      { excluded: 'sweets' },
      undefined,
    ]);
  });

  it('decides an exclusion by the latest round in which the options differed', () => {
    const decision = decided(
      { ...stv, seats: 2 },
      ['a', 'b', 'c', 'd', 'e'],
      ranked('1 a>b', '2 b', '3 c', '4 d', '5 e'),
    );
    expect(decision.ties).toEqual([
      { about: 'exclusion', round: 2, options: ['c', 'b'], decidedBy: ['previous-rounds'], matters: false },
    ]);
    expect(decision.rounds?.[1]?.then).toEqual({ excluded: 'b' });
  });

  it('goes on where nothing hangs on a tie, and stops where the outcome does', () => {
    // Whoever of b and c goes first, a is elected.
    expect(decide({ ...stv, seats: 1 }, ['a', 'b', 'c'], ranked('5 a', '2 b', '2 c'))).toMatchObject({
      chosen: ['a'],
    });
    expect(
      decide({ ...stv, seats: 1 }, ['a', 'b', 'c', 'd'], ranked('5 a', '4 d', '2 b>a', '2 c>d')),
    ).toMatchObject({ chosen: ['a'] });
    expect(decide({ ...stv, seats: 1 }, ['a', 'b', 'c'], ranked('4 a', '3 b>c', '3 c>b'))).toEqual({
      undecided: 'tie-undecided',
      about: 'exclusion',
      round: 1,
      options: ['b', 'c'],
      seats: 1,
    });
    const listed: DecisionRuleset = {
      v: 1,
      rule: 'stv',
      seats: 1,
      tieOrder: ['listed'],
      ties: ['c', 'b', 'a'],
    };
    expect(decide(listed, ['a', 'b', 'c'], ranked('4 a', '3 b>c', '3 c>b'))).toMatchObject({
      chosen: ['c'],
      ties: [{ about: 'exclusion', round: 1, options: ['c', 'b'], decidedBy: ['listed'], matters: true }],
    });
  });

  it('gives those one place who were excluded in an order that nothing decides', () => {
    const ballots = ranked('5 a', '4 e', '2 b>c', '2 b>d');
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const open = decided({ ...stv, seats: 1 }, ids, ballots);
    expect(open.options.map(({ id, place }) => [id, place])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 2],
      ['d', 2],
      ['e', 2],
    ]);
    const listed = decided({ v: 1, rule: 'stv', seats: 1, tieOrder: ['listed'], ties: ids }, ids, ballots);
    expect(listed.options.map(({ id, place }) => [id, place])).toEqual([
      ['a', 1],
      ['b', 2],
      ['e', 3],
      ['c', 4],
      ['d', 5],
    ]);
  });

  it('elects those who reach the quota together in order of votes, and at one place where these are equal', () => {
    const decision = decided({ ...stv, seats: 3 }, ['c', 'b', 'a'], ranked('3 a', '3 b', '4 c'));
    expect(decision.chosen).toEqual(['c', 'a', 'b']);
    expect(decision.options.map(({ place }) => place)).toEqual([1, 2, 2]);
  });
});

describe('majority judgment', () => {
  const mj = { ...ONE, rule: 'majority-judgment', grades: 6 } as const;
  /** One ballot for each grade, so that only the sums are as given: from `excellent` (5) to `to reject` (0). */
  function graded(sums: Record<string, number[]>): Ballot[] {
    return Object.entries(sums).flatMap(([id, weights]) =>
      weights.map((weight, index) => ({ options: [id], points: [5 - index], weight })),
    );
  }

  it('ranks the candidates of Orsay 2007 as Balinski and Laraki do', () => {
    // Tenths of a percent, from the best grade to the worst; published they round one of Royal's up, so that hers would be 1001.
    const table = {
      Bayrou: [136, 307, 251, 148, 84, 74],
      Royal: [167, 227, 191, 168, 122, 125],
      Sarkozy: [191, 198, 143, 115, 71, 282],
    };
    const ballots = Array.from({ length: 1000 }, (_, voter): Ballot => {
      const entries = Object.entries(table).map(([id, weights]): [string, number] => {
        let end = 0;
        return [id, 5 - weights.findIndex((weight) => voter < (end += weight))];
      });
      return { options: entries.map(([id]) => id), points: entries.map(([, grade]) => grade), weight: 1 };
    });
    const decision = decided(mj, Object.keys(table), ballots);
    expect(decision.options.map(({ id, score }) => [id, score.n])).toEqual([
      ['Bayrou', 3n],
      ['Royal', 3n],
      ['Sarkozy', 3n],
    ]);
    expect(decision.options[0]?.grades).toEqual([74n, 84n, 148n, 251n, 307n, 136n]);
    // Above and below the median, as they are published: 44.3 and 30.6, 39.4 and 41.5, 38.9 and 46.8.
    expect(
      decision.options.map(({ grades = [] }) => [
        (grades[4] ?? 0n) + (grades[5] ?? 0n),
        (grades[0] ?? 0n) + (grades[1] ?? 0n) + (grades[2] ?? 0n),
      ]),
    ).toEqual([
      [443n, 306n],
      [394n, 415n],
      [389n, 468n],
    ]);
    expect(decision.ties).toEqual([]);
  });

  it('takes the lower middle grade, and the worst where a ballot leaves an option out', () => {
    const ballots: Ballot[] = [
      { options: ['a', 'b'], points: [5, 3], weight: 1 },
      { options: ['b'], points: [2], weight: 1 },
    ];
    expect(scores(decided(mj, ['a', 'b'], ballots))).toEqual({ b: '2', a: '0' });
    expect(decided(mj, ['a', 'b'], graded({ a: [0, 0, 0, 0, 0, 1] })).options[0]).toMatchObject({
      chosen: false,
      reason: { code: 'no-support' },
    });
  });
});

describe('yes, no or abstention', () => {
  const half: YesNoRuleset = {
    v: 1,
    rule: 'yes-no',
    majority: { of: 'votes', share: { basisPoints: 5000 }, strict: true },
  };
  const answers = (yes: number, no: number, abstain = 0, blank = 0): Ballot[] => [
    { options: ['q'], points: [YES], weight: yes },
    { options: ['q'], points: [NO], weight: no },
    { options: ['q'], points: [ABSTAIN], weight: abstain },
    { options: [], weight: blank },
  ];
  const reason = (ruleset: YesNoRuleset, ballots: Ballot[], entitled?: bigint) =>
    decided(ruleset, ['q'], ballots, entitled === undefined ? {} : { entitled }).options[0]?.reason;

  it('needs more than the share, or just the share', () => {
    expect(reason(half, answers(51, 50))).toEqual({ code: 'adopted' });
    expect(reason(half, answers(50, 50))).toEqual({ code: 'majority-not-reached', yes: 50n, of: 100n });
    const least: YesNoRuleset = { ...half, majority: { ...half.majority, strict: false } };
    expect(reason(least, answers(50, 50))).toEqual({ code: 'adopted' });
    const twoThirds: YesNoRuleset = {
      ...half,
      majority: { of: 'votes', share: { parts: 2, of: 3 }, strict: false },
    };
    expect(reason(twoThirds, answers(2, 1))).toEqual({ code: 'adopted' });
    expect(reason(twoThirds, answers(199, 100))).toMatchObject({ code: 'majority-not-reached' });
  });

  it('takes the share of what the ruleset says', () => {
    const of = (base: 'votes' | 'ballots' | 'entitled'): YesNoRuleset => ({
      ...half,
      majority: { ...half.majority, of: base },
    });
    expect(reason(of('votes'), answers(3, 2, 2, 2))).toEqual({ code: 'adopted' });
    expect(reason(of('ballots'), answers(3, 2, 1))).toEqual({
      code: 'majority-not-reached',
      yes: 3n,
      of: 6n,
    });
    expect(reason(of('ballots'), answers(3, 2, 0, 1))).toMatchObject({ of: 6n });
    expect(reason(of('entitled'), answers(5, 0), 9n)).toEqual({ code: 'adopted' });
    expect(reason(of('entitled'), answers(5, 0), 10n)).toMatchObject({ of: 10n });
    expect(() => reason(of('entitled'), answers(5, 0))).toThrow(RangeError);
  });

  it('needs the quorum, each question its own', () => {
    const quorum: YesNoRuleset = {
      ...half,
      quorum: { count: 'ballots', of: 'entitled', share: { basisPoints: 2500 } },
    };
    expect(reason(quorum, answers(20, 0, 3, 2), 100n)).toEqual({ code: 'adopted' });
    expect(reason(quorum, answers(20, 0, 3, 2), 101n)).toEqual({
      code: 'quorum-not-reached',
      needed: 26n,
      missing: 1n,
    });
    const ofYes: YesNoRuleset = {
      ...half,
      quorum: { count: 'yes', of: 'entitled', share: { parts: 1, of: 4 } },
    };
    expect(reason(ofYes, answers(24, 1), 100n)).toMatchObject({ code: 'quorum-not-reached', missing: 1n });
    expect(reason(ofYes, answers(25, 1), 100n)).toEqual({ code: 'adopted' });
    const ofVotes: YesNoRuleset = {
      ...half,
      quorum: { count: 'votes', of: 'ballots', share: { parts: 1, of: 2 } },
    };
    const two = decided(
      ofVotes,
      ['q', 'r'],
      [
        { options: ['q', 'r'], points: [YES, ABSTAIN], weight: 1 },
        { options: ['r'], points: [YES], weight: 1 },
        { options: ['r', 'q'], points: [ABSTAIN, YES], weight: 1 },
      ],
    );
    expect(two.chosen).toEqual(['q']);
    expect(two.options.map(({ quorum: own }) => own?.reached)).toEqual([true, false]);
  });

  it('adopts nothing without a yes', () => {
    const least: YesNoRuleset = { ...half, majority: { ...half.majority, strict: false } };
    for (const ballots of [[], answers(0, 0, 5), answers(0, 0, 0, 5)]) {
      expect(reason(least, ballots)).toEqual({ code: 'no-support' });
    }
    expect(reason(half, answers(1, 0))).toEqual({ code: 'adopted' });
    expect(reason(half, answers(0, 1))).toEqual({ code: 'no-support' });
  });

  it('stays exact beyond 2^53, for one voter and for no question', () => {
    const many = 2 ** 52;
    const votes = (yes: number): Ballot[] => [
      ...answers(many, many),
      ...answers(many, many),
      ...answers(yes, 0),
    ];
    expect(reason(half, votes(1))).toEqual({ code: 'adopted' });
    expect(reason(half, votes(0))).toMatchObject({ code: 'majority-not-reached', of: 2n ** 54n });
    expect(decided(half, [], [{ options: [], weight: 1 }])).toMatchObject({ chosen: [], options: [] });
  });

  it('refuses an answer that there is not, and counts only the first to a question', () => {
    expect(() => reason(half, [{ options: ['q'], points: [2], weight: 1 }])).toThrow(RangeError);
    expect(reason(half, [{ options: ['q', 'q'], points: [YES, NO], weight: 1 }])).toEqual({
      code: 'adopted',
    });
  });
});

const ELECTING: DecisionRuleset[] = [
  { ...ONE, rule: 'plurality' },
  { ...ONE, rule: 'approval' },
  { ...ONE, rule: 'points' },
  { ...ONE, rule: 'borda', first: 'options', unranked: 'average' },
  { ...ONE, rule: 'copeland', pairTie: 'one' },
  { ...ONE, rule: 'majority-judgment', grades: 3 },
  { ...ONE, rule: 'stv' },
  { v: 1, rule: 'instant-runoff', tieOrder: ['most-votes'] },
];

describe.each(ELECTING)('every electing rule: $rule', (ruleset) => {
  it.each([
    ['no ballots', []],
    ['empty ballots', [{ options: [], weight: 7 }]],
  ])('elects nobody with %s', (_, ballots: Ballot[]) => {
    const decision = decided(ruleset, ['b', 'a'], ballots);
    expect(decision.chosen).toEqual([]);
    expect(decision.options.map(({ id, place, reason }) => [id, place, reason.code])).toEqual([
      ['a', 1, 'no-support'],
      ['b', 1, 'no-support'],
    ]);
    expect(decision.blank).toBe(decision.ballots);
  });

  it('takes the word of one voter', () => {
    const decision = decided(ruleset, ['b', 'a'], [{ options: ['b'], points: [2], weight: 1 }]);
    expect(decision.chosen).toEqual(['b']);
    expect(decision.options.map(({ reason }) => reason.code)).toEqual(['elected', 'no-support']);
  });

  it('takes the first mention of an option that a ballot names twice', () => {
    const other = { options: ['b'], points: [2], weight: 1 };
    const twice = { options: ['b', 'a', 'b'], points: [2, 1, 0], weight: 3 };
    const once = { options: ['b', 'a'], points: [2, 1], weight: 3 };
    expect(decided(ruleset, ['a', 'b'], [other, twice])).toEqual(decided(ruleset, ['a', 'b'], [other, once]));
  });

  it('elects nobody of no options', () => {
    const decision = decided(ruleset, [], [{ options: [], weight: 2 }]);
    expect(decision).toMatchObject({ chosen: [], options: [], ballots: 2n, blank: 2n });
  });

  it('leaves a seat empty rather than give it to an option without support', () => {
    if (ruleset.rule === 'instant-runoff' || ruleset.rule === 'yes-no') return;
    const decision = decided(
      { ...ruleset, seats: 2 },
      ['b', 'a'],
      [{ options: ['b'], points: [2], weight: 1 }],
    );
    expect(decision.chosen).toEqual(['b']);
  });

  it('decides nothing below the quorum, whatever is tied', () => {
    const decision = decided(
      { ...ruleset, quorum: { count: 'votes', of: 'entitled', share: { basisPoints: 5000 } } },
      ['a', 'b'],
      ['a', 'b'].map((id) => ({ options: [id], points: [2], weight: 2 })),
      { entitled: 9n },
    );
    expect(decision).toMatchObject({ chosen: [], quorum: { counted: 4n, needed: 5n, reached: false } });
    expect(decision.options.map(({ reason }) => reason)).toEqual([
      { code: 'quorum-not-reached', needed: 5n, missing: 1n },
      { code: 'quorum-not-reached', needed: 5n, missing: 1n },
    ]);
  });

  it('names the options of a tie that the declared order does not decide', () => {
    const ballots = ['c', 'b', 'a'].map((id) => ({ options: [id], points: [2], weight: 2 }));
    expect(decide(ruleset, ['a', 'b', 'c'], ballots)).toMatchObject({
      undecided: 'tie-undecided',
      options: ['a', 'b', 'c'],
      seats: 1,
    });
    const listed = { ...ruleset, tieOrder: ['listed'], ties: ['b', 'c', 'a'] } as DecisionRuleset;
    const decision = decided(listed, ['a', 'b', 'c'], ballots);
    expect(decision.chosen).toEqual(['b']);
    expect(decision.ties.some(({ matters }) => matters)).toBe(true);
    expect(decision.ties[0]).toMatchObject({ options: ['b', 'c', 'a'], decidedBy: ['listed'] });
  });

  it('gives JSON without numbers that may be too large', () => {
    const ballots = [{ options: ['b', 'a'], points: [2, 1], weight: 2 ** 52 }];
    const listed = { ...ruleset, tieOrder: ['listed'], ties: ['a', 'b'] } as DecisionRuleset;
    const json = decisionJson(decided(listed, ['a', 'b'], [...ballots, ...ballots, ...ballots]));
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json.ballots).toBe(String(3n * 2n ** 52n));
  });

  it('refuses what the caller should have checked', () => {
    expect(() => decide(ruleset, ['a'], [{ options: ['z'], weight: 1 }])).toThrow(RangeError);
    expect(() => decide(ruleset, ['a', 'a'], [])).toThrow(RangeError);
  });
});

it('Borda gives to what is left out nothing, or the average of the places that are left', () => {
  const borda = { ...ONE, rule: 'borda', first: 'options' } as const;
  const ballots = ranked('2 a', '1 b>c>a>d');
  expect(scores(decided({ ...borda, unranked: 'zero' }, ['a', 'b', 'c', 'd'], ballots))).toEqual({
    a: '10',
    b: '4',
    c: '3',
    d: '1',
  });
  expect(scores(decided({ ...borda, unranked: 'average' }, ['a', 'b', 'c', 'd'], ballots))).toEqual({
    a: '10',
    b: '8',
    c: '7',
    d: '5',
  });
  // Places 2 to 4 of a scale that begins with 2 have 1, 0 and 0 points.
  expect(
    scores(decided({ ...borda, first: 2, unranked: 'average' }, ['a', 'b', 'c', 'd'], ranked('1 a'))),
  ).toEqual({
    a: '2',
    b: '1/3',
    c: '1/3',
    d: '1/3',
  });
});

it.each([
  ['zero', '1', '0'],
  ['half', '3/2', '1'],
  ['one', '2', '2'],
] as const)('Copeland counts a draw as %s', (pairTie, first, second) => {
  const decision = decided(
    { v: 1, rule: 'copeland', seats: 1, pairTie, tieOrder: ['listed'], ties: ['a', 'b', 'c'] },
    ['a', 'b', 'c'],
    ranked('1 a>b>c', '1 c>a>b', '1 a>c>b', '1 b>c>a'),
  );
  // a beats b by 3 to 1, and both other pairs are drawn.
  expect(scores(decision)).toMatchObject({ a: first, c: second });
});
