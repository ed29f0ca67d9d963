import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import type { EqualSharesRuleset } from '../../projections/tally/equal-shares-ruleset.js';
import { explain, type Explanation } from '../../projections/tally/explanation.js';
import type { Outcome } from '../../projections/tally/outcome.js';
import type { Rational } from '../../projections/tally/rational.js';
import { validateRuleset, type Ruleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';
import { readElection } from '../../src/pabulib/election-file.js';
import { parsePabulib } from '../../src/pabulib/pabulib.js';
import { MOST_VOTERS, SlowExplanation } from './slow-explanation.js';

const ELECTIONS = new URL('../../../shared/elections/', import.meta.url);
const IDS = ['10', '9', '1', 'a', 'B', '02'];

interface Election {
  rules: EqualSharesRuleset;
  projects: Project[];
  ballots: Ballot[];
  budget: bigint;
}

function checked(value: object, ids: readonly string[]): Ruleset {
  const made = validateRuleset(value, ids);
  if ('rejected' in made) throw new Error(`${made.rejected} ${made.field}`);
  return made;
}

const election: fc.Arbitrary<Election> = fc
  .record({
    utility: fc.constantFrom<EqualSharesRuleset['utility'][]>('cost', 'cardinality', 'score'),
    completion: fc.constantFrom<EqualSharesRuleset['completion'][]>('none', 'add1'),
    cheapFirst: fc.boolean(),
    ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
    costs: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: IDS.length, maxLength: IDS.length }),
    votes: fc.array(
      fc.record({
        options: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 4 }),
        weight: fc.integer({ min: 1, max: 3 }),
        points: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }),
      }),
      { maxLength: 9 },
    ),
    budget: fc.integer({ min: 1, max: 90 }),
  })
  .map(({ utility, completion, cheapFirst, ties, costs, votes, budget }) => ({
    rules: checked(
      {
        v: 1,
        rule: 'equal-shares',
        utility,
        completion,
        score: { by: utility === 'score' ? 'points' : 'votes' },
        tieOrder: cheapFirst ? ['lowest-cost', 'listed'] : ['listed'],
        ties,
        ...(completion === 'add1' && { increment: 3 }),
      },
      IDS,
    ) as EqualSharesRuleset,
    projects: IDS.map((id, index) => ({ id, cost: BigInt(costs[index] ?? 0) })),
    ballots: votes.map(({ options, weight, points }) => ({
      options,
      weight,
      ...(utility === 'score' && { points: points.slice(0, options.length) }),
    })),
    budget: BigInt(budget),
  }));

function explained({ rules, projects, ballots, budget }: Election): {
  outcome: Outcome;
  explanation: Explanation;
} {
  const groups = groupBallots(ballots);
  const outcome = tally(rules, projects, groups, budget);
  if ('undecided' in outcome) throw new Error('undecided');
  return { outcome, explanation: explain(rules, projects, groups, budget, outcome) };
}

function up({ n, d }: Rational): string {
  return String((n + d - 1n) / d);
}

function near({ n, d }: Rational): string {
  return String((2n * n + d) / (2n * d));
}

function hundredths({ n, d }: Rational): string {
  const all = (200n * n + d) / (2n * d);
  return all % 100n === 0n ? String(all / 100n) : `${all / 100n}.${String(all % 100n).padStart(2, '0')}`;
}

/** What fractions alone say of a count. */
function slowly({ rules, projects, ballots }: Election, outcome: Outcome): SlowExplanation {
  const bought = outcome.projects.filter(({ reason }) => reason.code === 'bought').map(({ id }) => id);
  return new SlowExplanation(rules, projects, ballots, outcome.endowment as Rational, bought);
}

function expectRounds({ rules }: Election, explanation: Explanation, slow: SlowExplanation): void {
  expect(
    explanation.rounds?.map(({ offers, ...round }) => ({
      ...round,
      runnerUp: offers[1]?.project,
      offers: new Map(offers.map((offer) => [offer.project, [offer.effective, offer.price]])),
    })),
  ).toEqual(
    slow.rounds.map(({ project, price, inFull, allTheyHad, offers, runnerUp }) => ({
      project,
      price: up(price),
      inFull: String(inFull),
      allTheyHad: String(allTheyHad),
      runnerUp: runnerUp?.project,
      offers: new Map([...offers].map(([id, offer]) => [id, [hundredths(offer.effective), up(offer.price)]])),
      ...(runnerUp && {
        behind: rules.utility === 'cost' ? hundredths(runnerUp.behind) : near(runnerUp.behind),
      }),
    })),
  );
}

function expectPayments(explanation: Explanation, slow: SlowExplanation): void {
  for (const { project, left, paid } of explanation.losers) {
    const loser = slow.losers.get(project);
    expect([project, left]).toEqual([project, loser && String(loser.left.n / loser.left.d)]);
    expect(new Map(paid?.map(({ project: to, amount }) => [to, amount]))).toEqual(
      new Map(
        [...(loser?.paid ?? [])]
          .map(([to, amount]) => [to, near(amount)] as const)
          .filter(([, n]) => n !== '0'),
      ),
    );
  }
}

