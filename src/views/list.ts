/** Lists of rows as SQL: filters on declared columns, an order, and a cursor that goes on after a row. */
import { columnsOf, tableName, type AnyProjection, type ColumnValue } from './table.js';

/** Bounds of a column; all that are given must hold. */
export interface Range {
  readonly gt?: ColumnValue;
  readonly gte?: ColumnValue;
  readonly lt?: ColumnValue;
  readonly lte?: ColumnValue;
}

/** For each column the value that it must have, or one of several, or bounds. `undefined` asks for rows without one. */
export type Where = Readonly<Record<string, ColumnValue | readonly (string | undefined)[] | Range>>;

export interface ListOptions {
  readonly where?: Where;
  /** Columns, with a `-` before the name for falling order; the key comes last by itself. Rows without a value: as the greatest. */
  readonly order?: readonly string[];
  /** `next` of the page before, asked for with the same order. */
  readonly after?: string;
  /** Rows that are left out before the first; the database reads them all the same. */
  readonly skip?: number;
  /** 1 to 1,000; 100 by default. */
  readonly limit?: number;
}

/** A cursor that this list did not give. */
export class InvalidCursor extends Error {
  readonly code = 'invalid-cursor';
  constructor() {
    super('The cursor is not one that this list gave');
    this.name = 'InvalidCursor';
  }
}

export interface ListRow {
  key: string;
  row: string;
  /** The values of the order's columns as text, for the cursor. */
  place: (string | null)[];
}

export interface Ordering {
  /** Quoted. */
  readonly column: string;
  readonly type: string;
  readonly falling: boolean;
}

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 100;
const OPERATORS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** The query asks for one row more than `limit`, which tells whether there is a next page. @throws InvalidCursor */
export function listQuery(
  view: AnyProjection,
  options: ListOptions,
): { sql: string; binds: unknown[]; limit: number } {
  const limit = limitOf(options);
  const order = orderings(view, options.order ?? []);
  const binds: unknown[] = [];
  const all = conditions(view, options.where ?? {}, binds);
  if (options.after !== undefined) all.push(afterCondition(order, options.after, binds));
  binds.push(limit + 1, options.skip ?? 0);
  const place = order.map(({ column, falling: _falling }) => `${column}::text`).join(', ');
  const sql = `select key, row, array[${place}]::text[] as place from ${tableName(view)}
    ${all.length > 0 ? `where ${all.join(' and ')}` : ''}
    order by ${[...order, keyOrder(order)].map(({ column, falling }) => `${column}${falling ? ' desc' : ''}`).join(', ')}
    limit $${binds.length - 1} offset $${binds.length}`;
  return { sql, binds, limit };
}

/** How many rows there are for each combination of values of some columns. */
export function countQuery(
  view: AnyProjection,
  where: Where,
  by: readonly string[],
): { sql: string; binds: unknown[] } {
  const binds: unknown[] = [];
  const all = conditions(view, where, binds);
  const columns = by.map((name) => declared(view, name).column).join(', ');
  const texts = by.map((name) => `${declared(view, name).column}::text`).join(', ');
  const sql = `select array[${texts}]::text[] as values, count(*) as count from ${tableName(view)}
    ${all.length > 0 ? `where ${all.join(' and ')}` : ''} group by ${columns}`;
  return { sql, binds };
}

/** Rows on a page. */
export function limitOf({ limit = DEFAULT_LIMIT }: ListOptions): number {
  return Math.min(Math.max(limit, 1), MAX_LIMIT);
}

/** The cursor after a row. */
export function nextCursor(last: Pick<ListRow, 'key' | 'place'>, options: ListOptions): string {
  return Buffer.from(JSON.stringify([(options.order ?? []).join(','), last.place, last.key])).toString(
    'base64url',
  );
}

/** Conditions as SQL; their values are appended to `binds`. @throws Error for a column that is not declared */
export function conditions(view: AnyProjection, where: Where, binds: unknown[]): string[] {
  const all: string[] = [];
  for (const [name, wanted] of Object.entries(where)) {
    const { column, type } = declared(view, name);
    if (isList(wanted)) {
      const values = wanted.filter((value) => value !== undefined);
      const isOne = `${column} = any($${binds.push(values)}::${type}[])`;
      all.push(values.length === wanted.length ? isOne : `(${isOne} or ${column} is null)`);
    } else if (typeof wanted === 'object') {
      for (const [bound, operator] of Object.entries(OPERATORS)) {
        const value = wanted[bound as keyof Range];
        if (value !== undefined) all.push(`${column} ${operator} $${binds.push(value)}::${type}`);
      }
    } else {
      all.push(wanted === undefined ? `${column} is null` : `${column} = $${binds.push(wanted)}::${type}`);
    }
  }
  return all;
}

export function isList(wanted: Where[string]): wanted is readonly (string | undefined)[] {
  return Array.isArray(wanted);
}

export function orderings(view: AnyProjection, order: readonly string[]): Ordering[] {
  return order.map((name) => {
    const falling = name.startsWith('-');
    return { ...declared(view, falling ? name.slice(1) : name), falling };
  });
}

/** Keys go the way of the last column, so that an index that ends in the key serves both directions. */
export function keyOrder(order: readonly Ordering[]): Ordering {
  return { column: 'key', type: 'text', falling: order.at(-1)?.falling ?? false };
}

function declared(view: AnyProjection, name: string): { column: string; type: string } {
  const found = columnsOf(view).find(([column]) => column === name);
  if (found === undefined) throw new Error(`View ${view.name} has no column ${name}`);
  return { column: `"${name}"`, type: found[1].type };
}

/**
 * "Comes after the cursor's row": later in the first column, or equal in it and later in the second, and so on. As in
 * PostgreSQL's own order, null is greater than every value.
 */
function afterCondition(order: readonly Ordering[], cursor: string, binds: unknown[]): string {
  const values = parseCursor(order, cursor);
  const all = [...order, keyOrder(order)];
  const alternatives: string[] = [];
  const equal: string[] = [];
  for (const [i, { column, type, falling }] of all.entries()) {
    const value = values[i] ?? null;
    const bind = value === null ? '' : `$${binds.push(value)}::${type}`;
    let later: string;
    if (value === null) later = falling ? `${column} is not null` : 'false';
    else if (falling) later = `${column} < ${bind}`;
    else later = column === 'key' ? `key > ${bind}` : `(${column} > ${bind} or ${column} is null)`;
    alternatives.push([...equal, later].join(' and '));
    equal.push(value === null ? `${column} is null` : `${column} = ${bind}`);
  }
  return `(${alternatives.join(' or ')})`;
}

export function parseCursor(order: readonly Ordering[], cursor: string): (string | null)[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new InvalidCursor();
  }
  const names = order.map(({ column, falling }) => (falling ? '-' : '') + column.slice(1, -1)).join(',');
  if (!Array.isArray(parsed) || parsed.length !== 3) throw new InvalidCursor();
  const [given, place, key] = parsed as unknown[];
  const fits =
    Array.isArray(place) &&
    place.length === order.length &&
    place.every((v) => v === null || typeof v === 'string');
  if (given !== names || !fits || typeof key !== 'string') throw new InvalidCursor();
  return [...(place as (string | null)[]), key];
}
