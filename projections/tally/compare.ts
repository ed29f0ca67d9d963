/** Two outcomes of the same ballots side by side: who gains, who loses, how many voters prefer which. Exact. */
import type { BallotGroup, Project } from './ballots.js';
import { approvals, utilityOf, worth, type Benefit } from './measures.js';

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

/** What an outcome says of its projects, as it is or as JSON. */
interface Financed {
  readonly projects: readonly {
    readonly id: string;
    readonly cost: bigint | string;
    readonly funded: boolean;
    readonly reason: {
      readonly code: string;
      readonly remaining?: bigint | string;
      readonly money?: bigint | string;
    };
  }[];
}

/** What each funded project gets, in minor units, whoever pays it: less than its cost where it is funded in part. */
export function moneyOf({ projects }: Financed): Map<string, bigint> {
  return new Map(
    projects
      .filter(({ funded }) => funded)
      .map(({ id, cost, reason: { code, remaining, money } }) => {
        const part = code === 'part-funded' ? remaining : code === 'allocated' ? money : undefined;
        return [id, BigInt(part ?? cost)];
      }),
  );
}

/** Minor units that one category or area gets. */
export interface LabelMoney {
  label: string;
  first: bigint;
  second: bigint;
}

/**
 * The money of each category, or area, in both outcomes, by label: it gains where `second` is more.
 * @param first by project id, as `moneyOf` gives it; the same for `second`
 * @param labels by project id; projects without one are together under the empty label
 */
export function moneyBy(
  projects: readonly Project[],
  first: ReadonlyMap<string, bigint>,
  second: ReadonlyMap<string, bigint>,
  labels: ReadonlyMap<string, string>,
): LabelMoney[] {
  const money = new Map<string, LabelMoney>();
  for (const { id } of projects) {
    const label = labels.get(id) ?? '';
    const sum = money.get(label) ?? { label, first: 0n, second: 0n };
    sum.first += first.get(id) ?? 0n;
    sum.second += second.get(id) ?? 0n;
    money.set(label, sum);
  }
  return [...money.values()].sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** A comparison as canonical JSON: every `bigint` as a decimal string. */
export function comparisonJson({ gained, lost, byApprovals, byCost, withNothing }: Comparison) {
  return {
    gained: [...gained],
    lost: [...lost],
    byApprovals: texts(byApprovals),
    byCost: texts(byCost),
    withNothing: texts(withNothing),
  };
}

export function labelMoneyJson({ label, first, second }: LabelMoney) {
  return { label, ...texts({ first, second }) };
}

function texts<T extends object>(numbers: T): Record<keyof T, string> {
  return Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, String(value)])) as Record<
    keyof T,
    string
  >;
}
