/**
 * Measures of fairness on any outcome: a set of funded projects, whatever rule or person made it. Exact.
 * A voter approves the projects that the ballot names, each once, and with points only those to which it gives any. All
 * counts of voters are weights of ballots, those of empty ballots included.
 */
import type { BallotGroup, Project } from './ballots.js';
import { add, rational, ZERO, type Rational } from './rational.js';
import { totalWeight } from './scores.js';

/** What is measured. */
export interface Funding {
  projects: readonly Project[];
  ballots: readonly BallotGroup[];
  /** Ids of projects. */
  funded: ReadonlySet<string>;
}

/** What funding means to a voter who approves it: a project each, or its cost in minor units. */
export type Benefit = 'cardinality' | 'cost';

/** The projects that a voter approves. */
export function approvals({ options, points }: BallotGroup): ReadonlySet<string> {
  return new Set(points === undefined ? options : options.filter((_, index) => (points[index] ?? 0) > 0));
}

/** What each funded project is worth to whoever approves it. @throws RangeError for a funded id that is not a project */
export function worth(
  projects: readonly Project[],
  funded: ReadonlySet<string>,
  benefit: Benefit,
): ReadonlyMap<string, bigint> {
  const costs = new Map(projects.map(({ id, cost }) => [id, cost]));
  return new Map(
    [...funded].map((id) => {
      const cost = costs.get(id);
      if (cost === undefined) throw new RangeError(`${id} is funded and not a project`);
      return [id, benefit === 'cost' ? cost : 1n];
    }),
  );
}

/** The sum of what the approved projects are worth; those without a worth count nothing. */
export function utilityOf(approved: ReadonlySet<string>, worths: ReadonlyMap<string, bigint>): bigint {
  let utility = 0n;
  for (const id of approved) utility += worths.get(id) ?? 0n;
  return utility;
}

/** So many voters have so much. */
export interface Level {
  utility: bigint;
  voters: bigint;
}

export interface Representation {
  voters: bigint;
  /** Those of whose approvals none is funded, with `empty` among them. */
  withNothing: bigint;
  /** Those who approve no project at all. */
  empty: bigint;
  /** Voters by the number of funded projects that they approve, from the least; levels without voters are left out. */
  byApprovals: readonly Level[];
  /** Voters by the cost of the funded projects that they approve, in minor units, from the least. */
  byCost: readonly Level[];
}

/** How many voters got how much of what they approved. @throws RangeError for a funded id that is not a project */
export function representation({ projects, ballots, funded }: Funding): Representation {
  const number = worth(projects, funded, 'cardinality');
  const cost = worth(projects, funded, 'cost');
  const byApprovals = new Map<bigint, bigint>();
  const byCost = new Map<bigint, bigint>();
  let empty = 0n;
  for (const ballot of ballots) {
    const approved = approvals(ballot);
    const weight = BigInt(ballot.weight);
    if (approved.size === 0) empty += weight;
    addTo(byApprovals, utilityOf(approved, number), weight);
    addTo(byCost, utilityOf(approved, cost), weight);
  }
  return {
    voters: totalWeight(ballots),
    withNothing: byApprovals.get(0n) ?? 0n,
    empty,
    byApprovals: levels(byApprovals),
    byCost: levels(byCost),
  };
}

/** What one category or area gets, beside what was voted for it. */
export interface LabelShare {
  label: string;
  /** Minor units spent on its projects, and their share of all that is spent. */
  cost: bigint;
  ofCost: Rational;
  /** Approvals of its projects, funded or not, and their share of all approvals. */
  votes: bigint;
  ofVotes: Rational;
}

/**
 * The share of the money by category, or by area, beside the share of the votes; by label. A share of nothing is 0.
 * @param labels by project id; projects without one are together under the empty label
 * @throws RangeError for a funded id that is not a project
 */
export function sharesBy(
  { projects, ballots, funded }: Funding,
  labels: ReadonlyMap<string, string>,
): LabelShare[] {
  const costs = worth(projects, funded, 'cost');
  const voted = new Map<string, bigint>();
  for (const ballot of ballots) {
    for (const id of approvals(ballot)) addTo(voted, id, BigInt(ballot.weight));
  }
  const spent = new Map<string, bigint>();
  const votes = new Map<string, bigint>();
  for (const { id } of projects) {
    const label = labels.get(id) ?? '';
    addTo(spent, label, costs.get(id) ?? 0n);
    addTo(votes, label, voted.get(id) ?? 0n);
  }
  const allSpent = total(spent.values());
  const allVotes = total(votes.values());
  return [...spent]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, cost]) => {
      const its = votes.get(label) ?? 0n;
      return {
        label,
        cost,
        ofCost: share(cost, allSpent),
        votes: its,
        ofVotes: share(its, allVotes),
      };
    });
}

/**
 * The share of all voters that each funded project represents: a voter who approves m funded projects is represented by each
 * of them for 1/m. So the shares of all funded projects and of the voters with nothing funded add up to 1, and a project
 * whose supporters have much else represents less than its votes say.
 *
 * This needs no rule and no payments. It is not the `effective support` of pabutools, which says how much of a project's cost
 * its supporters could have paid under equal shares, in percent, and leaves out how often a ballot occurs.
 * @returns by id, in the order of ids
 * @throws RangeError for a funded id that is not a project
 */
export function effectiveSupport({ projects, ballots, funded }: Funding): Map<string, Rational> {
  const one = worth(projects, funded, 'cardinality');
  // Voters by the number of funded projects that they approve, for each of these: few sums of fractions at the end.
  const supporters = new Map([...funded].sort().map((id) => [id, new Map<bigint, bigint>()]));
  for (const ballot of ballots) {
    const approved = approvals(ballot);
    const many = utilityOf(approved, one);
    for (const id of approved) {
      const byNumber = supporters.get(id);
      if (byNumber !== undefined) addTo(byNumber, many, BigInt(ballot.weight));
    }
  }
  const voters = totalWeight(ballots);
  return new Map(
    [...supporters].map(([id, byNumber]) => [
      id,
      [...byNumber].map(([many, weight]) => rational(weight, many * voters)).reduce(add, ZERO),
    ]),
  );
}

/** Adds to what is under a key. */
export function addTo<K>(sums: Map<K, bigint>, key: K, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

function levels(byBenefit: ReadonlyMap<bigint, bigint>): Level[] {
  return [...byBenefit]
    .filter(([, voters]) => voters > 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([utility, voters]) => ({ utility, voters }));
}

function share(part: bigint, whole: bigint): Rational {
  return whole === 0n ? ZERO : rational(part, whole);
}

function total(numbers: Iterable<bigint>): bigint {
  let all = 0n;
  for (const number of numbers) all += number;
  return all;
}
