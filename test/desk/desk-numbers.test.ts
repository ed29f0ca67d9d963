import { describe, expect, it } from '@jest/globals';
import type { MatterRow } from '../../projections/matter.js';
import { workingCalendar } from '../../src/city/deadlines.js';
import { DeskWork, monthStart } from '../../src/desk/desk-numbers.js';
import { refOf } from '../complaints/matter-events.js';

const CALENDAR = workingCalendar('UTC', []);
const FILED_AT = '2026-03-02T08:00:00.000Z';
const OPEN: MatterRow = {
  kind: 'complaint',
  details: refOf('details'),
  filedAt: FILED_AT,
  state: 'open',
  stateKind: 'open',
  stateAt: FILED_AT,
  due: '2026-06-02T23:59:59.999Z',
  reopened: 0,
  joined: 0,
  unconfirmed: 0,
  members: 0,
  updatedAt: FILED_AT,
  changed: 1,
};
const CLOSED: MatterRow = { ...OPEN, state: 'resolved', stateKind: 'fixed' };
const ANSWERED: MatterRow = { ...CLOSED, answeredAt: '2026-03-05T09:00:00.000Z', inTime: true };

describe('figures of the work at the desk', () => {
  const work = new DeskWork({
    open: [
      { row: OPEN, department: 'lighting' },
      { row: { ...OPEN, stoppedSince: FILED_AT }, department: 'lighting' },
      { row: { ...OPEN, due: '2026-12-31T23:59:59.999Z' } },
    ],
    unanswered: [{ row: CLOSED, department: 'works' }],
    answered: [
      { row: ANSWERED, department: 'lighting' },
      { row: { ...ANSWERED, answeredAt: '2026-03-12T09:00:00.000Z' }, department: 'lighting' },
    ],
  });

  it.each([
    ['2026-03-20T08:00:00.000Z', 0, 0],
    ['2026-06-02T08:00:00.000Z', 0, 1],
    ['2026-06-02T23:59:59.999Z', 0, 1],
    ['2026-06-03T00:00:00.000Z', 2, 0],
  ])('at %s have %i overdue and %i soon, of what was read once', (now, overdue, soon) => {
    const { all } = work.numbers(now, CALENDAR);
    expect(all).toEqual({ open: 3, overdue, soon, answered: 2, medianDays: 6.5 });
  });

  it('name the departments that have anything to count, in order', () => {
    const named = (now: string) => [...work.numbers(now, CALENDAR).departments.keys()];
    expect(named('2026-06-02T08:00:00.000Z')).toEqual(['', 'lighting']);
    expect(named('2026-06-03T00:00:00.000Z')).toEqual(['', 'lighting', 'works']);
  });
});

it('a month begins when it does in the city', () => {
  expect(monthStart(new Date('2026-05-31T22:30:00.000Z'), 'Europe/Madrid')).toBe('2026-05-31T22:00:00.000Z');
  expect(monthStart(new Date('2026-05-31T21:30:00.000Z'), 'Europe/Madrid')).toBe('2026-04-30T22:00:00.000Z');
});
