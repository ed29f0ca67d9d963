/** Turnout per hour or, where that would be too many bars, per day of the city. */
import type { TurnoutRow } from '../../projections/turnout.view.js';
import type { Format } from './format.js';

export interface Period {
  /** Its first full hour with a voter, or the hour itself. */
  at: string;
  web: number;
  paper: number;
  /** Voters until its end. */
  total: number;
}

export interface Periods {
  unit: 'hour' | 'day';
  periods: readonly Period[];
}

const HOUR_MS = 3_600_000;
/** More hours than this are shown as days. */
const MAX_HOURS = 48;
/** Gaps are filled with empty periods up to this many hours (a year); a log with a wilder clock is shown with its gaps. */
const MAX_FILLED_HOURS = 8_784;

/** @param hours `[hour, voters by web, marks by paper]` in order of time */
export function turnoutPeriods(hours: TurnoutRow['hours'], format: Pick<Format, 'dayKey'>): Periods {
  const filled = fill(hours);
  const unit = filled.length > MAX_HOURS ? 'day' : 'hour';
  const periods = new Map<string, Period>();
  let total = 0;
  for (const [hour, web, paper] of filled) {
    total += web + paper;
    const key = unit === 'day' ? format.dayKey(hour) : hour;
    const period = periods.get(key);
    if (period === undefined) periods.set(key, { at: hour, web, paper, total });
    else periods.set(key, { at: period.at, web: period.web + web, paper: period.paper + paper, total });
  }
  return { unit, periods: [...periods.values()] };
}

/** Every hour from the first to the last: a chart without its quiet hours would mislead. */
function fill(hours: TurnoutRow['hours']): TurnoutRow['hours'] {
  const [first, last] = [hours[0], hours.at(-1)];
  if (first === undefined || last === undefined) return [];
  const from = Date.parse(first[0]);
  const until = Date.parse(last[0]);
  if (until - from > MAX_FILLED_HOURS * HOUR_MS) return hours;
  const known = new Map(hours.map((entry) => [Date.parse(entry[0]), entry]));
  const filled: TurnoutRow['hours'][number][] = [];
  for (let at = from; at <= until; at += HOUR_MS) {
    filled.push(known.get(at) ?? [new Date(at).toISOString(), 0, 0]);
  }
  return filled;
}
