/** Exact Equal Shares once more, from its definition: voter by voter, fractions only, and every endowment from the beginning. */
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { add, compare, rational, subtract, ZERO, type Rational } from '../../projections/tally/rational.js';

export interface SlowElection {
  utility: 'cost' | 'cardinality';
  completion: 'none' | 'add-opt';
  projects: readonly Project[];
  ballots: readonly Ballot[];
  budget: bigint;
  /** Which of two tied projects is first. */
  isFirst: (a: Project, b: Project) => boolean;
}

export interface SlowRun {
  endowment: Rational;
  funded: readonly string[];
  cost: bigint;
  /** The next endowment at which anything changes. */
  next: Rational | undefined;
}

/** The runs at one endowment after another, the last one of those that the budget suffices for at the end. */
export function slowExactEqualShares(election: SlowElection): readonly [SlowRun, ...SlowRun[]] {
  const { completion, ballots, budget } = election;
  const voters = ballots.reduce((sum, { weight }) => sum + weight, 0);
  const runs: [SlowRun, ...SlowRun[]] = [
    once(election, voters === 0 ? ZERO : rational(budget, BigInt(voters))),
  ];
  for (;;) {
    const next = runs.at(-1)?.next;
    if (completion === 'none' || next === undefined) return runs;
    const raised = once(election, next);
    if (raised.cost > budget) return runs;
    runs.push(raised);
  }
}

function once({ utility, projects, ballots, budget, isFirst }: SlowElection, endowment: Rational): SlowRun {
  const voters = ballots.flatMap(({ options, weight }) =>
    Array.from({ length: weight }, () => ({ options, left: endowment })),
  );
  const supporters = ({ id }: Project) => voters.filter(({ options }) => options.includes(id));
  let open = projects.filter((one) => supporters(one).length > 0 && one.cost <= budget);
  const funded: Project[] = [];
  let next: Rational | undefined;
  for (;;) {
    /** For each project the endowment with which so many of its supporters could pay in this round, and what that is worth. */
    const ways = open.flatMap((one) => {
      const richest = supporters(one).sort((a, b) => compare(b.left, a.left));
      return richest.map(({ left }, index) => {
        const payers = BigInt(index + 1);
        const price = rational(one.cost, payers);
        const worth = utility === 'cost' ? rational(payers) : price;
        return { one, price, payers, worth, from: add(endowment, subtract(price, left)) };
      });
    });
    const better = (a: (typeof ways)[number], b: (typeof ways)[number]) => {
      const free = Number(b.one.cost === 0n) - Number(a.one.cost === 0n);
      if (free !== 0 || a.one.cost === 0n) return free;
      return utility === 'cost' ? compare(b.worth, a.worth) : compare(a.worth, b.worth);
    };
    const possible = ways
      .filter(({ from }) => compare(from, endowment) <= 0)
      .sort((a, b) => better(a, b) || Number(b.payers - a.payers));
    const [best] = possible
      .filter((way) => possible[0] !== undefined && better(possible[0], way) === 0)
      .sort((a, b) => (a.one === b.one ? Number(b.payers - a.payers) : isFirst(a.one, b.one) ? -1 : 1));
    for (const way of ways) {
      if (compare(way.from, endowment) <= 0 || way.one.cost === 0n) continue;
      if (best !== undefined && better(way, best) > 0) continue;
      if (next === undefined || compare(way.from, next) < 0) next = way.from;
    }
    if (best === undefined) break;
    for (const voter of supporters(best.one))
      if (compare(voter.left, best.price) >= 0) voter.left = subtract(voter.left, best.price);
    funded.push(best.one);
    open = open.filter((one) => one !== best.one);
  }
  const cost = funded.reduce((sum, one) => sum + one.cost, 0n);
  return { endowment, funded: funded.map(({ id }) => id), cost, next };
}
