/** The holidays of a city file: `{"calendar": "code", "years": {"2026": ["2026-01-01", …]}}`. */
import type { DataOf } from '../../projections/events/catalogue.js';
import { isDay } from '../calendar.js';
import type { Fields } from './fields.js';
import { CODE } from '../../projections/events/schema.js';

const MAX_DAYS = 60;

/** A declaration for each year, days in order. `year-invalid`, `day-invalid`, `day-of-other-year`, `day-repeated`, `code-invalid`. */
export function readHolidays(fields: Fields, value: unknown): DataOf<'HolidaysDeclared'>[] {
  if (value === undefined) return [];
  const holidays = fields.object(value, 'holidays', ['calendar', 'years']);
  const calendar = fields.text(holidays.calendar, 'holidays.calendar');
  if (calendar !== '' && !CODE.test(calendar)) fields.problem('code-invalid', 'holidays.calendar');
  return Object.entries(fields.object(holidays.years, 'holidays.years')).map(([key, list]) => {
    const field = `holidays.years.${key}`;
    const year = /^\d{4}$/.test(key) ? Number(key) : 0;
    if (year < 1900) fields.problem('year-invalid', field);
    const days = fields.list(list, field, MAX_DAYS).map((item, index) => {
      const day = fields.text(item, `${field}.${index}`);
      if (day !== '' && !isDay(day)) fields.problem('day-invalid', `${field}.${index}`);
      else if (day !== '' && !day.startsWith(key)) fields.problem('day-of-other-year', `${field}.${index}`);
      return day;
    });
    fields.unique(days, 'day-repeated', (index) => `${field}.${index}`);
    return { year, days: days.sort(), calendar };
  });
}
