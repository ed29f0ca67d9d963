/** What a query reads rows through, be they those of now (`Views`) or those of a past (`PastRows`). */
import type { Projection } from '../../projections/projection.js';
import type { ListOptions } from './list.js';
import type { AnyProjection } from './table.js';

export interface Found<Row> {
  readonly key: string;
  readonly row: Row;
}

export interface Page<Row> {
  readonly rows: readonly Found<Row>[];
  /** Give it as `after` to go on; absent at the end. */
  readonly next?: string;
}

/** A place of the log whose rows are asked for. */
export interface AsOf {
  /** Position of the last event folded in; -1n before the first. */
  readonly index: bigint;
  /** Told when rows had to be folded for it: milliseconds. */
  readonly took?: (ms: number) => void;
}

/** What an answer names that shows a past: anybody folds the same views up to the index and gets these digests. */
export interface PastOf {
  readonly index: bigint;
  /** Of each view that was read: `name@version`, and 32 bytes in base64url. */
  readonly digests: readonly { readonly view: string; readonly digest: string }[];
}

export interface ViewReader {
  /** `undefined` for rows of now. */
  readonly past: PastOf | undefined;
  /** The row of a key. */
  get<Row>(view: Projection<Row>, key: string): Promise<Row | undefined>;
  /** The rows of several keys; keys without a row are not in the map. */
  many<Row>(view: Projection<Row>, keys: readonly string[]): Promise<Map<string, Row>>;
  /** The rows that have one of these values in a column, in no order. */
  having<Row>(view: Projection<Row>, column: string, values: readonly string[]): Promise<Found<Row>[]>;
  /** A page of rows in the order of columns and, among equals, of keys. @throws InvalidCursor */
  list<Row>(view: Projection<Row>, options?: ListOptions): Promise<Page<Row>>;
  /** For ETags: changes whenever the row (or, without a key, any row of the view) does. */
  lastChanged(view: AnyProjection, key?: string): Promise<bigint>;
  /** Resolves as soon as the rows have come to a position. @throws ViewsBehind */
  atLeast(position: bigint, timeoutMs: number): Promise<void>;
}
