/** What a POST of an update says, and what it means here. Pure. @see mySociety's extension of GeoReport v2 */
import type { MatterRow } from '../../projections/matter.js';
import { Problem } from '../rest/problem.js';
import './open311.problems.js';
import type { Parameters } from './parameters.js';
import { wordsOf } from './request-form.js';

export interface UpdateForm {
  readonly requestId: string;
  /** The client's own. */
  readonly updateId: string;
  /** Milliseconds. */
  readonly at: number;
  readonly status: ExtendedStatus;
  readonly words: string;
}

export type ExtendedStatus = keyof typeof MEANINGS;

/**
 * States of this program for what other systems say. What is a duplicate of nothing, or somebody else's without saying
 * whose, is closed with its words and no more than that.
 */
const MEANINGS = {
  OPEN: 'stays',
  UNCHANGED: 'stays',
  REOPEN: 'reopens',
  IN_PROGRESS: 'in-progress',
  INVESTIGATING: 'in-progress',
  FOR_TRIAGE: 'in-progress',
  INTERNAL_REFERRAL: 'in-progress',
  ACTION_SCHEDULED: 'scheduled',
  PLANNED: 'scheduled',
  FIXED: 'resolved',
  CLOSED: 'answered',
  NO_FURTHER_ACTION: 'answered',
  DUPLICATE: 'answered',
  NOT_COUNCILS_RESPONSIBILITY: 'cannot-be-resolved',
  CANCELLED: 'void',
} as const;

/** A client's clock may be this much ahead. */
const AHEAD_MS = 5 * 60_000;
const SECOND_MS = 1_000;
const MAX_ID_LENGTH = 200;

/** @param now milliseconds @throws Problem with the field that is wrong */
export function updateFormOf(form: Parameters, now: number): UpdateForm {
  const requestId = form.needed('service_request_id');
  const updateId = form.needed('update_id');
  if (updateId.length > MAX_ID_LENGTH) {
    throw new Problem('open311-too-long', { field: 'update_id', parameters: { max: MAX_ID_LENGTH } });
  }
  const at = form.neededInstant('updated_datetime');
  if (at > now + AHEAD_MS) throw new Problem('open311-date-ahead', { field: 'updated_datetime' });
  const status = form.needed('status').toUpperCase();
  if (!Object.hasOwn(MEANINGS, status)) {
    const known = Object.keys(MEANINGS).join(', ');
    throw new Problem('open311-status-wrong', { field: 'status', parameters: { known } });
  }
  return { requestId, updateId, at, status: status as ExtendedStatus, words: wordsOf(form, 'description') };
}

export type Act =
  | { readonly do: 'move' | 'answer'; readonly state: string; readonly happenedAt: string }
  | { readonly do: 'reopen' }
  | { readonly do: 'add' };

/**
 * What is to be done: by a client whose updates move states, what it says; by another one, whatever it says is what somebody
 * adds. A client tells whole seconds, so what it says of the second in which the state came about is later than that; and
 * nothing happened before the filing or after now.
 */
export function actOf(
  { status, at }: Pick<UpdateForm, 'status' | 'at'>,
  row: Pick<MatterRow, 'state' | 'stateKind' | 'stateAt' | 'filedAt'>,
  moves: boolean,
  now: number,
): Act {
  if (!moves) return { do: 'add' };
  const second = Math.floor(at / SECOND_MS);
  const isSame = second === Math.floor(Date.parse(row.stateAt) / SECOND_MS);
  const told = isSame ? (second + 1) * SECOND_MS - 1 : at;
  const happenedAt = new Date(Math.min(Math.max(told, Date.parse(row.filedAt)), now)).toISOString();
  const isLate = happenedAt < row.stateAt;
  const meaning = MEANINGS[status];
  const isOpening = status !== 'UNCHANGED' && (meaning === 'stays' || meaning === 'reopens');
  if (row.stateKind !== 'open' && isOpening && !isLate) return { do: 'reopen' };
  if (meaning === 'stays' || meaning === 'reopens') return { do: 'move', state: row.state, happenedAt };
  const isWork = meaning === 'in-progress' || meaning === 'scheduled';
  // Work that begins again is a re-opening, which leaves its trace.
  if (isWork && row.stateKind !== 'open' && !isLate) return { do: 'reopen' };
  return { do: isWork ? 'move' : 'answer', state: meaning, happenedAt };
}
