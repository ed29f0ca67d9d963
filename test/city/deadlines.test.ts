import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWorkingDay, localDay } from '../../src/calendar.js';
import {
  afterDeclaration,
  legalDue,
  moved,
  movedTarget,
  soonUntil,
  targetDue,
  urgency,
  workingCalendar,
  workingDaysLeft,
  type WorkingCalendar,
} from '../../src/city/deadlines.js';
import { GIJON, TOLEDO } from '../complaints/calendars.js';

const NOON = 'T11:00:00.000Z';

function dayOf(end: string | undefined, { timeZone }: WorkingCalendar): string | undefined {
  return end === undefined ? undefined : localDay(new Date(end), timeZone);
}

describe('the legal deadline', () => {
  it.each([
    // filed, Gijón, Toledo
    ['2026-01-27', '2026-04-27', '2026-04-27', 'date to date'],
    ['2026-08-31', '2026-11-30', '2026-11-30', 'there is no 31 November'],
    ['2025-11-28', '2026-03-02', '2026-03-02', '28 February is a Saturday'],
    ['2025-11-30', '2026-03-02', '2026-03-02', 'there is no 30 February, and its last is a Saturday'],
    ['2027-11-28', '2028-02-28', '2028-02-28', 'a leap year'],
    ['2027-11-29', '2028-02-29', '2028-02-29', 'a leap year has the day'],
    ['2027-11-30', '2028-02-29', '2028-02-29', 'its last is the 29th'],
    ['2026-05-29', '2026-08-31', '2026-08-31', '29 August is a Saturday'],
    ['2026-05-31', '2026-08-31', '2026-08-31', 'filed on a Sunday, which is no matter'],
    ['2026-05-04', '2026-08-04', '2026-08-04', 'August works, unlike in courts'],
    ['2026-05-15', '2026-08-17', '2026-08-17', 'a holiday on a Saturday'],
    ['2025-10-05', '2026-01-05', '2026-01-05', 'between two holidays'],
    ['2025-10-06', '2026-01-07', '2026-01-07', 'Epiphany'],
    ['2025-10-07', '2026-01-07', '2026-01-07', 'the day after it'],
    ['2025-10-01', '2026-01-02', '2026-01-02', 'New Year'],
    ['2026-01-02', '2026-04-06', '2026-04-07', 'Easter, with its Monday in Toledo'],
    ['2026-08-26', '2026-11-26', '2026-11-27', 'a day of Toledo'],
    ['2026-09-07', '2026-12-09', '2026-12-07', 'the Constitution on a Sunday, kept on Monday in Asturias'],
    ['2025-11-17', '2026-02-18', '2026-02-17', 'Antroxu'],
    ['2026-02-28', '2026-05-28', '2026-05-28', 'the last of a month is no last of the other'],
  ])('of %s is %s in Gijón and %s in Toledo: %s', (filed, gijon, toledo) => {
    expect(dayOf(legalDue(filed + NOON, GIJON).end, GIJON)).toBe(gijon);
    expect(dayOf(legalDue(filed + NOON, TOLEDO).end, TOLEDO)).toBe(toledo);
  });

  it.each([
    ['2026-08-30T22:30:00.000Z', '2026-11-30T22:59:59.999Z', 'filed on the 31st in Spain, summer to winter'],
    ['2026-08-30T21:59:59.999Z', '2026-11-30T22:59:59.999Z', 'the last moment of the 30th'],
    ['2026-01-27T12:00:00.000Z', '2026-04-27T21:59:59.999Z', 'winter to summer'],
    [
      '2025-12-29T12:00:00.000Z',
      '2026-03-30T21:59:59.999Z',
      'onto the night of the change, and on to Monday',
    ],
    ['2025-12-27T12:00:00.000Z', '2026-03-27T22:59:59.999Z', 'the last working day before the change'],
    ['2025-10-26T00:30:00.000Z', '2026-01-26T22:59:59.999Z', 'in the hour that there is twice'],
  ])('of %s ends at %s: %s', (filed, end) => {
    expect(legalDue(filed, GIJON).end).toBe(end);
  });

  it('ends an hour later in the Canaries', () => {
    const canary = { ...GIJON, timeZone: 'Atlantic/Canary' };
    expect(legalDue('2026-01-27T12:00:00.000Z', canary).end).toBe('2026-04-27T22:59:59.999Z');
  });

  it('says when a year is not declared yet, and moves when it is', () => {
    const filed = '2026-10-06T12:00:00.000Z';
    const before = legalDue(filed, GIJON);
    expect(before).toEqual({ end: '2027-01-06T22:59:59.999Z', certain: false });
    const declared = { ...GIJON, holidays: new Map([...GIJON.holidays, [2027, new Set(['2027-01-06'])]]) };
    const after = { end: '2027-01-07T22:59:59.999Z', certain: true };
    expect(afterDeclaration(before.end, declared)).toEqual(after);
    expect(afterDeclaration(after.end, declared)).toEqual(after);
    expect(legalDue(filed, declared)).toEqual(after);
  });

  it('is not certain either where it moves into a year that is not declared', () => {
    const calendar = workingCalendar('Europe/Madrid', [{ year: 2027, days: ['2027-12-31'] }]);
    expect(legalDue('2027-09-30T12:00:00.000Z', calendar).certain).toBe(true);
    expect(legalDue('2027-10-01T12:00:00.000Z', calendar).certain).toBe(false);
    expect(dayOf(legalDue('2027-09-30T12:00:00.000Z', calendar).end, calendar)).toBe('2027-12-30');
    const last = workingCalendar('Europe/Madrid', [{ year: 2026, days: ['2026-12-31'] }]);
    expect(legalDue('2026-09-30T12:00:00.000Z', last).certain).toBe(true);
    expect(afterDeclaration('2026-12-31T12:00:00.000Z', last)).toEqual({
      end: '2027-01-01T22:59:59.999Z',
      certain: false,
    });
  });
});

