import { describe, expect, it } from '@jest/globals';
import { isDay, isTimeZone, isWorkingDay, localDay } from '../src/calendar.js';

describe('days of a city', () => {
  it('begin at its own midnight', () => {
    expect(localDay(new Date('2026-06-30T21:59:59.999Z'), 'Europe/Madrid')).toBe('2026-06-30');
    expect(localDay(new Date('2026-06-30T22:00:00.000Z'), 'Europe/Madrid')).toBe('2026-07-01');
    expect(localDay(new Date('2026-12-31T22:59:59.999Z'), 'Europe/Madrid')).toBe('2026-12-31');
    expect(localDay(new Date('2026-12-31T23:00:00.000Z'), 'Europe/Madrid')).toBe('2027-01-01');
    expect(localDay(new Date('2026-12-31T23:00:00.000Z'), 'Atlantic/Canary')).toBe('2026-12-31');
  });

  it.each([
    ['2026-11-24', true, 'a Tuesday'],
    ['2026-11-28', false, 'a Saturday'],
    ['2026-11-29', false, 'a Sunday'],
    ['2026-12-08', false, 'a holiday'],
  ])('%s: %s, %s', (day, works) => {
    expect(isWorkingDay(day, new Set(['2026-12-08']))).toBe(works);
  });

  it.each([
    ['2028-02-29', true],
    ['2026-02-29', false],
    ['2026-02-30', false],
    ['2026-13-01', false],
    ['2026-1-01', false],
    ['', false],
  ])('%s is a day: %s', (day, real) => {
    expect(isDay(day)).toBe(real);
  });

  it('knows which time zones there are', () => {
    expect(isTimeZone('Europe/Madrid')).toBe(true);
    expect(isTimeZone('Europe/Gijon')).toBe(false);
  });
});
