/**
 * What explains an outcome of bounded overspending: its rounds with what was overspent, and for each loser where its
 * supporters' money went. Exact numbers, rounded.
 */
import { amountOf, minus, nearest, per, roundedDown, roundedUp, sumOf, toHundredths } from './amount.js';
import type { Amount } from './amount.js';
import type { BallotGroup, Project } from './ballots.js';
import {
  runBoundedOverspending,
  type BoundedOverspendingRuleset,
  type OverspendingRun,
} from './bounded-overspending.js';
import type { OverspendingState, Payment, Price } from './bounded-overspending-run.js';
import type { Contender } from './contenders.js';
import type { Offer, ShareLoser, ShareRound } from './equal-shares-trace.js';
import { orderTied } from './order.js';
import { kept } from './overspending-exact.js';
import { compare, multiply, nearestTo, rational } from './rational.js';
import { TooHard } from './too-hard.js';

export interface OverspendingExplained {
  /** Of the offers only the first and the runner-up. */
  rounds: readonly ShareRound[];
  /** `missing`: what is missing of its cost in what its supporters have left. Without those that were out before the count. */
  losers: readonly Omit<ShareLoser, 'cost'>[];
}

/** @returns nothing where the count is undecided, or where only fractions too long to work with would tell an amount */
export function explainBoundedOverspending(
  ruleset: BoundedOverspendingRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): OverspendingExplained | undefined {
  const run = runBoundedOverspending(ruleset, projects, ballots, budget);
  if ('undecided' in run) return undefined;
  try {
    return explainRun(run, ruleset);
  } catch (error) {
    if (error instanceof TooHard) return undefined;
    throw error;
  }
}

function explainRun(run: OverspendingRun, ruleset: BoundedOverspendingRuleset): OverspendingExplained {
  const { contest, endowment, process, rounds } = run;
  const taken = new Set(rounds.funded);
  const losers = contest.able.filter((one) => !taken.has(one));
  const last = rounds.states.at(-1) ?? process.start;
  const paid = new Map(losers.map((one) => [one, [] as { project: string; amount: bigint }[]]));
  const told = rounds.funded.map((winner, index): ShareRound => {
    const { id, cost } = winner.project;
    const weight = BigInt(winner.supporters.weight);
    if (cost === 0n) return { project: id, price: 0n, inFull: weight, allTheyHad: 0n, offers: [] };
    const state = rounds.states[index] ?? process.start;
    const payments = process.payments(state, winner);
    for (const [loser, list] of paid) {
      const amount = nearest(paidBy(loser, payments));
      if (amount > 0n) list.push({ project: id, amount });
    }
    return roundOf(run, ruleset, state, winner, payments);
  });
  return {
    rounds: told,
    losers: losers.map((one) => {
      const { cost, id } = one.project;
      const { weight } = one.supporters;
      const left = roundedDown(
        sumOf(
          byGroup(one, (group) => process.money(last, group)),
          kept,
        ),
      );
      return {
        project: id,
        held: nearestTo(multiply(endowment, rational(BigInt(weight)))),
        left,
        missing: cost > left ? cost - left : 0n,
        // Equal amounts stay in the order in which they were paid.
        paid: (paid.get(one) ?? []).sort((a, b) => (a.amount < b.amount ? 1 : -Number(a.amount > b.amount))),
      };
    }),
  };
}

function roundOf(
  { process }: OverspendingRun,
  ruleset: BoundedOverspendingRuleset,
  state: OverspendingState,
  winner: Contender,
  payments: ReadonlyMap<number, Payment>,
): ShareRound {
  const { id, cost } = winner.project;
  const { groups, weights, weight } = winner.supporters;
  const inFull = weights.reduce(
    (sum, many, place) => sum + (payments.get(groups[place] as number)?.inFull === true ? many : 0),
    0,
  );
  const price = process.price(state, winner);
  const open = new Set([...state.open].filter((other) => other !== winner));
  const second = orderTied(process.next({ ...state, open }), ruleset).runs[0]?.[0];
  const other = second && { one: second, price: process.price(state, second) };
  const overspent = isWhole(price) ? undefined : minus(amountOf(rational(cost)), paidBy(winner, payments));
  return {
    project: id,
    price: roundedUp(price.price),
    inFull: BigInt(inFull),
    allTheyHad: BigInt(weight - inFull),
    ...(overspent && { overspent: roundedUp(overspent) }),
    offers: [offerOf(winner, price), ...(other ? [offerOf(other.one, other.price)] : [])],
    ...(other && { behind: behind(ruleset, { one: winner, price }, other) }),
  };
}

/** Whether the whole cost is paid. */
function isWhole({ price, weighed }: Price): boolean {
  return weighed.low <= price.high && compare(weighed.exact(), price.exact()) === 0;
}

function offerOf({ project: { id, cost } }: Contender, { price, weighed }: Price): Offer {
  const effective = toHundredths(per(cost, weighed));
  return { project: id, effective, price: roundedUp(price), weighed: roundedUp(weighed) };
}

interface Priced {
  one: Contender;
  price: Price;
}

function behind({ utility }: BoundedOverspendingRuleset, first: Priced, second: Priced): string {
  if (utility !== 'cost') return String(nearest(minus(second.price.weighed, first.price.weighed)));
  const effective = ({ one, price }: Priced) => per(one.project.cost, price.weighed);
  return toHundredths(minus(effective(first), effective(second)));
}

/** What the supporters of one project pay for another. */
function paidBy(one: Contender, payments: ReadonlyMap<number, Payment>): Amount {
  return sumOf(
    byGroup(one, (group) => payments.get(group)?.amount),
    kept,
  );
}

/** Amounts of each supporting group, those that are one and the same together. */
function byGroup(
  { supporters: { groups, weights } }: Contender,
  amountOfGroup: (group: number) => Amount | undefined,
): (readonly [times: bigint, amount: Amount])[] {
  const times = new Map<Amount, number>();
  for (const [place, group] of groups.entries()) {
    const amount = amountOfGroup(group);
    if (amount !== undefined) times.set(amount, (times.get(amount) ?? 0) + (weights[place] as number));
  }
  return [...times].map(([amount, many]) => [BigInt(many), amount]);
}
