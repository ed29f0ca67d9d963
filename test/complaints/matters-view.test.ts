import { describe, expect, it } from '@jest/globals';
import type { DataOf } from '../../projections/events/catalogue.js';
import { matterStepsView, stepKey } from '../../projections/matter-steps.view.js';
import { isShown, runningDue, type MatterRow } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { answered, CASE, DUE, filed, folded, LAMP, minute, moved, refOf, released } from './matter-events.js';

const rowOf = (...said: Parameters<typeof folded>[1][]): MatterRow => {
  const row = folded(mattersView, ...said).get(LAMP);
  if (row === undefined) throw new Error('No row');
  return row;
};

/** What a row says beside its times and counts. */
const ALWAYS = [
  'kind',
  'filedAt',
  'details',
  'state',
  'stateKind',
  'stateAt',
  'due',
  'reopened',
  'joined',
  'unconfirmed',
  'members',
];
const ALWAYS_LATER = [...ALWAYS, 'updatedAt', 'changed'].sort();

it('has another photo where one was covered in part, and shows it in the step with which it came', () => {
  const photos = [refOf('lamp'), refOf('face')];
  const data = released[1] as DataOf<'MatterReleased'>;
  const showing: typeof released = ['MatterReleased', { ...data, photos }];
  const covered = [
    'MatterPhotoReplaced',
    { matterId: LAMP, original: photos[1]!.id, photo: refOf('covered') },
  ] as const;
  const row = rowOf(filed, showing, [...covered]);
  expect(row.photos).toEqual([photos[0], refOf('covered')]);
  const added = ['MatterAdded', { matterId: LAMP, photos }] as const;
  const later = ['MatterPhotoReplaced', { ...covered[1], added: 2 }] as const;
  const steps = folded(matterStepsView, filed, released, [...added], [...later]);
  expect(steps.get(stepKey(LAMP, 2n))?.photos).toEqual([photos[0], refOf('covered')]);
  expect(steps.get(stepKey(LAMP, 3n))).toMatchObject({ what: 'MatterPhotoReplaced' });
});

describe('a matter that is not released', () => {
  it('shows its kind, state and times, and holds nothing of what it is about', () => {
    const row = rowOf(filed);
    expect(Object.keys(row).sort()).toEqual(ALWAYS_LATER);
    expect(row).toMatchObject({ kind: 'complaint', state: 'open', stateKind: 'open', due: DUE });
    expect(isShown(row)).toBe(false);
  });

  it('says no more when it is assigned, moved, joined to another one and confirmed', () => {
    const row = rowOf(
      filed,
      ['MatterAssigned', { matterId: LAMP, details: refOf('details 2') }],
      moved('in-progress', { happenedAt: minute(2) }),
      ['MatterGathered', { matterId: LAMP }],
      ['MatterConfirmed', { matterId: LAMP }],
    );
    expect(Object.keys(row).sort()).toEqual([...ALWAYS_LATER, 'confirmed'].sort());
  });

  it('has no value in the columns that lists of the public ask for', () => {
    const { shown_at: shownAt, updated_at: updatedAt } = mattersView.columns ?? {};
    expect([shownAt?.value(rowOf(filed)), updatedAt?.value(rowOf(filed))]).toEqual([undefined, undefined]);
    const row = rowOf(filed, released);
    expect([shownAt?.value(row), updatedAt?.value(row)]).toEqual([minute(0), minute(1)]);
    const hidden = rowOf(filed, released, ['MatterHidden', { matterId: LAMP, reason: 'insult' }]);
    expect([shownAt?.value(hidden), updatedAt?.value(hidden)]).toEqual([undefined, undefined]);
  });
});

describe('a released matter', () => {
  it('says what it is about, who has it now, and when it was first released', () => {
    const row = rowOf(filed, released, ['MatterAssigned', { matterId: LAMP, department: 'lighting' }]);
    expect(row).toMatchObject({ category: 'street-lamp', area: 'north', department: 'lighting' });
    const again = rowOf(filed, released, ['MatterHidden', { matterId: LAMP, reason: 'insult' }], released);
    expect([again.hidden, again.releasedAt, isShown(again)]).toEqual([undefined, minute(1), true]);
  });

  it('loses words, photos and place when it is erased, and keeps that there was a matter', () => {
    const row = rowOf(filed, released, ['MatterErased', { matterId: LAMP, basis: 'gdpr-17' }]);
    expect(row).toMatchObject({
      category: 'street-lamp',
      area: 'north',
      erased: 'gdpr-17',
      filedAt: minute(0),
    });
    expect([row.text, row.photos, row.place]).toEqual([undefined, undefined, undefined]);
    const after = rowOf(filed, ['MatterErased', { matterId: LAMP, basis: 'gdpr-17' }], released);
    expect([after.text, after.releasedAt]).toEqual([undefined, undefined]);
  });
});

