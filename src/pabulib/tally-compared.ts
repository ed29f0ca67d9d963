/** A counted file beside what its own rule comes to on the same ballots: `concejo tally --rule`. Pure. */
import { isDeepStrictEqual } from 'node:util';
import {
  compareOutcomes,
  comparisonJson,
  labelMoneyJson,
  moneyBy,
  moneyOf,
  type Comparison,
  type LabelMoney,
  type Preferences,
} from '../../projections/tally/compare.js';
import type { Outcome } from '../../projections/tally/outcome.js';
import { tally } from '../../projections/tally/tally.js';
import { TooHard } from '../../projections/tally/too-hard.js';
import { amountText } from './numbers.js';
import type { FileTally } from './tally-file.js';

/** The file's own rule is the first, the one that was asked for the second. */
export interface Compared extends Comparison {
  own: Outcome;
  /** What projects get, by category. */
  categories: readonly LabelMoney[];
}

/** Nothing where the file was counted under its own ruleset, or where that is told only in words or cannot be counted. */
export function comparedWithOwn(counted: FileTally): Compared | undefined {
  const { outcome, ruleset, ownRuleset, projects, ballots } = counted;
  if (isDeepStrictEqual(ownRuleset, ruleset)) return undefined;
  const own = ownOutcome(counted);
  if (own === undefined) return undefined;
  const labels = new Map(projects.map(({ id, category = '' }) => [id, category]));
  return {
    ...compareOutcomes(projects, ballots, new Set(own.funded), new Set(outcome.funded)),
    own,
    categories: moneyBy(projects, moneyOf(own), moneyOf(outcome), labels),
  };
}

function ownOutcome({ ownRuleset, projects, ballots, budget }: FileTally): Outcome | undefined {
  if (ownRuleset === undefined) return undefined;
  try {
    const outcome = tally(ownRuleset, projects, ballots, budget);
    return 'undecided' in outcome ? undefined : outcome;
  } catch (error) {
    if (error instanceof TooHard) return undefined;
    throw error;
  }
}

/** `first` is the file's own rule, `second` the one that was asked for. Voters as decimal strings, money in minor units likewise. */
export function comparedJson({ own, categories, ...comparison }: Compared) {
  return {
    own: { rule: own.rule, selected: [...own.funded] },
    ...comparisonJson(comparison),
    categories: categories.map(labelMoneyJson),
  };
}

export function comparedText({ outcome, currency }: FileTally, compared: Compared): string {
  const { own, gained, lost, byApprovals, byCost, withNothing, categories } = compared;
  const unit = currency === 'XXX' ? '' : ` ${currency}`;
  const same = gained.length === 0 && lost.length === 0;
  const prefer = (by: string, { first, second, indifferent }: Preferences) =>
    `By ${by} of what they chose, ${second} voters prefer this outcome, ${first} that of the file's own rule, and ${indifferent} neither.`;
  return [
    '',
    `Compared with the file's own rule, ${own.rule}, which funds ${own.funded.length} of ${own.projects.length} projects for ${amountText(own.cost)}${unit}:`,
    ...(same ? ['The same projects are funded.'] : []),
    ...(gained.length > 0 ? [`Funded in addition: ${gained.join(', ')}.`] : []),
    ...(lost.length > 0 ? [`Not funded any more: ${lost.join(', ')}.`] : []),
    ...(same
      ? []
      : [
          prefer('number', byApprovals),
          prefer('cost', byCost),
          `With nothing funded that they chose: ${withNothing.second} of ${outcome.ballots} voters instead of ${withNothing.first}; ${withNothing.both} in both.`,
        ]),
    ...(same || categories.length < 2
      ? []
      : [
          "category: money here, and under the file's own rule",
          ...categories.map(
            ({ label, first, second }) =>
              `  ${label === '' ? '(none)' : label}: ${amountText(second)}, ${amountText(first)}`,
          ),
        ]),
  ].join('\n');
}
