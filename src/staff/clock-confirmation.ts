/**
 * Two persons confirm the clock: after the wall clock was moved nothing opens, closes or publishes a key by itself until
 * then. It concerns this process's clock and is no event: nothing in the log follows from it.
 */
import { Type } from 'typebox';
import type { ClockGuard } from '../clock.js';
import type { ActKind } from './act-kinds.js';

export function clockConfirmation(guard: ClockGuard): ActKind {
  return {
    kind: 'confirm-clock',
    roles: ['administrator', 'returning-officer'],
    about: {
      summary: 'Confirm the clock of the server after it was moved',
      body: Type.Object({}),
      example: {},
      problems: { proposing: ['clock-steady'], carryingOut: [] },
    },
    prepare: (_body, { actId, now }) => {
      if (guard.isSteady()) return Promise.resolve({ rejected: 'clock-steady' });
      // Both see how far it was moved, and what time it shows now.
      const data = { actId, shows: now, movedByMs: Math.round(guard.movedByMs) };
      return Promise.resolve({ act: { type: 'ClockConfirmed', data } });
    },
    execute: () => {
      guard.confirm();
      return Promise.resolve({});
    },
  };
}
