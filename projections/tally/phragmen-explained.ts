/** What explains an outcome of sequential Phragmén: when each project was paid for, and what each loser's supporters had. Exact. */
import type { BallotGroup, Project } from './ballots.js';
import { inOrder, type Contender } from './contenders.js';
import { runPhragmen, type PhragmenRuleset, type PhragmenRun } from './phragmen.js';
import { ceilingOf, compare, floorOf, type Rational } from './rational.js';

/** Under Phragmén: a project, and what every voter had earned when its supporters held its cost. Minor units, rounded up. */
export interface Purchase {
  project: string;
  earned: bigint;
  /** The project that would have been next without it, and when. */
  runnerUp?: { project: string; earned: bigint };
}

export interface PhragmenExplained {
  purchases: readonly Purchase[];
  /** What stopped the count: projects whose supporters held their cost, one of which did not fit. Absent if all are funded. */
  stop?: { projects: readonly string[]; earned: bigint };
  /** What their supporters held when the count stopped (rounded down), and lacked. */
  losers: readonly { project: string; left: bigint; missing: bigint }[];
}

/** @returns nothing where the count is undecided */
export function explainPhragmen(
  ruleset: PhragmenRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): PhragmenExplained | undefined {
  const run = runPhragmen(ruleset, projects, ballots, budget);
  if ('undecided' in run) return undefined;
  const { process, rounds } = run;
  const purchases = rounds.funded.map((one, index): Purchase => {
    const state = rounds.states[index] ?? process.start;
    const others = inOrder([...state.open], ruleset).filter((other) => other !== one);
    const second = nextOf(run, state, others);
    const earned = ceilingOf(process.earned(state, one));
    return { project: one.project.id, earned, ...(second && { runnerUp: timeOf(second) }) };
  });
  const last = rounds.states.at(-1) ?? process.start;
  const open = inOrder([...last.open], ruleset);
  const next = nextOf(run, last, open);
  if (next === undefined) return { purchases, losers: [] };
  const level = open.filter((one) => compare(process.earned(last, one), next.earned) === 0);
  return {
    purchases,
    stop: { projects: level.map(({ project }) => project.id), earned: ceilingOf(next.earned) },
    losers: open.map((one) => {
      const left = floorOf(process.held(last, one, next.earned));
      return { project: one.project.id, left, missing: one.project.cost - left };
    }),
  };
}

interface Due {
  one: Contender;
  earned: Rational;
}

/** Of these, the one whose supporters next hold its cost. @param open in tie order */
function nextOf(
  { process }: PhragmenRun,
  state: PhragmenRun['process']['start'],
  open: readonly Contender[],
): Due | undefined {
  let best: Due | undefined;
  for (const one of open) {
    const earned = process.earned(state, one);
    if (best === undefined || compare(earned, best.earned) < 0) best = { one, earned };
  }
  return best;
}

function timeOf({ one, earned }: Due): { project: string; earned: bigint } {
  return { project: one.project.id, earned: ceilingOf(earned) };
}
