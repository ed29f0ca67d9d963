/** Ballots as every rule of a decision reads them. */
import type { BallotGroup } from '../ballots.js';

/** Options are numbers here: their places in byte order of the ids, so that no order of a list can matter. */
export interface Vote {
  /** Each option once, in the ballot's order. */
  readonly ranking: readonly number[];
  /** As long as `ranking`; 0 where the ballot has no points. */
  readonly points: readonly bigint[];
  readonly weight: bigint;
}

export interface Profile {
  /** Ids in byte order. */
  readonly options: readonly string[];
  /** Those that name an option. */
  readonly votes: readonly Vote[];
  /** The weight of `votes`, and of the ballots that name nothing. */
  readonly named: bigint;
  readonly blank: bigint;
  /** The weight of the ballots that name each option. */
  readonly naming: readonly bigint[];
}

/**
 * Of an option that a ballot names more than once only the first mention counts.
 * @throws RangeError for a ballot that names an option which is not there, points that are not whole, or an option listed
 *   twice: the caller checks these before
 */
export function profileOf(options: readonly string[], ballots: readonly BallotGroup[]): Profile {
  const ids = [...options].sort((a, b) => (a < b ? -1 : 1));
  const number = new Map(ids.map((id, index) => [id, index]));
  if (number.size !== ids.length) throw new RangeError('An option is listed twice');
  const votes: Vote[] = [];
  const naming = ids.map(() => 0n);
  let [named, blank] = [0n, 0n];
  for (const ballot of ballots) {
    const weight = BigInt(ballot.weight);
    if (weight < 0n) throw new RangeError('A ballot has a negative weight');
    const ranking: number[] = [];
    const points: bigint[] = [];
    for (const [index, id] of ballot.options.entries()) {
      const option = number.get(id);
      if (option === undefined) throw new RangeError(`A ballot names ${id}, which is not an option`);
      if (ranking.includes(option)) continue;
      ranking.push(option);
      points.push(BigInt(ballot.points?.[index] ?? 0));
      naming[option] = (naming[option] ?? 0n) + weight;
    }
    if (ranking.length === 0) blank += weight;
    else {
      named += weight;
      votes.push({ ranking, points, weight });
    }
  }
  return { options: ids, votes, named, blank, naming };
}
