/**
 * What a view said at an earlier place of the log: folded again from the events, as an auditor does it, whatever the tables
 * say. States on the way are kept for whoever asks next. Rows hold ids and codes: texts are never part of a past.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { toBase64url } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { openEvent } from '../../projections/event.js';
import { GrowingRoot } from '../../projections/hash.js';
import { byKeyBytes, foldInto, rowHash } from '../../projections/projection.js';
import { Overloaded, type EventStore } from '../event-store/event-store.js';
import { CRYPTO, EVENT_STORE } from '../platform.module.js';
import { label } from '../views/rows.js';
import type { AnyProjection } from '../views/table.js';

/** A view as of an index. */
export interface Past {
  /** Position of the last event folded in; -1n before the first. */
  readonly index: bigint;
  /** 32 bytes, base64url: the one that is published of this view at this index. */
  readonly digest: string;
  /** In byte order of the keys. */
  readonly rows: readonly (readonly [key: string, row: unknown])[];
}

/** A fold that is kept: its rows are never changed in place. */
interface Snapshot {
  readonly view: string;
  readonly index: bigint;
  readonly rows: ReadonlyMap<string, unknown>;
  past?: Past;
}

const PAGE = 1_000;
/** A state is kept after so many events of a long fold. */
const KEEP_EVERY = 50_000n;
/** Rows of all states that are kept, about 1 kB each; rows that did not change between two states are held once. */
const MOST_ROWS = 400_000;
/** Rows hashed before others have a turn. */
const ROWS_AT_ONCE = 500;
/** Folds that wait beside the one under way. */
const MOST_WAITING = 4;

@Injectable()
export class PastViews {
  /** The one that was used last is last. */
  #kept: Snapshot[] = [];
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Pick<Crypto, 'sha256'>,
  ) {}

  /**
   * Folds go on one after another. @param index at most the head of the log
   * @throws Overloaded, DamagedEvent, UnknownEvent, EngineUnavailable
   */
  async at(view: AnyProjection, index: bigint): Promise<Past> {
    const known = this.#find(label(view), index);
    if (known?.index === index && known.past !== undefined) return known.past;
    if (this.#waiting > MOST_WAITING) throw new Overloaded();
    this.#waiting += 1;
    const made = this.#last.then(() => this.#fold(view, index));
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
      if ((await this.#recordedAt(middle)) <= instant) before = middle;
      else after = middle;
    }
    return before;
  }

  async #recordedAt(position: bigint): Promise<Date> {
    for await (const [event] of this.store.readAll(position - 1n, 1)) if (event) return event.recordedAt;
    throw new RangeError(`The log has no position ${position}`);
  }

  async #fold(view: AnyProjection, index: bigint): Promise<Past> {
    const name = label(view);
    const from = this.#find(name, index);
    if (from?.index === index && from.past !== undefined) return from.past;
    const rows = new Map(from?.rows);
    let keptAt = from?.index ?? -1n;
    for await (const page of this.store.readAll(keptAt, PAGE)) {
      const events = page.filter(({ position }) => position <= index);
      foldInto(
        view,
        rows,
        events.map((recorded) => openEvent(this.crypto, recorded)),
      );
      const last = events.at(-1)?.position ?? index;
      if (last - keptAt >= KEEP_EVERY && last < index) {
        this.#keep({ view: name, index: last, rows: new Map(rows) });
        keptAt = last;
      }
      if (last >= index || events.length < page.length) break;
    }
    const sorted = [...rows].sort(byKeyBytes);
    const tree = new GrowingRoot(this.crypto);
    for (const [place, [key, row]] of sorted.entries()) {
      tree.add(rowHash(this.crypto, view, key, row));
      if (place % ROWS_AT_ONCE === 0) await turn();
    }
    const past = { index, digest: toBase64url(tree.root()), rows: sorted };
    this.#keep({ view: name, index, rows, past });
    return past;
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
    while (rows > MOST_ROWS && this.#kept.length > 1) rows -= this.#kept.shift()?.rows.size ?? 0;
  }
}
