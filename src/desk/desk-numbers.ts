/** How staff's own work goes, by department. Pure. */
import { runningDue, type MatterRow } from '../../projections/matter.js';
import { countIn, type Histogram } from '../../projections/sums.js';
import { daysLater, endOfDay, localDay } from '../calendar.js';
import { soonUntil, type WorkingCalendar } from '../city/deadlines.js';
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

/** What there is to do and what was done, which goes by the matters alone; figures of it go by an instant, too. */
export class DeskWork {
  readonly #all = new Tally();
  readonly #departments = new Map<string, Tally>();

  /** @param unanswered closed while their clock runs @param answered in this month */
  constructor({
    open,
    unanswered,
    answered,
  }: Readonly<Record<'open' | 'unanswered' | 'answered', readonly Counted[]>>) {
    for (const one of open) {
      const due = runningDue(one.row);
      for (const tally of this.#tallies(one)) {
        tally.open++;
        if (due !== undefined) addTo(tally.openDue, due);
      }
    }
    for (const one of unanswered) {
      const due = runningDue(one.row);
      if (due !== undefined) for (const tally of this.#tallies(one)) addTo(tally.closedDue, due);
    }
    for (const one of answered) {
      const { filedAt, answeredAt = filedAt } = one.row;
      const days = Math.max(0, Math.floor((Date.parse(answeredAt) - Date.parse(filedAt)) / DAY_MS));
      for (const tally of this.#tallies(one)) countIn(tally.days, days);
    }
  }

  numbers(now: string, calendar: WorkingCalendar): DeskNumbers {
    const soon = soonUntil(now, calendar);
    const departments = [...this.#departments]
      .map(([id, tally]) => [id, tally.numbers(now, soon)] as const)
      .filter(([, { open, overdue, answered }]) => open + overdue + answered > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return { all: this.#all.numbers(now, soon), departments: new Map(departments) };
  }

  #tallies({ department = '' }: Counted): readonly Tally[] {
    const known = this.#departments.get(department) ?? new Tally();
    this.#departments.set(department, known);
    return [this.#all, known];
  }
}

class Tally {
  open = 0;
  /** How many deadlines end at an instant, of what is open and of what was closed without an answer. */
  readonly openDue = new Map<string, number>();
  readonly closedDue = new Map<string, number>();
  readonly days: Histogram = [];

  /** @param soon the last instant at which a deadline is (`soonUntil`) */
  numbers(now: string, soon: string): DepartmentNumbers {
    const { open, openDue, closedDue, days } = this;
    const overdue = sumOf(openDue, (due) => due < now) + sumOf(closedDue, (due) => due < now);
    const medianDays = median(days);
    return {
      open,
      overdue,
      soon: sumOf(openDue, (due) => due >= now && due <= soon),
      answered: days.reduce((all, times) => all + times, 0),
      ...(medianDays !== undefined && { medianDays }),
    };
  }
}

function sumOf(dues: ReadonlyMap<string, number>, isMeant: (due: string) => boolean): number {
  return [...dues].reduce((all, [due, count]) => (isMeant(due) ? all + count : all), 0);
}

function addTo(dues: Map<string, number>, due: string): void {
  dues.set(due, (dues.get(due) ?? 0) + 1);
}
