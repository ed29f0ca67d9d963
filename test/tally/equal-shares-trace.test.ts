import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Project } from '../../projections/tally/ballots.js';
import { explain, type Explanation } from '../../projections/tally/explanation.js';
import type { Outcome } from '../../projections/tally/outcome.js';
import type { Rational } from '../../projections/tally/rational.js';
import { election, explained, type Election } from './shares-elections.js';
import { MOST_VOTERS, SlowExplanation } from './slow-explanation.js';

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
