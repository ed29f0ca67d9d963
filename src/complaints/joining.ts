/** One person's joining of one matter, in a stream of its own. Pure. */
import type { LogEvent, NewEvent } from '../../projections/event.js';
import type { Rejection } from '../event-store/command-log.js';

export type Joining = 'joined' | 'not-joined';

export function evolve(state: Joining, event: LogEvent): Joining {
  if (event.type === 'MatterJoined') return 'joined';
  return event.type === 'MatterLeft' ? 'not-joined' : state;
}

/** Rejects with `already-joined` or `not-joined`. */
export function decide(
  state: Joining,
  does: 'join' | 'leave',
  data: { matterId: string; joiner: string },
): NewEvent[] | Rejection {
  if (does === 'join')
    return state === 'joined' ? { rejected: 'already-joined' } : [{ type: 'MatterJoined', data }];
  return state === 'joined' ? [{ type: 'MatterLeft', data }] : { rejected: 'not-joined' };
}
