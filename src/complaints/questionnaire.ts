/** The questionnaire: some weeks after a matter was closed its reporter is asked once whether it is fixed. Pure. */
import { DUPLICATE_STATE, VOID_STATE, type MatterRow } from '../../projections/matter.js';

const ASKED_AFTER_MS = 28 * 24 * 60 * 60 * 1_000;

/**
 * When the matter was closed as it is now, where its reporter is to be asked: `undefined` while it is open, and for what she
 * cannot open again (a duplicate, what is no matter) or what has nothing to fix (thanks), nor when she is gone.
 */
export function closingOf(row: MatterRow): string | undefined {
  const { kind, state, stateKind, erased, reporterErased, closedAt } = row;
  const isAsked =
    stateKind !== 'open' && kind !== 'thanks' && state !== DUPLICATE_STATE && state !== VOID_STATE;
  const isThere = erased === undefined && reporterErased === undefined;
  return isAsked && isThere ? closedAt : undefined;
}

/** @param toldAt of the event that closed it: of what was closed long before she is asked when it is told */
export function askedAt(closedAt: string, toldAt: string): Date {
  return new Date(Math.max(Date.parse(closedAt) + ASKED_AFTER_MS, Date.parse(toldAt)));
}
