/** Votes and scores of projects. Exact: integers only. */
import type { BallotGroup, Project } from './ballots.js';
import { isObject, type Score } from './ruleset.js';

export interface ProjectScore {
  /** Ballots that name the project, by weight; a ballot that names it twice counts twice, as cities count. */
  votes: bigint;
  score: bigint;
}

/** @throws RangeError for a ballot that names a project which is not there: the caller checks ballots before */
export function scoreProjects(
  rule: Score,
  projects: readonly Project[],
  groups: readonly BallotGroup[],
): Map<string, ProjectScore> {
  const scores = new Map<string, ProjectScore>(projects.map(({ id }) => [id, { votes: 0n, score: 0n }]));
  for (const group of groups) {
    const weight = BigInt(group.weight);
    for (const [index, id] of group.options.entries()) {
      const project = scores.get(id);
      if (project === undefined) throw new RangeError(`A ballot names ${id}, which is not a project`);
      project.votes += weight;
      project.score += weight * given(rule, group, index);
    }
  }
  return scores;
}

/** What a ballot gives to the option in a place of it. */
export function given(rule: Score, group: BallotGroup, index: number): bigint {
  switch (rule.by) {
    case 'votes':
      return 1n;
    case 'points':
      return BigInt(group.points?.[index] ?? 0);
    case 'ranks':
      return BigInt(Math.max(0, rule.first - index));
  }
}

/** The weight of all ballots. */
export function totalWeight(groups: readonly BallotGroup[]): bigint {
  return groups.reduce((sum, group) => sum + BigInt(group.weight), 0n);
}

/** Whether ballots of a type have what a ruleset scores: only cumulative and scoring ones give points, only ordinal ones ranks. */
export function isScored(type: string, score: unknown): boolean {
  if (!isObject(score)) return false;
  if (score.by === 'points') return type === 'cumulative' || type === 'scoring';
  return score.by !== 'ranks' || type === 'ordinal';
}
