/** What the same ballots would have funded under another ruleset, beside the official outcome. Pure; part of no result. */
import type { AreaProject } from './counted-ballots.js';
import type { BallotGroup } from './tally/ballots.js';
import { compareOutcomes, comparisonJson, labelMoneyJson, moneyBy, moneyOf } from './tally/compare.js';
import { outcomeJson, type OutcomeJson, type TieUndecided } from './tally/outcome.js';
import type { Ruleset } from './tally/rules.js';
import { tally } from './tally/tally.js';

/** All that was counted in one area, web and paper together. */
export interface AreaCounted {
  area: string;
  /** Minor units. */
  budget: bigint;
  projects: readonly AreaProject[];
  ballots: readonly BallotGroup[];
}

/** In every comparison the official outcome is the first, and the other ruleset's the second. Sums as decimal strings. */
export interface WhatIf {
  areas: readonly {
    area: string;
    outcome: OutcomeJson;
    comparison: ReturnType<typeof comparisonJson>;
  }[];
  /** Of all areas together. A project without a category is under the empty label. */
  money: Readonly<Record<'byArea' | 'byCategory', readonly ReturnType<typeof labelMoneyJson>[]>>;
}

/** @param official by area, as it was published @throws TooHard */
export function whatIf(
  areas: readonly AreaCounted[],
  ruleset: Ruleset,
  official: ReadonlyMap<string, OutcomeJson>,
): WhatIf | (TieUndecided & { area: string }) {
  const compared: WhatIf['areas'][number][] = [];
  const first = new Map<string, bigint>();
  const second = new Map<string, bigint>();
  for (const { area, budget, projects, ballots } of areas) {
    const outcome = tally(ruleset, projects, ballots, budget);
    if ('undecided' in outcome) return { ...outcome, area };
    const published = official.get(area);
    if (published === undefined) throw new RangeError(`Area ${area} has no official outcome`);
    for (const [id, money] of moneyOf(published)) first.set(id, money);
    for (const [id, money] of moneyOf(outcome)) second.set(id, money);
    const comparison = compareOutcomes(projects, ballots, new Set(published.funded), new Set(outcome.funded));
    compared.push({ area, outcome: outcomeJson(outcome), comparison: comparisonJson(comparison) });
  }
  const projects = areas.flatMap((one) => one.projects);
  const money = (labels: readonly (readonly [id: string, label: string])[]) =>
    moneyBy(projects, first, second, new Map(labels)).map(labelMoneyJson);
  return {
    areas: compared,
    money: {
      byArea: money(areas.flatMap(({ area, projects: of }) => of.map(({ id }) => [id, area] as const))),
      byCategory: money(projects.map(({ id, category = '' }) => [id, category] as const)),
    },
  };
}

/**
 * A ruleset of which only what differs was given: how ballots are scored and ties decided is as in the election's own where
 * it is not said. Anything else that the own rule has is of no use to another one. Whether it is valid is not checked.
 */
export function filledIn(
  given: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const filled: Record<string, unknown> = { v: 1, score: own.score, tieOrder: own.tieOrder, ...given };
  const { tieOrder } = filled;
  const listed = Array.isArray(tieOrder) && tieOrder.includes('listed');
  return listed && own.ties !== undefined ? { ties: own.ties, ...filled } : filled;
}
