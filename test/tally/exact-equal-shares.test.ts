import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { contestOf } from '../../projections/tally/contenders.js';
import { ExactClimb } from '../../projections/tally/exact-equal-shares-climb.js';
import { EqualParts } from '../../projections/tally/exact-equal-shares-run.js';
import { add, multiply, rational, subtract, type Rational } from '../../projections/tally/rational.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { runRounds } from '../../projections/tally/rounds.js';
import type { Common } from '../../projections/tally/ruleset.js';
import { count } from './tie-orders.js';

const IDS = ['10', '9', 'a', 'B'];
const LISTED: Common = { v: 1, score: { by: 'votes' }, tieOrder: ['listed'], ties: IDS };

/** The example of the paper's second section, in tenths. */
const PAPER: Project[] = [
  { id: 'p1', cost: 20n },
  { id: 'p2', cost: 32n },
  { id: 'p3', cost: 60n },
];
const PAPER_BALLOTS: Ballot[] = [['p1'], ['p1', 'p3'], ['p2', 'p3'], ['p2', 'p3'], ['p3']].map((options) => ({
  options,
  weight: 1,
}));

describe('exact-equal-shares', () => {
  const fields = {
    rule: 'exact-equal-shares',
    utility: 'cardinality',
    tieOrder: ['listed'],
    ties: ['p1', 'p2', 'p3'],
  };

  it('lets as many supporters as can pay the same', () => {
    const outcome = count(fields, PAPER, PAPER_BALLOTS, 100n);
    expect(outcome.funded).toEqual(['p1', 'p2']);
    // The four hold 10, 4, 4 and 20 and would pay 15 each.
    expect(outcome.projects[2]?.reason).toEqual({ code: 'supporters-cannot-pay', missing: 27n });
  });

  it('is completed by add-opt at the next endowment that changes anything', () => {
    const outcome = count({ ...fields, completion: 'add-opt' }, PAPER, PAPER_BALLOTS, 100n);
    // With 25 each, four can pay 15 for p3, which is then better than p2.
    expect(outcome.funded).toEqual(['p1', 'p3']);
    expect(outcome.cost).toBe(80n);
  });

  it('refuses other utilities and completions, and a rule that has none', () => {
    const { utility: _, ...without } = fields;
    const check = (value: object) =>
      validateRuleset({ v: 1, score: { by: 'votes' }, ...value }, ['p1', 'p2', 'p3']);
    expect(check(without)).toEqual({ rejected: 'ruleset-malformed', field: 'utility' });
    expect(check({ ...fields, utility: 'points' })).toEqual({
      rejected: 'ruleset-malformed',
      field: 'utility',
    });
    expect(check({ ...fields, completion: 'add1' })).toEqual({
      rejected: 'ruleset-malformed',
      field: 'completion',
    });
    expect(check({ ...without, rule: 'phragmen', utility: 'cost' })).toEqual({
      rejected: 'ruleset-contradictory',
      field: 'utility',
    });
  });

  it('funds nothing without voters or money, and what costs nothing with a supporter', () => {
    const projects: Project[] = [
      { id: 'p1', cost: 0n },
      { id: 'p2', cost: 1n },
      { id: 'p3', cost: 0n },
    ];
    for (const completion of ['none', 'add-opt']) {
      expect(count({ ...fields, completion }, projects, [], 10n).funded).toEqual([]);
      const one: Ballot[] = [{ options: ['p1', 'p2'], weight: 1 }];
      expect(count({ ...fields, completion }, projects, one, 0n).funded).toEqual(['p1']);
    }
  });

  it('does the same at every endowment up to the next that add-opt finds', () => {
    const election = fc.record({
      utility: fc.constantFrom('cost' as const, 'cardinality' as const),
      costs: fc.array(fc.nat(9), { minLength: IDS.length, maxLength: IDS.length }),
      ballots: fc.array(
        fc.record({ options: fc.shuffledSubarray(IDS), weight: fc.integer({ min: 1, max: 3 }) }),
        { minLength: 1, maxLength: 6 },
      ),
      budget: fc.integer({ min: 9, max: 30 }),
      part: fc.integer({ min: 1, max: 999 }),
    });
    let changes = 0;
    let steps = 0;
    fc.assert(
      fc.property(election, ({ utility, costs, ballots, budget, part }) => {
        const projects = IDS.map((id, index): Project => ({ id, cost: BigInt(costs[index] ?? 0) }));
        const { able, valid } = contestOf(LISTED, projects, ballots, BigInt(budget));
        const run = (endowment: Rational) => {
          const process = new EqualParts(able, ballots.length, utility, endowment, 0n);
          const rounds = runRounds(process, LISTED);
          if ('undecided' in rounds) throw new Error('a full list decides every tie');
          return rounds.funded.map((one, round) => {
            const state = rounds.states[round] ?? process.start;
            return `${one.project.id} by ${process.payers(state, one)}`;
          });
        };
        const share = rational(BigInt(budget), valid);
        const climb = new ExactClimb(able, ballots.length, share, BigInt(budget), { ...LISTED, utility });
        for (let step = 0; step < 20; step++) {
          const { endowment } = climb;
          const happened = run(endowment);
          const goesOn = climb.rise();
          // Where nothing changes any more, it does not for a very large endowment either.
          const rise = goesOn ? subtract(climb.endowment, endowment) : rational(10n ** 9n);
          const between = add(endowment, multiply(rise, rational(BigInt(part), 1000n)));
          expect(run(between)).toEqual(happened);
          if (!goesOn) return;
          expect(rise.n).toBeGreaterThan(0n);
          steps += 1;
          if (run(climb.endowment).join() !== happened.join()) changes += 1;
        }
      }),
      { numRuns: 200 },
    );
    // A project that comes level with another may lose the tie: then nothing changes yet.
    expect(changes * 10).toBeGreaterThan(steps * 8);
  });
});
