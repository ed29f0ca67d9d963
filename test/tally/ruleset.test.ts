import { describe, expect, it } from '@jest/globals';
import { validateRuleset } from '../../projections/tally/rules.js';

const OPTIONS = ['a', 'b', 'c'];
const PLAIN = { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['lowest-cost'] };

const POZNAN = { ...PLAIN, rule: 'poznan', reserveShareBasisPoints: 8000 };

describe('a ruleset', () => {
  it.each([
    PLAIN,
    { ...PLAIN, rule: 'greedy-no-skip', score: { by: 'points' }, tieOrder: ['highest-cost', 'most-votes'] },
    { ...PLAIN, score: { by: 'ranks', first: 3 }, threshold: { votes: 50 } },
    { ...PLAIN, rule: 'greedy-threshold', threshold: { basisPoints: 500 } },
    { ...PLAIN, rule: 'greedy-exclusive', conflicts: [['a', 'b']], threshold: { score: 0 } },
    { ...PLAIN, conflicts: [['a', 'b']] },
    { ...PLAIN, rule: 'greedy-no-skip', conflicts: [['a', 'b']] },
    { ...PLAIN, rule: 'greedy-per-cost' },
    { ...PLAIN, rule: 'poznan', reserveShareBasisPoints: 10_000 },
    { ...PLAIN, rule: 'poznan', reserveShareBasisPoints: 1, reserve: 0, conflicts: [['a', 'b']] },
    { ...PLAIN, rule: 'part-funding', leastShareBasisPoints: 5000, threshold: { votes: 50 } },
    { ...PLAIN, tieOrder: ['most-votes', 'listed'], ties: ['c', 'a', 'b'] },
  ])('is taken as it is (%#)', (ruleset) => {
    expect(validateRuleset(ruleset, OPTIONS)).toBe(ruleset);
  });

  it.each([
    ['ruleset-malformed', 'v', null],
    ['ruleset-malformed', 'v', [PLAIN]],
    ['ruleset-malformed', 'v', { ...PLAIN, v: 2 }],
    ['rule-not-supported', 'rule', { ...PLAIN, rule: 'equalshares' }],
    ['rule-not-supported', 'rule', { ...PLAIN, rule: 'toString' }],
    ['ruleset-unknown-field', 'treshold', { ...PLAIN, treshold: { score: 1 } }],
    ['ruleset-contradictory', 'reserve', { ...PLAIN, reserve: 1 }],
    ['ruleset-contradictory', 'leastShareBasisPoints', { ...POZNAN, leastShareBasisPoints: 1 }],
    ['ruleset-malformed', 'reserveShareBasisPoints', { ...PLAIN, rule: 'poznan' }],
    ['ruleset-malformed', 'reserveShareBasisPoints', { ...POZNAN, reserveShareBasisPoints: 0 }],
    ['ruleset-malformed', 'reserveShareBasisPoints', { ...POZNAN, reserveShareBasisPoints: 10_001 }],
    ['ruleset-malformed', 'reserveShareBasisPoints', { ...POZNAN, reserveShareBasisPoints: '80 %' }],
    ['ruleset-malformed', 'reserve', { ...POZNAN, reserve: -1 }],
    ['ruleset-malformed', 'reserve', { ...POZNAN, reserve: 0.5 }],
    ['ruleset-unknown-option', 'conflicts.0', { ...POZNAN, conflicts: [['a', 'z']] }],
    ['ruleset-malformed', 'leastShareBasisPoints', { ...PLAIN, rule: 'part-funding' }],
    [
      'ruleset-malformed',
      'leastShareBasisPoints',
      { ...PLAIN, rule: 'part-funding', leastShareBasisPoints: 0 },
    ],
    ['ruleset-malformed', 'conflicts', { ...PLAIN, conflicts: [] }],
    ['ruleset-malformed', 'score', { ...PLAIN, score: 'votes' }],
    ['ruleset-malformed', 'score', { ...PLAIN, score: { by: 'votes', first: 3 } }],
    ['ruleset-malformed', 'score', { ...PLAIN, score: { by: 'ranks' } }],
    ['ruleset-malformed', 'score', { ...PLAIN, score: { by: 'ranks', first: 0 } }],
    ['ruleset-malformed', 'tieOrder', { ...PLAIN, tieOrder: [] }],
    ['ruleset-malformed', 'tieOrder', { ...PLAIN, tieOrder: ['highest-id'] }],
    ['ruleset-contradictory', 'tieOrder', { ...PLAIN, tieOrder: ['lowest-cost', 'lowest-cost'] }],
    ['ruleset-contradictory', 'tieOrder', { ...PLAIN, tieOrder: ['lowest-cost', 'highest-cost'] }],
    ['ruleset-contradictory', 'ties', { ...PLAIN, ties: ['a', 'b', 'c'] }],
    ['ruleset-malformed', 'ties', { ...PLAIN, tieOrder: ['listed'] }],
    ['ties-incomplete', 'ties', { ...PLAIN, tieOrder: ['listed'], ties: ['a', 'b'] }],
    ['ties-incomplete', 'ties', { ...PLAIN, tieOrder: ['listed'], ties: ['a', 'b', 'b'] }],
    ['ruleset-unknown-option', 'ties', { ...PLAIN, tieOrder: ['listed'], ties: ['a', 'b', 'z'] }],
    ['ruleset-malformed', 'threshold', { ...PLAIN, rule: 'greedy-threshold' }],
    ['ruleset-malformed', 'threshold', { ...PLAIN, threshold: {} }],
    ['ruleset-malformed', 'threshold', { ...PLAIN, threshold: { score: 1.5 } }],
    ['ruleset-malformed', 'threshold', { ...PLAIN, threshold: { score: -1 } }],
    ['ruleset-malformed', 'threshold', { ...PLAIN, threshold: { basisPoints: 10_001 } }],
    ['ruleset-malformed', 'threshold', { ...PLAIN, threshold: { score: 1, votes: 1 } }],
    ['ruleset-malformed', 'conflicts', { ...PLAIN, rule: 'greedy-exclusive' }],
    ['ruleset-malformed', 'conflicts', { ...PLAIN, rule: 'greedy-exclusive', conflicts: [] }],
    [
      'ruleset-malformed',
      'conflicts.1',
      { ...PLAIN, rule: 'greedy-exclusive', conflicts: [['a', 'b'], ['c']] },
    ],
    ['ruleset-malformed', 'conflicts.0', { ...PLAIN, rule: 'greedy-exclusive', conflicts: [['a', 'a']] }],
    [
      'ruleset-unknown-option',
      'conflicts.0',
      { ...PLAIN, rule: 'greedy-exclusive', conflicts: [['a', 'z']] },
    ],
  ])('is refused with %s at %s (%#)', (rejected, field, ruleset) => {
    expect(validateRuleset(ruleset, OPTIONS)).toEqual({ rejected, field });
  });
});
