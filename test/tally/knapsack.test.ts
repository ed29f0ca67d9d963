import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import type { KnapsackRuleset } from '../../projections/tally/knapsack.js';
import type { Outcome, TieUndecided } from '../../projections/tally/outcome.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';

const ALLOWED: KnapsackRuleset = {
  v: 1,
  rule: 'stanford-knapsack',
  partial: 'allowed',
  score: { by: 'points' },
  tieOrder: ['lowest-cost'],
};
const REFUSED: KnapsackRuleset = { ...ALLOWED, partial: 'refused' };
const WHOLE: KnapsackRuleset = { ...REFUSED, score: { by: 'votes' } };

function project(id: string, cost: number): Project {
  return { id, cost: BigInt(cost) };
}

function decided(outcome: Outcome | TieUndecided): Outcome {
  if ('undecided' in outcome) throw new Error(`undecided: ${outcome.projects.join()}`);
  return outcome;
}

/** What each project gets. */
function paid({ projects }: Outcome): Record<string, bigint> {
  return Object.fromEntries(
    projects.map(({ id, cost, funded, reason }) => [
      id,
      reason.code === 'allocated' ? reason.money : funded ? cost : 0n,
    ]),
  );
}

/** The example in the code of Stanford's platform: `app/controllers/admin/knapsack_allocation.rb`. */
const STANFORD = {
  projects: [project('P1', 10), project('P2', 10), project('P3', 10)],
  ballots: [
    { options: ['P1', 'P2', 'P3'], points: [4, 5, 1], weight: 1 },
    { options: ['P1', 'P2', 'P3'], points: [3, 5, 2], weight: 1 },
    { options: ['P3'], points: [10], weight: 1 },
  ],
};

describe('stanford-knapsack', () => {
  it.each([
    [10n, { P1: 3n, P2: 5n, P3: 2n }],
    [13n, { P1: 4n, P2: 5n, P3: 4n }],
    [19n, { P1: 4n, P2: 5n, P3: 10n }],
    [100n, { P1: 4n, P2: 5n, P3: 10n }],
    [0n, { P1: 0n, P2: 0n, P3: 0n }],
  ])('pays what the platform of Stanford pays of %s', (budget, expected) => {
    const ruleset: KnapsackRuleset = { ...ALLOWED, tieOrder: ['listed'], ties: ['P1', 'P2', 'P3'] };
    const outcome = decided(tally(ruleset, STANFORD.projects, STANFORD.ballots, budget));
    expect(paid(outcome)).toEqual(expected);
    expect(outcome.cost).toBe(Object.values(expected).reduce((sum, part) => sum + part, 0n));
  });

  it('stops for a lot where the order decides who gets money, and names those who compete', () => {
    const budget = 12n;
    expect(
      tally(
        { ...ALLOWED, tieOrder: ['most-votes'] },
        STANFORD.projects.slice(0, 2),
        STANFORD.ballots
          .slice(0, 1)
          .map((one) => ({ options: ['P1', 'P2'], points: [8, 8], weight: one.weight })),
        budget,
      ),
    ).toEqual({ undecided: 'tie-undecided', score: 1n, projects: ['P1', 'P2'], remaining: 12n });
  });

  it('needs no lot where parts are refused and no project can become whole', () => {
    const ballots = [{ options: ['a', 'b'], points: [8, 8], weight: 1 }];
    const projects = [project('a', 9), project('b', 9)];
    const outcome = decided(tally({ ...REFUSED, tieOrder: ['most-votes'] }, projects, ballots, 12n));
    expect(outcome).toMatchObject({ funded: [], cost: 0n, ties: [{ matters: false }] });
    expect(tally({ ...ALLOWED, tieOrder: ['most-votes'] }, projects, ballots, 12n)).toMatchObject({
      undecided: 'tie-undecided',
    });
  });

  it('gives a project no more than its cost, and adds up what a ballot gives twice', () => {
    const ballots = [{ options: ['a', 'a', 'b'], points: [6, 6, 99], weight: 2 }];
    const outcome = decided(tally(ALLOWED, [project('a', 20), project('b', 10)], ballots, 100n));
    expect(paid(outcome)).toEqual({ a: 12n, b: 10n });
    expect(outcome.projects.map(({ id, votes, reason }) => [id, votes, reason])).toEqual([
      ['b', 2n, { code: 'funded', remaining: 100n }],
      ['a', 2n, { code: 'allocated', money: 12n, missing: 8n }],
    ]);
  });

  it('funds what costs nothing if somebody names it, and nothing that nobody does', () => {
    const projects = [project('free', 0), project('idle', 0), project('dear', 50)];
    const outcome = decided(
      tally(
        WHOLE,
        projects,
        [
          { options: ['dear'], weight: 2 },
          { options: ['free'], weight: 1 },
        ],
        10n,
      ),
    );
    expect(outcome.projects.map(({ id, reason }) => [id, reason])).toEqual([
      ['dear', { code: 'does-not-fit', remaining: 10n, missing: 40n }],
      ['free', { code: 'funded', remaining: 0n }],
      ['idle', { code: 'no-support' }],
    ]);
  });

  it('passes over withdrawn projects and those below a threshold of voters', () => {
    const projects = [{ ...project('gone', 5), withdrawn: true }, project('few', 5), project('many', 5)];
    const ballots = [
      { options: ['gone', 'many'], weight: 3 },
      { options: ['few', 'few'], weight: 1 },
    ];
    const outcome = decided(tally({ ...WHOLE, threshold: { basisPoints: 5000 } }, projects, ballots, 100n));
    expect(outcome.projects.map(({ id, reason }) => [id, reason.code])).toEqual([
      ['gone', 'withdrawn'],
      ['many', 'funded'],
      ['few', 'below-threshold'],
    ]);
  });

  it.each([
    ['ruleset-malformed', 'partial', { partial: undefined }],
    ['ruleset-malformed', 'partial', { partial: true }],
    ['ruleset-contradictory', 'score', { score: { by: 'ranks', first: 3 } }],
    ['ruleset-contradictory', 'conflicts', { conflicts: [['a', 'b']] }],
  ])('refuses with %s at %s', (rejected, field, part) => {
    expect(validateRuleset({ ...ALLOWED, ...part }, ['a', 'b'])).toEqual({ rejected, field });
  });
});

