/** Rulesets of every rule with every option that it has. */
import type { Ruleset } from '../../projections/tally/rules.js';

/** Ids that are easily put in another order: as numbers, as texts, as keys of an object. */
export const IDS = ['10', '9', '1', 'a', 'B', '02'];
export const VOTES = { score: { by: 'votes' } };
const POINTS = { score: { by: 'points' } };
const RANKS = { score: { by: 'ranks', first: 3 } };
const CONFLICTS = {
  conflicts: [
    ['10', 'a'],
    ['9', '1', 'B'],
  ],
};
const GREEDY = [VOTES, POINTS, RANKS, { ...VOTES, ...CONFLICTS }];
const WORTH = [
  { ...VOTES, utility: 'cost' },
  { ...VOTES, utility: 'cardinality' },
  { ...POINTS, utility: 'score' },
  { ...RANKS, utility: 'score' },
];
const STEPS = { increment: 3, stopWhenExhaustive: true, integralStart: true };

/** Rulesets of every rule, without tie order and threshold: a rule that is missing here does not compile. */
export const VARIANTS: Readonly<Record<Ruleset['rule'], readonly Record<string, unknown>[]>> = {
  greedy: GREEDY,
  'greedy-no-skip': GREEDY,
  'greedy-threshold': [{ ...VOTES, threshold: { basisPoints: 1500 } }],
  'greedy-exclusive': [
    { ...VOTES, ...CONFLICTS },
    { ...POINTS, ...CONFLICTS },
  ],
  'greedy-per-cost': GREEDY,
  poznan: [
    { ...VOTES, reserveShareBasisPoints: 8000 },
    { ...POINTS, reserveShareBasisPoints: 5000, reserve: 4 },
  ],
  'part-funding': [
    { ...VOTES, leastShareBasisPoints: 5000 },
    { ...RANKS, leastShareBasisPoints: 1 },
  ],
  'equal-shares': [
    ...['none', 'utilitarian', 'add1', 'add1u', 'add-opt'].flatMap((completion) =>
      WORTH.map((worth) => ({
        ...worth,
        completion,
        ...(completion.startsWith('add1') && { increment: 2 }),
      })),
    ),
    { ...VOTES, utility: 'cost', completion: 'add1', ...STEPS },
    { ...VOTES, utility: 'cardinality', completion: 'add1u', ...STEPS, comparison: true },
    { ...VOTES, utility: 'cost', completion: 'utilitarian', costSupport: 3 },
  ],
  phragmen: [VOTES, POINTS],
  'exact-equal-shares': ['cost', 'cardinality'].flatMap((utility) =>
    ['none', 'add-opt'].map((completion) => ({ ...VOTES, utility, completion })),
  ),
  'bounded-overspending': WORTH,
  'welfare-optimum': WORTH,
  'stanford-knapsack': [
    { ...VOTES, partial: 'allowed' },
    { ...POINTS, partial: 'allowed' },
    { ...POINTS, partial: 'refused' },
  ],
};
