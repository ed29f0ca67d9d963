/** Days of a city. A day is `YYYY-MM-DD` in its own time zone. Pure. */

const DAY_MS = 86_400_000;

/** Whether it is a day of the Gregorian calendar in the form `YYYY-MM-DD`. */
export function isDay(day: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const time = Date.parse(`${day}T00:00:00.000Z`);
  // `Date.parse` takes 30 February for 1 March.
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(day);
}

/** Whether the zone is one that this program knows. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatter(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** The day that it is in a time zone at an instant. @throws RangeError for a zone that is not known */
export function localDay(instant: Date, timeZone: string): string {
  // In English it is month, day and year.
  const [month = '', day = '', year = ''] = formatter(timeZone).format(instant).split('/');
  return `${year.padStart(4, '0')}-${month}-${day}`;
}

/** The last millisecond of a day in a time zone. @throws RangeError for a zone that is not known */
export function endOfDay(day: string, timeZone: string): Date {
  const name = `${day} ${timeZone}`;
  const known = ends.get(name);
  if (known !== undefined) return new Date(known);
  // No zone is further from UTC than a day, and days only go forward.
  let inside = Date.parse(`${day}T00:00:00.000Z`) - DAY_MS;
  let beyond = inside + 4 * DAY_MS;
  while (beyond - inside > 1) {
    const middle = Math.floor((inside + beyond) / 2);
    if (localDay(new Date(middle), timeZone) <= day) inside = middle;
    else beyond = middle;
  }
  if (ends.size === MOST_ENDS) ends.clear();
  ends.set(name, inside);
  return new Date(inside);
}

/** Ends of days that were searched for: all that is filed on a day is due on one. */
const ends = new Map<string, number>();
const MOST_ENDS = 4_096;

/**
 * Whether offices work on a day: not on Saturdays, Sundays and holidays. `holidays` must hold those of its year.
 * @see Ley 39/2015, art. 30.2
 */
export function isWorkingDay(day: string, holidays: ReadonlySet<string>): boolean {
  const weekday = new Date(`${day}T00:00:00.000Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.has(day);
}

/** The day so many days later, or earlier where there are less than none. */
export function daysLater(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days it is from one to another; less than none where the other is earlier. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00.000Z`) - Date.parse(`${from}T00:00:00.000Z`)) / DAY_MS;
}

/** The same day of a later month; where that month has no such day, its last one. */
export function monthsLater(day: string, months: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  // Day 0 is the last of the month before.
  const last = new Date(Date.UTC(year, month + months, 0));
  last.setUTCDate(Math.min(date, last.getUTCDate()));
  return last.toISOString().slice(0, 10);
}

/** Making one is a hundred times slower than using it. Only zones that exist are kept, so there are never many. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  let made = formatters.get(timeZone);
  if (made === undefined) {
    made = new Intl.DateTimeFormat('en', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formatters.set(timeZone, made);
  }
  return made;
}
