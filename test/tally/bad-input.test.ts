import { describe, expect, it } from '@jest/globals';
import { canonicalBytes } from '../../projections/canonical.js';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { outcomeJson, type Outcome } from '../../projections/tally/outcome.js';
import { RULES, validateRuleset, type Ruleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';

const IDS = ['10', '9', 'a', 'B', '02'];
/** A full list, so that every tie is decided. */
const COMMON = { v: 1, score: { by: 'votes' }, tieOrder: ['lowest-cost', 'listed'], ties: IDS } as const;

/** A least ruleset of every rule: one that is missing here does not compile. */
const RULESETS: Readonly<Record<Ruleset['rule'], Ruleset>> = {
  greedy: { ...COMMON, rule: 'greedy' },
  'greedy-no-skip': { ...COMMON, rule: 'greedy-no-skip' },
  'greedy-threshold': { ...COMMON, rule: 'greedy-threshold', threshold: { votes: 1 } },
  'greedy-exclusive': { ...COMMON, rule: 'greedy-exclusive', conflicts: [['10', '9']] },
  'greedy-per-cost': { ...COMMON, rule: 'greedy-per-cost' },
  poznan: { ...COMMON, rule: 'poznan', reserveShareBasisPoints: 8_000 },
  'part-funding': { ...COMMON, rule: 'part-funding', leastShareBasisPoints: 5_000 },
  phragmen: { ...COMMON, rule: 'phragmen' },
  'exact-equal-shares': { ...COMMON, rule: 'exact-equal-shares', utility: 'cost', completion: 'none' },
  'bounded-overspending': { ...COMMON, rule: 'bounded-overspending', utility: 'cost' },
  'welfare-optimum': { ...COMMON, rule: 'welfare-optimum', utility: 'cost' },
  'equal-shares': { ...COMMON, rule: 'equal-shares', utility: 'cost', completion: 'none' },
  'stanford-knapsack': { ...COMMON, rule: 'stanford-knapsack', partial: 'allowed' },
};

/** The projects with these costs, in the order of the ids; `undefined` for a withdrawn one that would cost 1. */
function projects(...costs: (bigint | undefined)[]): Project[] {
  return IDS.map((id, index) => {
    const cost = costs[index];
    return cost === undefined ? { id, cost: 1n, withdrawn: true } : { id, cost };
  });
}

function count(rule: string, list: readonly Project[], ballots: readonly Ballot[], budget: bigint): Outcome {
  const ruleset = RULESETS[rule as Ruleset['rule']];
  const outcome = tally(ruleset, list, ballots, budget);
  if ('undecided' in outcome) throw new Error(`undecided: ${outcome.projects.join()}`);
  return outcome;
}

/** What holds of every outcome, whatever went in. */
function expectSound(outcome: Outcome, list: readonly Project[], ballots: readonly Ballot[]): void {
  const withdrawn = new Set(list.filter((project) => project.withdrawn === true).map(({ id }) => id));
  expect(outcome.projects.map(({ id }) => id).sort()).toEqual(list.map(({ id }) => id).sort());
  expect(
    outcome.projects
      .filter(({ funded }) => funded)
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...outcome.funded].sort());
  for (const { id, reason } of outcome.projects) {
    expect(reason.code === 'withdrawn').toBe(withdrawn.has(id));
    if (withdrawn.has(id)) expect(outcome.funded).not.toContain(id);
  }
  expect(Number(outcome.ballots)).toBe(ballots.reduce((sum, { weight }) => sum + weight, 0));
  expect(canonicalBytes(outcomeJson(outcome)).length).toBeGreaterThan(0);
}

