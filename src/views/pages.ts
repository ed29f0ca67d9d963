/** Pages of the log on their way to the folds: opened once for all views, cut to a bounded number of rows. */
import type { Crypto } from '../../projections/crypto.js';
import { openEvent, type LogEvent, type RecordedEvent } from '../../projections/event.js';
import type { ViewRows } from './rows.js';

/** Events asked for at once. A listing of the roll is 60 kB, so that a page stays below 60 MB. */
export const PAGE_SIZE = 1_000;

/**
 * Verifies and parses a page. What stands before a damaged or unknown event is given back together with the failure:
 * it may still be folded, and then the reader must stop.
 */
export function openPage(
  crypto: Pick<Crypto, 'sha256'>,
  page: readonly RecordedEvent[],
): { events: LogEvent[]; failure: Error | undefined } {
  const events: LogEvent[] = [];
  for (const recorded of page) {
    try {
      events.push(openEvent(crypto, recorded));
    } catch (failure) {
      return { events, failure: failure instanceof Error ? failure : new Error(String(failure)) };
    }
  }
  return { events, failure: undefined };
}

/** Some events and the keys that they touch in each of the views. */
export interface Chunk {
  readonly events: readonly LogEvent[];
  /** One set for each of the views, in their order. */
  readonly keys: readonly ReadonlySet<string>[];
}

/** Cuts events into chunks that touch about `limit` rows at most (one event may touch more). @throws PoisonedFold */
export function* chunksOf(
  views: readonly ViewRows[],
  events: readonly LogEvent[],
  limit: number,
): Generator<Chunk> {
  let keys = views.map(() => new Set<string>());
  let start = 0;
  let touched = 0;
  for (const [i, event] of events.entries()) {
    const ofEvent = views.map((rows) => rows.touched(event));
    const count = ofEvent.reduce((sum, list) => sum + list.length, 0);
    if (i > start && touched + count > limit) {
      yield { events: events.slice(start, i), keys };
      keys = views.map(() => new Set<string>());
      start = i;
      touched = 0;
    }
    touched += count;
    for (const [v, list] of ofEvent.entries()) for (const key of list) keys[v]?.add(key);
  }
  if (start < events.length) yield { events: events.slice(start), keys };
}
