/** One person's joining of one matter, in a stream of its own. Pure. */
import type { LogEvent, NewEvent } from '../../projections/event.js';
import type { DataOf } from '../../projections/events/catalogue.js';
import type { Rejection } from '../event-store/command-log.js';

/** `unconfirmed`: joined without an address. */
export type Joining = 'joined' | 'unconfirmed' | 'not-joined';

export function evolve(state: Joining, event: LogEvent): Joining {
  if (event.type === 'MatterJoined') return event.data.unconfirmed === true ? 'unconfirmed' : 'joined';
  return event.type === 'MatterLeft' ? 'not-joined' : state;
}

/** Rejects with `already-joined` or `not-joined`. Whoever leaves is counted no more where she was counted. */
export function decide(
  state: Joining,
  does: 'join' | 'leave',
  data: DataOf<'MatterJoined'>,
): NewEvent[] | Rejection {
  if (does === 'join')
    return state === 'not-joined' ? [{ type: 'MatterJoined', data }] : { rejected: 'already-joined' };
  if (state === 'not-joined') return { rejected: 'not-joined' };
  const { matterId, joiner } = data;
  const where = state === 'unconfirmed' ? { unconfirmed: true as const } : {};
  return [{ type: 'MatterLeft', data: { matterId, joiner, ...where } }];
}
