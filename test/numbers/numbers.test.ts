import { describe, expect, it } from '@jest/globals';
import { DIMENSIONS, readSumKey, sumKey } from '../../projections/matter-numbers.js';
import { VOID_STATE, type MatterRow } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { sumsOf } from '../../projections/sums.js';
import { GatheredYear, median, type Overdue } from '../../src/numbers/numbers.js';
import { refOf } from '../complaints/matter-events.js';
import { reportCsv } from '../../src/numbers/report.js';

const DAY = 86_400_000;
const FILED_AT = '2026-03-02T08:00:00.000Z';

function after(days: number): string {
  return new Date(Date.parse(FILED_AT) + days * DAY).toISOString();
}

const OPEN: MatterRow = {
  kind: 'complaint',
  details: refOf('details'),
  filedAt: FILED_AT,
  state: 'open',
  stateKind: 'open',
  stateAt: FILED_AT,
  due: after(92),
  reopened: 0,
  joined: 0,
  unconfirmed: 0,
  members: 0,
  updatedAt: FILED_AT,
  changed: 1,
};
const LAMP: MatterRow = {
  ...OPEN,
  releasedAt: after(1),
  category: 'lamp',
  area: 'north',
  department: 'works',
};

function answered(days: number, inTime = true): Partial<MatterRow> {
  const answer = { answeredAt: after(days), inTime };
  return { ...answer, first: answer, state: 'resolved', stateKind: 'fixed', fixedAt: after(days) };
}

function numbers(rows: readonly MatterRow[], overdue: readonly Overdue[] = [], now = after(20)) {
  return new GatheredYear(2026, sumsOf(mattersView, rows)).numbers(now, overdue);
}

const NOTHING = {
  filed: 0,
  released: 0,
  answered: 0,
  inTime: 0,
  late: 0,
  overdue: 0,
  erasedUnanswered: 0,
  fixed: 0,
  closed: 0,
  duplicates: 0,
  reopened: 0,
  joined: 0,
};

describe('the figures of a year', () => {
  it('count by kind what is not released, and by nothing else', () => {
    const { all, kinds } = numbers([OPEN, { ...OPEN, category: 'lamp', kind: 'suggestion' }, LAMP]);
    expect(all.whole).toEqual({ ...NOTHING, filed: 3, released: 1 });
    expect(kinds.get('suggestion')?.whole.filed).toBe(1);
    expect(kinds.get('suggestion')?.by.category.size).toBe(0);
    expect([...all.by.category]).toEqual([['lamp', { ...NOTHING, filed: 1, released: 1 }]]);
  });

  it('forget by what is no longer shown was counted, and what it had none of', () => {
    const { area: _area, ...nowhere } = LAMP;
    const { all } = numbers([{ ...LAMP, hidden: 'advertisement' }, nowhere]);
    expect([all.whole.filed, all.whole.released]).toEqual([2, 2]);
    expect([...all.by.area.keys()]).toEqual(['']);
    expect(all.by.department.get('works')?.filed).toBe(1);
  });

  it('tell fixed from closed, and both from duplicates and what is no matter', () => {
    const closed = { state: 'cannot-be-resolved', stateKind: 'closed' as const };
    const { all, void: voids } = numbers([
      { ...LAMP, ...answered(3) },
      { ...LAMP, ...answered(3), ...closed },
      { ...LAMP, state: 'duplicate', stateKind: 'closed' },
      { ...LAMP, state: VOID_STATE, stateKind: 'closed' },
    ]);
    expect(all.whole).toMatchObject({ filed: 3, answered: 2, fixed: 1, closed: 1, duplicates: 1 });
    expect(all.by.category.get('lamp')?.filed).toBe(3);
    expect(voids).toBe(1);
  });

  it('say what was erased unanswered, and keep that it was late', () => {
    const erased = { erased: 'gdpr-17' };
    const { due: _due, ...thanks } = LAMP;
    const { all } = numbers([
      { ...LAMP, ...erased },
      { ...LAMP, ...erased, inTime: false },
      { ...LAMP, ...erased, ...answered(3) },
      { ...thanks, ...erased, kind: 'thanks' },
    ]);
    expect(all.whole).toMatchObject({ filed: 4, answered: 1, inTime: 1, late: 1, erasedUnanswered: 2 });
  });

  it('keep the first answer of what was opened again', () => {
    const { answeredAt: _answeredAt, inTime: _inTime, ...first } = answered(10, false);
    const { all } = numbers([
      { ...LAMP, ...first, state: 'open', stateKind: 'open', reopened: 2, joined: 5 },
    ]);
    expect(all.whole).toMatchObject({ answered: 1, late: 1, inTime: 0, fixed: 0, reopened: 1, joined: 5 });
    expect(all.whole.medianDaysToAnswer).toBe(10);
    expect(all.whole).not.toHaveProperty('medianDaysToFix');
  });

  it('have thanks neither in time nor late', () => {
    const { due: _due, ...thanks } = OPEN;
    const first = { answeredAt: after(2) };
    const { all } = numbers([{ ...thanks, kind: 'thanks', first, state: 'answered', stateKind: 'closed' }]);
    expect(all.whole).toMatchObject({ answered: 1, inTime: 0, late: 0, medianDaysToAnswer: 2 });
  });

  it('count whole days over all kinds, and what was dated before its filing as none', () => {
    const { all, kinds } = numbers([
      { ...LAMP, ...answered(2.99) },
      { ...LAMP, ...answered(9) },
      { ...LAMP, ...answered(4), kind: 'suggestion', fixedAt: after(-3) },
    ]);
    expect(kinds.get('complaint')?.whole.medianDaysToAnswer).toBe(5.5);
    expect(all.whole.medianDaysToAnswer).toBe(4);
    expect(all.by.area.get('north')?.medianDaysToFix).toBe(2);
  });

  it('count as overdue what ended in the months before, while its clock runs', () => {
    const rows: MatterRow[] = [
      { ...LAMP, due: '2026-04-30T21:59:59.999Z' },
      { ...OPEN, due: '2026-05-01T00:00:00.000Z' },
      { ...LAMP, due: '2026-04-02T21:59:59.999Z', ...answered(40) },
      { ...LAMP, due: '2026-04-02T21:59:59.999Z', stoppedSince: after(9) },
      { ...LAMP, due: '2026-04-02T21:59:59.999Z', state: VOID_STATE, stateKind: 'closed' },
      { ...LAMP, due: '2026-04-02T21:59:59.999Z', erased: 'requested' },
    ];
    const overdueAt = (now: string) => {
      const { all } = numbers(rows, [], now);
      return [all.whole.overdue, all.by.category.get('lamp')?.overdue];
    };
    expect(overdueAt('2026-04-30T23:59:59.999Z')).toEqual([0, 0]);
    expect(overdueAt('2026-05-01T00:00:00.000Z')).toEqual([1, 1]);
    expect(overdueAt('2026-05-31T23:59:59.999Z')).toEqual([1, 1]);
    expect(overdueAt('2026-06-01T00:00:00.000Z')).toEqual([2, 1]);
  });

  it('take what is overdue of this month from a query, as the instant is not in the log', () => {
    const { all, kinds } = numbers(
      [LAMP, OPEN],
      [
        { kind: 'complaint', shown: { category: 'lamp', area: undefined, department: 'works' }, count: 2 },
        { kind: 'complaint', count: 1 },
      ],
    );
    expect([all.whole.overdue, kinds.get('complaint')?.whole.overdue]).toEqual([3, 3]);
    expect(
      DIMENSIONS.map((dimension) => [...all.by[dimension]].map(([id, { overdue }]) => [id, overdue])),
    ).toEqual([
      [['lamp', 2]],
      [
        ['', 2],
        ['north', 0],
      ],
      [['works', 2]],
    ]);
  });

  it('are of the year of filing alone', () => {
    const sums = sumsOf(mattersView, [LAMP, { ...LAMP, filedAt: '2025-12-31T23:59:59.999Z' }]);
    expect(Object.fromEntries(sums.get('years')?.figures ?? [])).toEqual({ 2025: 1, 2026: 1 });
    expect([...sums.keys()].filter((key) => key.startsWith('2025/'))).toHaveLength(4);
  });
});

