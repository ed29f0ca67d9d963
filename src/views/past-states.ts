/**
 * Folds views up to an index of the log and keeps what it folded, for whoever asks next. It works in a thread beside the
 * server (`past-thread.ts`), which tells it one thing at a time and reads the log for it.
 */
import { toBase64url } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { openEvent, type LogEvent, type RecordedEvent } from '../../projections/event.js';
import { GrowingRoot } from '../../projections/hash.js';
import { label, byKeyBytes, foldInto, rowHash } from '../../projections/projection.js';
import { InvalidCursor, type ListOptions, type Where } from './list.js';
import { pageOf, rowsWhere } from './past-search.js';
import type { AnyProjection } from './table.js';
import type { Page } from './view-reader.js';

/** What is looked for in the rows of a view. */
export type Search =
  { readonly keys: readonly string[] } | { readonly where: Where } | { readonly list: ListOptions };

/** `known` asks for digests. A fold is `begin`, the log after `after` page by page, and `end`. Views are `name@version`. */
export type PastAsked =
  | { readonly do: 'known' | 'begin'; readonly views: readonly string[]; readonly index: bigint }
  | { readonly do: 'read'; readonly page: readonly RecordedEvent[] }
  | { readonly do: 'end' }
  | { readonly do: 'search'; readonly view: string; readonly index: bigint; readonly search: Search };

export interface PastAnswer {
  /** Of the views asked for, in this order, 32 bytes each in base64url; left out while one must be folded. */
  readonly digests?: readonly string[];
  /** Position of the last event that every view under way has. */
  readonly after?: bigint;
  /** What a search finds; `gone` when the state is kept no longer. */
  readonly found?: Page<unknown> | 'gone' | 'invalid-cursor';
}

/** An answer, or why there is none. */
export type PastTold = PastAnswer | { readonly failed: Error };

/** A fold that is kept: its rows are never changed in place. */
interface Snapshot {
  readonly view: string;
  readonly index: bigint;
  readonly rows: ReadonlyMap<string, unknown>;
  past?: Past;
}

/** What was asked for of a view, and not only passed. */
interface Past {
  readonly digest: string;
  /** In byte order of the keys. */
  readonly sorted: readonly (readonly [key: string, row: unknown])[];
}

/** A view under way. */
interface Folding {
  readonly view: AnyProjection;
  readonly rows: Map<string, unknown>;
  /** Of the state that it began with. */
  readonly from: bigint;
}

interface Fold {
  readonly views: readonly string[];
  readonly index: bigint;
  readonly foldings: readonly Folding[];
  after: bigint;
  keptAt: bigint;
}

/** A state is kept after so many events of a long fold. */
const KEEP_EVERY = 50_000n;
/** Rows of all states that are kept, about 1 kB each; rows that did not change between two states are held once. */
const MOST_ROWS = 400_000;
/** States that are kept: those of views without rows weigh something too. */
const MOST_STATES = 2_000;

