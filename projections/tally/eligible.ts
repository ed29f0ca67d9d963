/** What keeps a project out of a count whatever it costs and whatever else is funded. */
import type { Candidate } from './order.js';
import type { Reason } from './outcome.js';
import type { Threshold } from './ruleset.js';

/** @param valid the weight of all ballots */
export function ineligible(
  { project, score, votes }: Candidate,
  threshold: Threshold | undefined,
  valid: bigint,
): Reason | undefined {
  if (project.withdrawn === true) return { code: 'withdrawn' };
  const { of, needed } = least(threshold, valid);
  const has = of === 'votes' ? votes : score;
  return has < needed ? { code: 'below-threshold', of, needed, missing: needed - has } : undefined;
}

function least(threshold: Threshold | undefined, valid: bigint): { of: 'votes' | 'score'; needed: bigint } {
  if (threshold === undefined) return { of: 'score', needed: 0n };
  if ('votes' in threshold) return { of: 'votes', needed: BigInt(threshold.votes) };
  if ('score' in threshold) return { of: 'score', needed: BigInt(threshold.score) };
  // Rounded up: a share of the ballots is reached by a whole number of them.
  return { of: 'score', needed: (BigInt(threshold.basisPoints) * valid + 9_999n) / 10_000n };
}
