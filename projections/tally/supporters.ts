/** Ballots the other way round: for each project the groups of voters that support it, by number, for rules that share money. */
import type { BallotGroup, Project } from './ballots.js';
import { isObject, type RulesetProblem, type Score } from './ruleset.js';
import { given } from './scores.js';

/** What a project is worth to a supporter when it is funded. `score`: the points or ranks of the ruleset's `score`. */
export type Utility = 'cost' | 'cardinality' | 'score';

function isUtility(value: unknown): value is Utility {
  return value === 'cost' || value === 'cardinality' || value === 'score';
}

/** What is wrong with a ruleset's utility. Votes are what cardinality counts: two names for one thing would be two rulesets. */
export function utilityProblem({ utility, score }: Record<string, unknown>): RulesetProblem | undefined {
  if (!isUtility(utility)) return { rejected: 'ruleset-malformed', field: 'utility' };
  return utility === 'score' && isObject(score) && score.by === 'votes'
    ? { rejected: 'ruleset-contradictory', field: 'utility' }
    : undefined;
}

export interface Supporters {
  readonly project: Project;
  /** Numbers of the groups, ascending. */
  readonly groups: Int32Array;
  /** Weight of each of these groups. */
  readonly weights: Float64Array;
  /** What it is worth to a voter of each of these groups, in units of `unit`. */
  readonly shares: Float64Array;
  /** Every share is multiplied by this: the cost, for utility `cost`. */
  readonly unit: bigint;
  /** Voters, by weight. */
  readonly weight: number;
  /** Sum of weight times share. */
  readonly worth: number;
}

/**
 * Supporters of each project, in the order of the projects. A ballot supports a project once, however often it names it (its
 * points are added up); one that gives it nothing does not support it.
 * @throws RangeError for a ballot that names a project which is not there, and for points that together pass 2^53
 */
export function supportersOf(
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  utility: Utility,
  score: Score,
): Supporters[] {
  const places = new Map(projects.map(({ id }, place) => [id, place]));
  const lists = projects.map(() => ({
    groups: [] as number[],
    weights: [] as number[],
    shares: [] as number[],
  }));
  for (const [group, ballot] of ballots.entries()) {
    const worth = new Map<number, number>();
    for (const [index, id] of ballot.options.entries()) {
      const place = places.get(id);
      if (place === undefined) throw new RangeError(`A ballot names ${id}, which is not a project`);
      if (utility === 'score')
        worth.set(place, (worth.get(place) ?? 0) + Number(given(score, ballot, index)));
      else if (ballot.points === undefined || (ballot.points[index] ?? 0) > 0) worth.set(place, 1);
    }
    for (const [place, share] of worth) {
      if (share <= 0) continue;
      if (!Number.isSafeInteger(share))
        throw new RangeError(`What a ballot gives to ${projects[place]?.id ?? ''} passes 2^53`);
      const list = lists[place];
      list?.groups.push(group);
      list?.weights.push(ballot.weight);
      list?.shares.push(share);
    }
  }
  return projects.map((project, place) => {
    const { groups = [], weights = [], shares = [] } = lists[place] ?? {};
    return {
      project,
      groups: Int32Array.from(groups),
      weights: Float64Array.from(weights),
      shares: Float64Array.from(shares),
      unit: utility === 'cost' ? project.cost : 1n,
      weight: weights.reduce((sum, weight) => sum + weight, 0),
      worth: weights.reduce((sum, weight, index) => sum + weight * (shares[index] ?? 0), 0),
    };
  });
}

/** Whether any two of these have a group of supporters in common. */
export function shareSupporters(list: readonly Supporters[]): boolean {
  const seen = new Set<number>();
  for (const { groups } of list) {
    for (const group of groups) {
      if (seen.has(group)) return true;
      seen.add(group);
    }
  }
  return false;
}