describe.each(Object.keys(RULES))('%s', (rule) => {
  const ruleset = RULESETS[rule as Ruleset['rule']];
  const list = projects(4n, 3n, 5n, 2n, 6n);
  const ballots: Ballot[] = [
    { options: ['10', '9', 'B'], weight: 4 },
    { options: ['a', 'B'], weight: 3 },
    { options: ['02'], weight: 1 },
    { options: [], weight: 1 },
  ];

  it('is counted with its least ruleset', () => {
    expect(ruleset.rule).toBe(rule);
    expect(validateRuleset(ruleset, IDS)).toBe(ruleset);
    const outcome = count(rule, list, ballots, 14n);
    expectSound(outcome, list, ballots);
    expect(outcome.funded).not.toEqual([]);
  });

  it('takes a project that a ballot names twice, on a ballot that counts once', () => {
    const repeated = [...ballots, { options: ['a', '9', 'a'], weight: 2 }];
    const outcome = count(rule, list, repeated, 14n);
    expectSound(outcome, list, repeated);
    expect(outcome.ballots).toBe(11n);
  });

  it('takes projects that cost nothing and projects without votes', () => {
    const free = projects(0n, 3n, 0n, 2n, 0n);
    const few = [{ options: ['10', '9', '9'], weight: 2 }];
    const outcome = count(rule, free, few, 10n);
    expectSound(outcome, free, few);
    const conflicting = rule === 'greedy-exclusive';
    expect([...outcome.funded].filter((id) => id === '10' || id === '9').length).toBeGreaterThan(0);
    if (!conflicting) expect(outcome.funded).toContain('10');
  });

  it('never funds a withdrawn project, with every vote', () => {
    const gone = projects(undefined, 3n, undefined, 2n, 6n);
    const loved = [{ options: ['10', 'a', '9'], weight: 9 }];
    const outcome = count(rule, gone, loved, 100n);
    expectSound(outcome, gone, loved);
    expect(outcome.funded).toContain('9');
    const all = projects(undefined, undefined, undefined, undefined, undefined);
    expectSound(count(rule, all, loved, 100n), all, loved);
  });

  it('has an outcome without ballots, and with empty ones only', () => {
    expectSound(count(rule, list, [], 14n), list, []);
    const empty = [{ options: [], weight: 3 }];
    expectSound(count(rule, list, empty, 14n), list, empty);
  });

  it('has an outcome without projects', () => {
    const none = { ...ruleset, ties: [] };
    const outcome = tally(none, [], [{ options: [], weight: 2 }], 10n);
    expect(outcome).toMatchObject({ funded: [], cost: 0n, projects: [], ballots: 2n });
  });

  it('spends nothing of nothing', () => {
    const outcome = count(rule, list, ballots, 0n);
    expectSound(outcome, list, ballots);
    expect(outcome).toMatchObject({ funded: [], cost: 0n });
  });

  it('gives one voter a project that takes all the money', () => {
    const one = [{ options: ['a'], weight: 1 }];
    const outcome = count(rule, list, one, 5n);
    expectSound(outcome, list, one);
    expect(outcome).toMatchObject({ funded: ['a'], cost: 5n });
  });

  it('counts costs beyond 2^53 to the last coin', () => {
    const factor = 10n ** 24n + 7n;
    const small = count(rule, list, ballots, 14n);
    const large = list.map((project) => ({ ...project, cost: project.cost * factor }));
    const outcome = count(rule, large, ballots, 14n * factor);
    expectSound(outcome, large, ballots);
    expect(outcome.funded).toEqual(small.funded);
    expect(outcome.cost).toBe(small.cost * factor);
    const all = [{ options: ['a'], weight: 3 }];
    const huge = projects(1n, 1n, factor, 1n, 1n);
    expect(count(rule, huge, all, factor).funded).toContain('a');
    const short = count(rule, huge, all, factor - 1n).projects.find(({ id }) => id === 'a');
    expect(short?.reason.code).not.toBe('funded');
  });

  it('does not depend on the order of ballots and projects', () => {
    const expected = count(rule, list, ballots, 14n);
    expect(count(rule, list.toReversed(), ballots.toReversed(), 14n)).toEqual(expected);
  });

  it('refuses to count a ballot for a project that is not there', () => {
    expect(() => count(rule, list, [{ options: ['tunnel'], weight: 1 }], 10n)).toThrow(RangeError);
  });

  it('is refused with contradictory, unknown or missing parts', () => {
    const refusal = (part: Record<string, unknown>) => validateRuleset({ ...ruleset, ...part }, IDS);
    const own: readonly string[] = RULES[rule as Ruleset['rule']].fields;
    const others = Object.values(RULES).flatMap(({ fields }) => fields);
    for (const field of others.filter((other) => !own.includes(other))) {
      expect(refusal({ [field]: 1 })).toEqual({ rejected: 'ruleset-contradictory', field });
    }
    expect(refusal({ colour: 'blue' })).toEqual({ rejected: 'ruleset-unknown-field', field: 'colour' });
    expect(refusal({ tieOrder: ['lowest-cost', 'highest-cost', 'listed'] })).toEqual({
      rejected: 'ruleset-contradictory',
      field: 'tieOrder',
    });
    expect(refusal({ tieOrder: ['lowest-cost'] })).toEqual({
      rejected: 'ruleset-contradictory',
      field: 'ties',
    });
    expect(refusal({ ties: IDS.slice(1) })).toEqual({ rejected: 'ties-incomplete', field: 'ties' });
    expect(refusal({ score: { by: 'applause' } })).toEqual({ rejected: 'ruleset-malformed', field: 'score' });
  });
});
