/** The explanation of a whole count, under every kind of rule, is as the description of the API says. */
import { expect, it } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { openAll } from '../../projections/ballot-box.js';
import { countElection } from '../../projections/count.js';
import { explainCount } from '../../projections/explained-count.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { TALLY } from '../../src/elections/elections.answers.js';
import { ExplanationAnswer } from '../../src/elections/explanation.answers.js';
import { held } from './held-election.js';

const { box } = held();
const standing = box.standingBallots();
const count = countElection(nodeCrypto, box, box.read(standing, openAll(nodeCrypto, box, standing)), 1_000);
if ('undecided' in count) throw new Error(count.undecided);
const ids = box.options.map(({ id }) => id);

const RULES = [
  { rule: 'greedy' },
  { rule: 'greedy-no-skip' },
  { rule: 'greedy-per-cost' },
  { rule: 'poznan', reserveShareBasisPoints: 8_000 },
  { rule: 'equal-shares', utility: 'cost', completion: 'add1u', increment: 1 },
  { rule: 'equal-shares', utility: 'cardinality', completion: 'none', comparison: true },
  { rule: 'exact-equal-shares', utility: 'cost', completion: 'add-opt' },
  { rule: 'phragmen' },
  { rule: 'bounded-overspending', utility: 'cost' },
  { rule: 'welfare-optimum', utility: 'cost' },
  { rule: 'stanford-knapsack', partial: 'refused' },
];

it.each(RULES)('$rule: explains every area of the very result', (given) => {
  const ruleset = validateRuleset(
    { v: 1, score: { by: 'votes' }, tieOrder: ['listed'], ties: ids, ...given },
    ids,
  );
  if ('rejected' in ruleset) throw new Error(`${ruleset.rejected} ${ruleset.field}`);
  const areas = count.areas.map((area) => {
    const outcome = tally(ruleset, area.projects, area.ballots, area.budget);
    if ('undecided' in outcome) throw new Error(outcome.undecided);
    return { ...area, outcome };
  });
  const explanation = explainCount({ ...count, ruleset, areas });
  expect(explanation.areas.map(({ area, explanation: { outcome } }) => [area, outcome.funded])).toEqual(
    areas.map(({ area, outcome }) => [area, [...outcome.funded]]),
  );
  const answer: unknown = JSON.parse(
    JSON.stringify({ tally: { ...TALLY, through: 1, position: 2 }, explanation }),
  );
  expect([...Compile(ExplanationAnswer.schema).Errors(answer)]).toEqual([]);
});

it('explains the official count by its own outcome', () => {
  const { areas } = explainCount(count);
  expect(areas.map(({ area, explanation }) => [area, explanation.outcome])).toEqual(
    count.result.areas.map(({ area, together }) => [area, together]),
  );
});
