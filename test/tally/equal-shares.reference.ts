import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { compare, rational, subtract, type Rational } from '../../projections/tally/rational.js';

const less = (a: Rational, b: Rational) => compare(a, b) < 0;

/** Equal shares by its definition, slowly: each voter alone, fractions throughout, ties to the first project. */
export function equalShares(
  projects: readonly Project[],
  ballots: readonly Ballot[],
  budget: bigint,
  utility: 'cost' | 'cardinality',
): Set<string> {
  const voters = ballots.flatMap(({ options, weight }) =>
    Array.from({ length: weight }, () => ({ approves: new Set(options) })),
  );
  const purses = voters.map(() => rational(budget, BigInt(voters.length)));
  const funded = new Set<string>();
  for (;;) {
    let best: { project: Project; rate: Rational } | undefined;
    for (const project of projects) {
      if (funded.has(project.id)) continue;
      const supporters = purses.filter((_, index) => voters[index]?.approves.has(project.id));
      const rate = rateOf(project.cost, utility === 'cost' ? project.cost : 1n, supporters);
      if (rate !== undefined && (best === undefined || less(rate, best.rate))) best = { project, rate };
    }
    if (best === undefined) return funded;
    const { project, rate } = best;
    funded.add(project.id);
    const price = rational(rate.n * (utility === 'cost' ? project.cost : 1n), rate.d);
    for (const [index, purse] of purses.entries()) {
      if (!voters[index]?.approves.has(project.id)) continue;
      purses[index] = less(purse, price) ? rational(0n) : subtract(purse, price);
    }
  }
}

/** The least rate at which the supporters can pay: the poorest give all they have, the others alike. */
function rateOf(cost: bigint, worth: bigint, purses: readonly Rational[]): Rational | undefined {
  let missing = rational(cost);
  let payers = BigInt(purses.length);
  for (const purse of purses.toSorted((a, b) => (less(a, b) ? -1 : 1))) {
    const share = rational(missing.n, missing.d * payers);
    if (!less(purse, share)) return rational(share.n, share.d * worth);
    missing = subtract(missing, purse);
    payers -= 1n;
  }
  return undefined;
}
