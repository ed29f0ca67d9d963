import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot } from '../../projections/tally/ballots.js';
import { decide } from '../../projections/tally/decisions/decide.js';
import { compareGrades } from '../../projections/tally/decisions/majority-judgment.js';
import {
  decisionJson,
  type Decision,
  type DecisionUndecided,
} from '../../projections/tally/decisions/outcome.js';
import { validateDecision, type DecisionRuleset } from '../../projections/tally/decisions/ruleset.js';

/** Ids that are easily put in another order. */
const IDS = ['10', '9', 'a', 'B', '02'];
const YES_NO = {
  v: 1,
  rule: 'yes-no',
  majority: { of: 'votes', share: { parts: 1, of: 2 }, strict: true },
} as const;

interface Case {
  ruleset: DecisionRuleset;
  ballots: Ballot[];
}

const ballot = fc
  .record({
    options: fc.array(fc.constantFrom(...IDS), { maxLength: 6 }),
    seed: fc.nat(1000),
    weight: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ options, seed, weight }) => ({ options, seed, weight }));

const electing = fc
  .record({
    own: fc.constantFrom(
      { rule: 'plurality' },
      { rule: 'approval' },
      { rule: 'points' },
      { rule: 'borda', first: 3, unranked: 'average' },
      { rule: 'borda', first: 'options', unranked: 'zero' },
      { rule: 'copeland', pairTie: 'half' },
      { rule: 'copeland', pairTie: 'zero' },
      { rule: 'majority-judgment', grades: 4 },
      { rule: 'stv' },
      { rule: 'instant-runoff' },
    ),
    seats: fc.integer({ min: 1, max: 4 }),
    tieOrder: fc.constantFrom(['listed'], ['most-votes'], ['most-votes', 'listed'], ['rounds', 'listed']),
    ties: fc.shuffledSubarray(IDS, { minLength: IDS.length }),
    quorum: fc.constantFrom(undefined, { count: 'votes', of: 'ballots', share: { basisPoints: 9000 } }),
  })
  .map(({ own, seats, tieOrder, ties, quorum }): DecisionRuleset => {
    const transfers = own.rule === 'stv' || own.rule === 'instant-runoff';
    const order = tieOrder.map((criterion) =>
      criterion === 'rounds' ? (transfers ? 'previous-rounds' : 'most-votes') : criterion,
    );
    return checked({
      v: 1,
      ...own,
      ...(own.rule !== 'instant-runoff' && { seats }),
      tieOrder: order,
      ...(order.includes('listed') && { ties }),
      ...(quorum && { quorum }),
    });
  });

const cases: fc.Arbitrary<Case> = fc
  .record({
    ruleset: fc.oneof({ weight: 9, arbitrary: electing }, fc.constant<DecisionRuleset>(YES_NO)),
    made: fc.array(ballot, { maxLength: 9 }),
  })
  .map(({ ruleset, made }) => ({
    ruleset,
    ballots: made.map(({ options, seed, weight }) => ({
      options,
      weight,
      points: options.map((_, index) => {
        const given = (seed >> index) % (ruleset.rule === 'yes-no' ? 3 : 4);
        return ruleset.rule === 'yes-no' ? given - 1 : given;
      }),
    })),
  }));

function checked(value: unknown): DecisionRuleset {
  const ruleset = validateDecision(value, IDS);
  if ('rejected' in ruleset) throw new Error(`${ruleset.rejected}: ${ruleset.field}`);
  return ruleset;
}

/** As text, which also compares the order of fields. */
function text(decision: Decision | DecisionUndecided): string {
  return JSON.stringify('undecided' in decision ? decision : decisionJson(decision));
}

