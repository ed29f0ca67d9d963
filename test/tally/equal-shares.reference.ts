import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { fraction, sum, type Fraction } from '../../projections/tally/fraction.js';

const less = (a: Fraction, b: Fraction) => a.part * b.of < b.part * a.of;

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
  const purses = voters.map(() => fraction(budget, BigInt(voters.length)));
  const funded = new Set<string>();
  for (;;) {
    let best: { project: Project; rate: Fraction } | undefined;
    for (const project of projects) {
      if (funded.has(project.id)) continue;
      const supporters = purses.filter((_, index) => voters[index]?.approves.has(project.id));
      const rate = rateOf(project.cost, utility === 'cost' ? project.cost : 1n, supporters);
      if (rate !== undefined && (best === undefined || less(rate, best.rate))) best = { project, rate };
    }
    if (best === undefined) return funded;
    const { project, rate } = best;
    funded.add(project.id);
    const price = fraction(rate.part * (utility === 'cost' ? project.cost : 1n), rate.of);
    for (const [index, purse] of purses.entries()) {
      if (!voters[index]?.approves.has(project.id)) continue;
      purses[index] = less(purse, price) ? fraction(0n, 1n) : sum(purse, { part: -price.part, of: price.of });
    }
  }
}

/** The least rate at which the supporters can pay: the poorest give all they have, the others alike. */
function rateOf(cost: bigint, worth: bigint, purses: readonly Fraction[]): Fraction | undefined {
  let missing = fraction(cost, 1n);
  let payers = BigInt(purses.length);
  for (const purse of purses.toSorted((a, b) => (less(a, b) ? -1 : 1))) {
    const share = fraction(missing.part, missing.of * payers);
    if (!less(purse, share)) return fraction(share.part, share.of * worth);
    missing = sum(missing, { part: -purse.part, of: purse.of });
    payers -= 1n;
  }
  return undefined;
}
