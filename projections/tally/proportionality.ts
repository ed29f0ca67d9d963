/** Whether an outcome gives every group of voters what its size deserves: EJR+ up to one project. Exact, polynomial. */
import { addTo, approvals, utilityOf, worth, type Funding, type Benefit } from './measures.js';
import { totalWeight } from './scores.js';

/** A group of voters who all approve a project that is not funded, and who deserve it. */
export interface Witness {
  project: string;
  /** The largest such group, by weight. */
  voters: bigint;
  /** What the best served of them has from funded projects: a number of projects, or a cost in minor units. */
  utility: bigint;
}

/**
 * EJR+ (Brill and Peters 2023, "Robust and Verifiable Proportionality Axioms for Multiwinner Voting") asks that no candidate
 * that is not elected be approved by a group of at least l/k of the n voters each of whom approves fewer than l elected ones.
 * Here its form for costs, up to one project. With budget B, cost c(p), and u(p) the worth of a project to whoever approves
 * it (`cardinality`: 1; `cost`: c(p)), a group N of voters holds the money |N| B / n. An outcome W **satisfies** it if for
 * every project p outside W that is not withdrawn and is worth something, and for every group N of voters who all approve p,
 * one of them, i, has
 *
 *     u_i(W) + u(p)  >  |N| B/n * u(p)/c(p)
 *
 * that is, with p beside what is funded, i has more than the group could buy for its money at the price of p. With equal
 * costs it is EJR+ itself, and with `cost` it reads: c(W approved by i) + c(p) > |N| B/n. A group that cannot pay for p never
 * violates it. Equal shares with the same utility always satisfies it: when p was last affordable at the price at which all
 * of N pay alike, somebody of N was out of money, spent at no worse a price (Peters, Pierczyński and Skowron 2021).
 *
 * Of all groups whose best served voter has t, the largest is that of all supporters who have at most t; so for each p it is
 * enough to look at these, for every t that a supporter has.
 *
 * A free project is worth nothing under `cost` and is no witness; under `cardinality` it is one if anybody approves it.
 * @param budget minor units
 * @returns the projects that witness a violation, by id; none if it is satisfied
 * @throws RangeError for a funded id that is not a project
 */
export function ejrPlusUpToOne(
  { projects, ballots, funded }: Funding,
  budget: bigint,
  benefit: Benefit,
): Witness[] {
  const worths = worth(projects, funded, benefit);
  const supporters = new Map(
    projects.filter(({ id }) => !funded.has(id)).map(({ id }) => [id, new Map<bigint, bigint>()]),
  );
  for (const ballot of ballots) {
    const approved = approvals(ballot);
    const has = utilityOf(approved, worths);
    for (const id of approved) {
      const byUtility = supporters.get(id);
      if (byUtility !== undefined) addTo(byUtility, has, BigInt(ballot.weight));
    }
  }
  const voters = totalWeight(ballots);
  return projects
    .filter(({ withdrawn, cost }) => withdrawn !== true && (benefit === 'cardinality' || cost > 0n))
    .flatMap(({ id, cost }) => {
      const group = largestDeserving(supporters.get(id) ?? new Map<bigint, bigint>(), (size, has) =>
        benefit === 'cost'
          ? (has + cost) * voters <= size * budget
          : (has + 1n) * cost * voters <= size * budget,
      );
      return group === undefined ? [] : [{ project: id, ...group }];
    })
    .sort((a, b) => (a.project < b.project ? -1 : 1));
}

function largestDeserving(
  byUtility: ReadonlyMap<bigint, bigint>,
  deserves: (size: bigint, utility: bigint) => boolean,
): { voters: bigint; utility: bigint } | undefined {
  let size = 0n;
  let found: { voters: bigint; utility: bigint } | undefined;
  for (const [utility, voters] of [...byUtility].sort(([a], [b]) => (a < b ? -1 : 1))) {
    size += voters;
    if (voters > 0n && deserves(size, utility)) found = { voters: size, utility };
  }
  return found;
}
