/** What must hold of every rule, with every option that it has. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import { outcomeJson, type Outcome, type TieUndecided } from '../../projections/tally/outcome.js';
import { RULES, validateRuleset, type Ruleset } from '../../projections/tally/rules.js';
import type { TieCriterion } from '../../projections/tally/ruleset.js';
import { tally } from '../../projections/tally/tally.js';
import { IDS, VARIANTS, VOTES } from './rule-variants.js';
import { shuffled } from './shuffled.js';

const EVERY = Object.entries(VARIANTS).flatMap(([rule, variants]) =>
  variants.map((own): [string, Record<string, unknown>] => [
    `${rule} ${JSON.stringify(own)}`,
    { rule, ...own },
  ]),
);

interface Election {
  ruleset: Ruleset;
  projects: Project[];
  ballots: Ballot[];
  budget: bigint;
}

function checked(fields: Record<string, unknown>, ids: readonly string[] = IDS): Ruleset {
  const made = validateRuleset({ v: 1, ...fields }, ids);
  if ('rejected' in made) throw new Error(`${made.rejected} ${made.field}`);
  return made;
}

function elections(own: Record<string, unknown>): fc.Arbitrary<Election> {
  return fc
    .record({
      tieOrder: fc.constantFrom<TieCriterion[][]>(
        ['listed'],
        ['lowest-cost', 'listed'],
        ...(own.rule === 'welfare-optimum' ? [] : [['most-votes' as const], ['highest-cost' as const]]),
      ),
      ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
      threshold: fc.constantFrom(undefined, undefined, { basisPoints: 1000 }),
      costs: fc.array(fc.nat(6), { minLength: IDS.length, maxLength: IDS.length }),
      withdrawn: fc.constantFrom('none', ...IDS),
      made: fc.array(
        fc.record({
          options: fc.array(fc.constantFrom(...IDS), { maxLength: 4 }),
          points: fc.array(fc.nat(4), { minLength: 4, maxLength: 4 }),
          weight: fc.integer({ min: 1, max: 3 }),
        }),
        { maxLength: 9 },
      ),
      budget: fc.nat(20),
    })
    .map(({ tieOrder, ties, threshold, costs, withdrawn, made, budget }) => ({
      ruleset: checked({
        ...own,
        ...(own.threshold === undefined && threshold && { threshold }),
        tieOrder,
        ...(tieOrder.includes('listed') && { ties }),
      }),
      projects: IDS.map((id, place) => ({
        id,
        cost: BigInt(costs[place] ?? 0),
        withdrawn: id === withdrawn,
      })),
      ballots: made.map(({ options, points, weight }) => ({
        options,
        weight,
        ...(givesPoints(own) && { points: points.slice(0, options.length) }),
      })),
      budget: BigInt(budget),
    }));
}

function givesPoints({ score }: Record<string, unknown>): boolean {
  return (score as { by: string }).by === 'points';
}

function count({ ruleset, projects, ballots, budget }: Election): Outcome | TieUndecided {
  return tally(ruleset, projects, ballots, budget);
}

/** Every part, in its order, as the text that is published. */
function text(outcome: Outcome | TieUndecided): string {
  return 'undecided' in outcome
    ? JSON.stringify({
        ...outcome,
        score: String(outcome.score),
        remaining: String(outcome.remaining),
        perCost: String(outcome.perCost),
      })
    : JSON.stringify(outcomeJson(outcome));
}

/** What becomes of every project, in the order of counting, or among whom a lot must be drawn. */
function gist(outcome: Outcome | TieUndecided) {
  return 'undecided' in outcome
    ? { lot: outcome.projects }
    : { projects: outcome.projects.map(({ id, funded, reason: { code } }) => ({ id, funded, code })) };
}