describe('a median', () => {
  it.each([
    [[], undefined],
    [[0, 0, 0, 1], 3],
    [[0, 0, 0, 1, 0, 0, 0, 0, 0, 1], 6],
    [[0, 0, 0, 2, 0, 0, 0, 0, 0, 1], 3],
    [[3, ...Array.from({ length: 99 }, () => 0), 3], 50],
  ])('of %j is %s', (histogram, expected) => {
    expect(median(histogram)).toBe(expected);
  });
});

it('a key of a sum holds ids with slashes', () => {
  expect(readSumKey(sumKey(2026, 'complaint', 'area', 'south/harbour/1'))).toEqual({
    kind: 'complaint',
    dimension: 'area',
    value: 'south/harbour/1',
  });
  expect(readSumKey(sumKey(2026, 'thanks'))).toEqual({ kind: 'thanks', value: '' });
});

it('a report is a table with a line for each kind and what it is counted by', () => {
  const names = {
    category: new Map([['lamp', { es: 'Farola, "rota"', en: 'Lamp' }]]),
    area: new Map<string, never>(),
    department: new Map<string, never>(),
  };
  const csv = reportCsv(numbers([{ ...LAMP, ...answered(3) }, OPEN]), names, ['es', 'ast']);
  const lines = csv.split('\r\n');
  expect(lines.pop()).toBe('');
  expect(lines).toEqual([
    'year,kind,by,id,name_es,name_ast,filed,released,answered,inTime,late,overdue,erasedUnanswered,fixed,closed,duplicates,reopened,joined,medianDaysToAnswer,medianDaysToFix',
    '2026,all,,,,,2,1,1,1,0,0,0,1,0,0,0,0,3,3',
    '2026,all,category,lamp,"Farola, ""rota""",,1,1,1,1,0,0,0,1,0,0,0,0,3,3',
    '2026,all,area,north,,,1,1,1,1,0,0,0,1,0,0,0,0,3,3',
    '2026,all,department,works,,,1,1,1,1,0,0,0,1,0,0,0,0,3,3',
    '2026,complaint,,,,,2,1,1,1,0,0,0,1,0,0,0,0,3,3',
    '2026,complaint,category,lamp,"Farola, ""rota""",,1,1,1,1,0,0,0,1,0,0,0,0,3,3',
    '2026,complaint,area,north,,,1,1,1,1,0,0,0,1,0,0,0,0,3,3',
    '2026,complaint,department,works,,,1,1,1,1,0,0,0,1,0,0,0,0,3,3',
    '2026,void,,,,,0,,,,,,,,,,,,,',
  ]);
});

it.each(['=HYPERLINK("https://evil.example")', '+1', '-1', '@SUM(1)', '\t=1', '\r=1'])(
  'a report has no cell that a spreadsheet takes for a formula: %j',
  (name) => {
    const category = new Map([['lamp', { es: name }]]);
    const names = { category, area: new Map<string, never>(), department: new Map<string, never>() };
    const csv = reportCsv(numbers([LAMP]), names, ['es']);
    expect(csv).toMatch(/^2026,complaint,category,lamp,"?'/m);
    expect(csv).not.toMatch(/,"?([=+@\t-]|\r(?!\n))/);
  },
);
