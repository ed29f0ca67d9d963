/** How fair a counted file's outcome is, and how far its losers were from winning: `concejo tally --explain`. Pure. */
import { distances, type Distances, type OrderedByScore } from '../../projections/tally/distance.js';
import {
  effectiveSupport,
  representation,
  sharesBy,
  type LabelShare,
  type Representation,
} from '../../projections/tally/measures.js';
import { outcomeJson } from '../../projections/tally/outcome.js';
import { ejrPlusUpToOne } from '../../projections/tally/proportionality.js';
import { rationalText, type Rational } from '../../projections/tally/rational.js';
import type { Ruleset } from '../../projections/tally/rules.js';
import { amountText } from './numbers.js';
import type { FileTally } from './tally-file.js';

export interface Fairness {
  voters: Representation;
  categories: readonly LabelShare[];
  /** By project: the part of all voters that it stands for. */
  support: ReadonlyMap<string, Rational>;
  /** Projects that witness that a group large enough got too little; none when EJR+ up to one project holds. */
  witnesses: ReturnType<typeof ejrPlusUpToOne>;
  /** Under rules that take projects by score. */
  losers?: Distances;
}

export function fairnessOf({ outcome, ruleset, projects, ballots, budget }: FileTally): Fairness {
  const funding = { projects, ballots, funded: new Set(outcome.funded) };
  const labels = new Map(
    projects.flatMap(({ id, category }) => (category === undefined ? [] : [[id, category] as const])),
  );
  const far = isOrderedByScore(ruleset) ? distances(ruleset, projects, ballots, budget) : undefined;
  return {
    voters: representation(funding),
    categories: sharesBy(funding, labels),
    support: effectiveSupport(funding),
    witnesses: ejrPlusUpToOne(funding, budget, 'cost'),
    ...(far !== undefined && !('undecided' in far) && { losers: far }),
  };
}

/** Version 1: sums as decimal strings, fractions as `7/2`, amounts in minor units. */
export function explanationJson(
  { outcome }: FileTally,
  { voters, categories, support, witnesses, losers }: Fairness,
) {
  const levels = (list: Representation['byCost']) =>
    list.map(({ utility, voters: many }) => [String(utility), String(many)]);
  return {
    v: 1,
    outcome: outcomeJson(outcome),
    voters: {
      all: String(voters.voters),
      withNothing: String(voters.withNothing),
      byApprovals: levels(voters.byApprovals),
      byCost: levels(voters.byCost),
    },
    categories: categories.map(({ label, cost, ofCost, votes, ofVotes }) => ({
      label,
      cost: String(cost),
      ofCost: rationalText(ofCost),
      votes: String(votes),
      ofVotes: rationalText(ofVotes),
    })),
    effectiveSupport: [...support].map(([id, part]) => ({ id, part: rationalText(part) })),
    ejrPlusUpToOne: witnesses.map(({ project, voters: many, utility }) => ({
      project,
      voters: String(many),
      utility: String(utility),
    })),
    ...(losers && {
      losers: losers.losers.map(({ project, support: more, cost }) => ({
        project,
        ...(more !== undefined && { support: String(more) }),
        ...(cost !== undefined && { cost: String(cost) }),
      })),
      runnersUp: [...losers.runnersUp],
    }),
  };
}

export function fairnessText(
  { currency }: FileTally,
  { voters, categories, witnesses, losers }: Fairness,
): string {
  const unit = currency === 'XXX' ? '' : ` ${currency}`;
  const { withNothing, byApprovals } = voters;
  const part = (many: bigint) => `${many} (${percent(many, voters.voters)})`;
  const groups = 'large enough for a project got its part (EJR+ up to one project, by cost)';
  return [
    '',
    `Of ${voters.voters} voters, ${part(withNothing)} have no project funded that they chose.`,
    ...byApprovals.map(
      ({ utility, voters: many }) => `${String(utility).padStart(6)} of their projects funded: ${part(many)}`,
    ),
    '',
    'category: share of the money, share of the votes',
    ...categories.map(
      ({ label, ofCost, ofVotes }) =>
        `  ${label === '' ? '(none)' : label}: ${percent(ofCost.n, ofCost.d)}, ${percent(ofVotes.n, ofVotes.d)}`,
    ),
    '',
    witnesses.length === 0
      ? `Every group ${groups}.`
      : `Not every group ${groups}: see ${witnesses.map(({ project }) => project).join(', ')}.`,
    ...(losers === undefined ? [] : losersText(losers, unit)),
  ].join('\n');
}

function losersText({ losers, runnersUp }: Distances, unit: string): string[] {
  return [
    '',
    'not funded: what would have funded it, all else equal',
    ...losers.map(({ project, support, cost }) => {
      const ways = [
        ...(support === undefined ? [] : [`${support} more`]),
        ...(cost === undefined ? [] : [`a cost of at most ${amountText(cost)}${unit}`]),
      ];
      return `  ${project}: ${ways.length === 0 ? 'nothing' : ways.join(', or ')}`;
    }),
    ...(runnersUp.length === 0 ? [] : [`Closest to being funded: ${runnersUp.join(', ')}.`]),
  ];
}

function isOrderedByScore(ruleset: Ruleset): ruleset is OrderedByScore {
  return ['greedy', 'greedy-no-skip', 'greedy-threshold', 'greedy-exclusive'].includes(ruleset.rule);
}

/** To a tenth of a percent, rounded down. */
function percent(part: bigint, whole: bigint): string {
  if (whole === 0n) return '0 %';
  const tenths = (part * 1_000n) / whole;
  return `${tenths / 10n}.${tenths % 10n} %`;
}