describe('states', () => {
  it('follow what happened: an older update that comes later changes neither state nor clock', () => {
    const scheduled = moved('scheduled', { happenedAt: minute(5) });
    const older = moved('in-progress', { happenedAt: minute(4), stops: true, due: minute(9) });
    const row = rowOf(filed, scheduled, older);
    expect(row).toMatchObject({ state: 'scheduled', stateAt: minute(5), due: DUE, changed: 2 });
    expect(row.stoppedSince).toBeUndefined();
    const olderAnswer = rowOf(filed, scheduled, answered({ happenedAt: minute(4) }));
    expect(olderAnswer).toMatchObject({ state: 'scheduled', answeredAt: minute(2), inTime: true });
    // Of two at the same moment the log says which came last.
    expect(rowOf(filed, scheduled, moved('waiting', { happenedAt: minute(5) })).state).toBe('waiting');
  });

  it('keep closed and fixed apart, each by the clock of its event and not by what is said of the past', () => {
    const closed = rowOf(filed, moved('cannot-be-resolved', { stateKind: 'closed', happenedAt: minute(3) }));
    expect([closed.closedAt, closed.fixedAt]).toEqual([minute(1), undefined]);
    const both = rowOf(
      filed,
      moved('answered', { stateKind: 'closed', happenedAt: minute(3) }),
      moved('resolved', { stateKind: 'fixed', happenedAt: minute(4) }),
    );
    expect([both.closedAt, both.fixedAt, both.stateAt]).toEqual([minute(1), minute(2), minute(4)]);
    const back = rowOf(filed, moved('resolved', { stateKind: 'fixed' }), moved('scheduled'));
    expect([back.closedAt, back.fixedAt]).toEqual([undefined, undefined]);
  });

  it('leave a trace of every re-opening, and the first answer with it', () => {
    const due = '2027-02-11T23:00:00.000Z';
    const row = rowOf(
      filed,
      answered({ happenedAt: minute(1) }),
      ['MatterReopened', { matterId: LAMP, by: 'reporter', due }],
      moved('resolved', { stateKind: 'fixed', happenedAt: minute(1) }),
    );
    expect(row).toMatchObject({ state: 'open', stateAt: minute(2), reopened: 1, due });
    expect([row.answeredAt, row.inTime, row.closedAt, row.fixedAt]).toEqual(Array(4).fill(undefined));
    expect(row.first).toEqual({ answeredAt: minute(1), inTime: true });
    expect(runningDue(row)).toBe(due);
  });
});

describe('the legal clock', () => {
  const late = minute(1.5);
  const short = [
    'MatterFiled',
    { matterId: LAMP, kind: 'complaint', due: late, details: refOf('d') },
  ] as const;

  it('ends with an answer, by the time of the event and not by what it says of the past', () => {
    const row = rowOf([...short], moved('in-progress'), answered({ happenedAt: minute(0) }));
    expect([row.answeredAt, row.inTime]).toEqual([minute(2), false]);
    expect(runningDue(row)).toBeUndefined();
    expect(rowOf([...short], answered()).inTime).toBe(true);
    const atTheEnd = ['MatterFiled', { ...short[1], due: minute(1) }] as const;
    expect(rowOf([...atTheEnd], answered()).inTime).toBe(true);
  });

  it('runs on when a matter is closed without an answer', () => {
    expect(runningDue(rowOf(filed, moved('answered', { stateKind: 'closed' })))).toBe(DUE);
    expect(runningDue(rowOf(filed, moved('void', { stateKind: 'closed' })))).toBeUndefined();
  });

  it('was missed where the matter was erased after its day, and had it not been answered', () => {
    const erased = ['MatterErased', { matterId: LAMP, basis: 'gdpr-17' }] as const;
    expect(rowOf([...short], moved('in-progress'), [...erased]).inTime).toBe(false);
    expect(rowOf([...short], [...erased])).not.toHaveProperty('inTime');
    const waiting = moved('waiting', { stops: true, happenedAt: minute(0) });
    expect(rowOf([...short], waiting, [...erased])).not.toHaveProperty('inTime');
    expect(rowOf([...short], answered(), [...erased]).inTime).toBe(true);
  });

  it('stands while the city waits for the reporter, from when it said so, and goes on when she answers', () => {
    const waiting = moved('waiting', { stops: true, happenedAt: minute(0) });
    const stopped = rowOf([...short], waiting);
    expect([stopped.stoppedSince, runningDue(stopped)]).toEqual([minute(1), undefined]);
    expect(rowOf([...short], waiting, moved('waiting', { stops: true })).stoppedSince).toBe(minute(1));
    // Answered after the day, and the clock had stood since before it.
    expect(rowOf([...short], waiting, moved('waiting', { stops: true }), answered()).inTime).toBe(true);

    // What had run out before is not saved by waiting.
    const late = rowOf(
      [...short],
      moved('in-progress'),
      moved('in-progress'),
      moved('waiting', { stops: true }),
    );
    expect([late.stoppedSince, runningDue(late)]).toEqual([expect.any(String), late.due]);

    const resumes = { state: 'in-progress', due: minute(60) };
    const resumed = rowOf([...short], waiting, ['MatterAdded', { matterId: LAMP, photos: [], resumes }]);
    expect(resumed).toMatchObject({ state: 'in-progress', stateAt: minute(2), due: minute(60) });
    expect(runningDue(resumed)).toBe(minute(60));
    const running = rowOf(filed, moved('scheduled'), [
      'MatterAdded',
      { matterId: LAMP, photos: [], resumes },
    ]);
    expect(running).toMatchObject({ state: 'scheduled', due: DUE });
  });

  it('takes another day when the calendar of its year was declared', () => {
    const row = rowOf(filed, ['DeadlineMoved', { matterId: LAMP, due: minute(100) }]);
    expect(runningDue(row)).toBe(minute(100));
  });
});

