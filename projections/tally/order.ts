/** The order in which projects are taken: by score, ties by the declared criteria. */
import type { Project } from './ballots.js';
import type { Tie } from './outcome.js';
import type { Ruleset, TieCriterion } from './ruleset.js';
import type { ProjectScore } from './scores.js';

export interface Candidate extends ProjectScore {
  project: Project;
}

/** A group of equal scores that the criteria could not put in order. */
interface Undecided {
  projects: readonly string[];
  score: bigint;
}

export interface Ordered {
  /** Groups of equal score, the highest first; inside a group in declared order. */
  groups: readonly (readonly Candidate[])[];
  ties: readonly Omit<Tie, 'matters'>[];
  undecided: readonly Undecided[];
}

export function order(candidates: readonly Candidate[], ruleset: Pick<Ruleset, 'tieOrder' | 'ties'>): Ordered {
  const place = new Map(ruleset.ties?.map((id, index) => [id, index]));
  const byScore = new Map<bigint, Candidate[]>();
  for (const candidate of candidates) {
    const same = byScore.get(candidate.score);
    if (same === undefined) byScore.set(candidate.score, [candidate]);
    else same.push(candidate);
  }
  const groups: Candidate[][] = [];
  const ties: Omit<Tie, 'matters'>[] = [];
  const undecided: Undecided[] = [];
  for (const [score, group] of [...byScore].sort(([a], [b]) => (a > b ? -1 : 1))) {
    const used = new Set<TieCriterion>();
    let open = false;
    group.sort((a, b) => {
      for (const criterion of ruleset.tieOrder) {
        const difference = compare(criterion, a, b, place);
        if (difference !== 0) {
          used.add(criterion);
          return difference;
        }
      }
      open = true;
      // Only so that the result does not depend on the order of input; it decides nothing that matters.
      return a.project.id < b.project.id ? -1 : 1;
    });
    groups.push(group);
    if (group.length === 1) continue;
    const projects = group.map(({ project }) => project.id);
    ties.push({ score, projects, decidedBy: ruleset.tieOrder.filter((criterion) => used.has(criterion)) });
    if (open) undecided.push({ score, projects });
  }
  return { groups, ties, undecided };
}

function compare(criterion: TieCriterion, a: Candidate, b: Candidate, place: ReadonlyMap<string, number>): number {
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
