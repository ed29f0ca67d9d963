/**
 * What this process knows of the index: how far it has come, and what it says of ids and streams. Questions that come
 * together are asked together, and whoever waits for a place in `$all` is told as soon as the index has come to it,
 * whichever process moves it.
 */
import type { Pool } from 'pg';
import { EngineUnavailable, type Append } from './event-store.js';
import { isAfter, type Indexed, type IndexHead, type Place, type StreamTip } from './eventstoredb-fold.js';
import { readBefore, readByIds, readHead } from './eventstoredb-rows.js';
import { Gathered } from './eventstoredb-gathered.js';
import { Listener } from './listener.js';

/** What the index says of an append that is about to be made. */
export interface Before {
  /** Those of its events' ids that the log knows. */
  readonly byId: ReadonlyMap<string, Indexed>;
  readonly tip: StreamTip;
}

interface Waiting {
  readonly place: Place;
  readonly since: number;
  readonly giveUpAt: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Behind every notification stands a look, this often while somebody waits; milliseconds. */
const LOOK_MS = 100;
/** Rows that this process has indexed itself and remembers. */
const REMEMBERED = 5_000;
const EMPTY: StreamTip = { revision: -1n, raw: -1n };

export class IndexView {
  readonly #listener: Listener;
  readonly #before: Gathered<Append, Before>;
  readonly #byIds: Gathered<readonly string[], readonly Indexed[]>;
  readonly #waiting = new Set<Waiting>();
  readonly #own = new Map<string, Indexed>();
  #head: Place = { commit: -1n, prepare: -1n };
  #halted: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #subscribed = false;

  constructor(
    private readonly pool: Pool,
    pollMs: number,
  ) {
    this.#listener = new Listener(pool, async () => (await this.look()).position, pollMs);
    this.#before = new Gathered<Append, Before>(async (appends) => {
      const { byId, tips } = await readBefore(pool, appends);
      return appends.map(({ stream }) => ({ byId, tip: tips.get(stream) ?? EMPTY }));
    });
    this.#byIds = new Gathered<readonly string[], readonly Indexed[]>(async (asked) => {
      const found = new Map((await readByIds(pool, asked.flat())).map((row) => [row.id, row]));
      return asked.map((ids) => ids.flatMap((id) => found.get(id) ?? []));
    });
  }

  /** Reads how far the index has come. */
  async look(): Promise<IndexHead> {
    const head = await readHead(this.pool);
    this.#cameTo(head);
    return head;
  }

  before(append: Append): Promise<Before> {
    return this.#before.ask(append);
  }

  /** The rows of those ids that the index knows. */
  async rowsOf(ids: readonly string[]): Promise<readonly Indexed[]> {
    const own = ids.map((id) => this.#own.get(id));
    return own.every((row) => row !== undefined) ? own : this.#byIds.ask(ids);
  }

  /** The sequencer of this process has moved the index. */
  advanced(head: IndexHead, rows: readonly Indexed[]): void {
    for (const row of rows) this.#own.set(row.id, row);
    for (const id of this.#own.keys()) {
      if (this.#own.size <= REMEMBERED) break;
      this.#own.delete(id);
    }
    this.#cameTo(head);
    this.#listener.seen(head.position);
  }

  /** The sequencer has stopped for good: nothing that is written any more gets a place. */
  halt(reason: Error): void {
    this.#halted = reason;
    for (const { reject } of this.#waiting) reject(new EngineUnavailable(reason));
    this.#waiting.clear();
  }

  get halted(): Error | undefined {
    return this.#halted;
  }

  /** Milliseconds for which somebody has been waiting for the index to move; 0 when nobody waits. */
  stalledMs(): number {
    const [longest] = this.#waiting;
    return longest === undefined ? 0 : performance.now() - longest.since;
  }

  /**
   * Resolves when everything up to a place of `$all` is in the index, or is no part of the log.
   * @param giveUpAt as `performance.now()` counts
   * @throws EngineUnavailable
   */
  reached(place: Place, giveUpAt: number): Promise<void> {
    if (!isAfter(place, this.#head)) return Promise.resolve();
    if (this.#halted !== undefined) return Promise.reject(new EngineUnavailable(this.#halted));
    if (!this.#subscribed) {
      this.#subscribed = true;
      this.#listener.add(() => void this.#lookForWaiting());
    }
    return new Promise((resolve, reject) => {
      this.#waiting.add({ place, since: performance.now(), giveUpAt, resolve, reject });
      this.#timer ??= setInterval(() => void this.#lookForWaiting(), LOOK_MS);
    });
  }

  onAppended(listener: () => void): () => void {
    return this.#listener.add(listener);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const { reject } of this.#waiting) reject(new EngineUnavailable(new Error('closed')));
    this.#waiting.clear();
    await this.#listener.close();
  }

  #cameTo(head: Place): void {
    if (isAfter(head, this.#head)) this.#head = head;
    for (const waiting of this.#waiting) {
      if (isAfter(waiting.place, this.#head)) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #lookForWaiting(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const now = performance.now();
    for (const waiting of this.#waiting) {
      if (waiting.giveUpAt > now) continue;
      this.#waiting.delete(waiting);
      waiting.reject(new EngineUnavailable(new Error('What was written is not in the index yet')));
    }
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.look();
    } catch {
      // The database is away: the next look may find it, and whoever waits gives up in time.
    } finally {
      this.#looking = false;
    }
  }
}
