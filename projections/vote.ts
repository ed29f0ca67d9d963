/** Whether a vote keeps an election's rules. Pure; the same at intake and in the count. */
import type { Static } from 'typebox';
import type { AreaVote } from './ballot.js';
import type { BallotRules as BallotRulesSchema } from './events/elections.js';

export type BallotRules = Static<typeof BallotRulesSchema>;

/** Breaks the vote for good, whatever the election declares. */
export type VoteError =
  | 'vote-malformed'
  | 'areas-not-in-order'
  | 'area-not-allowed'
  | 'option-unknown'
  | 'option-repeated'
  | LimitBreach;

/** A limit of the election: refused, or counted and reported, as its definition says. */
export type LimitBreach =
  'too-few-options' | 'too-many-options' | 'over-budget' | 'too-few-points' | 'too-many-points';

export interface VoteFacts {
  rules: BallotRules;
  /** The areas in which this voter votes, with their budgets in minor units. */
  budgets: ReadonlyMap<string, number>;
  /** Every option of the election. */
  options: ReadonlyMap<string, { area: string; cost: number }>;
}

/** A vote is refused with an error and the area or option it concerns, or stands, perhaps with breaches to report. */
export type VoteCheck =
  { error: VoteError; at?: string } | { breaches: readonly { code: LimitBreach; area: string }[] };

export function checkVote(vote: readonly AreaVote[], facts: VoteFacts): VoteCheck {
  const breaches: { code: LimitBreach; area: string }[] = [];
  let before: string | undefined;
  for (const part of vote) {
    if (before !== undefined && part.a <= before) return { error: 'areas-not-in-order', at: part.a };
    before = part.a;
    const budget = facts.budgets.get(part.a);
    if (budget === undefined) return { error: 'area-not-allowed', at: part.a };
    const chosen = chosenOptions(part, facts.rules);
    if (chosen === undefined) return { error: 'vote-malformed', at: part.a };
    const seen = new Set<string>();
    for (const id of chosen) {
      if (facts.options.get(id)?.area !== part.a) return { error: 'option-unknown', at: id };
      if (seen.has(id) && facts.rules.repeats === 'refuse') return { error: 'option-repeated', at: id };
      seen.add(id);
    }
    for (const code of limitBreaches(part, chosen, budget, facts)) {
      if (facts.rules.limits === 'refuse') return { error: code, at: part.a };
      breaches.push({ code, area: part.a });
    }
  }
  return { breaches };
}

/** The options that a part names, or `undefined` when it does not have exactly the field of the ballot type. */
export function chosenOptions(part: AreaVote, rules: BallotRules): readonly string[] | undefined {
  const { a: _area, ...fields } = part;
  if (Object.keys(fields).length !== 1) return undefined;
  switch (rules.type) {
    case 'approval':
    case 'knapsack':
    case 'choose-1':
      return part.ids;
    case 'cumulative':
      return part.pts?.map(([id]) => id);
    case 'ordinal':
      return part.order;
    case 'yes-no':
      return part.choice?.map(([id]) => id);
  }
}

function* limitBreaches(
  part: AreaVote,
  chosen: readonly string[],
  budget: number,
  { rules, options }: VoteFacts,
): Generator<LimitBreach> {
  if (chosen.length < rules.min) yield 'too-few-options';
  if (chosen.length > rules.max) yield 'too-many-options';
  const maxCost = rules.type === 'knapsack' ? budget : rules.maxCost;
  if (maxCost !== undefined) {
    const cost = chosen.reduce((sum, id) => sum + BigInt(options.get(id)?.cost ?? 0), 0n);
    if (cost > BigInt(maxCost)) yield 'over-budget';
  }
  if (part.pts !== undefined) {
    const points = part.pts.reduce((sum, [, given]) => sum + BigInt(given), 0n);
    if (rules.minSum !== undefined && points < BigInt(rules.minSum)) yield 'too-few-points';
    if (rules.maxSum !== undefined && points > BigInt(rules.maxSum)) yield 'too-many-points';
  }
}
