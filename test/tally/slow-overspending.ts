/** Bounded overspending once more, word for word from its definition: voters one by one, fractions only. */
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import type { BoundedOverspendingRuleset } from '../../projections/tally/bounded-overspending.js';
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
  /** What she has, and what a project is worth to her. */
  balance: Rational;
  worth: ReadonlyMap<string, bigint>;
}

export interface WayToPay {
  /** Rho / alpha, and rho. */
  ratio: Rational;
  price: Rational;
}

type Rules = Pick<BoundedOverspendingRuleset, 'utility' | 'ties'>;

export interface SlowRound {
  project: Project;
  way: WayToPay;
  /** What each voter pays, and whether that is the price. */
  charges: { paid: Rational; inFull: boolean }[];
  /** What would have been next without it. */
  runnerUp?: { project: Project; way: WayToPay };
}

/** The rounds in order, ties by `ties`, and the voters with what they have left. */
export function slowRounds(
  { utility, ties = [] }: Rules,
  projects: readonly Project[],
  ballots: readonly Ballot[],
  budget: bigint,
): { rounds: SlowRound[]; voters: Voter[] } {
  const voters = votersOf({ utility }, projects, ballots, budget);
  const rounds: SlowRound[] = [];
  let remaining = budget;
  for (;;) {
    const funded = new Set(rounds.map(({ project }) => project.id));
    const open = ties
      .flatMap((id) => projects.find((one) => one.id === id) ?? [])
      .filter(({ id, cost }) => !funded.has(id) && cost <= remaining);
    const best = bestOf(open, voters);
    if (best === undefined) return { rounds, voters };
    const { project, way } = best;
    const runnerUp = bestOf(
      open.filter((one) => one !== project),
      voters,
    );
    remaining -= project.cost;
    const charges = voters.map(({ balance, worth }) => {
      const charge = multiply(way.price, rational(worth.get(project.id) ?? 0n));
      const inFull = compare(charge, balance) <= 0;
      return { paid: inFull ? charge : balance, inFull };
    });
    rounds.push({ project, way, charges, ...(runnerUp && { runnerUp }) });
    for (const [index, voter] of voters.entries()) {
      voter.balance = subtract(voter.balance, charges[index]?.paid ?? ZERO);
    }
  }
}

/** The ids that are funded, in order; ties by `ties`. */
export function slowOverspending(
  rules: Rules,
  projects: readonly Project[],
  ballots: readonly Ballot[],
  budget: bigint,
): string[] {
  return slowRounds(rules, projects, ballots, budget).rounds.map(({ project }) => project.id);
}

/** @param open in the order of ties */
function bestOf(
  open: readonly Project[],
  voters: readonly Voter[],
): { project: Project; way: WayToPay } | undefined {
  let best: { project: Project; way: WayToPay } | undefined;
  for (const project of open) {
    const way = bestWay(project, voters);
    if (way === undefined) continue;
    if (best === undefined || compare(way.ratio, best.way.ratio) < 0) best = { project, way };
  }
  return best;
}

function votersOf(
  { utility }: Pick<BoundedOverspendingRuleset, 'utility'>,
  projects: readonly Project[],
  ballots: readonly Ballot[],
  budget: bigint,
): Voter[] {
  const costs = new Map(projects.map(({ id, cost }) => [id, cost]));
  const count = ballots.reduce((sum, { weight }) => sum + weight, 0);
  return ballots.flatMap(({ options, points, weight }) => {
    const worth = new Map<string, bigint>();
    for (const [index, id] of options.entries()) {
      const given = BigInt(points?.[index] ?? 0);
      // Who gives it nothing does not support it.
      if (points !== undefined && given === 0n) continue;
      if (utility === 'score') worth.set(id, (worth.get(id) ?? 0n) + given);
      else worth.set(id, utility === 'cost' ? (costs.get(id) ?? 0n) : 1n);
    }
    return Array.from({ length: weight }, () => ({ balance: rational(budget, BigInt(count)), worth }));
  });
}

/** Over every alpha for which somebody has just nothing left, and over alpha = 1. */
export function bestWay({ id, cost }: Project, voters: readonly Voter[]): WayToPay | undefined {
  const supporters = voters.filter(({ worth }) => worth.has(id));
  // Nothing is worth nothing, and nobody pays for it.
  if (cost === 0n) return supporters.length > 0 ? { ratio: rational(-1n), price: ZERO } : undefined;
  const parts = supporters
    .filter(({ balance }) => balance.n > 0n)
    .map(({ balance, worth }) => divide(balance, rational(worth.get(id) ?? 0n)))
    .sort(compare);
  const due = rational(cost);
  let best: WayToPay | undefined;
  for (const [index, part] of parts.entries()) {
    const paid = paidAt(part, id, supporters);
    const enough = compare(paid, due) >= 0;
    // Between this part and the one before it the whole is paid: what is paid there rises evenly.
    const before = parts[index - 1] ?? ZERO;
    const from = paidAt(before, id, supporters);
    const lambda = enough
      ? add(before, divide(multiply(subtract(due, from), subtract(part, before)), subtract(paid, from)))
      : part;
    const way = wayAt(lambda, id, cost, supporters);
    if (way !== undefined && (best === undefined || compare(way.ratio, best.ratio) < 0)) best = way;
    if (enough) break;
  }
  return best;
}

/** With lambda = alpha rho paid for each unit of worth. `undefined` where nothing is paid. */
export function wayAt(
  lambda: Rational,
  id: string,
  cost: bigint,
  supporters: readonly Voter[],
): WayToPay | undefined {
  const paid = divide(paidAt(lambda, id, supporters), rational(cost));
  if (paid.n === 0n) return undefined;
  const alpha = compare(paid, rational(1n)) > 0 ? rational(1n) : paid;
  const price = divide(lambda, alpha);
  return { ratio: divide(price, alpha), price };
}

function paidAt(lambda: Rational, id: string, supporters: readonly Voter[]): Rational {
  return supporters.reduce((sum, { balance, worth }) => {
    const asked = multiply(lambda, rational(worth.get(id) ?? 0n));
    return add(sum, compare(asked, balance) < 0 ? asked : balance);
  }, ZERO);
}
