/** Loading and writing the rows of a view: many at once, within the caller's transaction. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientBase, Pool } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { label } from '../../projections/projection.js';
import { mergeInto, Sum, type Sums } from '../../projections/sums.js';
import { CopyBuffer } from './copy-buffer.js';
import { PoisonedFold, type HeldRow, type ViewRows } from './rows.js';
import {
  columnsOf,
  copySql,
  deleteSql,
  deleteSumsSql,
  loadSql,
  loadSumsSql,
  upsertSql,
  upsertSumsSql,
  type AnyProjection,
  type ColumnValue,
  type TableState,
} from './table.js';

/** Rows in one statement: more gain nothing and take memory on both sides. */
const BATCH = 5_000;
/** Bytes from which on a piece of a COPY is sent. */
const COPY_CHUNK = 262_144;

interface StoredRow {
  key: string;
  row: string;
  changed_at: string | bigint;
}

/** Loads those of the keys that are not held yet. */
export async function loadRows(
  client: ClientBase | Pool,
  rows: ViewRows,
  keys: Iterable<string>,
  state: TableState,
): Promise<void> {
  const missing: string[] = [];
  for (const key of keys) if (!rows.held.has(key)) missing.push(key);
  for (let i = 0; i < missing.length; i += BATCH) {
    const found = await client.query<StoredRow>(loadSql(rows.view, state), [missing.slice(i, i + BATCH)]);
    for (const { key, row, changed_at } of found.rows) rows.loaded(key, JSON.parse(row), BigInt(changed_at));
  }
}

/** Writes what has changed by multi-row upserts and deletes. */
export async function upsertRows(client: ClientBase, rows: ViewRows, state: TableState): Promise<void> {
  const { insert, update, remove } = rows.changes();
  const written = insert.concat(update);
  for (let i = 0; i < written.length; i += BATCH) {
    await client.query(upsertSql(rows.view, state), upsertBinds(rows.view, written.slice(i, i + BATCH)));
  }
  if (remove.length > 0) await client.query(deleteSql(rows.view, state), [remove]);
  await moveSums(client, rows, state);
}

/** Writes what has changed into a table that is being built: new rows by COPY, the few others as usual. */
export async function copyRows(client: ClientBase, rows: ViewRows): Promise<void> {
  const { insert, update, remove } = rows.changes();
  if (insert.length > 0) {
    await pipeline(Readable.from(copyChunks(rows.view, insert)), client.query(copyFrom(copySql(rows.view))));
  }
  for (let i = 0; i < update.length; i += BATCH) {
    await client.query(upsertSql(rows.view, 'building'), upsertBinds(rows.view, update.slice(i, i + BATCH)));
  }
  if (remove.length > 0) await client.query(deleteSql(rows.view, 'building'), [remove]);
  await moveSums(client, rows, 'building');
}

/** Adds to the sums what the rows add that are written with them, in the same transaction. */
async function moveSums(client: ClientBase, rows: ViewRows, state: TableState): Promise<void> {
  const { view } = rows;
  const moved = rows.movedSums();
  if (moved.size === 0) return;
  const keys = [...moved.keys()];
  const found = await client.query<{ key: string; figures: string }>(loadSumsSql(view, state), [keys]);
  const sums: Sums = new Map(found.rows.map(({ key, figures }) => [key, Sum.fromText(figures)]));
  mergeInto(sums, moved);
  const gone = keys.filter((key) => !sums.has(key));
  if (gone.length > 0) await client.query(deleteSumsSql(view, state), [gone]);
  const texts = [...sums.values()].map((sum) => sum.toText());
  if (sums.size > 0) await client.query(upsertSumsSql(view, state), [[...sums.keys()], texts]);
}

/** A row as its table wants it: the row's text, then the columns. @throws PoisonedFold when it cannot be written */
function stored(
  view: AnyProjection,
  columns: ReturnType<typeof columnsOf>,
  held: HeldRow,
): { text: string; columns: ColumnValue[] } {
  try {
    return {
      text: JSON.stringify(held.row),
      columns: columns.map(([, column]) => column.value(held.row)),
    };
  } catch (error) {
    throw new PoisonedFold(label(view), held.changedAt, error);
  }
}

function upsertBinds(view: AnyProjection, rows: readonly [string, HeldRow][]): unknown[] {
  const declared = columnsOf(view);
  const values = rows.map(([, held]) => stored(view, declared, held));
  return [
    rows.map(([key]) => key),
    values.map(({ text }) => text),
    rows.map(([, held]) => String(held.changedAt)),
    ...declared.map((_, c) => values.map(({ columns }) => columns[c] ?? null)),
  ];
}

/**
 * Rows in COPY's binary format, in pieces: nothing has to be escaped on this side or parsed on the other.
 * @see https://www.postgresql.org/docs/current/sql-copy.html
 */
function* copyChunks(view: AnyProjection, rows: readonly [string, HeldRow][]): Generator<Buffer> {
  const declared = columnsOf(view);
  const types = declared.map(([, { type }]) => type);
  const out = new CopyBuffer();
  out.header();
  for (const [key, held] of rows) {
    const { text, columns } = stored(view, declared, held);
    out.int16(3 + types.length);
    out.field('text', key);
    out.field('text', text);
    out.field('bigint', held.changedAt);
    for (const [c, type] of types.entries()) out.field(type, columns[c]);
    if (out.length >= COPY_CHUNK) yield out.take();
  }
  out.int16(-1);
  yield out.take();
}
