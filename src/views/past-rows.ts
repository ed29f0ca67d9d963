/** Rows of a past, read as those of now are: the same filters, order and cursors, over what was folded in memory. */
import { compareBytes, utf8 } from '../../projections/bytes.js';
import type { Projection } from '../../projections/projection.js';
import { ViewsBehind } from './freshness.js';
import {
  InvalidCursor,
  isList,
  keyOrder,
  limitOf,
  nextCursor,
  orderings,
  parseCursor,
  type ListOptions,
  type Ordering,
  type Where,
} from './list.js';
import type { Past } from './past-views.js';
import { label } from './rows.js';
import { columnsOf, type AnyProjection, type ColumnValue } from './table.js';
import type { Found, Page, PastOf, ViewReader } from './view-reader.js';

export class PastRows implements ViewReader {
  readonly past: PastOf;
  readonly #pasts = new Map<string, Past>();

  /** @param pasts one for each of the views */
  constructor(
    views: readonly AnyProjection[],
    pasts: readonly Past[],
    private readonly index: bigint,
  ) {
    for (const [place, past] of pasts.entries()) this.#pasts.set(label(views[place] as AnyProjection), past);
    this.past = {
      index,
      digests: [...this.#pasts].map(([view, { digest }]) => ({ view, digest })),
    };
  }

  get<Row>(view: Projection<Row>, key: string): Promise<Row | undefined> {
    return Promise.resolve(this.#of(view).byKey.get(key) as Row | undefined);
  }

  many<Row>(view: Projection<Row>, keys: readonly string[]): Promise<Map<string, Row>> {
    const { byKey } = this.#of(view);
    const found = keys.flatMap((key): [string, Row][] =>
      byKey.has(key) ? [[key, byKey.get(key) as Row]] : [],
    );
    return Promise.resolve(new Map(found));
  }

  having<Row>(view: Projection<Row>, column: string, values: readonly string[]): Promise<Found<Row>[]> {
    return Promise.resolve(this.#where(view, { [column]: values }));
  }

  // A cursor that is not one of the list's is a rejection, as it is of the tables.
  // eslint-disable-next-line @typescript-eslint/require-await
  async list<Row>(view: Projection<Row>, options: ListOptions = {}): Promise<Page<Row>> {
    const order = orderings(view, options.order ?? []);
    const columns = [...order, keyOrder(order)];
    const types = columns.map(({ type }) => type);
    const placed = this.#where(view, options.where ?? {}).map((found) => ({
      found,
      place: columns.map((ordering) => valueOf(view, ordering, found)),
    }));
    const cursor =
      options.after === undefined
        ? undefined
        : parseCursor(order, options.after).map((text, at) => fromText(text, types[at] ?? 'text'));
    const rows = placed
      .filter(({ place }) => cursor === undefined || compare(place, cursor, columns) > 0)
      .sort((a, b) => compare(a.place, b.place, columns));
    const limit = limitOf(options);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const found = page.map((one) => one.found);
    if (rows.length <= limit || last === undefined) return { rows: found };
    const place = last.place.slice(0, -1).map((value) => (value === undefined ? null : String(value)));
    return { rows: found, next: nextCursor({ key: last.found.key, place }, options) };
  }

  /** What was does not change: the index says it all. */
  lastChanged(): Promise<bigint> {
    return Promise.resolve(this.index);
  }

  /** A past comes no further. */
  atLeast(position: bigint): Promise<void> {
    return position <= this.index ? Promise.resolve() : Promise.reject(new ViewsBehind());
  }

  #of(view: Pick<AnyProjection, 'name' | 'version'>): Past {
    const past = this.#pasts.get(label(view));
    if (past === undefined) throw new Error(`The past of ${label(view)} was not asked for`);
    return past;
  }

  #where<Row>(view: Projection<Row>, where: Where): Found<Row>[] {
    const conditions = Object.entries(where).map(([name, wanted]) => {
      const [ordering] = orderings(view, [name]);
      return { ordering: ordering as Ordering, wanted };
    });
    const found: Found<Row>[] = [];
    for (const [key, row] of this.#of(view).rows as readonly (readonly [string, Row])[]) {
      const one = { key, row };
      if (conditions.every(({ ordering, wanted }) => isWanted(valueOf(view, ordering, one), wanted)))
        found.push(one);
    }
    return found;
  }
}

function valueOf<Row>(view: Projection<Row>, { column }: Ordering, { key, row }: Found<Row>): ColumnValue {
  if (column === 'key') return key;
  return columnsOf(view)
    .find(([name]) => `"${name}"` === column)?.[1]
    .value(row);
}

/** As PostgreSQL: nothing is less than, equal to or greater than what is not there. */
function isWanted(value: ColumnValue, wanted: Where[string]): boolean {
  if (isList(wanted)) return value !== undefined && wanted.includes(String(value));
  if (typeof wanted !== 'object') return value === wanted;
  if (value === undefined) return Object.values(wanted).every((bound) => bound === undefined);
  const { gt, gte, lt, lte } = wanted;
  return (
    (gt === undefined || compareValues(value, gt) > 0) &&
    (gte === undefined || compareValues(value, gte) >= 0) &&
    (lt === undefined || compareValues(value, lt) < 0) &&
    (lte === undefined || compareValues(value, lte) <= 0)
  );
}

/** Column by column; what is not there is the greatest. */
function compare(a: readonly ColumnValue[], b: readonly ColumnValue[], columns: readonly Ordering[]): number {
  for (const [at, { falling }] of columns.entries()) {
    const order = compareValues(a[at], b[at]);
    if (order !== 0) return falling ? -order : order;
  }
  return 0;
}

function compareValues(a: ColumnValue, b: ColumnValue): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (typeof a === 'string' && typeof b === 'string') return compareBytes(utf8(a), utf8(b));
  return Number(a) - Number(b);
}

/** The value of a column out of a cursor. @throws InvalidCursor */
function fromText(text: string | null, type: string): ColumnValue {
  if (text === null) return undefined;
  if (type === 'text') return text;
  if (type === 'boolean') return text === 'true';
  if (!/^-?\d{1,16}$/.test(text)) throw new InvalidCursor();
  return Number(text);
}
