/** When an election may open, close and be certified, and how that may be moved. Pure. */
import type { Definition } from '../../projections/elections.view.js';
import { isInstant } from '../../projections/instant.js';
import type { Rejection } from '../event-store/command-log.js';

export type Schedule = Definition['schedule'];

/** A new close; without `claimsUntil` the claims period keeps its length. */
export interface MovedClose {
  closesAt: string;
  claimsUntil?: string | undefined;
}

/** The first thing that is wrong with a schedule in itself, or `undefined`. */
export function scheduleProblem(schedule: Schedule): Rejection | undefined {
  for (const name of ['opensAt', 'closesAt', 'claimsUntil'] as const) {
    if (!isInstant(schedule[name])) return { rejected: 'instant-invalid', field: `schedule.${name}` };
  }
  if (schedule.closesAt <= schedule.opensAt)
    return { rejected: 'schedule-out-of-order', field: 'schedule.closesAt' };
  if (schedule.claimsUntil < schedule.closesAt)
    return { rejected: 'claims-before-close', field: 'schedule.claimsUntil' };
  return undefined;
}

/**
 * The schedule with another close, for extensions and reopenings. The claims period becomes no shorter by it and ends no
 * earlier: voters were promised it. By default it keeps its length.
 */
export function moveClose(schedule: Schedule, { closesAt, claimsUntil }: MovedClose): Schedule | Rejection {
  for (const [field, instant] of Object.entries({ closesAt, claimsUntil })) {
    if (instant !== undefined && !isInstant(instant)) return { rejected: 'instant-invalid', field };
  }
  const length = Date.parse(schedule.claimsUntil) - Date.parse(schedule.closesAt);
  const asLong = new Date(Date.parse(closesAt) + length).toISOString();
  const least = asLong > schedule.claimsUntil ? asLong : schedule.claimsUntil;
  const until = claimsUntil ?? least;
  if (until < closesAt) return { rejected: 'claims-before-close', field: 'claimsUntil' };
  if (until < least) return { rejected: 'claims-shortened', field: 'claimsUntil', detail: { until: least } };
  return { ...schedule, closesAt, claimsUntil: until };
}
