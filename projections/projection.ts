/**
 * A projection is a keyed fold: which events, which row they touch, and a pure `(row | undefined, event) => row | undefined`.
 * The server folds into tables (`src/views`), an auditor into a `Map`, and both get the same digest.
 */
import { utf8 } from './bytes.js';
import { canonicalBytes } from './canonical.js';
import type { Crypto } from './crypto.js';
import type { LogEvent } from './event.js';
import type { EventName } from './events/catalogue.js';
import { merkleRoot, taggedHash } from './hash.js';
import type { Addends } from './sums.js';

/** What one event type does: the row (or rows) it touches and how it changes each. `undefined` deletes the row. */
export interface Handler<Row, T extends EventName> {
  key: (event: LogEvent<T>) => string | readonly string[];
  /** Pure and total; must not change the row it is given. `index` is the place of the row's key among those of the event. */
  fold: (row: Row | undefined, event: LogEvent<T>, index: number) => Row | undefined;
}

/** A column beside the row, so that a query can filter and sort by it. */
export interface Column<Row> {
  type: 'text' | 'bigint' | 'integer' | 'boolean';
  value: (row: Row) => string | number | boolean | undefined;
}

export interface ProjectionDefinition<Row> {
  /** Snake case; with the version it names table and digest. */
  name: string;
  /** Raised with every change of folds, columns, sums or row shape: the runner then builds the new table beside the old one. */
  version: number;
  on: { [T in EventName]?: Handler<Row, T> };
  columns?: Record<string, Column<Row>>;
  /** Lists of column names to index together. */
  indexes?: readonly (readonly string[])[];
  /** What a row adds to the sums over all rows, which are kept beside them; pure. They are no part of the digest. */
  sums?: (row: Row) => Addends;
}

export type Projection<Row = unknown> = Readonly<ProjectionDefinition<Row>>;

/** Declares a projection. `Row` must be canonical JSON (see `canonical.ts`). */
export function projection<Row>(definition: ProjectionDefinition<Row>): Projection<Row> {
  return Object.freeze(definition);
}

const NONE: readonly string[] = [];

/** The rows that an event touches in a projection; none when it is not concerned. */
export function touchedKeys<Row>(view: Projection<Row>, event: LogEvent): readonly string[] {
  const handler = handlerOf(view, event);
  if (handler === undefined) return NONE;
  const keys = handler.key(event);
  return typeof keys === 'string' ? [keys] : keys;
}

/** The row after an event that touches it; `index` is the place of its key in `touchedKeys`. */
export function foldRow<Row>(
  view: Projection<Row>,
  row: Row | undefined,
  event: LogEvent,
  index: number,
): Row | undefined {
  return handlerOf(view, event)?.fold(row, event, index);
}

/** Folds events into a map, as an auditor does. The map is changed in place and returned. */
export function foldInto<Row>(
  view: Projection<Row>,
  rows: Map<string, Row>,
  events: Iterable<LogEvent>,
): Map<string, Row> {
  for (const event of events) {
    for (const [index, key] of touchedKeys(view, event).entries()) {
      const row = foldRow(view, rows.get(key), event, index);
      if (row === undefined) rows.delete(key);
      else rows.set(key, row);
    }
  }
  return rows;
}

/** What the log and every answer call a view: `name@version`. */
export function label({ name, version }: Pick<Projection, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

/** `HT("row", name@version, key, JCS(row))`, 32 bytes. */
export function rowHash(
  crypto: Pick<Crypto, 'sha256'>,
  view: Pick<Projection, 'name' | 'version'>,
  key: string,
  row: unknown,
): Uint8Array {
  return writtenRowHash(crypto, label(view), utf8(key), canonicalBytes(row, Number.MAX_SAFE_INTEGER));
}

/** The same of a row that is written already, whatever its bytes are. @param view its label */
export function writtenRowHash(
  crypto: Pick<Crypto, 'sha256'>,
  view: string,
  key: Uint8Array,
  row: Uint8Array,
): Uint8Array {
  return taggedHash(crypto, 'row', utf8(view), key, row);
}

/**
 * The digest of a view: the Merkle root over `rowHash` of its rows in byte order of the keys.
 * `rows` must come in that order (see `byKeyBytes`).
 */
export function viewDigest(
  crypto: Pick<Crypto, 'sha256'>,
  view: Pick<Projection, 'name' | 'version'>,
  rows: Iterable<readonly [key: string, row: unknown]>,
): Uint8Array {
  function* hashes() {
    for (const [key, row] of rows) {
      yield rowHash(crypto, view, key, row);
    }
  }
  return merkleRoot(crypto, hashes());
}

/** Orders map entries for `viewDigest`. */
export function byKeyBytes([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return inByteOrder(a, b);
}

/** Orders texts by their UTF-8 bytes, without making these: a view may have a million keys. */
export function inByteOrder(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const [one, other] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (one !== other) return placeOf(one) - placeOf(other);
  }
  return a.length - b.length;
}

const SURROGATES = 0xd800;
const AFTER_SURROGATES = 0xe000;

/** In UTF-8, what UTF-16 writes with surrogates comes after all else. */
function placeOf(unit: number): number {
  return unit >= SURROGATES && unit < AFTER_SURROGATES ? unit + 0x10000 : unit;
}

function handlerOf<Row>(view: Projection<Row>, event: LogEvent): Handler<Row, EventName> | undefined {
  return view.on[event.type] as Handler<Row, EventName> | undefined;
}
