/**
 * What views said at an earlier place of the log: folded again from the events, as an auditor does it, whatever the tables
 * say. The log is read here and folded in a thread of its own. Rows hold ids and codes: texts are never part of a past.
 */
import { openEvent, type RecordedEvent } from '../../projections/event.js';
import type { Crypto } from '../../projections/crypto.js';
import { ahead } from '../event-store/ahead.js';
import { Overloaded, type EventStore } from '../event-store/event-store.js';
import { label } from '../../projections/projection.js';
import { InvalidCursor } from './list.js';
import type { PastAnswer, Search } from './past-states.js';
import type { PastThread } from './past-thread.js';
import type { AnyProjection } from './table.js';
import type { AsOf, Page, PastOf } from './view-reader.js';

/** Events read, and handed over, in one go: some milliseconds. */
const PAGE = 500;
/** Folds that wait beside the one under way. */
const MOST_WAITING = 4;
/** How long the log is read for one past. What was folded by then is kept, so whoever asks again comes further. */
const FOLD_MS = 60_000;
/** A state may be given up for others before it is searched; it is folded again so often. */
const MOST_FOLDS = 3;

export class PastViews {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: EventStore,
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly thread: Pick<PastThread, 'tell' | 'end'>,
    private readonly foldMs = FOLD_MS,
  ) {}

  /**
   * The digests of these views as of an index, which is at most the head of the log; what must be folded is folded in one
   * reading of it. Readings go on one after another. @throws Overloaded, EngineUnavailable, Error of a damaged or unknown event
   */
  async at(views: readonly AnyProjection[], { index, took }: AsOf): Promise<PastOf> {
    const names = views.map(label);
    const digests = (await this.#known(names, index)) ?? (await this.#inTurn(names, index, took));
    return { index, digests: names.map((view, place) => ({ view, digest: digests[place] ?? '' })) };
  }

  /** Rows of a view as of an index. @throws InvalidCursor, and as `at` */
  async search(view: AnyProjection, place: AsOf, search: Search): Promise<Page<unknown>> {
    for (let folds = 0; folds < MOST_FOLDS; folds++) {
      const { index } = place;
      const { found } = await this.thread.tell({ do: 'search', view: label(view), index, search });
      if (found === 'invalid-cursor') throw new InvalidCursor();
      if (found !== undefined && found !== 'gone') return found;
      await this.at([view], place);
    }
    throw new Overloaded();
  }

  /** The position of the last event that was recorded at an instant or before it; -1n when there was none. */
  async indexOf(instant: Date): Promise<bigint> {
    let before = -1n;
    let after = (await this.store.head()) + 1n;
    while (after - before > 1n) {
      const middle = (before + after) / 2n;
      if ((await this.#eventAt(middle)).recordedAt <= instant) before = middle;
      else after = middle;
    }
    return before;
  }

  /** When the event at a position happened, by the log's own clock: UTC with milliseconds, of what voters did the hour. */
  async happenedAt(position: bigint): Promise<string> {
    return openEvent(this.crypto, await this.#eventAt(position)).at;
  }

  /** Called by NestJS. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.thread.end();
  }

  async #eventAt(position: bigint): Promise<RecordedEvent> {
    for await (const [event] of this.store.readAll(position - 1n, 1)) if (event) return event;
    throw new RangeError(`The log has no position ${position}`);
  }

  async #known(views: readonly string[], index: bigint): Promise<PastAnswer['digests']> {
    return (await this.thread.tell({ do: 'known', views, index })).digests;
  }

  async #inTurn(views: readonly string[], index: bigint, took: AsOf['took']): Promise<readonly string[]> {
    if (this.#waiting > MOST_WAITING) throw new Overloaded();
    this.#waiting += 1;
    const made = this.#last.then(() => this.#fold(views, index, took));
    this.#last = made.catch(() => undefined);
    try {
      return await made;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #fold(views: readonly string[], index: bigint, took: AsOf['took']): Promise<readonly string[]> {
    // Somebody who was before may have asked for the same.
    const known = await this.#known(views, index);
    if (known !== undefined) return known;
    const start = performance.now();
    try {
      const { after } = await this.thread.tell({ do: 'begin', views, index });
      if (after !== undefined && after < index) await this.#read(after, index, start + this.foldMs);
      const { digests } = await this.thread.tell({ do: 'end' });
      if (digests === undefined) throw new Overloaded();
      return digests;
    } finally {
      took?.(performance.now() - start);
    }
  }

  async #read(from: bigint, index: bigint, until: number): Promise<void> {
    for await (const page of ahead(this.store.readAll(from, PAGE))) {
      const { after = index } = await this.thread.tell({ do: 'read', page });
      if (after >= index) return;
      if (performance.now() > until) throw new Overloaded();
    }
  }
}
