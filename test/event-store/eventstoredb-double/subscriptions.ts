/**
 * Subscriptions to $all and to a stream, as a real server keeps them: it confirms, catches up in steps, says that it has
 * caught up, goes live, and falls back to catching up where more waits than it keeps for a slow reader.
 */
import { isInAll, type Stored } from './log.js';
import { streamDeleted } from './problems.js';
import { isAfter, pageOfAll, type Shown } from './reads.js';
import { comparePlaces, PAGE, placeOf, type Place, type View } from './view.js';

/** Which events a subscription to $all is shown, and how often it hears how far the server has looked. */
export interface Filter {
  readonly fits: (event: Stored) => boolean;
  /** How many records are looked at in one step. */
  readonly window: number;
  /** A checkpoint comes after so many windows. */
  readonly interval: number;
}

const BEFORE_ALL: Place = { commit: -1n, prepare: -1n };
/** What a real server says for "before all" in a checkpoint: the place that as a start means the end. */
const UNSIGNED_MINUS_1 = 2n ** 64n - 1n;

/** What waits for a live subscriber. The oldest is dropped where it is too much; the numbers then have a gap. */
class Waiting {
  readonly #entries: { number: number; event?: Stored; checkpoint?: Place }[] = [];
  #number = 0;
  #wake: () => void = () => undefined;

  constructor(readonly gone: AbortSignal) {
    gone.addEventListener('abort', () => this.#wake(), { once: true });
  }

  push(entry: { event?: Stored; checkpoint?: Place }): void {
    this.#entries.push({ number: ++this.#number, ...entry });
    if (this.#entries.length > PAGE) this.#entries.shift();
    this.#wake();
  }

  /** Undefined when the subscriber has gone. */
  async next() {
    while (this.#entries.length === 0 && !this.gone.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.gone.aborted ? undefined : this.#entries.shift();
  }
}

/** @param mayRead throws where this node may not read for this subscriber; asked at every step of catching up, and only there */
export async function* subscribeToAll(
  view: View,
  from: Place | 'start' | 'end',
  filter: Filter | undefined,
  gone: AbortSignal,
  mayRead: () => void,
): AsyncGenerator<Shown> {
  const fits = filter?.fits ?? (() => true);
  const window = filter?.window ?? PAGE;
  const every = window * (filter?.interval ?? 1);
  const waiting = new Waiting(gone);
  let [fed, counted] = [view.length, 0];
  const stop = view.onGrowth(() => {
    for (const { length } = view; fed < length; fed++) {
      const event = view.log.records[fed]!;
      if (!isInAll(event)) continue;
      if (fits(event)) waiting.push({ event });
      if (filter !== undefined && ++counted % every === 0) waiting.push({ checkpoint: placeOf(event) });
    }
  });
  try {
    const last = view.log.records[fed - 1];
    const confirmed = last === undefined ? BEFORE_ALL : placeOf(last);
    let sent: Place | undefined;
    const checkpoint = function* (place: Place): Generator<Shown> {
      if (filter === undefined || (sent !== undefined && comparePlaces(place, sent) <= 0)) return;
      sent = place.commit < 0n ? { commit: UNSIGNED_MINUS_1, prepare: UNSIGNED_MINUS_1 } : place;
      yield { is: 'checkpoint', place: sent };
    };
    yield { is: 'confirmed' };
    let at = from === 'start' ? BEFORE_ALL : from === 'end' ? confirmed : from;
    let number = 0;
    let behind = comparePlaces(at, confirmed) < 0;
    while (!gone.aborted) {
      let start = at.commit < 0n ? { commit: 0n, prepare: 0n } : at;
      for (let looked = 0; behind;) {
        mayRead();
        const page = pageOfAll(view, start, fits, window, PAGE);
        for (const event of page.events) {
          if (!isAfter(event, at)) continue;
          yield { is: 'event', event };
          at = placeOf(event);
        }
        looked += page.looked;
        if (page.atEnd) {
          yield* checkpoint(at);
          break;
        }
        if (looked >= every) {
          looked %= every;
          if (comparePlaces(at, start) < 0) at = start;
          yield* checkpoint(at);
        }
        start = page.next;
      }
      yield { is: 'caught-up' };
      for (behind = false; !behind;) {
        const entry = await waiting.next();
        if (entry === undefined) return;
        const gap = entry.number !== number + 1;
        number = entry.number;
        if (entry.event !== undefined && !isAfter(entry.event, at)) continue;
        if (entry.checkpoint !== undefined && comparePlaces(entry.checkpoint, at) < 0) continue;
        if (gap) {
          yield* checkpoint(at);
          behind = true;
        } else if (entry.event !== undefined) {
          yield { is: 'event', event: entry.event };
          at = placeOf(entry.event);
        } else if (entry.checkpoint !== undefined) {
          yield* checkpoint(entry.checkpoint);
          at = entry.checkpoint;
        }
      }
    }
  } finally {
    stop();
  }
}

export async function* subscribeToStream(
  view: View,
  stream: string,
  from: bigint | 'start' | 'end',
  gone: AbortSignal,
  mayRead: () => void,
): AsyncGenerator<Shown> {
  if (view.log.isTombstoned(stream)) throw streamDeleted(stream);
  const waiting = new Waiting(gone);
  let fed = view.length;
  const stop = view.onGrowth(() => {
    for (const { length } = view; fed < length; fed++) {
      const event = view.log.records[fed]!;
      if (event.stream === stream) waiting.push({ event });
    }
  });
  try {
    yield { is: 'confirmed' };
    let at = from === 'start' ? -1n : from === 'end' ? view.log.lastRevision(stream) : from;
    for (let number = 0; !gone.aborted;) {
      if (at < view.log.lastRevision(stream)) mayRead();
      for (const event of rest(view, stream, at)) {
        yield { is: 'event', event };
        at = event.revision;
      }
      yield { is: 'caught-up' };
      for (;;) {
        const entry = await waiting.next();
        if (entry?.event === undefined) return;
        const gap = entry.number !== number + 1;
        number = entry.number;
        if (entry.event.revision <= at) continue;
        if (gap) break;
        yield { is: 'event', event: entry.event };
        at = entry.event.revision;
        if (entry.event.type === '$streamDeleted') throw streamDeleted(stream);
      }
    }
  } finally {
    stop();
  }
}

/** What is to be read of a stream behind a revision. */
function rest(view: View, stream: string, after: bigint): readonly Stored[] {
  const readable = view.stream(stream);
  return readable?.events.slice(Math.max(Number(after) + 1, readable.from)) ?? [];
}