export class PastStates {
  readonly #views: ReadonlyMap<string, AnyProjection>;
  /** The one that was used last is last. */
  #kept: Snapshot[] = [];
  /** What was folded last: it stays, however large, until something else is folded. */
  #last: ReadonlySet<string> = new Set();
  #fold: Fold | undefined;

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    views: readonly AnyProjection[],
    private readonly mostRows = MOST_ROWS,
  ) {
    this.#views = new Map(views.map((view) => [label(view), view]));
  }

  /** What cannot be folded, such as a damaged event, is said, and the fold under way is forgotten. */
  tell(asked: PastAsked): PastTold {
    try {
      return this.#answer(asked);
    } catch (error) {
      return { failed: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  #answer(asked: PastAsked): PastAnswer {
    switch (asked.do) {
      case 'known':
        return this.#digests(asked.views, asked.index);
      case 'begin':
        return this.#begin(asked.views, asked.index);
      case 'read':
        return this.#read(asked.page);
      case 'end':
        return this.#end();
      case 'search':
        return { found: this.#search(asked.view, asked.index, asked.search) };
    }
  }

  #digests(views: readonly string[], index: bigint): PastAnswer {
    const digests = views.flatMap((view) => this.#exact(view, index)?.past?.digest ?? []);
    return digests.length === views.length ? { digests } : {};
  }

  /** A fold that was begun before and not ended is forgotten. */
  #begin(views: readonly string[], index: bigint): PastAnswer {
    const foldings = views.flatMap((name): Folding[] => {
      if (this.#exact(name, index)?.past !== undefined) return [];
      const from = this.#find(name, index);
      return [{ view: this.#viewOf(name), rows: new Map(from?.rows), from: from?.index ?? -1n }];
    });
    const after = foldings.reduce((least, { from }) => (from < least ? from : least), index);
    this.#fold = { views, index, foldings, after, keptAt: after };
    return { after };
  }

  #read(page: readonly RecordedEvent[]): PastAnswer {
    const fold = this.#underWay();
    this.#fold = undefined;
    const { foldings, index } = fold;
    const events = page
      .filter(({ position }) => position <= index)
      .map((recorded) => openEvent(this.crypto, recorded));
    for (const { view, rows, from } of foldings) foldInto(view, rows, later(events, from));
    fold.after = events.at(-1)?.position ?? fold.after;
    if (fold.after - fold.keptAt >= KEEP_EVERY && fold.after < index) {
      for (const { view, rows, from } of foldings)
        if (fold.after > from) this.#keep({ view: label(view), index: fold.after, rows: new Map(rows) });
      fold.keptAt = fold.after;
    }
    this.#fold = fold;
    return { after: fold.after };
  }

  #end(): PastAnswer {
    const { views, index, foldings } = this.#underWay();
    this.#fold = undefined;
    this.#last = new Set(views.map((view) => nameOf(view, index)));
    for (const { view, rows } of foldings)
      this.#keep({ view: label(view), index, rows, past: this.#pastOf(view, rows) });
    return this.#digests(views, index);
  }

  #search(view: string, index: bigint, search: Search): PastAnswer['found'] {
    const { rows, past } = this.#exact(view, index) ?? {};
    if (rows === undefined || past === undefined) return 'gone';
    if ('keys' in search) {
      const keys = search.keys.filter((key) => rows.has(key));
      return { rows: keys.map((key) => ({ key, row: rows.get(key) })) };
    }
    if ('where' in search) return { rows: rowsWhere(this.#viewOf(view), past.sorted, search.where) };
    try {
      return pageOf(this.#viewOf(view), past.sorted, search.list);
    } catch (error) {
      if (error instanceof InvalidCursor) return error.code;
      throw error;
    }
  }

  #pastOf(view: AnyProjection, rows: ReadonlyMap<string, unknown>): Past {
    const sorted = [...rows].sort(byKeyBytes);
    const tree = new GrowingRoot(this.crypto);
    for (const [key, row] of sorted) tree.add(rowHash(this.crypto, view, key, row));
    return { digest: toBase64url(tree.root()), sorted };
  }

  #underWay(): Fold {
    if (this.#fold === undefined) throw new Error('No fold was begun');
    return this.#fold;
  }

  #viewOf(name: string): AnyProjection {
    const view = this.#views.get(name);
    if (view === undefined) throw new Error(`There is no view ${name}`);
    return view;
  }

  #exact(view: string, index: bigint): Snapshot | undefined {
    const found = this.#find(view, index);
    return found?.index === index ? found : undefined;
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
    let states = this.#kept.length;
    this.#kept = this.#kept.filter((kept) => {
      const isKept =
        kept === snapshot ||
        this.#last.has(nameOf(kept.view, kept.index)) ||
        (rows <= this.mostRows && states <= MOST_STATES);
      if (!isKept) [rows, states] = [rows - kept.rows.size, states - 1];
      return isKept;
    });
  }
}

function nameOf(view: string, index: bigint): string {
  return `${view} ${index}`;
}

/** Those of a page that stand after a position. */
function later(events: readonly LogEvent[], position: bigint): readonly LogEvent[] {
  const [first] = events;
  return first === undefined || first.position > position
    ? events
    : events.filter((event) => event.position > position);
}