describe('an explanation of equal shares', () => {
  it('tells every round, every payment and every distance as fractions alone do, one by one', () => {
    fc.assert(
      fc.property(election, (made) => {
        const { outcome, explanation } = explained(made);
        const slow = slowly(made, outcome);
        expectRounds(made, explanation, slow);
        expectPayments(explanation, slow);
        for (const { project: id, cost, support } of explanation.losers) {
          const loser = made.projects.find((project) => project.id === id) as Project;
          const few = support === undefined || BigInt(support) > MOST_VOTERS ? undefined : BigInt(support);
          expect([id, cost, few]).toEqual([id, String(slow.largestCost(loser)), slow.fewestVoters(loser)]);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('tells the same of costs far beyond what doubles hold', () => {
    const huge = fc.tuple(
      election,
      fc.array(fc.bigInt({ min: -2n, max: 2n }), { minLength: 6, maxLength: 6 }),
    );
    fc.assert(
      fc.property(huge, ([{ projects, ...rest }, jitter]) => {
        const by = 10n ** 17n;
        const made = {
          ...rest,
          projects: projects.map(({ id, cost }, place) => ({
            id,
            cost: cost === 0n ? 0n : cost * by + (jitter[place] ?? 0n),
          })),
          budget: rest.budget * by,
          rules: { ...rest.rules, ...(rest.rules.increment !== undefined && { increment: 3e15 }) },
        };
        const { outcome, explanation } = explained(made);
        const slow = slowly(made, outcome);
        expectRounds(made, explanation, slow);
        expectPayments(explanation, slow);
        for (const { project: id, cost, support } of explanation.losers) {
          const loser = made.projects.find((project) => project.id === id) as Project;
          const few = support === undefined || BigInt(support) > MOST_VOTERS ? undefined : BigInt(support);
          expect([id, few]).toEqual([id, slow.fewestVoters(loser)]);
          const most = BigInt(cost ?? -1);
          const next = { ...loser, cost: most + 1n };
          if (most > 0n) expect([id, slow.isBought({ ...loser, cost: most })]).toEqual([id, true]);
          if (most + 1n < loser.cost) expect([id, slow.isBought(next)]).toEqual([id, false]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('depends neither on the order of ballots or projects nor on grouping', () => {
    fc.assert(
      fc.property(election, (made) => {
        const { outcome, explanation } = explained(made);
        expect(explained({ ...made, ballots: made.ballots.toReversed() }).explanation).toEqual(explanation);
        expect(explained({ ...made, projects: made.projects.toReversed() }).explanation).toEqual(explanation);
        expect(explain(made.rules, made.projects, made.ballots, made.budget, outcome)).toEqual(explanation);
      }),
      { numRuns: 200 },
    );
  });
});

const files = existsSync(ELECTIONS) ? readdirSync(ELECTIONS).filter((name) => name.endsWith('.pb')) : [];
const describeReal = files.length === 0 ? describe.skip : describe;
describeReal(
  `explanations of real elections${files.length === 0 ? ' (SKIPPED: ../shared/elections is not there)' : ''}`,
  () => {
    it.each(files)('%s: what was paid and what is left add up, in the order of the outcome', (name) => {
      const { file } = parsePabulib(readFileSync(new URL(name, ELECTIONS)));
      if (file === undefined) throw new Error(name);
      const { projects, ballots, budget } = readElection(file);
      const ids = projects.map(({ id }) => id);
      const rules = checked(
        {
          v: 1,
          rule: 'equal-shares',
          utility: 'cost',
          completion: 'add1u',
          increment: 100,
          score: { by: 'votes' },
          tieOrder: ['listed'],
          ties: ids,
        },
        ids,
      ) as EqualSharesRuleset;
      const { outcome, explanation } = explained({
        rules,
        projects: [...projects],
        ballots: [...ballots],
        budget,
      });
      const reasons = new Map(outcome.projects.map(({ id, reason }) => [id, reason]));
      expect(explanation.rounds?.map(({ project }) => project)).toEqual(
        outcome.funded.filter((id) => reasons.get(id)?.code === 'bought'),
      );
      for (const { project, price, inFull, offers } of explanation.rounds ?? []) {
        expect(reasons.get(project)).toMatchObject({ paid: BigInt(price) });
        expect([project, BigInt(inFull) > 0n, offers[0]?.project]).toEqual([project, true, project]);
      }
      for (const { project, held, left, missing, paid = [], cost } of explanation.losers) {
        const reason = reasons.get(project);
        if (reason?.code !== 'supporters-short') continue;
        expect([left, missing]).toEqual([String(reason.money), String(reason.missing)]);
        const sum = paid.reduce((all, { amount }) => all + BigInt(amount), BigInt(left ?? 0));
        const off = sum - BigInt(held ?? 0);
        // Each amount is rounded to the nearest, and what is left is rounded down.
        expect([project, off <= BigInt(paid.length) && off >= -BigInt(paid.length + 1)]).toEqual([
          project,
          true,
        ]);
        expect(BigInt(cost ?? 0) >= reason.money).toBe(true);
      }
    });
  },
);
