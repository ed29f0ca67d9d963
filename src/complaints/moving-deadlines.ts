/** Where deadlines come to lie once holidays are declared, decided for one matter. Pure. */
import type { LogEvent, NewEvent } from '../../projections/event.js';
import { evolveMatter, VOID_STATE, type MatterEvent, type MatterRow } from '../../projections/matter.js';
import { afterDeclaration, recounted, type WorkingCalendar } from '../city/deadlines.js';

export interface TimedMatter {
  readonly row?: MatterRow;
  /** The event that set the target. */
  readonly targetSet?: Pick<LogEvent, 'at' | 'position'>;
}

export const NO_TIMED_MATTER: TimedMatter = {};

export function evolve(state: TimedMatter, event: LogEvent): TimedMatter {
  if (!('matterId' in event.data)) return state;
  const row = evolveMatter(state.row, event as MatterEvent);
  if (row === undefined) return state;
  const { at, position } = event;
  return { ...state, row, ...(setsTarget(event) && { targetSet: { at, position } }) };
}

function setsTarget({ data }: LogEvent): boolean {
  const { target, resumes } = data as { target?: string; resumes?: { target?: string } };
  return target !== undefined || resumes?.target !== undefined;
}

export type Declaration = LogEvent<'HolidaysDeclared'>;

/** Clocks of two processes are not further apart. */
const APART_MS = 60 * 60 * 1_000;

/**
 * Whether any of these declarations may have moved a deadline of it, as far as its row tells: it has one that is not settled, and
 * `due` lies on a holiday, or days between the filing and the target were declared after the filing.
 */
export function mayMove(
  row: MatterRow,
  calendar: WorkingCalendar,
  declarations: readonly Declaration[],
): boolean {
  const { due, target, filedAt } = row;
  if (due === undefined || !isUnsettled(row)) return false;
  if (row.answeredAt === undefined && afterDeclaration(due, calendar).end !== due) return true;
  if (target === undefined || row.stateKind !== 'open') return false;
  const [first, last] = [yearOf(filedAt), yearOf(target)];
  const since = Date.parse(filedAt) - APART_MS;
  return declarations.some(
    ({ data: { year }, at }) => year >= first && year <= last && Date.parse(at) >= since,
  );
}

/** Whether it is open whether a deadline of it is kept. */
function isUnsettled(row: MatterRow): boolean {
  const isSettled = row.answeredAt !== undefined && row.stateKind !== 'open';
  return !isSettled && row.state !== VOID_STATE && row.erased === undefined;
}

function yearOf(instant: string): number {
  return Number(instant.slice(0, 4));
}

/**
 * No event where nothing moves.
 * @param calendar as it is declared now
 * @param calendarAt as it was declared at a position of the log
 */
export function decide(
  { row, targetSet }: TimedMatter,
  matterId: string,
  calendar: WorkingCalendar,
  calendarAt: (position: bigint) => WorkingCalendar,
): NewEvent[] {
  if (row?.due === undefined || !isUnsettled(row)) return [];
  const due = row.answeredAt === undefined ? afterDeclaration(row.due, calendar).end : row.due;
  const { target } = row;
  if (target === undefined || targetSet === undefined || row.stateKind !== 'open')
    return due === row.due ? [] : [{ type: 'DeadlineMoved', data: { matterId, due } }];
  const counted = recounted(target, targetSet.at, calendarAt(targetSet.position), calendar).end;
  if (due === row.due && counted === target) return [];
  return [
    {
      type: 'DeadlineMoved',
      data: { matterId, due, ...(counted !== target && { target: counted }) },
    },
  ];
}
