/** What is looked for in the rows of a past: the same filters, order and cursors as of the tables, over rows in memory. */
import { inByteOrder } from '../../projections/projection.js';
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
import { columnsOf, type AnyProjection, type ColumnValue } from './table.js';
import type { Found, Page } from './view-reader.js';

type Rows = readonly (readonly [key: string, row: unknown])[];
type ValueOf = (found: Found<unknown>) => ColumnValue;

/** The rows for which all of it holds, in the order of keys. @param rows in that order */
export function rowsWhere(view: AnyProjection, rows: Rows, where: Where): Found<unknown>[] {
  return [...matching(view, rows, where)];
}

function* matching(view: AnyProjection, rows: Rows, where: Where): Generator<Found<unknown>> {
  const conditions = Object.entries(where).map(([name, wanted]) => ({
    value: valueOf(view, orderings(view, [name])[0] as Ordering),
    wanted,
  }));
  for (const [key, row] of rows) {
    const found = { key, row };
    if (conditions.every(({ value, wanted }) => isWanted(value(found), wanted))) yield found;
  }
}

/** A page of rows. @param rows in the order of keys @throws InvalidCursor */
export function pageOf(view: AnyProjection, rows: Rows, options: ListOptions): Page<unknown> {
  const order = orderings(view, options.order ?? []);
  const columns = [...order, keyOrder(order)];
  const values = columns.map((ordering) => valueOf(view, ordering));
  const [limit, skip] = [limitOf(options), options.skip ?? 0];
  const cursor =
    options.after === undefined
      ? undefined
      : parseCursor(order, options.after).map((text, at) => fromText(text, columns[at]?.type ?? 'text'));
  const placed: { found: Found<unknown>; place: ColumnValue[] }[] = [];
  for (const found of matching(view, rows, options.where ?? {})) {
    const place = values.map((value) => value(found));
    if (cursor === undefined || compare(place, cursor, columns) > 0) placed.push({ found, place });
    // By the key alone they come sorted.
    if (order.length === 0 && placed.length > skip + limit) break;
  }
  if (order.length > 0) placed.sort((a, b) => compare(a.place, b.place, columns));
  const page = placed.slice(skip, skip + limit);
  const last = page.at(-1);
  const found = page.map((one) => one.found);
  if (placed.length <= skip + limit || last === undefined) return { rows: found };
  const place = last.place.slice(0, -1).map((value) => (value === undefined ? null : String(value)));
  return { rows: found, next: nextCursor({ key: last.found.key, place }, options) };
}

function valueOf(view: AnyProjection, { column }: Ordering): ValueOf {
  if (column === 'key') return ({ key }) => key;
  const declared = columnsOf(view).find(([name]) => `"${name}"` === column)?.[1];
  return ({ row }) => declared?.value(row);
}

/** As PostgreSQL: nothing is less than, equal to or greater than what is not there. */
function isWanted(value: ColumnValue, wanted: Where[string]): boolean {
  if (isList(wanted)) return wanted.includes(value === undefined ? undefined : String(value));
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
  if (typeof a === 'string' && typeof b === 'string') return inByteOrder(a, b);
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
