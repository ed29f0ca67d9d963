/** When people of the demo's city write, and when its offices work. Pure. */
import { daysLater, endOfDay, isWorkingDay, localDay } from '../calendar.js';
import { DEMO_CITY } from './city.js';
import { holidaysOf } from './holidays.js';
import { lot, weighted, type Lot } from './lot.js';

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** How much is written in each hour of the day, and in each month. */
const BY_HOUR = [1, 1, 1, 0, 0, 0, 0, 2, 5, 8, 9, 9, 8, 7, 5, 4, 5, 6, 7, 7, 6, 6, 4, 2];
const BY_MONTH = [9, 8, 9, 10, 10, 11, 12, 12, 11, 10, 10, 8];
/** Of a week that begins on a Sunday. */
const BY_WEEKDAY = [6, 12, 11, 10, 10, 9, 6];
const HOURS = BY_HOUR.map((_weight, hour) => hour);
/** Minutes from midnight at which staff sits down to the matters that have come in. */
const SITTINGS = [8 * 60 + 35, 11 * 60, 13 * 60 + 20];
const FIRST_AWAKE = 7;

interface Day {
  readonly day: string;
  /** ms of its first instant. */
  readonly start: number;
  /** How much is written on it. */
  readonly weight: number;
}

export class Agenda {
  readonly #days: readonly Day[];
  readonly #sittings: readonly number[];

  /** @param from ms @param until ms: nothing is later */
  constructor(
    readonly from: number,
    readonly until: number,
  ) {
    this.#days = daysOf(from, until);
    const random = lot('sittings');
    const works = this.#days.filter(({ day }) =>
      isWorkingDay(day, new Set(holidaysOf(Number(day.slice(0, 4))))),
    );
    this.#sittings = works
      .flatMap(({ start }) =>
        SITTINGS.map((minute) => start + (minute + Math.floor(random() * 20)) * MINUTE_MS),
      )
      .filter((at) => at < until);
  }

  /** An instant at which somebody writes. */
  moment(random: Lot): number {
    for (;;) {
      const { start } = weighted(random, this.#days, ({ weight }) => weight);
      const hour = weighted(random, HOURS, (one) => BY_HOUR[one] ?? 0);
      const at = start + Math.floor((hour + random()) * HOUR_MS);
      if (at >= this.from && at < this.until) return at;
    }
  }

  /** When staff next sits down after an instant; `undefined`: not before the end. */
  sitting(after: number): number | undefined {
    let [low, high] = [0, this.#sittings.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sittings[middle] ?? 0) > after) high = middle;
      else low = middle + 1;
    }
    return this.#sittings[low];
  }

  /** The instant, or the morning after it where people sleep; `undefined`: not before the end. */
  awake(random: Lot, at: number): number | undefined {
    const day = localDay(new Date(at), DEMO_CITY.city.timeZone);
    const start = this.#days.find((one) => one.day === day)?.start;
    if (start === undefined) return undefined;
    const isNight = at - start < FIRST_AWAKE * HOUR_MS;
    const then = isNight ? start + Math.floor((FIRST_AWAKE + random() * 4) * HOUR_MS) : at;
    return then < this.until ? then : undefined;
  }
}

function weightOf(day: string): number {
  const weekday = new Date(`${day}T00:00:00.000Z`).getUTCDay();
  return (BY_MONTH[Number(day.slice(5, 7)) - 1] ?? 0) * (BY_WEEKDAY[weekday] ?? 0);
}

function daysOf(from: number, until: number): Day[] {
  const { timeZone } = DEMO_CITY.city;
  const days: Day[] = [];
  const last = localDay(new Date(until), timeZone);
  for (let day = localDay(new Date(from), timeZone); day <= last; day = daysLater(day, 1))
    days.push({
      day,
      start: endOfDay(daysLater(day, -1), timeZone).getTime() + 1,
      weight: weightOf(day),
    });
  return days;
}
