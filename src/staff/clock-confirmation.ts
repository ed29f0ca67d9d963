/**
 * Two persons confirm a clock: after the wall clock of a process was moved it opens, closes and publishes nothing by itself until
 * then. It is no event: nothing in the log follows from it.
 */
import { Type } from 'typebox';
import type { ActKind } from './act-kinds.js';
import type { MovedClocks } from './moved-clocks.js';

export function clockConfirmation(clocks: Pick<MovedClocks, 'waiting' | 'confirm'>): ActKind {
  return {
    kind: 'confirm-clock',
    roles: ['administrator', 'returning-officer'],
    about: {
      summary: 'Confirm the clock of the server after it was moved',
      body: Type.Object({}),
      example: {},
      problems: { proposing: ['clock-steady'], carryingOut: [] },
    },
    prepare: async (_body, { actId }) => {
      const clock = await clocks.waiting();
      if (clock === undefined) return { rejected: 'clock-steady' };
      // Both see how far it was moved, and what time it shows now.
      const { process, shows, movedByMs } = clock;
      return { act: { type: 'ClockConfirmed', data: { actId, process, shows, movedByMs } } };
    },
    execute: async ({ act }) => {
      const { process, movedByMs } = act.data as { process: string; movedByMs: number };
      await clocks.confirm({ process, movedByMs });
      return {};
    },
  };
}
