/** Whether enough took part. */
import type { QuorumResult } from './outcome.js';
import { fraction, type Quorum, type Share } from './ruleset.js';

/** What a ruleset's shares are of, by weight. */
export interface Turnout {
  ballots: bigint;
  /** Absent where no ruleset asks for it. */
  entitled?: bigint;
}

/** @throws RangeError where a share of the entitled is asked for and their number is not given */
export function baseOf(of: 'ballots' | 'entitled', { ballots, entitled }: Turnout): bigint {
  if (of === 'ballots') return ballots;
  if (entitled === undefined) throw new RangeError('The ruleset needs the number of those entitled to vote');
  return entitled;
}

/** Whether `count` is at least the share of `base`, or more than it. */
export function reaches(count: bigint, base: bigint, share: Share, strict: boolean): boolean {
  const { parts, of } = fraction(share);
  return strict ? count * of > parts * base : count * of >= parts * base;
}

export function quorumResult(
  quorum: Quorum,
  turnout: Turnout,
  counts: { votes: bigint; yes: bigint },
): QuorumResult {
  const counted = quorum.count === 'ballots' ? turnout.ballots : counts[quorum.count];
  const { parts, of } = fraction(quorum.share);
  // Rounded up: a share is reached by a whole number.
  const needed = (parts * baseOf(quorum.of, turnout) + of - 1n) / of;
  return { counted, needed, reached: counted >= needed };
}
