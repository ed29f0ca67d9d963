import { describe, expect, it } from '@jest/globals';
import { byKeyBytes } from '../../projections/projection.js';
import { categoriesView, matterStatesView } from '../../projections/categories.view.js';
import { matterStepsView, stepKey } from '../../projections/matter-steps.view.js';
import { answered, CASE, filed, folded, LAMP, minute, moved, refOf, released } from './matter-events.js';

describe('the history of a matter', () => {
  it('is in the order of the log, older updates included, with both their times', () => {
    const rows = folded(
      matterStepsView,
      filed,
      moved('scheduled', { happenedAt: minute(5) }),
      moved('in-progress', { happenedAt: minute(1), words: refOf('begun') }),
      answered(),
      ['MatterReopened', { matterId: LAMP, by: 'reporter', words: refOf('no') }],
    );
    const steps = [...rows].sort(byKeyBytes).map(([, row]) => row);
    expect(steps.map(({ what, state, at }) => [what, state, at])).toEqual([
      ['MatterFiled', undefined, minute(0)],
      ['MatterMoved', 'scheduled', minute(1)],
      ['MatterMoved', 'in-progress', minute(2)],
      ['MatterAnswered', 'resolved', minute(3)],
      ['MatterReopened', undefined, minute(4)],
    ]);
    expect(steps[2]).toMatchObject({ happenedAt: minute(1), words: refOf('begun') });
    expect(steps[4]).toMatchObject({ reason: 'reporter', words: refOf('no') });
  });

  it('says nothing of a matter before its release but that it was filed', () => {
    const rows = folded(matterStepsView, filed, [
      'MatterAssigned',
      { matterId: LAMP, details: refOf('details 2'), reason: 'wrong-department' },
    ]);
    const [first, second] = [...rows.values()];
    expect(Object.keys(first ?? {}).sort()).toEqual(['actor', 'at', 'due', 'matterId', 'what']);
    expect(Object.keys(second ?? {}).sort()).toEqual(['actor', 'at', 'matterId', 'reason', 'what']);
  });

  it('stands with both where two go together, and names the other each time', () => {
    const rows = folded(matterStepsView, filed, ['MatterGathered', { matterId: LAMP, into: CASE }]);
    expect(rows.get(stepKey(LAMP, 1n))).toMatchObject({ matterId: LAMP, other: CASE });
    expect(rows.get(stepKey(CASE, 1n))).toMatchObject({ matterId: CASE, other: LAMP });
  });

  it('does not list who joined', () => {
    const joined = ['MatterJoined', { matterId: LAMP, joiner: 'A'.repeat(22) }] as const;
    expect(folded(matterStepsView, filed, released, [...joined]).size).toBe(2);
  });

  it('keeps the order of any position', () => {
    const keys = [9n, 10n, 10_000_000_000n].map((position) => stepKey(LAMP, position));
    expect([...keys].sort()).toEqual(keys);
  });
});

describe('categories and states', () => {
  it('are what was described last', () => {
    const plain = {
      categoryId: 'lamps',
      name: refOf('lamps'),
      kinds: ['complaint' as const],
      questions: [],
      anonymous: true,
      confirm: false,
      radius: 50,
      keywords: [],
    };
    const rows = folded(
      categoriesView,
      ['CategoryDescribed', plain],
      ['CategoryDescribed', { ...plain, radius: 100, withdrawn: true }],
    );
    expect(rows.get('lamps')).toEqual({ ...plain, order: 0, radius: 100, withdrawn: true });
    const state = {
      state: 'on-hold',
      kind: 'open' as const,
      stops: false,
      name: refOf('h'),
      open311: 'open',
    };
    expect(folded(matterStatesView, ['MatterStateDescribed', state]).get('on-hold')).toEqual(state);
  });
});
