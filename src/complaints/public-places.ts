/**
 * The map of public matters, kept up to date from the views and the contents. What is read is what has changed since the last
 * look; whether a place that is shown by itself may still be shown is asked each time.
 */
import { contentsView } from '../../projections/contents.view.js';
import { isShown, mattersView, type MatterRow } from '../../projections/matters.view.js';
import type { ContentRef, Contents, DamagedContent } from '../contents/contents.js';
import type { Views } from '../views/views.js';
import { parsePlace, type Place } from './details.js';
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

export class PublicPlaces {
  readonly #map = new PlaceMap();
  /** The content that holds the place of each matter in the map. */
  readonly #refs = new Map<string, string>();
  /** Position of the last event that changed a row which was read. */
  #touched = -1;
  #looking: Promise<void> | undefined;
  #lookedAt = -Infinity;

  constructor(
    private readonly views: Views,
    private readonly contents: Contents,
    private readonly onDamaged: (damaged: DamagedContent) => void,
    private readonly freshMs = FRESH_MS,
  ) {}

  /** What a map of a box shows now. @throws ViewsBehind */
  async in(box: Box, zoom: number, filter: PlaceFilter): Promise<OnMap> {
    await this.#look();
    const shown = this.#map.in(box, zoom, filter);
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
    this.#lookedAt = began;
  }

  async #take(rows: readonly { key: string; row: MatterRow }[]): Promise<void> {
    const wanted: ContentRef[] = [];
    for (const { key, row } of rows) {
      if (isShown(row) && row.place !== undefined) {
        wanted.push(row.place);
        continue;
      }
      this.#map.remove(key);
      this.#refs.delete(key);
    }
    const found = await this.contents.read(wanted, this.onDamaged);
    for (const { key, row } of rows) {
      const content = row.place && isShown(row) ? found.get(row.place.id) : undefined;
      if (content === undefined) {
        this.#map.remove(key);
        this.#refs.delete(key);
        continue;
      }
      this.#refs.set(key, content.id);
      const placed = placedOf(key, row, parsePlace(content.bytes));
      if (placed === undefined) this.#map.remove(key);
      else this.#map.put(placed);
    }
  }
}

/** Nothing for an address without a point. */
function placedOf(id: string, row: MatterRow, { lat, long }: Place): Placed | undefined {
  if (lat === undefined || long === undefined) return undefined;
  return { id, lat, long, kind: row.kind, category: row.category ?? '', stateKind: row.stateKind };
}
