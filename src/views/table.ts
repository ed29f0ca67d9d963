/**
 * The table of one view: `views.<name>_v<version>`, with the key, the row as JSON text, the position of the event that
 * changed it last, and the declared columns. While it is built it is called `…_new`.
 *
 * Rows are `text`: the server never looks into them, and text is written and read fastest. Keys and text columns are
 * compared by bytes (COLLATE "C"), which is the order of the digest and the same on every machine.
 *
 * The sums of a view that has any stand in a table beside it, `views.<name>_v<version>_sums`.
 */
import type { Column, Projection } from '../../projections/projection.js';

/** A view of whatever row type: lists of views cannot name one, since folds take rows as well as give them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyProjection = Projection<any>;

/** What a column may hold; `undefined` is stored as SQL null. */
export type ColumnValue = string | number | boolean | undefined;

const NAME = /^[a-z][a-z0-9_]{0,40}$/;
const RESERVED = new Set(['key', 'row', 'changed_at']);

export type TableState = 'live' | 'building';

/** The quoted name of a view's table. */
export function tableName(view: Pick<AnyProjection, 'name' | 'version'>, state: TableState = 'live'): string {
  return `views."${bareTableName(view, state)}"`;
}

/** The name without schema, as `alter table … rename to` wants it. */
export function bareTableName(
  view: Pick<AnyProjection, 'name' | 'version'>,
  state: TableState = 'live',
): string {
  return `${view.name}_v${view.version}${state === 'building' ? '_new' : ''}`;
}

/** The quoted name of the table of a view's sums. */
export function sumsTableName(
  view: Pick<AnyProjection, 'name' | 'version'>,
  state: TableState = 'live',
): string {
  return `views."${bareSumsTableName(view, state)}"`;
}

/** The name without schema. */
export function bareSumsTableName(
  view: Pick<AnyProjection, 'name' | 'version'>,
  state: TableState = 'live',
): string {
  return `${bareTableName(view, state)}_sums`;
}

/** The declared columns of a view, in the order in which they stand in its table. */
export function columnsOf(
  view: AnyProjection,
): readonly (readonly [name: string, column: Column<unknown>])[] {
  return Object.entries(view.columns ?? {});
}

/** Checks a list of views: each name once, and names, versions, columns and indexes that can become a table. @throws Error */
export function checkViews(views: readonly AnyProjection[]): void {
  const names = new Set<string>();
  for (const view of views) {
    const { name, version } = view;
    if (!NAME.test(name)) throw new Error(`View ${name}: the name must match ${NAME}`);
    if (names.has(name)) throw new Error(`View ${name} stands twice in the list of views`);
    names.add(name);
    if (!Number.isInteger(version) || version < 1 || version > 9999) {
      throw new Error(`View ${name}: version ${version} is not an integer from 1 to 9999`);
    }
    const columns = new Set(columnsOf(view).map(([column]) => column));
    for (const column of columns) {
      if (!NAME.test(column) || RESERVED.has(column))
        throw new Error(`View ${name}: ${column} cannot name a column`);
    }
    for (const column of (view.indexes ?? []).flat()) {
      if (!columns.has(column)) throw new Error(`View ${name}: index on ${column}, which is not a column`);
    }
  }
}

/** Creates the tables to build into. Keys and indexes come after the rows, which is several times faster. */
export function createTableSql(view: AnyProjection): string {
  const columns = columnsOf(view).map(
    ([name, { type }]) => `, "${name}" ${type}${type === 'text' ? ' collate "C"' : ''}`,
  );
  const rows = `create table ${tableName(view, 'building')} (
    key text collate "C" not null, row text not null, changed_at bigint not null${columns.join('')})`;
  if (view.sums === undefined) return rows;
  // There are few sums, so these have their key at once.
  return `${rows};
    create table ${sumsTableName(view, 'building')} (key text collate "C" primary key, figures text not null)`;
}

/** Drops the tables of a view, of whichever version, with and without sums. */
export function dropTablesSql(view: Pick<AnyProjection, 'name' | 'version'>, state: TableState): string {
  return `drop table if exists ${tableName(view, state)}, ${sumsTableName(view, state)}`;
}

/** Makes the tables that were built the live ones. */
export function renameTablesSql(view: AnyProjection): string {
  const rename = `alter table ${tableName(view, 'building')} rename to "${bareTableName(view)}"`;
  if (view.sums === undefined) return rename;
  return `${rename}; alter table ${sumsTableName(view, 'building')} rename to "${bareSumsTableName(view)}"`;
}

/** The primary key: needed as soon as rows are looked up again. */
export function addKeySql(view: AnyProjection): string {
  return `alter table ${tableName(view, 'building')} add primary key (key)`;
}

/**
 * The declared indexes. Each ends in the key, so that a list can go on after any row. PostgreSQL names them: a rebuild then
 * never meets a taken name.
 */
export function addIndexesSql(view: AnyProjection): readonly string[] {
  return (view.indexes ?? []).map((columns) => {
    const list = columns.map((column) => `"${column}"`).join(', ');
    return `create index on ${tableName(view, 'building')} (${list}, key)`;
  });
}

/** Binds: $1 keys (text[]). Rows: key, row, changed_at. */
export function loadSql(view: AnyProjection, state: TableState): string {
  return `select key, row, changed_at from ${tableName(view, state)} where key = any($1::text[])`;
}

/** Binds: $1 keys (text[]). */
export function deleteSql(view: AnyProjection, state: TableState): string {
  return `delete from ${tableName(view, state)} where key = any($1::text[])`;
}

/** Binds: $1 keys, $2 rows, $3 changed_at, then one array for each column. */
export function upsertSql(view: AnyProjection, state: TableState): string {
  const columns = columnsOf(view);
  const names = ['key', 'row', 'changed_at', ...columns.map(([name]) => `"${name}"`)];
  const types = ['text', 'text', 'bigint', ...columns.map(([, { type }]) => type)];
  const arrays = types.map((type, i) => `$${i + 1}::${type}[]`);
  const set = names.slice(1).map((name) => `${name} = excluded.${name}`);
  return `insert into ${tableName(view, state)} (${names.join(', ')}) select * from unnest(${arrays.join(', ')})
    on conflict (key) do update set ${set.join(', ')}`;
}

export function copySql(view: AnyProjection): string {
  const names = ['key', 'row', 'changed_at', ...columnsOf(view).map(([name]) => `"${name}"`)];
  return `copy ${tableName(view, 'building')} (${names.join(', ')}) from stdin (format binary)`;
}

/** Binds: $1 keys (text[]). Rows: key, figures. */
export function loadSumsSql(view: AnyProjection, state: TableState): string {
  return `select key, figures from ${sumsTableName(view, state)} where key = any($1::text[])`;
}

/** Binds: $1 keys (text[]). */
export function deleteSumsSql(view: AnyProjection, state: TableState): string {
  return `delete from ${sumsTableName(view, state)} where key = any($1::text[])`;
}

/** Binds: $1 keys, $2 figures. */
export function upsertSumsSql(view: AnyProjection, state: TableState): string {
  return `insert into ${sumsTableName(view, state)} (key, figures) select * from unnest($1::text[], $2::text[])
    on conflict (key) do update set figures = excluded.figures`;
}
