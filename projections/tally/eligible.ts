/** What keeps a project out of a count whatever it costs and whatever else is funded. */
import type { Candidate } from './order.js';
import type { Reason } from './outcome.js';
import type { neededSupport } from './ruleset.js';

/** @param least what it needs to be considered */
export function ineligible(
  { project, score, votes }: Candidate,
  least: ReturnType<typeof neededSupport>,
): Reason | undefined {
  if (project.withdrawn === true) return { code: 'withdrawn' };
  const has = least.of === 'votes' ? votes : score;
  return has < least.needed ? { code: 'below-threshold', ...least, missing: least.needed - has } : undefined;
}
