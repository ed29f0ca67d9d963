/**
 * The set of projects that the budget can pay and that is worth most to all voters together. For comparison with what rules
 * fund: it ignores minorities, and a small change of one cost can change all of it.
 */
import type { BallotGroup, Project } from './ballots.js';
import { contestOf, contestOutcome, inOrder, type Contender } from './contenders.js';
import { bestChoice, MOST_STEPS } from './best-choice.js';
import { order } from './order.js';
import type { Outcome, Tie } from './outcome.js';
import type { Common, RulesetProblem } from './ruleset.js';
import { utilityProblem, type Utility } from './supporters.js';
import { TooHard } from './too-hard.js';

export interface WelfareOptimumRuleset extends Common {
  rule: 'welfare-optimum';
  /** What a funded project is worth to a supporter: its cost, 1, or what the ballot gives it by `score`. */
  utility: Utility;
}

/** What is wrong with the part of a ruleset that only `welfare-optimum` has. Sets are compared by a list of all projects. */
export function welfareProblem(value: Record<string, unknown>): RulesetProblem | undefined {
  const { tieOrder } = value;
  const isTotal = Array.isArray(tieOrder) && tieOrder.includes('listed');
  return (
    utilityProblem(value) ?? (isTotal ? undefined : { rejected: 'ruleset-malformed', field: 'tieOrder' })
  );
}

/**
 * Amounts in minor units. Of two best sets, the one that has the first project, by the tie order, that they do not share.
 * @throws TooHard
 */
export function countWelfareOptimum(
  ruleset: WelfareOptimumRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome {
  const contest = contestOf(ruleset, projects, ballots, budget);
  const worthOf = ({ project, score, supporters: { weight } }: Contender) =>
    ruleset.utility === 'score' ? score : BigInt(weight) * (ruleset.utility === 'cost' ? project.cost : 1n);
  const able = inTieOrder(contest.able, ruleset);
  // Behind the worth stands a digit for the place in the tie order, so that no two sets come to the same.
  const bits = BigInt(able.length);
  const best = (sign: bigint): Contender[] => {
    const items = able.map((one, place) => ({
      cost: one.project.cost,
      worth: (worthOf(one) << bits) + (sign << (bits - 1n - BigInt(place))),
    }));
    const places = bestChoice(items, budget);
    if (places === undefined)
      throw new TooHard(`the best set of projects is not found in ${String(MOST_STEPS)} steps.`);
    return places.flatMap((place) => able[place] ?? []);
  };
  const first = best(1n);
  const last = best(-1n);
  // What is worth nothing costs nothing, and is in the first only: no tie.
  const apart = able.filter((one) => worthOf(one) > 0n && first.includes(one) !== last.includes(one));
  const score = first.reduce((sum, one) => sum + worthOf(one), 0n);
  const rounds = { funded: inOrder(first, ruleset), ties: tieOf(apart, score, ruleset) };
  return contestOutcome(ruleset, contest, budget, rounds, () => ({ code: 'not-in-optimum' }));
}

function inTieOrder(contenders: readonly Contender[], ruleset: Common): Contender[] {
  const level = order(
    contenders.map((one) => ({ ...one, score: 0n })),
    ruleset,
  );
  const byId = new Map(contenders.map((one) => [one.project.id, one]));
  return level.flatMap(({ runs }) => runs.flat().flatMap(({ project }) => byId.get(project.id) ?? []));
}

/** Projects that only some of the best sets have: those of the one that is taken and of the last by the tie order. */
function tieOf(apart: readonly Contender[], score: bigint, ruleset: Common): Tie[] {
  return order(
    apart.map((one) => ({ ...one, score })),
    ruleset,
  ).map(({ runs, decidedBy }) => ({
    score,
    of: 'worth',
    projects: runs.flat().map(({ project }) => project.id),
    decidedBy,
    matters: true,
  }));
}
