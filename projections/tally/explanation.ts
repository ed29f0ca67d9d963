/**
 * Why a count came out as it did, as data that is documented and has a version: `docs/counting/explanation.md`. It follows
 * from ruleset, projects, ballots and outcome alone, so anybody makes it again.
 */
import type { BallotGroup, Project } from './ballots.js';
import { explainBoundedOverspending } from './bounded-overspending-explained.js';
import { distances } from './distance.js';
import { explainEqualShares } from './equal-shares-explained.js';
import type { ShareLoser, ShareRound } from './equal-shares-trace.js';
import { explainExactEqualShares } from './exact-equal-shares-explained.js';
import { fairnessOf, type Fairness } from './fairness.js';
import { outcomeJson, type Outcome, type OutcomeJson, type ProjectOutcome } from './outcome.js';
import { explainPhragmen, type PhragmenExplained, type Purchase } from './phragmen-explained.js';
import { plain, type Plain } from './plain.js';
import type { Ruleset } from './rules.js';
import type { Utility } from './supporters.js';

/** A project's turn. */
export interface Turn {
  project: string;
  /** What was left of the budget before it, in minor units. */
  remaining: bigint;
}

/** A project that is not funded. What is absent is not known of this rule, or there is no such thing. */
export interface Loser extends Partial<Omit<ShareLoser, 'project'>> {
  project: string;
}

export interface Explained {
  /** Under the greedy family and bounded overspending, every project in the order of counting. */
  turns?: readonly Turn[];
  /** Under equal shares, exact equal shares and bounded overspending: what supporters bought, in order, and by what it was compared. */
  rounds?: readonly ShareRound[];
  utility?: Utility;
  /** Under Phragmén likewise, and where the count stopped. */
  purchases?: readonly Purchase[];
  stop?: PhragmenExplained['stop'];
  /** In the order of counting. */
  losers: readonly Loser[];
  /** The losers that miss least support, all with as much. */
  runnersUp: readonly string[];
  fairness: Fairness;
}

export type Explanation = { v: 1; outcome: OutcomeJson } & Plain<Explained>;

/**
 * @param budget minor units
 * @param outcome of this count; one that is undecided explains itself
 * @param categories by project id, where there are any
 */
export function explain(
  ruleset: Ruleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
  outcome: Outcome,
  categories: ReadonlyMap<string, string> = new Map(),
): Explanation {
  const how = howCounted(ruleset, projects, ballots, budget, outcome);
  const known = new Map(how.losers?.map((loser) => [loser.project, loser]));
  const losers = outcome.projects
    .filter(({ funded }) => !funded)
    .map(({ id }): Loser => known.get(id) ?? { project: id });
  const funding = { projects, ballots, funded: new Set(outcome.funded) };
  const explained: Explained = {
    ...how,
    losers,
    runnersUp: nearestOf(losers),
    fairness: fairnessOf(funding, budget, categories),
  };
  return { v: 1, outcome: outcomeJson(outcome), ...plain(explained) };
}

function howCounted(
  ruleset: Ruleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
  outcome: Outcome,
): Omit<Explained, 'losers' | 'runnersUp' | 'fairness'> & { losers?: readonly Loser[] } {
  switch (ruleset.rule) {
    case 'equal-shares': {
      const { endowment } = outcome;
      // Without one, more voters preferred the greedy outcome.
      if (endowment === undefined) return { turns: turnsOf(outcome) };
      const { utility } = ruleset;
      return { utility, ...explainEqualShares(ruleset, projects, ballots, { ...outcome, endowment }) };
    }
    case 'exact-equal-shares': {
      const { endowment } = outcome;
      const { utility } = ruleset;
      const explained = endowment && explainExactEqualShares(ruleset, projects, ballots, budget, endowment);
      return explained === undefined ? {} : { utility, ...explained };
    }
    case 'phragmen':
      return explainPhragmen(ruleset, projects, ballots, budget) ?? {};
    case 'greedy':
    case 'greedy-no-skip':
    case 'greedy-threshold':
    case 'greedy-exclusive':
    case 'greedy-per-cost': {
      const far = distances(ruleset, projects, ballots, budget);
      return { turns: turnsOf(outcome), ...('losers' in far && { losers: far.losers }) };
    }
    case 'bounded-overspending': {
      const explained = explainBoundedOverspending(ruleset, projects, ballots, budget);
      const { utility } = ruleset;
      return { turns: turnsOf(outcome), ...(explained && { utility, ...explained }) };
    }
    case 'poznan':
    case 'part-funding':
      return { turns: turnsOf(outcome) };
    default:
      return {};
  }
}

function turnsOf({ budget, projects }: Outcome): Turn[] {
  let remaining = budget;
  return projects.map((project) => {
    const turn = { project: project.id, remaining };
    remaining -= takenBy(project, remaining);
    return turn;
  });
}

/** What a project gets of the budget: at most what remains. */
function takenBy({ funded, cost }: ProjectOutcome, remaining: bigint): bigint {
  if (!funded) return 0n;
  return cost < remaining ? cost : remaining;
}

function nearestOf(losers: readonly Loser[]): string[] {
  const supports = losers.flatMap(({ support }) => support ?? []);
  const least = supports.reduce<bigint | undefined>(
    (sofar, support) => (sofar === undefined || support < sofar ? support : sofar),
    undefined,
  );
  return losers
    .filter(({ support }) => support !== undefined && support === least)
    .map(({ project }) => project);
}