/** The same election with all money so many times as much: what is money in a ruleset and on ballots as well. */
function dearer({ ruleset, projects, ballots, budget }: Election, times: number): Election {
  const money = ['increment', 'reserve'].flatMap((field) => {
    const value = (ruleset as unknown as Record<string, unknown>)[field];
    return typeof value === 'number' ? [[field, value * times]] : [];
  });
  return {
    ruleset: { ...ruleset, ...Object.fromEntries(money) } as Ruleset,
    projects: projects.map((project) => ({ ...project, cost: project.cost * BigInt(times) })),
    ballots:
      ruleset.rule === 'stanford-knapsack'
        ? ballots.map((ballot) => ({
            ...ballot,
            ...(ballot.points && { points: ballot.points.map((own) => own * times) }),
          }))
        : ballots,
    budget: budget * BigInt(times),
  };
}

describe.each(EVERY)('%s', (_, own) => {
  it('comes to the same bytes for ballots, projects and fields in any order, and ballots grouped or one by one', () => {
    fc.assert(
      fc.property(elections(own), fc.infiniteStream(fc.nat()), (given, numbers) => {
        const expected = text(count(given));
        const reversed = Object.fromEntries(Object.entries(given.ruleset).reverse()) as unknown as Ruleset;
        const other = {
          ...given,
          ruleset: reversed,
          projects: shuffled(given.projects, numbers),
          ballots: shuffled(given.ballots, numbers),
        };
        expect(text(count(other))).toBe(expected);
        const apart = given.ballots.flatMap((one) => Array<Ballot>(one.weight).fill({ ...one, weight: 1 }));
        expect(text(count({ ...given, ballots: shuffled(apart, numbers) }))).toBe(expected);
        expect(text(count({ ...given, ballots: groupBallots(shuffled(apart, numbers)) }))).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('does the same with money in smaller coins', () => {
    // This completion adds single coins.
    if (own.rule === 'equal-shares' && own.completion === 'add-opt') return;
    fc.assert(
      fc.property(elections(own), fc.integer({ min: 2, max: 10 ** 12 }), (given, times) => {
        expect(gist(count(dearer(given, times)))).toEqual(gist(count(given)));
      }),
      { numRuns: 40 },
    );
  });

  it('does the same when every voter is there several times', () => {
    // Where shares rise in steps, they must be the same at first: so there is as much more money.
    const steps = own.rule === 'equal-shares' && String(own.completion).startsWith('add');
    fc.assert(
      fc.property(elections(own), fc.integer({ min: 2, max: 50 }), (given, times) => {
        const ballots = given.ballots.map((one) => ({ ...one, weight: one.weight * times }));
        const expected = gist(count(given));
        if (!steps) expect(gist(count({ ...given, ballots }))).toEqual(expected);
        const { ruleset, ...rich } = dearer({ ...given, ballots }, times);
        // The steps stay what they are for each voter.
        expect(gist(count({ ...rich, ruleset: steps ? given.ruleset : ruleset }))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('has an outcome of nothing: without ballots, choices, money, projects, or with none that is not withdrawn', () => {
    const fields = { ...own, tieOrder: ['listed'] };
    const ids = IDS.slice(0, 3);
    const listed = ids.map((id): Project => ({ id, cost: 3n }));
    const conflicts = 'conflicts' in own && { conflicts: [ids.slice(0, 2)] };
    const ruleset = checked({ ...fields, ...conflicts, ties: ids }, ids);
    const full = { options: ids, weight: 1, ...(givesPoints(own) && { points: [3, 3, 3] }) };
    const empty = { options: [], weight: 2, ...(givesPoints(own) && { points: [] }) };
    const withdrawn = listed.map((project) => ({ ...project, withdrawn: true }));
    const nothing: [Project[], Ballot[], bigint][] = [
      [listed, [full], 0n],
      [withdrawn, [full], 9n],
      [withdrawn, [], 0n],
    ];
    for (const [projects, ballots, budget] of nothing) {
      const outcome = tally(ruleset, projects, ballots, budget);
      expect(outcome).toMatchObject({ cost: 0n });
      // Reserve money is beside the budget.
      if (own.reserve === undefined) expect(outcome).toMatchObject({ funded: [] });
    }
    for (const ballots of [[], [empty]]) {
      const outcome = tally(ruleset, listed, ballots, 9n);
      if ('undecided' in outcome) throw new Error('undecided');
      expect(outcome.projects).toHaveLength(3);
    }
    const none = { ...ruleset, ties: [] };
    expect(tally(none, [], [empty], 9n)).toMatchObject({ funded: [], cost: 0n, projects: [], ballots: 2n });
    // One voter, and just enough for what she wants.
    const alone = tally(
      ruleset,
      listed,
      [{ ...full, options: ['9'], ...(full.points && { points: [3] }) }],
      3n,
    );
    if ('undecided' in alone) throw new Error('undecided');
    expect(alone.cost).toBe(3n);
    expect(own.reserve === undefined ? alone.funded : alone.funded.slice(0, 1)).toEqual(['9']);
  });

  it('ends where a project that nobody wants would still fit, and with other such projects', () => {
    const projects = [
      { id: 'A', cost: 10n },
      { id: 'B', cost: 5n },
      { id: 'C', cost: 100n },
    ];
    const ids = projects.map(({ id }) => id);
    const ruleset = checked(
      { ...own, ...('conflicts' in own && { conflicts: [['A', 'C']] }), tieOrder: ['listed'], ties: ids },
      ids,
    );
    const ballots = [{ options: ['A'], weight: 4, ...(givesPoints(own) && { points: [10] }) }];
    const outcome = tally(ruleset, projects, ballots, 20n);
    if ('undecided' in outcome) throw new Error('undecided');
    expect(outcome.funded[0]).toBe('A');
    // Part funding with any part gives it what is left.
    if (own.rule !== 'part-funding') expect(outcome.funded).not.toContain('C');
  });

  it('takes the declared list at a tie, and stops with the names where there is none, rather than throw', () => {
    const projects = ['9', '10'].map((id) => ({ id, cost: 6n }));
    const ballots = [
      { options: ['10'], weight: 2 },
      { options: ['9'], weight: 2 },
    ].map((one) => ({
      ...one,
      ...(givesPoints(own) && { points: [6] }),
    }));
    const fields = { ...own, ...('conflicts' in own && { conflicts: [['10', '9']] }) };
    for (const ties of [
      ['9', '10'],
      ['10', '9'],
    ]) {
      const ruleset = checked({ ...fields, tieOrder: ['listed'], ties }, ties);
      const outcome = tally(ruleset, projects, ballots, 6n);
      if ('undecided' in outcome) throw new Error('undecided');
      if (outcome.funded.length > 0) expect(outcome.funded[0]).toBe(ties[0]);
      expect(outcome.funded).not.toContain(own.rule === 'poznan' ? undefined : ties[1]);
    }
    // It is for comparison only, and needs a list.
    if (own.rule === 'welfare-optimum') return;
    const open = tally(checked({ ...fields, tieOrder: ['most-votes'] }, ['9', '10']), projects, ballots, 6n);
    if (!('undecided' in open)) expect(open.funded).toEqual([]);
    else expect([...open.projects].sort()).toEqual(['10', '9']);
  });
});

// Which of them has fewer kinds of ballots must not matter: the outcome is published and hashed.
it('equal shares gives projects that are level in the same order for ballots grouped or not', () => {
  const projects = ['9', 'B'].map((id) => ({ id, cost: 1n }));
  const fields = { ...VOTES, rule: 'equal-shares', utility: 'cost', completion: 'none' };
  const ruleset = checked({ ...fields, tieOrder: ['highest-cost'] }, ['9', 'B']);
  const ballots = ['B', '9', 'B'].map((id) => ({ options: [id], weight: id === 'B' ? 1 : 2 }));
  const grouped = tally(ruleset, projects, groupBallots(ballots), 2n);
  expect(text(tally(ruleset, projects, ballots, 2n))).toBe(text(grouped));
});

it('covers every rule', () => {
  expect(Object.keys(VARIANTS).sort()).toEqual(Object.keys(RULES).sort());
});