const IDS = ['10', '9', 'a', 'B'];
const election = fc.record({
  costs: fc.array(fc.nat(6), { minLength: 4, maxLength: 4 }),
  ballots: fc.array(
    fc.record({
      options: fc.array(fc.constantFrom(...IDS), { maxLength: 4 }),
      amounts: fc.array(fc.nat(7), { minLength: 4, maxLength: 4 }),
      weight: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 6 },
  ),
  budget: fc.bigInt({ min: 0n, max: 20n }),
  partial: fc.constantFrom('allowed' as const, 'refused' as const),
  by: fc.constantFrom('votes' as const, 'points' as const),
  ties: fc.shuffledSubarray(IDS, { minLength: 4 }),
});
type Election = typeof election extends fc.Arbitrary<infer T> ? T : never;

function parts({ costs, ballots, by }: Election): { projects: Project[]; ballots: Ballot[] } {
  return {
    projects: IDS.map((id, index) => project(id, costs[index] ?? 0)),
    ballots: ballots.map(({ options, amounts, weight }) => ({
      options,
      ...(by === 'points' && { points: options.map((_, index) => amounts[index] ?? 0) }),
      weight,
    })),
  };
}

/** Every coin alone, by its definition. */
function coinByCoin(given: Election): Record<string, bigint> {
  const { projects, ballots } = parts(given);
  const gives = ({ options, points }: Ballot, { id, cost }: Project) =>
    points === undefined
      ? options.includes(id)
        ? Number(cost)
        : 0
      : options.reduce((sum, option, index) => sum + (option === id ? (points[index] ?? 0) : 0), 0);
  const coins = projects.flatMap((one) =>
    Array.from({ length: Number(one.cost) }, (_, index) => ({
      id: one.id,
      index,
      votes: ballots.reduce((sum, ballot) => sum + (gives(ballot, one) > index ? ballot.weight : 0), 0),
    })),
  );
  const place = (id: string) => given.ties.indexOf(id);
  coins.sort((a, b) => b.votes - a.votes || place(a.id) - place(b.id) || a.index - b.index);
  const won = coins.filter(({ votes }) => votes > 0).slice(0, Number(given.budget));
  return Object.fromEntries(
    projects.map(({ id, cost }) => {
      const money = BigInt(won.filter((coin) => coin.id === id).length);
      return [id, given.partial === 'refused' && money < cost ? 0n : money];
    }),
  );
}

function count(given: Election, over: Partial<KnapsackRuleset> = {}): Outcome | TieUndecided {
  const { partial, by, ties, budget } = given;
  const { projects, ballots } = parts(given);
  const ruleset = { ...ALLOWED, partial, score: { by }, tieOrder: ['listed' as const], ties, ...over };
  return tally(ruleset, projects, ballots, budget);
}

describe('a knapsack count', () => {
  it('pays the coins that win one by one', () => {
    fc.assert(
      fc.property(election, (given) => {
        const outcome = decided(count(given));
        expect(paid(outcome)).toEqual(coinByCoin(given));
        expect(outcome.cost).toBe(Object.values(paid(outcome)).reduce((sum, part) => sum + part, 0n));
        expect(outcome.projects.filter(({ funded }) => funded).map(({ id }) => id)).toEqual(outcome.funded);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same for ballots and projects in any order, grouped or not', () => {
    fc.assert(
      fc.property(election, (given) => {
        const { projects, ballots } = parts(given);
        const apart = ballots.flatMap((one) => Array<Ballot>(one.weight).fill({ ...one, weight: 1 }));
        const { partial, by, ties, budget } = given;
        for (const order of [{ tieOrder: ['listed'], ties }, { tieOrder: ['most-votes'] }] as const) {
          const ruleset: KnapsackRuleset = {
            v: 1,
            rule: 'stanford-knapsack',
            partial,
            score: { by },
            ...order,
          };
          const expected = tally(ruleset, projects, ballots, budget);
          const other = tally(ruleset, projects.toReversed(), groupBallots(apart.toReversed()), budget);
          expect(other).toEqual(expected);
        }
      }),
    );
  });

  it('stops for a lot exactly when another lot would pay others, and says that such a tie matters', () => {
    fc.assert(
      fc.property(election, (given) => {
        const results = new Set<string>();
        const matter = new Set<boolean>();
        for (const ties of permutations(IDS)) {
          const outcome = decided(count(given, { ties }));
          results.add(IDS.map((id) => paid(outcome)[id]).join());
          matter.add(outcome.ties.some(({ matters }) => matters));
        }
        expect([...matter]).toEqual([results.size > 1]);
        const { projects, ballots } = parts(given);
        const { partial, by, budget } = given;
        // A criterion that tells nothing apart that has equal votes, but for chunks of different projects.
        const open: KnapsackRuleset = { ...ALLOWED, partial, score: { by }, tieOrder: ['most-votes'] };
        const byMost = new Set(
          permutations(IDS).map((ties) => {
            const order = { tieOrder: ['most-votes' as const, 'listed' as const], ties };
            const outcome = decided(count(given, order));
            return IDS.map((id) => paid(outcome)[id]).join();
          }),
        );
        expect('undecided' in tally(open, projects, ballots, budget)).toBe(byMost.size > 1);
      }),
      { numRuns: 200 },
    );
  });

  it('of whole projects, with parts refused, is greedy-no-skip among those with votes', () => {
    fc.assert(
      fc.property(election, (given) => {
        const { projects, ballots } = parts({ ...given, by: 'votes' });
        const once = ballots.map((one) => ({ ...one, options: [...new Set(one.options)] }));
        const paying = projects.filter(({ cost }) => cost > 0n);
        const named = once.map((one) => ({
          ...one,
          options: one.options.filter((id) => paying.some((other) => other.id === id)),
        }));
        const common = { v: 1, score: { by: 'votes' }, tieOrder: ['listed'], ties: given.ties } as const;
        const whole = decided(
          tally({ ...common, rule: 'stanford-knapsack', partial: 'refused' }, paying, named, given.budget),
        );
        const noSkip = decided(
          tally({ ...common, rule: 'greedy-no-skip', threshold: { score: 1 } }, paying, named, given.budget),
        );
        expect(whole.funded).toEqual(noSkip.funded);
      }),
    );
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

describe('docs/counting/knapsack.md', () => {
  const sections = readFileSync(new URL('../../docs/counting/knapsack.md', import.meta.url), 'utf8').split(
    '\n## ',
  );
  const section = (title: string) => sections.find((one) => one.startsWith(`${title}\n`)) ?? '';
  const table = (title: string) =>
    (section(title).match(/^\|.*\|$/gm) ?? []).slice(2).map((row) =>
      row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  const given = table('The amounts example');

  it.each(['Parts allowed', 'Parts refused'])('%s: counts as told', (title) => {
    const json: unknown = JSON.parse(/```json\n(.*?)```/s.exec(section(title))?.[1] ?? '');
    const ids = given.map(([id = '']) => id);
    const ruleset = validateRuleset(json, ids);
    if ('rejected' in ruleset) throw new Error(ruleset.rejected);
    const projects = given.map(([id = '', cost]) => project(id, Number(cost)));
    const ballots = [2, 3, 4].map((column) => ({
      options: ids,
      points: given.map((row) => Number(row[column])),
      weight: 1,
    }));
    const outcome = decided(tally(ruleset, projects, ballots, 13n));
    const rows = outcome.projects.map(({ id, funded, reason }) => [
      id,
      String(paid(outcome)[id]),
      funded ? 'funded' : 'no',
      `\`${reason.code}\``,
    ]);
    expect(table(title)).toEqual(rows);
  });
});
