/** What explains an outcome of equal shares: its rounds, and for each loser what was missing, where the money went, and how far it was. */
import type { BallotGroup, Project } from './ballots.js';
import { leftBy } from './completion.js';
import { candidateDistances, type Distance } from './distance.js';
import type { EqualSharesRuleset } from './equal-shares-ruleset.js';
import { traceEqualShares, type ShareLoser, type ShareRound } from './equal-shares-trace.js';
import { candidatesOf } from './order.js';
import type { Outcome } from './outcome.js';
import type { Rational } from './rational.js';
import { totalWeight } from './scores.js';
import { supportersOf } from './supporters.js';

/** Why a project could not be bought at any price. */
const OUT: ReadonlySet<string> = new Set(['withdrawn', 'below-threshold', 'below-cost-support']);

export interface SharesExplained {
  rounds: readonly ShareRound[];
  /** Without those that were out before the count. */
  losers: readonly ShareLoser[];
}

/** @param outcome of this ruleset, with the endowment of its last step */
export function explainEqualShares(
  ruleset: EqualSharesRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  outcome: Outcome & { endowment: Rational },
): SharesExplained {
  const out = new Set(outcome.projects.filter(({ reason }) => OUT.has(reason.code)).map(({ id }) => id));
  const bought = outcome.projects.filter(({ reason }) => reason.code === 'bought').map(({ id }) => id);
  // By id: so that nothing depends on the order in which projects are listed.
  const able = candidatesOf(ruleset.score, projects, ballots)
    .filter(({ project }) => !out.has(project.id))
    .sort((a, b) => (a.project.id < b.project.id ? -1 : 1));
  const supporters = supportersOf(projects, ballots, ruleset.utility, ruleset.score);
  const byId = new Map(supporters.map((one) => [one.project.id, one]));
  const { rounds, losers } = traceEqualShares({
    ruleset,
    candidates: able,
    supporters: able.flatMap(({ project }) => byId.get(project.id) ?? []),
    ballots,
    endowment: outcome.endowment,
    bought,
  });
  const later = distancesOfCompletion(ruleset, projects, ballots, outcome, new Set(bought), out);
  return {
    rounds,
    losers: losers
      .filter(({ project }) => !outcome.funded.includes(project))
      .map((loser) => nearer(loser, later.get(loser.project))),
  };
}

/** How far losers were from being funded with the money that was left, where the rule funds projects with it. */
function distancesOfCompletion(
  ruleset: EqualSharesRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  { budget }: Outcome,
  bought: ReadonlySet<string>,
  out: ReadonlySet<string>,
): ReadonlyMap<string, Distance> {
  const { completion, score } = ruleset;
  if (completion !== 'utilitarian' && completion !== 'add1u') return new Map();
  const candidates = candidatesOf(score, projects, ballots);
  const left = leftBy(ruleset, candidates, bought, (id) => out.has(id), budget);
  const found = candidateDistances(left.ruleset, left.candidates, totalWeight(ballots), left.budget);
  return new Map('undecided' in found ? [] : found.losers.map((loser) => [loser.project, loser]));
}

/** Whichever of the two ways was nearer. */
function nearer(loser: ShareLoser, later: Distance | undefined): ShareLoser {
  const supports = [loser.support, later?.support].filter((support) => support !== undefined);
  const least = supports.reduce<bigint | undefined>(
    (sofar, support) => (sofar === undefined || support < sofar ? support : sofar),
    undefined,
  );
  const cost = later?.cost !== undefined && later.cost > loser.cost ? later.cost : loser.cost;
  return { ...loser, cost, ...(least !== undefined && { support: least }) };
}
