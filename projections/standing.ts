/** Which of a voter's ballots counts, and what became of the others: decided by the order of the log, never by a clock. */
import { leading } from './bisect.js';
import type { ElectionRow, Window } from './elections.view.js';
import type { List } from './long-list.js';

export type BallotStatus = 'counted' | 'superseded' | 'late' | 'suspended' | 'annulled' | 'paper';

export interface StandingBallot<Id = string> {
  id: Id;
  n: number;
  position: number;
  annulled: boolean;
}

/** Where a position lies: inside a window, in a suspension, or after a close (or before the opening, which is as void). */
export function placeInTime(windows: List<Window>, position: number): 'in-time' | 'suspended' | 'late' {
  const window = lastBefore(windows, position);
  if (window === undefined) return 'late';
  if (window.until === undefined || position < window.until) return 'in-time';
  return window.ended === 'suspended' ? 'suspended' : 'late';
}

/** Windows are in the order of the log, so that half of those that are left are passed over with each look. */
function lastBefore(windows: List<Window>, position: number): Window | undefined {
  const before = leading(windows.length, (place) => (windows.at(place) as Window).from < position);
  return before === 0 ? undefined : windows.at(before - 1);
}

/** Whether a paper mark is valid: it stands inside an open window. */
export function isMarked(windows: List<Window>, marked: number | undefined): boolean {
  return marked !== undefined && placeInTime(windows, marked) === 'in-time';
}

/**
 * The status of every ballot of one voter. The highest `n` among the ballots that stand (in an open window, not annulled,
 * not voided by paper) counts. A valid mark voids all: where paper prevails earlier ballots too, and where it yields the
 * mark is refused once a ballot exists and a ballot once a mark exists.
 */
export function standing<Id>(
  election: Pick<ElectionRow, 'windows' | 'annulled'>,
  ballots: readonly StandingBallot<Id>[],
  marked: number | undefined,
): Map<Id, BallotStatus> {
  const paper = isMarked(election.windows, marked);
  const statuses = new Map<Id, BallotStatus>();
  let counted: StandingBallot<Id> | undefined;
  for (const ballot of ballots) {
    const place = placeInTime(election.windows, ballot.position);
    if (place !== 'in-time') statuses.set(ballot.id, place);
    else if (ballot.annulled || election.annulled !== undefined) statuses.set(ballot.id, 'annulled');
    else if (paper) statuses.set(ballot.id, 'paper');
    else {
      statuses.set(ballot.id, 'superseded');
      if (counted === undefined || ballot.n > counted.n) counted = ballot;
    }
  }
  if (counted !== undefined) statuses.set(counted.id, 'counted');
  return statuses;
}
