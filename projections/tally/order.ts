/** The order in which projects are taken: by score, ties by the declared criteria. */
import type { Project } from './ballots.js';
import type { Common, TieCriterion } from './ruleset.js';
import type { ProjectScore } from './scores.js';

export interface Candidate extends ProjectScore {
  project: Project;
}

/** Projects with the same score. */
export interface ScoreGroup<C extends Candidate = Candidate> {
  score: bigint;
  /** In declared order; projects that no criterion tells apart are together, by id. */
  runs: readonly (readonly C[])[];
  /** The criteria that this order needed. */
  decidedBy: readonly TieCriterion[];
}

/** The highest score first. The same for any order of `candidates`. */
export function order<C extends Candidate>(
  candidates: readonly C[],
  ruleset: Pick<Common, 'tieOrder' | 'ties'>,
): ScoreGroup<C>[] {
  const firstDifference = tieOrderOf(ruleset);
  const byScore = new Map<bigint, C[]>();
  for (const candidate of candidates) {
    const same = byScore.get(candidate.score);
    if (same === undefined) byScore.set(candidate.score, [candidate]);
    else same.push(candidate);
  }
  return [...byScore]
    .sort(([a], [b]) => (a > b ? -1 : 1))
    .map(([score, group]) => {
      // The id decides nothing that matters: it only keeps the order of the input out of the result.
      group.sort((a, b) => firstDifference(a, b)?.difference ?? (a.project.id < b.project.id ? -1 : 1));
      const used = new Set<TieCriterion>();
      const runs: C[][] = [];
      for (const candidate of group) {
        const last = runs.at(-1);
        const before = last?.at(-1);
        const split = before && firstDifference(before, candidate);
        if (split) used.add(split.criterion);
        if (last === undefined || split) runs.push([candidate]);
        else last.push(candidate);
      }
      return { score, runs, decidedBy: ruleset.tieOrder.filter((criterion) => used.has(criterion)) };
    });
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
