/**
 * Until when the city must answer. A deadline ends with its last day, in the city's time zone. Pure.
 *
 * The law counts from the day after the filing. (Ley 39/2015, art. 31.2 lets what was filed on a day off count as filed
 * on the next working day, for the terms of those who file; here the day itself counts, which is never the later one.)
 */
import { daysBetween, daysLater, endOfDay, isWorkingDay, localDay, monthsLater } from '../calendar.js';

/** Which days the city works. A year that is not in `holidays` was not declared: only its weekends are known. */
export interface WorkingCalendar {
  readonly timeZone: string;
  readonly holidays: ReadonlyMap<number, ReadonlySet<string>>;
}

export interface Deadline {
  /** The instant of the last millisecond of the last day. */
  readonly end: string;
  /** Whether all years that it was counted through are declared; else their declaration may move it. */
  readonly certain: boolean;
}

/** `overdue` once the deadline has passed, `soon` before it. */
export type Urgency = 'in-time' | 'soon' | 'overdue';

/** Months that the city has where no rule says otherwise. @see Ley 39/2015, art. 21.3 */
const MONTHS = 3;

/** Working days left from which on a deadline is soon: for staff who is warned and for everybody who reads of it. */
const SOON_DAYS = 10;

const NO_HOLIDAYS: ReadonlySet<string> = new Set();

/** The calendar of a city that declared these years. @param years as `HolidaysDeclared` has them */
export function workingCalendar(
  timeZone: string,
  years: Iterable<{ readonly year: number; readonly days: readonly string[] }>,
): WorkingCalendar {
  return { timeZone, holidays: new Map([...years].map(({ year, days }) => [year, new Set(days)])) };
}

/**
 * The legal deadline of what was filed, or opened again, at an instant. Three months from date to date: it ends on the same day of the third month, or on that month's last where there is no such day; where that is
 * no working day, on the next one.
 * @see Ley 39/2015, art. 30.4 and 30.5 (https://www.boe.es/buscar/act.php?id=BOE-A-2015-10565#a30)
 */
export function legalDue(filedAt: string, calendar: WorkingCalendar): Deadline {
  const last = monthsLater(localDay(new Date(filedAt), calendar.timeZone), MONTHS);
  return ending(last, calendar);
}

/**
 * The end of so many working days, counted from the day after `from`. None at all end on the day itself, or on the next
 * working day.
 * @see Ley 39/2015, art. 30.2 and 30.3
 */
export function targetDue(from: string, workingDays: number, calendar: WorkingCalendar): Deadline {
  return later(localDay(new Date(from), calendar.timeZone), workingDays, calendar);
}

/**
 * A legal deadline after the clock stood: the days from the one on which it stopped to the one on which it went on are
 * added, and where the last is no working day, it ends on the next. A deadline that had passed when the clock stopped stays.
 * @throws RangeError when it went on before it stopped
 * @see Ley 39/2015, art. 22.1.a (the time between what is asked of a citizen and the answer is not counted)
 */
export function moved(
  due: string,
  stoppedAt: string,
  resumedAt: string,
  calendar: WorkingCalendar,
): Deadline {
  const { last, stopped, resumed } = standstill(due, stoppedAt, resumedAt, calendar);
  return ending(daysLater(last, stoppedAt > due ? 0 : daysBetween(stopped, resumed)), calendar);
}

/** The same of a target, which counts working days: those on which the clock stood are added. @throws RangeError */
export function movedTarget(
  target: string,
  stoppedAt: string,
  resumedAt: string,
  calendar: WorkingCalendar,
): Deadline {
  const { last, stopped, resumed } = standstill(target, stoppedAt, resumedAt, calendar);
  const days = stoppedAt > target ? 0 : workingDaysBetween(stopped, resumed, calendar);
  return later(last, days, calendar);
}

