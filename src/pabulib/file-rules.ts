/** Rules as Pabulib names them, and what a ruleset says where neither a file nor its reader does. Pure. */
import type { Score } from '../../projections/tally/ruleset.js';

/** One unit of the currency, by which `add1` raises the shares in Pabulib's files. */
const ONE_UNIT = 100;

const NAMES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  equalshares: { rule: 'equal-shares', completion: 'none' },
  'equalshares/add1': { rule: 'equal-shares', completion: 'add1' },
  'equalshares-comparison': { rule: 'equal-shares', completion: 'none', comparison: true },
  'equalshares/add1-comparison': { rule: 'equal-shares', completion: 'add1', comparison: true },
};

/** The rule of a file, as fields of a ruleset; the name itself where it is no other one here. */
export function namedRule(name: string): Readonly<Record<string, unknown>> {
  return Object.hasOwn(NAMES, name) ? (NAMES[name] ?? {}) : { rule: name };
}

/** Fields that a rule needs and that have a usual value, for what is not said otherwise. */
export function usualFields(said: Readonly<Record<string, unknown>>, score: Score): Record<string, unknown> {
  const utility = score.by === 'votes' ? 'cost' : 'score';
  switch (said.rule) {
    case 'equal-shares': {
      const completion = said.completion ?? 'add1';
      const adds = completion === 'add1' || completion === 'add1u';
      return { utility, completion, ...(adds && { increment: ONE_UNIT }) };
    }
    case 'exact-equal-shares':
      return { utility: 'cost' };
    case 'welfare-optimum':
    case 'bounded-overspending':
      return { utility };
    case 'stanford-knapsack':
      return { partial: 'allowed' };
    default:
      return {};
  }
}
