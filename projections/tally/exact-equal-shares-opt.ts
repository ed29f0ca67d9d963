/** The next endowment at which Exact Equal Shares does anything else. */
import type { Contender } from './contenders.js';
import type { EqualParts, EqualPartsState } from './exact-equal-shares-run.js';
import { add, compare, rational, subtract, type Rational } from './rational.js';
import type { Rounds } from './rounds.js';

/**
 * The least larger endowment at which a set of voters that could not pay a project can pay it, and that project is then
 * worth at least as much for each of the money as what was funded in that round: until then every round stays as it is,
 * with everybody a little richer. None where no endowment changes anything.
 *
 * For k payers the k richest of a project's supporters must each have the k-th part of its cost. They must have it in the
 * first round in which k payers would bring the project to the front; later they have less. So each k is looked at in one
 * round, but for those with which the project is only level with the one that was funded, and may lose the tie.
 */
export function nextEndowment(
  process: EqualParts,
  { funded, states }: Rounds<EqualPartsState, Contender>,
  endowment: Rational,
): Rational | undefined {
  let least: Rational | undefined;
  for (const one of process.start.open) {
    if (one.project.cost === 0n) continue;
    // With this many payers or more it would have been funded in an earlier round.
    let before = one.supporters.weight + 1;
    for (const [round, state] of states.entries()) {
      if (!state.open.has(one) || before <= 1) break;
      const winner = funded[round];
      const { level, ahead } =
        winner === undefined ? { level: 1, ahead: 1 } : payersBeside(process, state, one, winner);
      if (level < before) {
        const increase = leastIncrease(process, state, one, level, before);
        if (increase !== undefined && (least === undefined || compare(increase, least) < 0)) least = increase;
      }
      before = Math.min(before, ahead);
    }
  }
  return least && add(endowment, least);
}

/** The least numbers of payers with which a project is level with the one that was funded, and ahead of it. */
function payersBeside(
  process: EqualParts,
  state: EqualPartsState,
  one: Contender,
  winner: Contender,
): { level: number; ahead: number } {
  const payers = process.payers(state, winner);
  if (one === winner) return { level: payers + 1, ahead: payers + 1 };
  const divisor = process.divisor(winner);
  // What costs nothing is in front of everything.
  if (divisor === 0n) return { level: Infinity, ahead: Infinity };
  const needed = BigInt(payers) * process.divisor(one);
  return { level: Number((needed + divisor - 1n) / divisor), ahead: Number(needed / divisor) + 1 };
}

/** The least increase with which at least `from` and fewer than `before` supporters can pay, where they cannot yet. */
function leastIncrease(
  process: EqualParts,
  state: EqualPartsState,
  one: Contender,
  from: number,
  before: number,
): Rational | undefined {
  let least: Rational | undefined;
  let richest = one.supporters.weight;
  for (const { balance, voters } of process.holders(state, one)) {
    // Of the payers whose poorest is one of these, the most pay least.
    const payers = Math.min(richest, before - 1);
    const fewest = richest - voters + 1;
    richest -= voters;
    if (payers < fewest || payers < from) continue;
    const price = rational(one.project.cost, BigInt(payers));
    const increase = subtract(price, rational(balance, state.denominator));
    if (increase.n > 0n && (least === undefined || compare(increase, least) < 0)) least = increase;
  }
  return least;
}