/**
 * A deadline after holidays were declared: where its last day turns out to be none that works, the next that does. It
 * never comes earlier, and the same calendar never moves it twice.
 */
export function afterDeclaration(due: string, calendar: WorkingCalendar): Deadline {
  return ending(localDay(new Date(due), calendar.timeZone), calendar);
}

/**
 * A target after holidays were declared: as many working days from when it was set as it had by the calendar of then. The
 * calendar by which it was set never moves it.
 */
export function recounted(
  target: string,
  setAt: string,
  ofThen: WorkingCalendar,
  calendar: WorkingCalendar,
): Deadline {
  const [from, last] = [setAt, target].map((at) => localDay(new Date(at), calendar.timeZone)) as [
    string,
    string,
  ];
  // One that had passed when it was set has nothing to count.
  return last < from ? ending(last, ofThen) : later(from, workingDaysBetween(from, last, ofThen), calendar);
}

/**
 * How many working days are left after today: 0 on the last day; less than none once it has passed, by how many it has.
 * @param now the instant at which the clock stopped, where it stands
 */
export function workingDaysLeft(due: string, now: string, calendar: WorkingCalendar): number {
  const today = localDay(new Date(now), calendar.timeZone);
  const last = localDay(new Date(due), calendar.timeZone);
  return last >= today
    ? workingDaysBetween(today, last, calendar)
    : -workingDaysBetween(last, today, calendar);
}

/** @param now as of `workingDaysLeft` */
export function urgency(due: string, now: string, calendar: WorkingCalendar): Urgency {
  if (now > due) return 'overdue';
  return due <= soonUntil(now, calendar) ? 'soon' : 'in-time';
}

/** Deadlines that have not passed are `soon` when they end at this instant or before: when `workingDaysLeft` is ten or less. */
export function soonUntil(now: string, calendar: WorkingCalendar): string {
  let last = localDay(new Date(now), calendar.timeZone);
  for (let left = SOON_DAYS; ;) {
    const next = daysLater(last, 1);
    if (works(next, calendar) && left-- === 0) return endOfDay(last, calendar.timeZone).toISOString();
    last = next;
  }
}

function standstill(due: string, stoppedAt: string, resumedAt: string, { timeZone }: WorkingCalendar) {
  if (resumedAt < stoppedAt) throw new RangeError('A clock cannot go on before it stopped');
  const [last = '', stopped = '', resumed = ''] = [due, stoppedAt, resumedAt].map((at) =>
    localDay(new Date(at), timeZone),
  );
  return { last, stopped, resumed };
}

/** The deadline whose last day is this one, or the next working day. */
function ending(day: string, calendar: WorkingCalendar): Deadline {
  let last = day;
  while (!works(last, calendar)) last = daysLater(last, 1);
  return deadline(day, last, calendar);
}

/** The deadline so many working days after a day. */
function later(day: string, workingDays: number, calendar: WorkingCalendar): Deadline {
  if (workingDays === 0) return ending(day, calendar);
  let last = day;
  for (let left = workingDays; left > 0;) {
    last = daysLater(last, 1);
    if (works(last, calendar)) left--;
  }
  return deadline(day, last, calendar);
}

/** How many days after `from` and up to `to` work. */
function workingDaysBetween(from: string, to: string, calendar: WorkingCalendar): number {
  let days = 0;
  for (let day = from; day < to;) {
    day = daysLater(day, 1);
    if (works(day, calendar)) days++;
  }
  return days;
}

function deadline(from: string, last: string, calendar: WorkingCalendar): Deadline {
  let certain = true;
  for (let year = yearOf(from); year <= yearOf(last); year++) certain &&= calendar.holidays.has(year);
  return { end: endOfDay(last, calendar.timeZone).toISOString(), certain };
}

function works(day: string, { holidays }: WorkingCalendar): boolean {
  return isWorkingDay(day, holidays.get(yearOf(day)) ?? NO_HOLIDAYS);
}

function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}
