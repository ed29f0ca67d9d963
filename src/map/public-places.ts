/**
 * The map of public matters, kept up to date from the views and the contents. What is read is what has changed since the last
 * look, of matters and of the contents that hold their places; whether a place that is shown by itself may still be shown is asked each time.
 */
import { contentsView } from '../../projections/contents.view.js';
import { isShown, type MatterRow } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import type { ContentRef, Contents, DamagedContent } from '../contents/contents.js';
import type { Views } from '../views/views.js';
import { parsePlace, type Place } from '../complaints/details.js';
import { PlaceMap, type Box, type OnMap, type Placed, type PlaceFilter } from './place-map.js';

/** A public matter near a place. */
export interface NearRow {
  readonly key: string;
  readonly row: MatterRow;
  readonly metres: number;
}

/** A look at what has changed is not older than this when it is asked; milliseconds. */
const FRESH_MS = 1_000;
const PAGE = 1_000;
/** After a look before the first request that failed. */
const AGAIN_MS = 1_000;

export class PublicPlaces {
  readonly #map = new PlaceMap();
  /** The content that holds the place of each matter in the map, and the other way round. */
  readonly #refs = new Map<string, string>();
  readonly #matters = new Map<string, string>();
  /** Matters whose place is not shown now and may be again, with the content that holds it: staff hid it, or its release is not seen yet. */
  readonly #withheld = new Map<string, string>();
  /** Position of the last event that changed a row which was read. */
  #touched = -1;
  /** The same of contents that are shown no more. */
  #gone = -1;
  #looking: Promise<void> | undefined;
  #lookedAt = -Infinity;
  #stopped = false;

  constructor(
    private readonly views: Views,
    private readonly contents: Contents,
    private readonly onDamaged: (damaged: DamagedContent) => void,
    private readonly freshMs = FRESH_MS,
    /** Above which they are shown together. */
    private readonly mostSingle?: number,
  ) {}

  /** Reads all there is before anybody asks, so that the first who does need not wait for it. Returns at once. */
  start(): void {
    if (this.#stopped) return;
    // The views may still be built. Whoever asks meanwhile looks, too.
    this.#look().catch(() => setTimeout(() => this.start(), AGAIN_MS).unref());
  }

  /** Called by NestJS. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    await this.#looking?.catch(() => undefined);
  }

  /** What a map of a box shows now. @throws ViewsBehind */
  async in(box: Box, zoom: number, filter: PlaceFilter): Promise<OnMap> {
    await this.#look();
    const shown = this.#map.in(box, zoom, filter, this.mostSingle);
    const ids = shown.matters.map(({ id }) => id);
    const [shownNow, hasPlace] = await Promise.all([
      this.views.those(mattersView, ids, { shown: true }),
      this.#withPlace(ids),
    ]);
    const matters = shown.matters.filter(({ id }) => shownNow.has(id) && hasPlace.has(id));
    return { ...shown, matters, count: shown.count - shown.matters.length + matters.length };
  }

  /** At most so many within a distance, nearest first, with their rows. @throws ViewsBehind */
  async near(
    point: { lat: number; long: number },
    metres: number,
    most: number,
    filter: PlaceFilter,
  ): Promise<readonly NearRow[]> {
    await this.#look();
    const near = this.#map.near(point, metres, most, filter);
    const ids = near.map(({ placed }) => placed.id);
    const [rows, hasPlace] = await Promise.all([this.views.many(mattersView, ids), this.#withPlace(ids)]);
    return near.flatMap(({ placed: { id }, metres: away }) => {
      const row = rows.get(id);
      return row === undefined || !isShown(row) || !hasPlace.has(id) ? [] : [{ key: id, row, metres: away }];
    });
  }

  /** Those whose place may still be shown: it may have been hidden or erased by itself since the last look. */
  async #withPlace(ids: readonly string[]): Promise<Set<string>> {
    const places = new Map(ids.map((id) => [id, this.#refs.get(id) ?? '']));
    const shown = await this.views.those(contentsView, [...places.values()], { state: 'released' });
    return new Set(ids.filter((id) => shown.has(places.get(id) ?? '')));
  }

  /** Those who ask while a look is under way wait for the same one. */
  async #look(): Promise<void> {
    if (performance.now() - this.#lookedAt < this.freshMs) return;
    this.#looking ??= this.#read().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #read(): Promise<void> {
    const began = performance.now();
    let after: string | undefined;
    const where = { touched: { gt: this.#touched } };
    let touched = this.#touched;
    do {
      const page = await this.views.list(mattersView, {
        where,
        order: ['touched'],
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      await this.#take(page.rows);
      touched = Math.max(touched, page.rows.at(-1)?.row.changed ?? -1);
      after = page.next;
    } while (after !== undefined);
    this.#touched = touched;
    await this.#takeGone();
    await this.#takeBack();
    this.#lookedAt = began;
  }

  /** Places that were hidden or erased by themselves: their matters have not changed. */
  async #takeGone(): Promise<void> {
    const gone = await this.views.changedAfter(contentsView, this.#gone, 'state', ['hidden', 'erased']);
    for (const { key: content, row } of gone) {
      this.#gone = Math.max(this.#gone, row.changed);
      const matter = this.#matters.get(content);
      if (matter === undefined) continue;
      this.#drop(matter);
      if (row.state === 'hidden') this.#withheld.set(matter, content);
    }
  }

  /** Places that are shown again. */
  async #takeBack(): Promise<void> {
    if (this.#withheld.size === 0) return;
    const contents = await this.views.many(contentsView, [...this.#withheld.values()]);
    const back = [...this.#withheld].filter(([, content]) => contents.get(content)?.state === 'released');
    const rows = await this.views.many(
      mattersView,
      back.map(([matter]) => matter),
    );
    await this.#take([...rows].map(([key, row]) => ({ key, row })));
  }

  async #take(rows: readonly { key: string; row: MatterRow }[]): Promise<void> {
    const refs = rows.flatMap(({ row }) => (isShown(row) && row.place ? [row.place] : []));
    const contents = await this.views.many(
      contentsView,
      refs.map(({ id }) => id),
    );
    const isPublic = ({ id }: ContentRef) => contents.get(id)?.state === 'released';
    const found = await this.contents.read(refs.filter(isPublic), this.onDamaged);
    for (const { key, row } of rows) {
      this.#drop(key);
      if (!isShown(row) || row.place === undefined) continue;
      const { id } = row.place;
      const content = found.get(id);
      const placed = content && placedOf(key, row, parsePlace(content.bytes));
      if (placed !== undefined) {
        this.#refs.set(key, id);
        this.#matters.set(id, key);
        this.#map.put(placed);
      } else if (!isPublic(row.place) && contents.get(id)?.state !== 'erased') this.#withheld.set(key, id);
    }
  }

  #drop(matter: string): void {
    this.#map.remove(matter);
    this.#matters.delete(this.#refs.get(matter) ?? '');
    this.#refs.delete(matter);
    this.#withheld.delete(matter);
  }
}

/** Nothing for an address without a point. */
function placedOf(id: string, row: MatterRow, { lat, long }: Place): Placed | undefined {
  if (lat === undefined || long === undefined) return undefined;
  const { kind, category = '', stateKind, filedAt } = row;
  return { id, lat, long, kind, category, stateKind, filedAt };
}