describe('a target', () => {
  it.each([
    // from, working days, Gijón, Toledo
    ['2026-11-27', 5, '2026-12-04', '2026-12-04', 'over a weekend'],
    ['2026-12-04', 1, '2026-12-09', '2026-12-07', 'over the holidays of December'],
    ['2026-12-04', 3, '2026-12-11', '2026-12-10', 'and on'],
    ['2026-11-28', 1, '2026-11-30', '2026-11-30', 'from a Saturday'],
    ['2026-11-25', 1, '2026-11-26', '2026-11-27', 'over a day of Toledo'],
    ['2026-11-27', 0, '2026-11-27', '2026-11-27', 'today'],
    ['2026-11-28', 0, '2026-11-30', '2026-11-30', 'today, which does not work'],
    ['2026-03-27', 5, '2026-04-07', '2026-04-08', 'over Easter'],
  ])('from %s, %i days, is %s in Gijón and %s in Toledo: %s', (from, days, gijon, toledo) => {
    expect(dayOf(targetDue(from + NOON, days, GIJON).end, GIJON)).toBe(gijon);
    expect(dayOf(targetDue(from + NOON, days, TOLEDO).end, TOLEDO)).toBe(toledo);
  });

  it('is not certain where any day that it counts is of a year not declared', () => {
    expect(targetDue('2026-12-28T12:00:00.000Z', 3, GIJON).certain).toBe(true);
    expect(targetDue('2026-12-28T12:00:00.000Z', 4, GIJON).certain).toBe(false);
    expect(targetDue('2025-12-31T12:00:00.000Z', 4, GIJON).certain).toBe(false);
  });
});

