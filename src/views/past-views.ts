/**
 * What views said at an earlier place of the log: folded again from the events, as an auditor does it, whatever the tables
 * say. States on the way are kept for whoever asks next. Rows hold ids and codes: texts are never part of a past.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { toBase64url } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { openEvent, type LogEvent, type RecordedEvent } from '../../projections/event.js';
import { GrowingRoot } from '../../projections/hash.js';
import { byKeyBytes, foldInto, rowHash } from '../../projections/projection.js';
import { Overloaded, type EventStore } from '../event-store/event-store.js';
import { label } from './rows.js';
import type { AnyProjection } from './table.js';
import type { AsOf } from './view-reader.js';

/** A view as of an index. */
export interface Past {
  /** Position of the last event folded in; -1n before the first. */
  readonly index: bigint;
  /** 32 bytes, base64url: the one that is published of this view at this index. */
  readonly digest: string;
  /** In byte order of the keys. */
  readonly rows: readonly (readonly [key: string, row: unknown])[];
  readonly byKey: ReadonlyMap<string, unknown>;
}

/** A fold that is kept: its rows are never changed in place. */
interface Snapshot {
  readonly view: string;
  readonly index: bigint;
  readonly rows: ReadonlyMap<string, unknown>;
  past?: Past;
}

/** A fold under way. */
interface Folding {
  readonly view: AnyProjection;
  readonly rows: Map<string, unknown>;
  /** Of the state that it began with. */
  readonly from: bigint;
}

const PAGE = 1_000;
/** A state is kept after so many events of a long fold. */
const KEEP_EVERY = 50_000n;
/** Rows of all states that are kept, about 1 kB each; rows that did not change between two states are held once. */
const MOST_ROWS = 400_000;
/** States that are kept: those of views without rows weigh something too. */
const MOST_STATES = 2_000;
/** Rows hashed before others have a turn. */
const ROWS_AT_ONCE = 500;
/** Folds that wait beside the one under way. */
const MOST_WAITING = 4;

export class PastViews {
  /** The one that was used last is last. */
  #kept: Snapshot[] = [];
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: EventStore,
    private readonly crypto: Pick<Crypto, 'sha256'>,
  ) {}

  /**
   * These views as of an index, which is at most the head of the log; what must be folded is folded in one reading of it.
   * Readings go on one after another. @throws Overloaded, DamagedEvent, UnknownEvent, EngineUnavailable
   */
  async at(views: readonly AnyProjection[], { index, took }: AsOf): Promise<readonly Past[]> {
    const known = this.#known(views, index);
    if (known !== undefined) return known;
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

  async #eventAt(position: bigint): Promise<RecordedEvent> {
    for await (const [event] of this.store.readAll(position - 1n, 1)) if (event) return event;
    throw new RangeError(`The log has no position ${position}`);
  }

  async #fold(views: readonly AnyProjection[], index: bigint, took: AsOf['took']): Promise<readonly Past[]> {
    const known = this.#known(views, index);
    if (known !== undefined) return known;
    const start = performance.now();
    const pasts = new Map<AnyProjection, Past>();
    const foldings: Folding[] = [];
    for (const view of views) {
      const past = this.#exact(view, index);
      const from = this.#find(label(view), index);
      if (past !== undefined) pasts.set(view, past);
      else foldings.push({ view, rows: new Map(from?.rows), from: from?.index ?? -1n });
    }
    await this.#readInto(foldings, index);
    for (const { view, rows } of foldings) {
      const past = await this.#pastOf(view, index, rows);
      this.#keep({ view: label(view), index, rows, past });
      pasts.set(view, past);
    }
    took?.(performance.now() - start);
    return views.flatMap((view) => pasts.get(view) ?? []);
  }

  async #readInto(foldings: readonly Folding[], index: bigint): Promise<void> {
    const first = foldings.reduce((least, { from }) => (from < least ? from : least), index);
    if (first === index) return;
    let keptAt = first;
    for await (const page of this.store.readAll(first, PAGE)) {
      const events = page
        .filter(({ position }) => position <= index)
        .map((recorded) => openEvent(this.crypto, recorded));
      for (const { view, rows, from } of foldings) foldInto(view, rows, after(events, from));
      const last = events.at(-1)?.position ?? index;
      if (last - keptAt >= KEEP_EVERY && last < index) {
        for (const { view, rows, from } of foldings) {
          if (last > from) this.#keep({ view: label(view), index: last, rows: new Map(rows) });
        }
        keptAt = last;
      }
      if (last >= index || events.length < page.length) break;
    }
  }

  async #pastOf(view: AnyProjection, index: bigint, rows: ReadonlyMap<string, unknown>): Promise<Past> {
    const sorted = [...rows].sort(byKeyBytes);
    const tree = new GrowingRoot(this.crypto);
    for (const [place, [key, row]] of sorted.entries()) {
      tree.add(rowHash(this.crypto, view, key, row));
      if (place % ROWS_AT_ONCE === 0) await turn();
    }
    return { index, digest: toBase64url(tree.root()), rows: sorted, byKey: rows };
  }

  #known(views: readonly AnyProjection[], index: bigint): readonly Past[] | undefined {
    const known = views.flatMap((view) => this.#exact(view, index) ?? []);
    return known.length === views.length ? known : undefined;
  }

  #exact(view: AnyProjection, index: bigint): Past | undefined {
    const found = this.#find(label(view), index);
    return found?.index === index ? found.past : undefined;
  }

  /** The nearest state that is kept at an index or before it; it is now the one used last. */
  #find(view: string, index: bigint): Snapshot | undefined {
    let best: Snapshot | undefined;
    for (const kept of this.#kept) {
      if (kept.view === view && kept.index <= index && (best === undefined || kept.index >= best.index))
        best = kept;
    }
    if (best !== undefined) this.#kept = [...this.#kept.filter((kept) => kept !== best), best];
    return best;
  }

  #keep(snapshot: Snapshot): void {
    const { view, index } = snapshot;
    this.#kept = [...this.#kept.filter((kept) => kept.view !== view || kept.index !== index), snapshot];
    let rows = this.#kept.reduce((sum, kept) => sum + kept.rows.size, 0);
    while ((rows > MOST_ROWS || this.#kept.length > MOST_STATES) && this.#kept.length > 1)
      rows -= this.#kept.shift()?.rows.size ?? 0;
  }
}

/** Those of a page that stand after a position. */
function after(events: readonly LogEvent[], position: bigint): readonly LogEvent[] {
  const [first] = events;
  return first === undefined || first.position > position
    ? events
    : events.filter((event) => event.position > position);
}
