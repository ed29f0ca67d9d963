/** What one node shows of the log: all of it, or, on a follower that lags, what is older than its lag. */
import type { Log, Stored } from './log.js';

/** How many events a node reads at once: the steps in which it catches up. */
export const PAGE = 32;

/** A place in $all; the real server's may have a prepare position of 0 behind a commit position. */
export interface Place {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** Below zero, equal, or above. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  return a.prepare === b.prepare ? 0 : a.prepare < b.prepare ? -1 : 1;
}

export function placeOf({ position }: Stored): Place {
  return { commit: position, prepare: position };
}

export class View {
  /** In milliseconds. */
  lag = 0;

  constructor(readonly log: Log) {}

  /** How many records of $all are seen. */
  get length(): number {
    const { records } = this.log;
    if (this.lag === 0) return records.length;
    const seen = Date.now() - this.lag;
    let length = records.length;
    while (length > 0 && records[length - 1]!.at > seen) length--;
    return length;
  }

  /** Where the log that is seen ends. */
  get end(): bigint {
    const next = this.log.records[this.length];
    return next?.position ?? this.log.end;
  }

  /** Index of the first record at or after the place. */
  indexOf(place: Place): number {
    const { records } = this.log;
    let [low, high] = [0, records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (comparePlaces(placeOf(records[middle]!), place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What may be read of a stream, from the first revision that is not hidden; undefined where it is not found. */
  stream(name: string): { events: readonly Stored[]; from: number } | undefined {
    const readable = this.log.readable(name);
    if (readable === undefined) return undefined;
    const { length } = this;
    const { events } = readable;
    const all = events.at(-1)!.index < length;
    const seen = all ? events : events.filter(({ index }) => index < length);
    return seen.length === 0 ? undefined : { events: seen, from: Number(readable.from) };
  }

  /** @param listener called when there may be more to see, until the returned function is called */
  onGrowth(listener: () => void): () => void {
    const timers = new Set<NodeJS.Timeout>();
    const stop = this.log.onGrowth(() => {
      if (this.lag === 0) {
        listener();
        return;
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        listener();
      }, this.lag + 1);
      timers.add(timer);
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }
}
