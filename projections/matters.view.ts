/** Every matter, as lists and pages show it and figures are summed. */
import type { LogEvent } from './event.js';
import { matterAddends } from './matter-numbers.js';
import { evolveMatter, isShown, runningDue, type MatterEvent, type MatterRow } from './matter.js';
import { projection } from './projection.js';

const on = {
  key: (event: MatterEvent) => event.data.matterId,
  fold: (row: MatterRow | undefined, event: MatterEvent) => evolveMatter(row, event),
};

function keysOf(matterId: string, other: string | undefined): string[] {
  // A matter that goes with itself is one row.
  return other === undefined || other === matterId ? [matterId] : [matterId, other];
}

/** The matter itself, and the one that it goes with, whose members change by one. */
function withOther<T extends 'MatterDuplicated' | 'MatterGathered' | 'MatterSeparated'>(
  other: (data: LogEvent<T>['data']) => string | undefined,
  by: 1 | -1,
) {
  return {
    key: (event: LogEvent<T>) => keysOf(event.data.matterId, other(event.data)),
    fold: (row: MatterRow | undefined, event: LogEvent<T>, index: number) => {
      if (index === 0) return evolveMatter(row, event as MatterEvent);
      if (row === undefined) return undefined;
      const members = Math.max(0, row.members + by);
      return { ...row, members, updatedAt: event.at, changed: Number(event.position) };
    },
  };
}

/** A column that has a value only of what everybody may see, so that its index holds nothing else. */
const shown = (value: (row: MatterRow) => string | undefined) => ({
  type: 'text' as const,
  value: (row: MatterRow) => (isShown(row) ? value(row) : undefined),
});

export const mattersView = projection<MatterRow>({
  name: 'matters',
  version: 7,
  on: {
    MatterFiled: on,
    MatterConfirmed: on,
    MatterReleased: on,
    MatterHidden: on,
    MatterPhotoReplaced: on,
    MatterAssigned: on,
    MatterMoved: on,
    MatterAnswered: on,
    MatterReopened: on,
    MatterAdded: on,
    MatterRated: on,
    FixReported: on,
    MatterJoined: on,
    MatterLeft: on,
    MatterDuplicated: withOther<'MatterDuplicated'>((data) => data.of, 1),
    MatterGathered: withOther<'MatterGathered'>((data) => data.into, 1),
    MatterSeparated: withOther<'MatterSeparated'>((data) => data.from, -1),
    DeadlineMoved: on,
    ReporterErased: on,
    MatterErased: on,
  },
  columns: {
    kind: { type: 'text', value: (row) => row.kind },
    state: { type: 'text', value: (row) => row.state },
    state_kind: { type: 'text', value: (row) => row.stateKind },
    filed_at: { type: 'text', value: (row) => row.filedAt },
    /** Whether everybody may see it. */
    shown: { type: 'boolean', value: isShown },
    /** When it was filed, of what everybody may see: lists of the public ask for this one. */
    shown_at: shown((row) => row.filedAt),
    updated_at: shown((row) => row.updatedAt),
    /** Position of the last event, of what was ever released: who keeps up with what is shown must learn of what no longer is. */
    touched: { type: 'bigint', value: (row) => (row.releasedAt === undefined ? undefined : row.changed) },
    category: { type: 'text', value: (row) => row.category },
    area: { type: 'text', value: (row) => row.area },
    department: { type: 'text', value: (row) => row.department },
    /** See `runningDue`. */
    due: { type: 'text', value: runningDue },
    answered_at: { type: 'text', value: (row) => row.answeredAt },
    of: { type: 'text', value: (row) => row.of },
  },
  indexes: [
    ['shown_at'],
    ['category', 'shown_at'],
    ['area', 'shown_at'],
    ['department', 'shown_at'],
    ['state_kind', 'shown_at'],
    ['updated_at'],
    ['touched'],
    ['filed_at'],
    ['state_kind', 'filed_at'],
    ['due'],
    ['state_kind', 'due'],
    ['answered_at'],
    ['of'],
  ],
  sums: matterAddends,
});