describe('a clock that stood', () => {
  const due = '2026-11-30T22:59:59.999Z';

  it.each([
    // stopped, went on, due, target
    ['2026-11-02', '2026-11-02', '2026-11-30', '2026-11-30', 'within a day'],
    ['2026-11-02', '2026-11-03', '2026-12-01', '2026-12-01', 'over a night'],
    ['2026-11-06', '2026-11-09', '2026-12-03', '2026-12-01', 'over a weekend'],
    ['2026-11-02', '2026-11-08', '2026-12-09', '2026-12-04', 'onto a Sunday, and over three days off'],
    ['2026-11-30', '2026-12-14', '2026-12-14', '2026-12-14', 'stopped on the last day'],
    ['2026-12-01', '2026-12-14', '2026-11-30', '2026-11-30', 'stopped when it had passed'],
  ])('from %s to %s makes it due on %s, the target %s: %s', (stopped, resumed, end, target) => {
    expect(dayOf(moved(due, stopped + NOON, resumed + NOON, GIJON).end, GIJON)).toBe(end);
    expect(dayOf(movedTarget(due, stopped + NOON, resumed + NOON, GIJON).end, GIJON)).toBe(target);
  });

  it('counts days of the city, whatever hours they have', () => {
    // 24 and 25 October in Spain, with a night of an hour more between them.
    const [stopped, resumed] = ['2026-10-23T22:30:00.000Z', '2026-10-25T22:30:00.000Z'];
    expect(dayOf(moved('2026-11-16T22:59:59.999Z', stopped, resumed, GIJON).end, GIJON)).toBe('2026-11-17');
  });

  it('cannot go on before it stopped', () => {
    expect(() => moved(due, `2026-11-03${NOON}`, `2026-11-02${NOON}`, GIJON)).toThrow(RangeError);
    expect(() => movedTarget(due, `2026-11-03${NOON}`, `2026-11-02${NOON}`, GIJON)).toThrow(RangeError);
  });
});

describe('what is left', () => {
  const due = '2026-12-09T22:59:59.999Z';

  it.each([
    ['2026-11-24T11:00:00.000Z', 9, 'soon', 'two weekends and a holiday'],
    ['2026-11-20T11:00:00.000Z', 11, 'in-time', 'one more than is soon'],
    ['2026-11-23T11:00:00.000Z', 10, 'soon', 'as many as is soon'],
    ['2026-11-27T11:00:00.000Z', 6, 'soon', 'a weekend and three days off'],
    ['2026-11-30T11:00:00.000Z', 5, 'soon', 'a week before'],
    ['2026-12-09T22:59:59.999Z', 0, 'soon', 'the last moment'],
    ['2026-12-09T23:00:00.000Z', -1, 'overdue', 'the moment after'],
    ['2026-12-12T11:00:00.000Z', -2, 'overdue', 'a weekend does not count'],
  ])('at %s is %i: %s (%s)', (now, left, level) => {
    expect(workingDaysLeft(due, now, GIJON)).toBe(left);
    expect(urgency(due, now, GIJON)).toBe(level);
  });
});

