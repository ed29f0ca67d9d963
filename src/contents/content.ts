/** The public life of a content, decided. Pure. */
import type { LogEvent, NewEvent } from '../../projections/event.js';
import type { Rejection } from '../event-store/command-log.js';

export type ContentState = 'unreleased' | 'released' | 'hidden' | 'erased';

export function evolve(state: ContentState, event: LogEvent): ContentState {
  if (state === 'erased') return state;
  switch (event.type) {
    case 'ContentReleased':
      return 'released';
    case 'ContentHidden':
      return 'hidden';
    case 'ContentErased':
      return 'erased';
    default:
      return state;
  }
}

/**
 * `evenHidden`: shows what was hidden, too; a room that shows its own words leaves hidden what staff hid. `show-again`: what was
 * shown once and is hidden.
 */
export type ContentCommand =
  | { do: 'release'; evenHidden: boolean }
  | { do: 'show-again' }
  | { do: 'hide'; reason: string }
  | { do: 'erase'; basis: string };

export interface ContentFacts {
  contentId: string;
  /** Of the kept bytes, base64url; `undefined` when no such content is kept. */
  commitment: string | undefined;
}

/** Rejects with `content-unknown`, `-erased`, `-already-released`, `-hidden`, `-never-shown` or `-not-released`. */
export function decide(
  state: ContentState,
  command: ContentCommand,
  { contentId, commitment }: ContentFacts,
): NewEvent[] | Rejection {
  if (state === 'erased') return { rejected: 'content-erased' };
  switch (command.do) {
    case 'release':
      if (commitment === undefined) return { rejected: 'content-unknown' };
      if (state === 'released') return { rejected: 'content-already-released' };
      if (state === 'hidden' && !command.evenHidden) return { rejected: 'content-hidden' };
      return [{ type: 'ContentReleased', data: { contentId, commitment } }];
    case 'show-again':
      if (commitment === undefined) return { rejected: 'content-unknown' };
      if (state === 'released') return { rejected: 'content-already-released' };
      if (state === 'unreleased') return { rejected: 'content-never-shown' };
      return [{ type: 'ContentReleased', data: { contentId, commitment } }];
    case 'hide':
      if (state !== 'released') return { rejected: 'content-not-released' };
      return [{ type: 'ContentHidden', data: { contentId, reason: command.reason } }];
    case 'erase':
      // Bytes may be gone (a lost table) while the log still shows the content: then it can be erased all the same.
      if (commitment === undefined && state === 'unreleased') return { rejected: 'content-unknown' };
      return [{ type: 'ContentErased', data: { contentId, basis: command.basis } }];
  }
}