describe('a decision', () => {
  it('does not depend on the order of ballots, options or fields, nor on whether ballots are grouped', () => {
    fc.assert(
      fc.property(
        cases.chain(({ ruleset, ballots }) =>
          fc.tuple(
            fc.constant({ ruleset, ballots }),
            fc.shuffledSubarray(ballots, { minLength: ballots.length }),
            fc.shuffledSubarray(IDS, { minLength: IDS.length }),
          ),
        ),
        ([{ ruleset, ballots }, otherBallots, otherIds]) => {
          const expected = text(decide(ruleset, IDS, ballots));
          const reversed = Object.fromEntries(
            Object.entries(ruleset).reverse(),
          ) as unknown as DecisionRuleset;
          expect(text(decide(reversed, otherIds, otherBallots))).toBe(expected);
          expect(text(decide(ruleset, IDS, groupBallots(otherBallots)))).toBe(expected);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('takes weight w as w equal voters', () => {
    fc.assert(
      fc.property(cases, ({ ruleset, ballots }) => {
        const alone = ballots.flatMap((one) =>
          Array.from({ length: one.weight }, () => ({ ...one, weight: 1 })),
        );
        expect(text(decide(ruleset, IDS, alone))).toBe(text(decide(ruleset, IDS, ballots)));
      }),
      { numRuns: 400 },
    );
  });

  it('is the same when every voter is there k times, but for a quota that cannot be multiplied', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 2, max: 5 }), ({ ruleset, ballots }, k) => {
        // The quota is rounded up to a whole vote: with more voters it is a smaller share.
        fc.pre(ruleset.rule !== 'stv');
        const more = ballots.map((one) => ({ ...one, weight: one.weight * k }));
        const [one, many] = [decide(ruleset, IDS, ballots), decide(ruleset, IDS, more)];
        if ('undecided' in one || 'undecided' in many) expect(text(many)).toBe(text(one));
        else {
          expect(many.chosen).toEqual(one.chosen);
          expect(many.options.map(({ id, place }) => [id, place])).toEqual(
            one.options.map(({ id, place }) => [id, place]),
          );
        }
      }),
      { numRuns: 600 },
    );
  });

  it('is neutral: other names, with the tie order renamed alike, give the same under the other names', () => {
    fc.assert(
      fc.property(
        cases,
        fc.shuffledSubarray(IDS, { minLength: IDS.length }),
        ({ ruleset, ballots }, names) => {
          const rename = (id: string) => names[IDS.indexOf(id)] ?? '';
          const renamed = ballots.map((one) => ({ ...one, options: one.options.map(rename) }));
          const other =
            'ties' in ruleset && ruleset.ties ? { ...ruleset, ties: ruleset.ties.map(rename) } : ruleset;
          const [before, after] = [decide(ruleset, IDS, ballots), decide(other, IDS, renamed)];
          if ('undecided' in before || 'undecided' in after) {
            const ids = 'undecided' in before ? before.options.map(rename).sort() : [];
            expect(after).toMatchObject({ ...before, options: expect.anything() as unknown });
            expect([...after.options].sort()).toEqual(ids);
            return;
          }
          const places = ({ options }: Decision, named: (id: string) => string) =>
            new Map(options.map(({ id, place, chosen, reason }) => [named(id), { place, chosen, reason }]));
          expect(places(after, (id) => id)).toEqual(places(before, rename));
        },
      ),
      { numRuns: 600 },
    );
  });

  it('chooses no more than there are seats, and none without support', () => {
    fc.assert(
      fc.property(cases, ({ ruleset, ballots }) => {
        const decision = decide(ruleset, IDS, ballots);
        if ('undecided' in decision) return;
        const seats = 'seats' in ruleset ? ruleset.seats : ruleset.rule === 'yes-no' ? IDS.length : 1;
        const supported = decision.options.filter(({ votes }) => votes > 0n).length;
        expect(decision.chosen.length).toBeLessThanOrEqual(Math.min(seats, supported));
        if (!ruleset.quorum && ruleset.rule !== 'yes-no') {
          expect(decision.chosen.length).toBe(Math.min(seats, supported));
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('instant runoff', () => {
  /** Counted again from the ballots in every round, by repeated exclusion until one has more than half of what is left. */
  function runoff(ballots: readonly Ballot[], ties: readonly string[]): string | undefined {
    const left = new Set(IDS.filter((id) => ballots.some(({ options }) => options.includes(id))));
    for (;;) {
      const votes = new Map([...left].map((id) => [id, 0]));
      for (const { options, weight } of ballots) {
        const first = options.find((id) => left.has(id));
        if (first !== undefined) votes.set(first, (votes.get(first) ?? 0) + weight);
      }
      const all = [...votes.values()].reduce((sum, own) => sum + own, 0);
      const winner = [...votes].find(([, own]) => 2 * own > all);
      if (winner !== undefined || left.size === 0) return winner?.[0];
      const [last] = [...votes].sort(([a, x], [b, y]) => x - y || ties.indexOf(b) - ties.indexOf(a));
      if (last !== undefined) left.delete(last[0]);
    }
  }

  it('agrees with a plain count, and is the single transferable vote with one seat', () => {
    fc.assert(
      fc.property(
        fc.array(ballot, { maxLength: 12 }),
        fc.shuffledSubarray(IDS, { minLength: IDS.length }),
        (ballots, ties) => {
          const common = { v: 1, tieOrder: ['listed'], ties } as const;
          const irv = decide({ ...common, rule: 'instant-runoff' }, IDS, ballots);
          const stv = decide({ ...common, rule: 'stv', seats: 1 }, IDS, ballots);
          if ('undecided' in irv || 'undecided' in stv) throw new Error('undecided');
          expect({ ...stv, rule: '' }).toEqual({ ...irv, rule: '' });
          expect(irv.chosen[0]).toBe(runoff(ballots, ties));
        },
      ),
      { numRuns: 800 },
    );
  });

  it('goes on at an undecided tie only if every order of it elects the same', () => {
    fc.assert(
      fc.property(fc.array(ballot, { maxLength: 6 }), fc.integer({ min: 1, max: 3 }), (ballots, seats) => {
        const open = decide({ v: 1, rule: 'stv', seats, tieOrder: ['previous-rounds'] }, IDS, ballots);
        if ('undecided' in open) return;
        for (const ties of [IDS, [...IDS].reverse(), [...IDS.slice(2), ...IDS.slice(0, 2)]]) {
          const listed = decide(
            { v: 1, rule: 'stv', seats, tieOrder: ['previous-rounds', 'listed'], ties },
            IDS,
            ballots,
          );
          if ('undecided' in listed) throw new Error('undecided');
          expect([...listed.chosen].sort()).toEqual([...open.chosen].sort());
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the single transferable vote', () => {
  it('loses no vote: what options hold and what ended is all there was, in every round', () => {
    fc.assert(
      fc.property(fc.array(ballot, { maxLength: 15 }), fc.integer({ min: 1, max: 4 }), (ballots, seats) => {
        const decision = decide({ v: 1, rule: 'stv', seats, tieOrder: ['listed'], ties: IDS }, IDS, ballots);
        if ('undecided' in decision) throw new Error('undecided');
        const all = decision.ballots - decision.blank;
        for (const { votes, exhausted } of decision.rounds ?? []) {
          const parts = [exhausted, ...votes.map((own) => own.votes)];
          const scale = parts.reduce((product, { d }) => product * d, 1n);
          expect(parts.reduce((sum, { n, d }) => sum + n * (scale / d), 0n)).toBe(all * scale);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('gives a group that ranks its own options first as many seats as it has quotas', () => {
    const solid = fc.record({
      options: fc.shuffledSubarray(['9', '10', 'a'], { minLength: 3 }),
      weight: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(solid, { minLength: 1, maxLength: 6 }),
        fc.array(ballot, { maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        (group, others, seats) => {
          const ballots = [...group, ...others];
          const decision = decide(
            { v: 1, rule: 'stv', seats, tieOrder: ['listed'], ties: IDS },
            IDS,
            ballots,
          );
          if ('undecided' in decision) throw new Error('undecided');
          const weight = group.reduce((sum, one) => sum + one.weight, 0);
          const due = Math.min(3, Math.floor(weight / Number(decision.quota)));
          const got = decision.chosen.filter((id) => ['9', '10', 'a'].includes(id)).length;
          expect(got).toBeGreaterThanOrEqual(due);
        },
      ),
      { numRuns: 500 },
    );
  });
});

it('Copeland elects who beats every other one against one, whatever a draw counts', () => {
  fc.assert(
    fc.property(
      fc.array(ballot, { minLength: 1, maxLength: 9 }),
      fc.constantFrom('zero' as const, 'half' as const, 'one' as const),
      (ballots, pairTie) => {
        const better = (a: string, b: string) =>
          ballots.reduce((sum, { options, weight }) => {
            const [x, y] = [options.indexOf(a), options.indexOf(b)];
            return x >= 0 && (y < 0 || x < y) ? sum + weight : sum;
          }, 0);
        const winner = IDS.find((a) => IDS.every((b) => a === b || better(a, b) > better(b, a)));
        fc.pre(winner !== undefined);
        const decision = decide(
          { v: 1, rule: 'copeland', seats: 1, pairTie, tieOrder: ['most-votes'] },
          IDS,
          ballots,
        );
        expect(decision).toMatchObject({ chosen: [winner] });
      },
    ),
    { numRuns: 400 },
  );
});

it('majority judgment compares as taking median grades away one by one does', () => {
  const plain = (a: readonly bigint[], b: readonly bigint[]): number => {
    const list = (grades: readonly bigint[]) =>
      grades.flatMap((n, g) => Array.from({ length: Number(n) }, () => g));
    const [x, y] = [list(a), list(b)];
    while (x.length > 0) {
      const middle = Math.ceil(x.length / 2) - 1;
      if (x[middle] !== y[middle]) return y[middle]! - x[middle]!;
      x.splice(middle, 1);
      y.splice(middle, 1);
    }
    return 0;
  };
  const grades = fc
    .array(fc.nat(2), { minLength: 1, maxLength: 12 })
    .chain((first) =>
      fc.tuple(fc.constant(first), fc.array(fc.nat(2), { minLength: first.length, maxLength: first.length })),
    );
  const counts = (list: readonly number[]) =>
    [0, 1, 2].map((g) => BigInt(list.filter((own) => own === g).length));
  fc.assert(
    fc.property(grades, ([first, second]) => {
      const [a, b] = [counts(first), counts(second)];
      expect(Math.sign(compareGrades(a, b))).toBe(Math.sign(plain(a, b)));
    }),
    { numRuns: 3000 },
  );
});
