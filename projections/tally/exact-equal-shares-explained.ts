/** What explains an outcome of Exact Equal Shares: its rounds, and for each loser where its supporters' money went. Exact. */
import type { BallotGroup, Project } from './ballots.js';
import { contestOf, inOrder, type Contender } from './contenders.js';
import type { Offer, ShareLoser, ShareRound } from './equal-shares-trace.js';
import { runExactEqualShares, type ExactEqualSharesRuleset, type ExactRun } from './exact-equal-shares.js';
import type { EqualPartsState } from './exact-equal-shares-run.js';
import { floorOf, multiply, nearestTo, rational, subtract, type Rational } from './rational.js';

export interface ExactExplained {
  /** Of the offers only the first and the runner-up. */
  rounds: readonly ShareRound[];
  /** `missing`: what its supporters lack for equal parts. */
  losers: readonly Omit<ShareLoser, 'cost'>[];
}

/**
 * @param endowment that of the outcome
 * @returns nothing where the count is undecided
 */
export function explainExactEqualShares(
  ruleset: ExactEqualSharesRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
  endowment: Rational,
): ExactExplained | undefined {
  const contest = contestOf(ruleset, projects, ballots, budget);
  const run = runExactEqualShares(ruleset, contest, ballots.length, endowment, budget);
  if ('undecided' in run) return undefined;
  const { process, rounds } = run;
  const funded = new Set(rounds.funded);
  const losers = contest.able.filter((one) => !funded.has(one));
  const last = rounds.states.at(-1) ?? process.start;
  const paid = paidByLosers(run, losers);
  return {
    rounds: rounds.funded.map((one, index) => roundOf(run, ruleset, one, index)),
    losers: losers.map((one) => ({
      project: one.project.id,
      held: nearestTo(multiply(endowment, rational(BigInt(one.supporters.weight)))),
      left: floorOf(moneyOf(run, last, one)),
      missing: process.missing(last, one),
      paid: paid.get(one) ?? [],
    })),
  };
}

function roundOf(
  { process, rounds }: ExactRun,
  ruleset: ExactEqualSharesRuleset,
  winner: Contender,
  index: number,
): ShareRound {
  const state = rounds.states[index] ?? process.start;
  const { id, cost } = winner.project;
  if (cost === 0n) {
    const weight = BigInt(winner.supporters.weight);
    return { project: id, price: 0n, inFull: weight, allTheyHad: 0n, offers: [] };
  }
  const payers = process.payers(state, winner);
  const second = runnerUp(process, state, inOrder([...state.open], ruleset), winner);
  const own = offerOf(winner, payers);
  const other = second && offerOf(second.one, second.payers);
  const behind =
    second === undefined
      ? undefined
      : ruleset.utility === 'cost'
        ? BigInt(payers - second.payers)
        : nearestTo(
            subtract(
              rational(second.one.project.cost, BigInt(second.payers)),
              rational(cost, BigInt(payers)),
            ),
          );
  return {
    project: id,
    price: own.price,
    inFull: BigInt(payers),
    allTheyHad: 0n,
    offers: other === undefined ? [own] : [own, other],
    ...(behind !== undefined && { behind: String(behind) }),
  };
}

function offerOf({ project: { id, cost } }: Contender, payers: number): Offer {
  const many = BigInt(payers);
  return { project: id, effective: String(payers), price: (cost + many - 1n) / many };
}

/** The one that would be funded without the winner. @param open in tie order */
function runnerUp(
  process: ExactRun['process'],
  state: EqualPartsState,
  open: readonly Contender[],
  winner: Contender,
): { one: Contender; payers: number } | undefined {
  const atMost = (one: Contender) => state.atMost.get(one) ?? 0;
  const promising = open
    .filter((one) => one !== winner && one.project.cost > 0n)
    .sort((a, b) => process.compare(b, atMost(b), a, atMost(a)));
  let best: { one: Contender; payers: number } | undefined;
  for (const one of promising) {
    if (best !== undefined && process.compare(one, atMost(one), best.one, best.payers) < 0) break;
    const payers = process.payers(state, one);
    if (payers === 0) continue;
    const difference = best === undefined ? 1 : process.compare(one, payers, best.one, best.payers);
    const isFirst = best !== undefined && open.indexOf(one) < open.indexOf(best.one);
    if (difference > 0 || (difference === 0 && isFirst)) best = { one, payers };
  }
  return best;
}

/** What the supporters of each loser paid for funded projects, the most first. All who pay for a project pay the same. */
function paidByLosers(
  { process, rounds }: ExactRun,
  losers: readonly Contender[],
): ReadonlyMap<Contender, { project: string; amount: bigint }[]> {
  const paid = new Map(losers.map((one) => [one, [] as { project: string; amount: bigint }[]]));
  for (const [index, winner] of rounds.funded.entries()) {
    const { id, cost } = winner.project;
    if (cost === 0n) continue;
    const state = rounds.states[index] ?? process.start;
    const payers = BigInt(process.payers(state, winner));
    const pays = new Uint8Array(state.classes.length);
    for (const group of winner.supporters.groups) {
      const balance = state.balances[state.classes[group] ?? 0] ?? 0n;
      pays[group] = Number(balance * payers >= cost * state.denominator);
    }
    for (const [{ supporters }, list] of paid) {
      const many = supporters.groups.reduce(
        (sum, group, place) => sum + (pays[group] === 1 ? (supporters.weights[place] ?? 0) : 0),
        0,
      );
      const amount = nearestTo(rational(BigInt(many) * cost, payers));
      if (amount > 0n) list.push({ project: id, amount });
    }
  }
  for (const list of paid.values())
    list.sort((a, b) => Number(b.amount > a.amount) - Number(b.amount < a.amount));
  return paid;
}

function moneyOf({ process }: ExactRun, state: EqualPartsState, one: Contender): Rational {
  const money = process
    .holders(state, one)
    .reduce((sum, { balance, voters }) => sum + balance * BigInt(voters), 0n);
  return rational(money, state.denominator);
}
