/** How staff's own work goes, by department. Pure. */
import { runningDue, type MatterRow } from '../../projections/matter.js';
import { daysLater, endOfDay, localDay } from '../calendar.js';
import { urgency, type WorkingCalendar } from '../city/deadlines.js';
import { median } from '../numbers/numbers.js';

export interface DepartmentNumbers {
  /** In an open state. */
  readonly open: number;
  /** Whose deadline has passed without an answer, in whatever state. */
  readonly overdue: number;
  /** Whose deadline is `soon`. */
  readonly soon: number;
  /** In this month of the city, since they were filed or opened again. */
  readonly answered: number;
  /** Whole days from the filing to the answer, of those answered in this month; absent without any. */
  readonly medianDays?: number;
}

export interface DeskNumbers {
  readonly all: DepartmentNumbers;
  /** By the id of a department, in order; `''` has what nobody was given. */
  readonly departments: ReadonlyMap<string, DepartmentNumbers>;
}

interface Counted {
  readonly row: MatterRow;
  readonly department?: string;
}

const DAY_MS = 86_400_000;

/** The first instant of the month that it is in a time zone. */
export function monthStart(now: Date, timeZone: string): string {
  const first = `${localDay(now, timeZone).slice(0, 8)}01`;
  return new Date(endOfDay(daysLater(first, -1), timeZone).getTime() + 1).toISOString();
}

/** @param late closed, and overdue @param answered in this month */
export function deskNumbers(
  { open, late, answered }: Readonly<Record<'open' | 'late' | 'answered', readonly Counted[]>>,
  now: string,
  calendar: WorkingCalendar,
): DeskNumbers {
  const all = new Tally();
  const departments = new Map<string, Tally>();
  const tallies = ({ department = '' }: Counted): Tally[] => {
    const known = departments.get(department) ?? new Tally();
    departments.set(department, known);
    return [all, known];
  };
  for (const one of open) {
    const due = runningDue(one.row);
    const how = due === undefined ? 'in-time' : urgency(due, now, calendar);
    for (const tally of tallies(one)) {
      tally.open++;
      if (how !== 'in-time') tally[how]++;
    }
  }
  for (const one of late) for (const tally of tallies(one)) tally.overdue++;
  for (const one of answered) {
    const { filedAt, answeredAt = filedAt } = one.row;
    const days = Math.max(0, Math.floor((Date.parse(answeredAt) - Date.parse(filedAt)) / DAY_MS));
    for (const tally of tallies(one)) tally.days.set(days, (tally.days.get(days) ?? 0) + 1);
  }
  const inOrder = [...departments].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    all: all.numbers(),
    departments: new Map(inOrder.map(([id, tally]) => [id, tally.numbers()])),
  };
}

class Tally {
  open = 0;
  overdue = 0;
  soon = 0;
  /** How many took so many days. */
  readonly days = new Map<number, number>();

  numbers(): DepartmentNumbers {
    const { open, overdue, soon, days } = this;
    const medianDays = median(days);
    const answered = [...days.values()].reduce((sum, times) => sum + times, 0);
    return { open, overdue, soon, answered, ...(medianDays !== undefined && { medianDays }) };
  }
}