describe('matters that go together', () => {
  const filedCase = ['MatterFiled', { matterId: CASE, kind: 'complaint', details: refOf('c') }] as const;

  it('count who joined and who left', () => {
    const joined = ['MatterJoined', { matterId: LAMP, joiner: 'A'.repeat(22) }] as const;
    const other = ['MatterJoined', { matterId: LAMP, joiner: 'B'.repeat(22) }] as const;
    const left = ['MatterLeft', { matterId: LAMP, joiner: 'A'.repeat(22) }] as const;
    expect(rowOf(filed, [...joined], [...other], [...left]).joined).toBe(1);
    const anybody = { matterId: LAMP, joiner: 'C'.repeat(22), unconfirmed: true as const };
    const row = rowOf(
      filed,
      [...joined],
      ['MatterJoined', anybody],
      ['MatterJoined', anybody],
      ['MatterLeft', anybody],
    );
    expect([row.joined, row.unconfirmed]).toEqual([1, 1]);
  });

  it('name their case, which counts them', () => {
    const gathered = ['MatterGathered', { matterId: LAMP, into: CASE }] as const;
    const rows = folded(mattersView, filed, [...filedCase], [...gathered]);
    expect([rows.get(LAMP)?.of, rows.get(LAMP)?.state, rows.get(CASE)?.members]).toEqual([CASE, 'open', 1]);
    const apart = ['MatterSeparated', { matterId: LAMP, from: CASE }] as const;
    const after = folded(mattersView, filed, [...filedCase], [...gathered], [...apart]);
    expect([after.get(LAMP)?.of, after.get(CASE)?.members]).toEqual([undefined, 0]);
  });

  it('are closed as duplicates of one that goes on', () => {
    const duplicate = ['MatterDuplicated', { matterId: LAMP, of: CASE }] as const;
    const owed = { ...filedCase[1], due: DUE };
    const rows = folded(mattersView, filed, ['MatterFiled', owed], [...duplicate]);
    expect(rows.get(LAMP)).toMatchObject({ state: 'duplicate', stateKind: 'closed', of: CASE });
    expect(rows.get(CASE)).toMatchObject({ state: 'open', members: 1, changed: 2 });
    // The answer that is owed is that of the one that goes on.
    expect(runningDue(rows.get(LAMP) as MatterRow)).toBeUndefined();
    expect(runningDue(rows.get(CASE) as MatterRow)).toBe(DUE);
    // That it is named later changes nothing but that.
    const unnamed = ['MatterDuplicated', { matterId: LAMP }] as const;
    const later = folded(mattersView, filed, [...filedCase], [...unnamed], [...duplicate]);
    expect(later.get(LAMP)).toMatchObject({ of: CASE, stateAt: minute(2) });
    expect(later.get(CASE)?.members).toBe(1);
  });

  it('are open again, with the clock that they had, when they turn out to be none', () => {
    const duplicate = ['MatterDuplicated', { matterId: LAMP, of: CASE }] as const;
    const apart = ['MatterSeparated', { matterId: LAMP, from: CASE }] as const;
    const row = folded(mattersView, filed, [...filedCase], [...duplicate], [...apart]).get(LAMP) as MatterRow;
    expect(row).toMatchObject({ state: 'open', stateKind: 'open', stateAt: minute(3) });
    expect([row.of, row.closedAt, runningDue(row)]).toEqual([undefined, undefined, DUE]);
    // Of one that nobody sees the log does not say with what it went.
    const hidden = folded(
      mattersView,
      filed,
      ['MatterDuplicated', { matterId: LAMP }],
      ['MatterSeparated', { matterId: LAMP }],
    ).get(LAMP) as MatterRow;
    expect([hidden.state, runningDue(hidden)]).toEqual(['open', DUE]);
  });
});

it('keeps what the reporter says in the end', () => {
  const row = rowOf(
    filed,
    ['MatterRated', { matterId: LAMP, stars: 2 }],
    ['FixReported', { matterId: LAMP, fixed: false }],
  );
  expect([row.stars, row.saidFixed]).toEqual([2, false]);
});

it('is unmoved by events of a matter that was never filed', () => {
  expect(folded(mattersView, released, moved('scheduled'), answered()).size).toBe(0);
});
