/** The order in which projects are taken: by score or by score per cost, ties by the declared criteria. */
import type { BallotGroup, Project } from './ballots.js';
import { gcd } from './rational.js';
import type { Common, Score, TieCriterion } from './ruleset.js';
import { scoreProjects, type ProjectScore } from './scores.js';

export interface Candidate extends ProjectScore {
  project: Project;
}

/** Projects with their votes and scores, in the order given. @throws RangeError as `scoreProjects` */
export function candidatesOf(
  score: Score,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
): Candidate[] {
  const scores = scoreProjects(score, projects, ballots);
  return projects.map((project) => ({ project, ...(scores.get(project.id) ?? { votes: 0n, score: 0n }) }));
}

/** What puts projects in order: a score, or `score` per `perCost`, as a fraction in its lowest terms. */
export interface Worth {
  score: bigint;
  /** Minor units; 0 for projects without cost. Absent where the score alone decides. */
  perCost?: bigint;
}

/** Projects of the same worth. */
export interface ScoreGroup<C extends Candidate = Candidate> extends Worth {
  /** In declared order; projects that no criterion tells apart are together, by id. */
  runs: readonly (readonly C[])[];
  /** The criteria that this order needed. */
  decidedBy: readonly TieCriterion[];
}

/**
 * The highest score first; with `perCost` the highest score per cost, and before all others those without cost, by score.
 * The same for any order of `candidates`.
 */
export function order<C extends Candidate>(
  candidates: readonly C[],
  ruleset: Pick<Common, 'tieOrder' | 'ties'>,
  perCost = false,
): ScoreGroup<C>[] {
  const better = perCost ? compareShares : compareScores;
  const groups: C[][] = [];
  for (const candidate of [...candidates].sort(better)) {
    const last = groups.at(-1);
    const best = last?.at(0);
    if (last === undefined || best === undefined || better(best, candidate) !== 0) groups.push([candidate]);
    else last.push(candidate);
  }
  const firstDifference = tieOrderOf(ruleset);
  return groups.map((group) => ({
    ...worthOf(group, perCost),
    ...inTieOrder(group, ruleset.tieOrder, firstDifference),
  }));
}

/** Projects of the same worth in declared order, and what it needed. The same for any order of `tied`. */
export function orderTied<C extends Candidate>(
  tied: readonly C[],
  ruleset: Pick<Common, 'tieOrder' | 'ties'>,
): Pick<ScoreGroup<C>, 'runs' | 'decidedBy'> {
  return inTieOrder(tied, ruleset.tieOrder, tieOrderOf(ruleset));
}

function inTieOrder<C extends Candidate>(
  tied: readonly C[],
  tieOrder: readonly TieCriterion[],
  firstDifference: ReturnType<typeof tieOrderOf>,
): Pick<ScoreGroup<C>, 'runs' | 'decidedBy'> {
  // The id decides nothing that matters: it only keeps the order of the input out of the result.
  const sorted = tied.toSorted(
    (a, b) => firstDifference(a, b)?.difference ?? (a.project.id < b.project.id ? -1 : 1),
  );
  const used = new Set<TieCriterion>();
  const runs: C[][] = [];
  for (const candidate of sorted) {
    const last = runs.at(-1);
    const before = last?.at(-1);
    const split = before && firstDifference(before, candidate);
    if (split) used.add(split.criterion);
    if (last === undefined || split) runs.push([candidate]);
    else last.push(candidate);
  }
  return { runs, decidedBy: tieOrder.filter((criterion) => used.has(criterion)) };
}

function worthOf([first]: readonly Candidate[], perCost: boolean): Worth {
  const score = first?.score ?? 0n;
  if (!perCost) return { score };
  const cost = first?.project.cost ?? 0n;
  if (cost === 0n) return { score, perCost: 0n };
  const common = gcd(score, cost);
  return { score: score / common, perCost: cost / common };
}

function compareScores(a: ProjectScore, b: ProjectScore): number {
  return sign(b.score - a.score);
}

/** Products instead of quotients: exact, whatever the costs. */
function compareShares(a: Candidate, b: Candidate): number {
  const [costA, costB] = [a.project.cost, b.project.cost];
  if (costA === 0n && costB === 0n) return compareScores(a, b);
  if (costA === 0n || costB === 0n) return costA === 0n ? -1 : 1;
  return sign(b.score * costA - a.score * costB);
}

/** The first criterion that tells two projects apart, and which of them is first: negative for the first. */
export function tieOrderOf(
  ruleset: Pick<Common, 'tieOrder' | 'ties'>,
): (a: Candidate, b: Candidate) => { criterion: TieCriterion; difference: number } | undefined {
  const place = new Map(ruleset.ties?.map((id, index) => [id, index]));
  return (a, b) => {
    for (const criterion of ruleset.tieOrder) {
      const difference = compare(criterion, a, b, place);
      if (difference !== 0) return { criterion, difference };
    }
    return undefined;
  };
}

function compare(
  criterion: TieCriterion,
  a: Candidate,
  b: Candidate,
  place: ReadonlyMap<string, number>,
): number {
  switch (criterion) {
    case 'lowest-cost':
      return sign(a.project.cost - b.project.cost);
    case 'highest-cost':
      return sign(b.project.cost - a.project.cost);
    case 'most-votes':
      return sign(b.votes - a.votes);
    case 'listed':
      return (place.get(a.project.id) ?? place.size) - (place.get(b.project.id) ?? place.size);
  }
}

function sign(difference: bigint): number {
  return difference < 0n ? -1 : Number(difference > 0n);
}
