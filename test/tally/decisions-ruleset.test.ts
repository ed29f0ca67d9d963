import { describe, expect, it } from '@jest/globals';
import { validateDecision } from '../../projections/tally/decisions/ruleset.js';

const OPTIONS = ['a', 'b'];
const plurality = { v: 1, rule: 'plurality', seats: 1, tieOrder: ['listed'], ties: ['b', 'a'] };
const yesNo = { v: 1, rule: 'yes-no', majority: { of: 'votes', share: { basisPoints: 5000 }, strict: true } };
const quorum = { count: 'ballots', of: 'entitled', share: { parts: 1, of: 3 } };

describe('a ruleset of a decision', () => {
  it.each([
    plurality,
    yesNo,
    { ...yesNo, quorum },
    { ...plurality, rule: 'approval', tieOrder: ['most-votes', 'listed'], quorum },
    { ...plurality, rule: 'points' },
    { ...plurality, rule: 'borda', first: 3, unranked: 'zero' },
    { ...plurality, rule: 'borda', first: 'options', unranked: 'average' },
    { ...plurality, rule: 'copeland', pairTie: 'half' },
    { ...plurality, rule: 'majority-judgment', grades: 6 },
    { ...plurality, rule: 'stv', seats: 3, tieOrder: ['previous-rounds', 'listed'] },
    { v: 1, rule: 'instant-runoff', tieOrder: ['previous-rounds'] },
  ])('stands: %j', (ruleset) => {
    expect(validateDecision(ruleset, OPTIONS)).toBe(ruleset);
  });

  it.each([
    ['ruleset-malformed', 'v', null],
    ['ruleset-malformed', 'v', { ...plurality, v: 2 }],
    ['rule-not-supported', 'rule', { ...plurality, rule: 'greedy' }],
    ['rule-not-supported', 'rule', { ...plurality, rule: 'toString' }],
    ['ruleset-unknown-field', 'budget', { ...plurality, budget: 3 }],
    ['ruleset-contradictory', 'pairTie', { ...plurality, pairTie: 'half' }],
    ['ruleset-contradictory', 'tieOrder', { ...yesNo, tieOrder: ['listed'] }],
    ['ruleset-contradictory', 'seats', { v: 1, rule: 'instant-runoff', tieOrder: ['most-votes'], seats: 2 }],
    ['ruleset-malformed', 'seats', { ...plurality, seats: 0 }],
    ['ruleset-malformed', 'seats', { ...plurality, seats: '1' }],
    ['ruleset-malformed', 'tieOrder', { ...plurality, tieOrder: [] }],
    ['ruleset-malformed', 'tieOrder', { ...plurality, tieOrder: ['lowest-cost', 'listed'] }],
    ['ruleset-malformed', 'tieOrder', { ...plurality, tieOrder: ['previous-rounds', 'listed'] }],
    ['ruleset-contradictory', 'tieOrder', { ...plurality, tieOrder: ['listed', 'listed'] }],
    ['ties-incomplete', 'ties', { ...plurality, ties: ['a'] }],
    ['ruleset-unknown-option', 'ties', { ...plurality, ties: ['a', 'z'] }],
    ['ruleset-contradictory', 'ties', { ...plurality, tieOrder: ['most-votes'] }],
    ['ruleset-malformed', 'first', { ...plurality, rule: 'borda', unranked: 'zero' }],
    ['ruleset-malformed', 'first', { ...plurality, rule: 'borda', first: 0, unranked: 'zero' }],
    ['ruleset-malformed', 'unranked', { ...plurality, rule: 'borda', first: 3, unranked: 'half' }],
    ['ruleset-malformed', 'pairTie', { ...plurality, rule: 'copeland', pairTie: 1 }],
    ['ruleset-malformed', 'grades', { ...plurality, rule: 'majority-judgment', grades: 1 }],
    ['ruleset-malformed', 'majority', { v: 1, rule: 'yes-no' }],
    ['ruleset-malformed', 'majority', majority({ basisPoints: 0 })],
    ['ruleset-malformed', 'majority', majority({ basisPoints: 10_001 })],
    ['ruleset-malformed', 'majority', majority({ parts: 3, of: 2 })],
    ['ruleset-malformed', 'majority', majority({ parts: 0, of: 2 })],
    ['ruleset-malformed', 'majority', majority({ parts: 0.5, of: 2 })],
    ['ruleset-contradictory', 'majority', majority({ parts: 2, of: 2 })],
    ['ruleset-malformed', 'quorum', { ...yesNo, quorum: { ...quorum, count: 'all' } }],
    ['ruleset-malformed', 'quorum', { ...yesNo, quorum: { ...quorum, extra: 1 } }],
    ['ruleset-contradictory', 'quorum', { ...yesNo, quorum: { ...quorum, of: 'ballots' } }],
    ['ruleset-contradictory', 'quorum', { ...plurality, quorum: { ...quorum, count: 'yes' } }],
  ])('is refused as %s at %s: %j', (rejected, field, ruleset) => {
    expect(validateDecision(ruleset, OPTIONS)).toEqual({ rejected, field });
  });
});

function majority(share: Record<string, number>) {
  return { ...yesNo, majority: { ...yesNo.majority, share } };
}
