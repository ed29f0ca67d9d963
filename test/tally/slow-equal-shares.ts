/** Equal shares once more, word for word from its definition: ballot by ballot, fractions only, endowments one by one. */
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import type { EqualSharesRuleset } from '../../projections/tally/equal-shares-ruleset.js';
import {
  add,
  compare,
  divide,
  multiply,
  rational,
  subtract,
  ZERO,
  type Rational,
} from '../../projections/tally/rational.js';

export interface Voter {
  /** Project to what it is worth. */
  worth: ReadonlyMap<string, bigint>;
  votes: readonly string[];
  /** How many vote so: they always have the same. */
  weight: bigint;
}

/** The ids that are funded, in order; ties by `ties`. */
export function slowEqualShares(
  rules: EqualSharesRuleset,
  projects: readonly Project[],
  ballots: readonly Ballot[],
  budget: bigint,
): string[] {
  const costs = new Map(projects.map(({ id, cost }) => [id, cost]));
  const voters = votersOf(rules, projects, ballots);
  const order = rules.ties ?? [];
  const costOf = (ids: readonly string[]) => ids.reduce((sum, id) => sum + (costs.get(id) ?? 0n), 0n);
  const supported = projects.filter(({ id }) => voters.some(({ worth }) => worth.has(id)));
  const count = voters.reduce((sum, { weight }) => sum + weight, 0n);
  const share = count === 0n ? ZERO : rational(budget, count);
  let funded: string[];
  if (rules.completion.startsWith('add')) {
    const increment = BigInt(rules.increment ?? 1);
    let endowment =
      rules.integralStart === true ? rational((share.n / share.d / increment) * increment) : share;
    funded = once(endowment, voters, supported, order);
    for (;;) {
      const done = supported.every(({ id }) => funded.includes(id));
      const exhausted = supported.every(
        ({ id, cost }) => funded.includes(id) || costOf(funded) + cost > budget,
      );
      if (done || (rules.stopWhenExhaustive === true && exhausted)) break;
      endowment = add(endowment, rational(increment));
      const next = once(endowment, voters, supported, order);
      if (costOf(next) > budget) break;
      funded = next;
    }
  } else funded = once(share, voters, supported, order);
  if (rules.completion === 'utilitarian' || rules.completion === 'add1u') {
    const score = (id: string) =>
      rules.utility === 'score'
        ? voters.reduce((sum, { worth, weight }) => sum + weight * (worth.get(id) ?? 0n), 0n)
        : voters.reduce((sum, { votes, weight }) => (votes.includes(id) ? sum + weight : sum), 0n);
    const others = supported
      .map(({ id }) => id)
      .filter((id) => !funded.includes(id))
      .sort((a, b) => Number(score(b) - score(a)) || order.indexOf(a) - order.indexOf(b));
    for (const id of others) if (costOf(funded) + (costs.get(id) ?? 0n) <= budget) funded.push(id);
  }
  return funded;
}

export function votersOf(
  rules: Pick<EqualSharesRuleset, 'utility' | 'score'>,
  projects: readonly Project[],
  ballots: readonly Ballot[],
): Voter[] {
  const costs = new Map(projects.map(({ id, cost }) => [id, cost]));
  return ballots.map(({ options, points, weight }): Voter => {
    const worth = new Map<string, bigint>();
    for (const [index, id] of options.entries()) {
      const share =
        rules.utility === 'cost'
          ? (costs.get(id) ?? 0n)
          : rules.utility === 'cardinality'
            ? 1n
            : rules.score.by === 'ranks'
              ? BigInt(Math.max(0, rules.score.first - index))
              : BigInt(points?.[index] ?? 0);
      // Whoever gives a project nothing does not support it, whatever it is worth to others.
      if (rules.utility === 'score' ? share > 0n : points === undefined || (points[index] ?? 0) > 0)
        worth.set(id, share);
    }
    return { worth, votes: options, weight: BigInt(weight) };
  });
}

function once(
  endowment: Rational,
  voters: readonly Voter[],
  projects: readonly Project[],
  order: readonly string[],
): string[] {
  const balances = voters.map(() => endowment);
  const free = projects.filter(({ cost }) => cost === 0n).map(({ id }) => id);
  const funded = free.sort();
  for (;;) {
    let best: { id: string; price: Rational } | undefined;
    for (const { id, cost } of projects) {
      if (funded.includes(id)) continue;
      const price = priceOf(id, cost, voters, balances);
      if (price === undefined) continue;
      const difference = best === undefined ? -1 : compare(price, best.price);
      if (
        best === undefined ||
        difference < 0 ||
        (difference === 0 && order.indexOf(id) < order.indexOf(best.id))
      )
        best = { id, price };
    }
    if (best === undefined) return funded;
    funded.push(best.id);
    for (const [index, { worth }] of voters.entries()) {
      const share = worth.get(best.id);
      if (share === undefined) continue;
      const charge = multiply(best.price, rational(share));
      const balance = balances[index] as Rational;
      balances[index] = compare(balance, charge) < 0 ? ZERO : subtract(balance, charge);
    }
  }
}

/** The least rho at which min(balance, rho times worth) adds up to the cost. */
export function priceOf(
  id: string,
  cost: bigint,
  voters: readonly Pick<Voter, 'worth' | 'weight'>[],
  balances: readonly Rational[],
): Rational | undefined {
  const payers = voters.flatMap(({ worth, weight }, index) => {
    const share = worth.get(id);
    if (share === undefined) return [];
    return [{ balance: balances[index] as Rational, share: rational(share), weight: rational(weight) }];
  });
  payers.sort((a, b) => compare(divide(a.balance, a.share), divide(b.balance, b.share)));
  let left = rational(cost);
  let rest = payers.reduce((sum, { share, weight }) => add(sum, multiply(weight, share)), ZERO);
  for (const { balance, share, weight } of payers) {
    const price = divide(left, rest);
    if (compare(balance, multiply(price, share)) >= 0) return price;
    left = subtract(left, multiply(weight, balance));
    rest = subtract(rest, multiply(weight, share));
  }
  return undefined;
}
