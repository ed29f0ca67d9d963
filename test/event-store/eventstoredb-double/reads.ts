/** Reads of a stream and of $all, as a real server answers them. */
import { isInAll, type Stored } from './log.js';
import { noPlace, streamDeleted, thrown, unexpected } from './problems.js';
import { comparePlaces, placeOf, type Place, type View } from './view.js';

/** What goes to a reader or subscriber. */
export type Shown =
  | { readonly is: 'event'; readonly event: Stored }
  | { readonly is: 'not-found' }
  | { readonly is: 'confirmed' }
  | { readonly is: 'caught-up' }
  | { readonly is: 'checkpoint'; readonly place: Place };

export interface StreamRead {
  readonly stream: string;
  readonly from: bigint | 'start' | 'end';
  readonly backwards: boolean;
  readonly count: bigint;
}

export interface AllRead {
  /** A read forwards begins at it, one backwards before it. */
  readonly from: Place | 'start' | 'end';
  readonly backwards: boolean;
  readonly count: bigint;
}

export function* readStream(view: View, { stream, from, backwards, count }: StreamRead): Generator<Shown> {
  if (count === 0n || (from === 'end' && !backwards)) throw unexpected('ReadStreamResult: Error');
  if (view.log.isTombstoned(stream)) throw streamDeleted(stream);
  const readable = view.stream(stream);
  if (readable === undefined) {
    yield { is: 'not-found' };
    return;
  }
  const { events } = readable;
  const end = events.length;
  const given = from === 'start' ? 0 : from === 'end' || from >= BigInt(end) ? end : Number(from);
  const step = backwards ? -1 : 1;
  let left = count;
  for (
    let at = backwards ? Math.min(given, end - 1) : Math.max(given, readable.from);
    left > 0n;
    at += step, left--
  ) {
    const event = at < readable.from ? undefined : events[at];
    if (event === undefined) return;
    yield { is: 'event', event };
  }
}

export function* readAll(view: View, { from, backwards, count }: AllRead): Generator<Shown> {
  // A real server of 24.2.0 never answers a read of no events, and burns a core over it.
  if (count === 0n) throw unexpected('ReadAllResult: Error');
  const { records } = view.log;
  const { length } = view;
  let at = from === 'start' ? 0 : from === 'end' ? length : startOf(view, from, backwards);
  const step = backwards ? -1 : 1;
  if (backwards) at--;
  for (let left = count; left > 0n && at >= 0 && at < length; at += step) {
    const event = records[at]!;
    if (!isInAll(event)) continue;
    yield { is: 'event', event };
    left--;
  }
}

function startOf(view: View, from: Place, backwards: boolean): number {
  if (from.commit < from.prepare) throw thrown();
  if (backwards && from.commit > view.end) throw unexpected('ReadAllResult: Error');
  if (!view.log.isPlace(from.commit, backwards)) throw unexpected('ReadAllResult: InvalidPosition');
  const at = view.indexOf(from);
  // Backwards, the end of an event counts: behind a prepare position of 0 the last one before it is left out.
  return backwards && from.prepare < from.commit ? Math.max(at - 1, 0) : at;
}

/** One step of catching up on $all: what fits of the records that were looked at, and where the next step begins. */
export interface Page {
  readonly events: readonly Stored[];
  readonly looked: number;
  readonly next: Place;
  readonly atEnd: boolean;
}

export function pageOfAll(
  view: View,
  from: Place,
  fits: (event: Stored) => boolean,
  window: number,
  most: number,
): Page {
  if (!view.log.isPlace(from.commit, false)) throw noPlace();
  const { records } = view.log;
  const { length } = view;
  const events: Stored[] = [];
  const first = view.indexOf(from);
  let at = first;
  for (; at < length && at - first < window && events.length < most; at++) {
    if (isInAll(records[at]!) && fits(records[at]!)) events.push(records[at]!);
  }
  const next = { commit: records[at]?.position ?? view.end, prepare: 0n };
  return { events, looked: at - first, next, atEnd: at >= length };
}

/** Whether an event lies after a place. */
export function isAfter(event: Stored, place: Place): boolean {
  return comparePlaces(placeOf(event), place) > 0;
}
