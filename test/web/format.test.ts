import { describe, expect, it } from '@jest/globals';
import { Format } from '../../src/web/format.js';
import { LANGUAGES } from '../../src/web/languages.js';
import { turnoutPeriods } from '../../src/web/turnout-periods.js';

/** Intl puts spaces that do not break. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const es = new Format('es', 'Europe/Madrid');
const en = new Format('en', 'Europe/Madrid');

describe('money', () => {
  it('of days has a half at most', () => {
    expect(LANGUAGES.map((language) => new Format(language, 'Europe/Madrid').days(6.5))).toEqual([
      '6,5',
      '6,5',
      '6.5',
    ]);
    expect(new Format('es', 'Europe/Madrid').days(7)).toBe('7');
  });

  it('is whole without decimals and exact with them, in each language', () => {
    expect(plain(es.money(420_000, 'EUR'))).toBe('4.200 €');
    expect(plain(es.money(420_005, 'EUR'))).toBe('4.200,05 €');
    expect(plain(en.money(420_005, 'EUR'))).toBe('€4,200.05');
    expect(plain(en.money(-5, 'EUR'))).toBe('-€0.05');
    expect(plain(en.money(0, 'EUR'))).toBe('€0');
  });

  it('keeps every digit of sums beyond 2^53', () => {
    expect(plain(en.money('900719925474099325', 'EUR'))).toBe('€9,007,199,254,740,993.25');
  });

  it('knows currencies without and with three decimals', () => {
    expect(plain(en.money(1_234, 'JPY'))).toBe('JP¥1,234');
    expect(plain(en.money(1_234, 'KWD'))).toBe('KWD 1.234');
  });
});

describe('shares', () => {
  it('are rounded, halves up, but 100 % means everybody', () => {
    expect(plain(es.percent(334, 620))).toBe('53,9 %');
    expect(plain(es.percent(1_249, 10_000))).toBe('12,5 %');
    expect(plain(es.percent(1_245, 10_000))).toBe('12,5 %');
    expect(plain(es.percent(12_449, 100_000))).toBe('12,4 %');
    expect(plain(es.percent(9_999, 10_000))).toBe('99,9 %');
    expect(plain(es.percent(10_000, 10_000))).toBe('100 %');
    expect(es.percent(0, 0)).toBe('–');
  });

  it('that a ruleset states are exact', () => {
    expect([500, 525, 7, 10_000].map((value) => plain(es.basisPoints(value)))).toEqual([
      '5 %',
      '5,25 %',
      '0,07 %',
      '100 %',
    ]);
  });
});

describe('instants', () => {
  it('are in the time of the city, in summer and in winter', () => {
    expect(en.instant('2026-07-01T22:30:00.000Z')).toBe('2 July 2026 at 00:30');
    expect(en.instant('2026-12-01T22:30:00.000Z')).toBe('1 December 2026 at 23:30');
    expect(new Format('ast', 'Europe/Madrid').instant('2026-11-24T12:49:00.000Z')).toContain('payares');
  });
});

describe('turnout periods', () => {
  it('are hours without gaps at first', () => {
    const { unit, periods } = turnoutPeriods(
      [
        ['2026-10-01T08:00:00.000Z', 3, 0],
        ['2026-10-01T10:00:00.000Z', 2, 1],
      ],
      es,
    );
    expect(unit).toBe('hour');
    expect(periods.map(({ web, paper, total }) => [web, paper, total])).toEqual([
      [3, 0, 3],
      [0, 0, 3],
      [2, 1, 6],
    ]);
  });

  it('are days of the city later: an hour after midnight there belongs to the next day', () => {
    const { unit, periods } = turnoutPeriods(
      [
        ['2026-10-01T08:00:00.000Z', 1, 0],
        ['2026-10-01T22:00:00.000Z', 2, 0],
        ['2026-10-05T08:00:00.000Z', 4, 1],
      ],
      es,
    );
    expect(unit).toBe('day');
    expect(periods.map(({ web, paper, total }) => [web, paper, total])).toEqual([
      [1, 0, 1],
      [2, 0, 3],
      [0, 0, 3],
      [0, 0, 3],
      [4, 1, 8],
    ]);
  });

  it('does not fill the gap that a clock gone wild leaves', () => {
    const { periods } = turnoutPeriods(
      [
        ['1970-01-01T00:00:00.000Z', 1, 0],
        ['2026-10-05T08:00:00.000Z', 1, 0],
      ],
      es,
    );
    expect(periods).toHaveLength(2);
  });

  it('is nothing for nobody', () => {
    expect(turnoutPeriods([], es).periods).toEqual([]);
  });
});
