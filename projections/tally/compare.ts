/** Two outcomes of the same ballots side by side: who gains, who loses, how many voters prefer which. Exact. */
import type { BallotGroup, Project } from './ballots.js';
import { addTo, approvals, utilityOf, worth, type Benefit } from './measures.js';

/** Weights of voters. */
export interface Preferences {
  first: bigint;
  second: bigint;
  indifferent: bigint;
}

/**
 * How many voters prefer which of two sets of funded projects: each the one with more of what the voter approves, by number
 * or by cost. All voters count, those with nothing in one set as well (they prefer the other); with as much in both, nothing
 * included, a voter is indifferent. The comparison step of equal shares asks for this by `cardinality`. (equalshares.net
 * leaves out voters with nothing, who are often the ones that matter.)
 * @throws RangeError for a funded id that is not a project
 */
export function preferences(
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  first: ReadonlySet<string>,
  second: ReadonlySet<string>,
  benefit: Benefit,
): Preferences {
  const inFirst = worth(projects, first, benefit);
  const inSecond = worth(projects, second, benefit);
  const voters = { first: 0n, second: 0n, indifferent: 0n };
  for (const ballot of ballots) {
    const approved = approvals(ballot);
    const difference = utilityOf(approved, inFirst) - utilityOf(approved, inSecond);
    const prefers = difference > 0n ? 'first' : difference < 0n ? 'second' : 'indifferent';
    voters[prefers] += BigInt(ballot.weight);
  }
  return voters;
}

export interface Comparison {
  /** Funded in the second only, by id; and in the first only. */
  gained: readonly string[];
  lost: readonly string[];
  byApprovals: Preferences;
  byCost: Preferences;
  /** Voters (by weight) of whose approvals none is funded. */
  withNothing: { first: bigint; second: bigint; both: bigint };
}

/** @throws RangeError for a funded id that is not a project */
export function compareOutcomes(
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  first: ReadonlySet<string>,
  second: ReadonlySet<string>,
): Comparison {
  const withNothing = { first: 0n, second: 0n, both: 0n };
  for (const ballot of ballots) {
    const weight = BigInt(ballot.weight);
    const approved = [...approvals(ballot)];
    const noneFirst = !approved.some((id) => first.has(id));
    const noneSecond = !approved.some((id) => second.has(id));
    if (noneFirst) withNothing.first += weight;
    if (noneSecond) withNothing.second += weight;
    if (noneFirst && noneSecond) withNothing.both += weight;
  }
  return {
    gained: [...second].filter((id) => !first.has(id)).sort(),
    lost: [...first].filter((id) => !second.has(id)).sort(),
    byApprovals: preferences(projects, ballots, first, second, 'cardinality'),
    byCost: preferences(projects, ballots, first, second, 'cost'),
    withNothing,
  };
}

/** Minor units spent on one category or area. */
export interface LabelMoney {
  label: string;
  first: bigint;
  second: bigint;
}

/**
 * The money of each category, or area, in both outcomes, by label: it gains where `second` is more.
 * @param labels by project id; projects without one are together under the empty label
 * @throws RangeError for a funded id that is not a project
 */
export function moneyBy(
  projects: readonly Project[],
  first: ReadonlySet<string>,
  second: ReadonlySet<string>,
  labels: ReadonlyMap<string, string>,
): LabelMoney[] {
  const inFirst = spentBy(projects, first, labels);
  const inSecond = spentBy(projects, second, labels);
  return [...inFirst]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, spent]) => ({ label, first: spent, second: inSecond.get(label) ?? 0n }));
}

/** Every label of a project is there. */
function spentBy(
  projects: readonly Project[],
  funded: ReadonlySet<string>,
  labels: ReadonlyMap<string, string>,
): Map<string, bigint> {
  const costs = worth(projects, funded, 'cost');
  const spent = new Map<string, bigint>();
  for (const { id } of projects) addTo(spent, labels.get(id) ?? '', costs.get(id) ?? 0n);
  return spent;
}