describe('whatever the calendar', () => {
  const zones = fc.constantFrom('Europe/Madrid', 'Atlantic/Canary', 'America/Santiago', 'Pacific/Auckland');
  const days = (year: number) =>
    fc.date({
      min: new Date(`${year}-01-01T00:00:00.000Z`),
      max: new Date(`${year}-12-31T00:00:00.000Z`),
      noInvalidDate: true,
    });
  const years = fc.tuple(
    ...[2026, 2027, 2028, 2029].map((year) =>
      fc
        .array(days(year), { maxLength: 30 })
        .map((list) => ({ year, days: list.map((at) => at.toISOString().slice(0, 10)) })),
    ),
  );
  const calendars = fc.tuple(zones, years).map(([zone, declared]) => workingCalendar(zone, declared));
  const instants = fc
    .date({
      min: new Date('2026-01-01T00:00:00.000Z'),
      max: new Date('2028-06-30T00:00:00.000Z'),
      noInvalidDate: true,
    })
    .map((at) => at.toISOString());

  const worksOn = (day: string, calendar: WorkingCalendar) =>
    isWorkingDay(day, calendar.holidays.get(Number(day.slice(0, 4))) ?? new Set());

  /** Months since year 0, and the day, of a filing's or a deadline's local day. */
  function parts(at: string, { timeZone }: WorkingCalendar) {
    const [year = 0, month = 0, day = 0] = localDay(new Date(at), timeZone).split('-').map(Number);
    return {
      months: year * 12 + month,
      day,
      isLast: new Date(Date.UTC(year, month, 0)).getUTCDate() === day,
    };
  }

  it('a legal deadline is never earlier than three months, always a working day, and its last moment', () => {
    fc.assert(
      fc.property(calendars, instants, (calendar, filedAt) => {
        const end = legalDue(filedAt, calendar).end;
        const [filed, due] = [parts(filedAt, calendar), parts(end, calendar)];
        const months = due.months - filed.months;
        expect(months > 3 || (months === 3 && (due.day >= filed.day || due.isLast))).toBe(true);
        const day = localDay(new Date(end), calendar.timeZone);
        expect(worksOn(day, calendar)).toBe(true);
        expect(localDay(new Date(Date.parse(end) + 1), calendar.timeZone) > day).toBe(true);
      }),
    );
  });

  it('who files later is never answered earlier by law', () => {
    fc.assert(
      fc.property(calendars, instants, instants, (calendar, one, other) => {
        const [earlier, later] = [one, other].sort();
        const first = legalDue(earlier ?? '', calendar).end;
        expect(first <= legalDue(later ?? '', calendar).end).toBe(true);
      }),
    );
  });

  it('a target has exactly its working days, and ends on one', () => {
    fc.assert(
      fc.property(calendars, instants, fc.nat(60), (calendar, from, workingDays) => {
        const { end } = targetDue(from, workingDays, calendar);
        expect(worksOn(localDay(new Date(end), calendar.timeZone), calendar)).toBe(true);
        const left = workingDaysLeft(end, from, calendar);
        // A target of no days that was given on a day off ends on the next working day.
        expect([workingDays, Math.max(1, workingDays)]).toContain(left);
      }),
    );
  });

  it('a deadline is soon exactly while ten working days or less are left', () => {
    fc.assert(
      fc.property(calendars, instants, fc.nat(40), (calendar, now, later) => {
        const due = new Date(Date.parse(now) + later * 86_400_000).toISOString();
        expect(due <= soonUntil(now, calendar)).toBe(workingDaysLeft(due, now, calendar) <= 10);
      }),
    );
  });

  it('a clock that stood never takes a day away, and leaves a target as many working days as it had', () => {
    fc.assert(
      fc.property(calendars, instants, fc.nat(30), fc.nat(30), (calendar, filedAt, before, stood) => {
        const stoppedAt = new Date(Date.parse(filedAt) + before * 86_400_000).toISOString();
        const resumedAt = new Date(Date.parse(stoppedAt) + stood * 86_400_000).toISOString();
        const due = legalDue(filedAt, calendar).end;
        const { end } = moved(due, stoppedAt, resumedAt, calendar);
        expect(end >= due).toBe(true);
        expect(worksOn(localDay(new Date(end), calendar.timeZone), calendar)).toBe(true);
        const target = targetDue(filedAt, 30, calendar).end;
        fc.pre(stoppedAt <= target);
        const left = workingDaysLeft(
          movedTarget(target, stoppedAt, resumedAt, calendar).end,
          resumedAt,
          calendar,
        );
        expect(left).toBe(workingDaysLeft(target, stoppedAt, calendar));
      }),
    );
  });

  it('a declaration moves a deadline to where it would have been, once', () => {
    fc.assert(
      fc.property(calendars, instants, (calendar, filedAt) => {
        const unknown = { ...calendar, holidays: new Map() };
        const before = legalDue(filedAt, unknown).end;
        const after = afterDeclaration(before, calendar);
        expect(after).toEqual(legalDue(filedAt, calendar));
        expect(afterDeclaration(after.end, calendar)).toEqual(after);
      }),
    );
  });
});
