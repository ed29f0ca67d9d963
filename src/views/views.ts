/** What queries read: the live tables, typed by their rows, and how fresh they are. */
import type { Pool } from 'pg';
import { label, type Projection } from '../../projections/projection.js';
import { Sum, type Sums } from '../../projections/sums.js';
import { liveOf, readCheckpoints } from './checkpoints.js';
import { Freshness, leastOf, ViewsBehind } from './freshness.js';
import { conditions, countQuery, listQuery, nextCursor } from './list.js';
import type { ListOptions, ListRow, Where } from './list.js';
import { PastRows } from './past-rows.js';
import type { PastViews } from './past-views.js';
import { checkViews, sumsTableName, tableName, type AnyProjection } from './table.js';
import type { AsOf, Found, Page, ViewReader } from './view-reader.js';

/** Rows that have the same values in some columns. */
export interface Count {
  /** As text, in the order of the columns; `undefined` where a row has none. */
  readonly values: readonly (string | undefined)[];
  readonly count: number;
}

const UNDEFINED_TABLE = '42P01';
/** Comes after whatever follows a prefix: no key begins with it. */
const LAST_CHARACTER = '\u{10ffff}';
/** A server that is frozen gives no error: the query is given up, and its connection with it. */
const QUERY_MS = 10_000;

/**
 * Reads views in the very version that this program knows. While that version is still being built, or when a newer
 * program has replaced it, every read throws `ViewsBehind`: rows of another version are not what the types say.
 */
export class Views implements ViewReader {
  readonly past = undefined;
  private readonly freshness: Freshness;

  constructor(
    private readonly pool: Pool,
    private readonly views: readonly AnyProjection[],
    private readonly pasts?: PastViews,
  ) {
    checkViews(views);
    this.freshness = new Freshness(pool, views);
  }

  /**
   * What a query reads: rows as they are now, or those of these views as of a place of the log. @throws Overloaded
   */
  async asOf(place: AsOf | undefined, views: readonly AnyProjection[]): Promise<ViewReader> {
    if (place === undefined) return this;
    if (this.pasts === undefined) throw new Error('These views have no past');
    return new PastRows(this.pasts, place, await this.pasts.at(views, place));
  }

  /** The row of a key. @throws ViewsBehind */
  async get<Row>(view: Projection<Row>, key: string): Promise<Row | undefined> {
    const sql = `select row from ${tableName(view)} where key = $1`;
    const [found] = await this.read<{ row: string }>(sql, [key], `get ${label(view)}`);
    return found === undefined ? undefined : (JSON.parse(found.row) as Row);
  }

  /** The rows of several keys; keys without a row are not in the map. @throws ViewsBehind */
  async many<Row>(view: Projection<Row>, keys: readonly string[]): Promise<Map<string, Row>> {
    const sql = `select key, row from ${tableName(view)} where key = any($1::text[])`;
    const found = await this.read<{ key: string; row: string }>(sql, [keys], `many ${label(view)}`);
    return new Map(found.map(({ key, row }) => [key, JSON.parse(row) as Row]));
  }

  /** Those of the keys whose rows are so. @throws ViewsBehind */
  async those(view: AnyProjection, keys: readonly string[], where: Where): Promise<Set<string>> {
    const binds: unknown[] = [keys];
    const all = ['key = any($1::text[])', ...conditions(view, where, binds)].join(' and ');
    const sql = `select key from ${tableName(view)} where ${all}`;
    const found = await this.read<{ key: string }>(
      sql,
      binds,
      `those ${label(view)} ${Object.keys(where).join(' ')}`,
    );
    return new Set(found.map(({ key }) => key));
  }

  /** The rows that have one of these values in a column, in no order: for lookups of many by an indexed column. @throws ViewsBehind */
  async having<Row>(view: Projection<Row>, column: string, values: readonly string[]): Promise<Found<Row>[]> {
    const binds: unknown[] = [];
    const [condition] = conditions(view, { [column]: values }, binds);
    const found = await this.read<{ key: string; row: string }>(
      `select key, row from ${tableName(view)} where ${condition ?? 'false'}`,
      binds,
      `having ${label(view)} ${column}`,
    );
    return found.map(({ key, row }) => ({ key, row: JSON.parse(row) as Row }));
  }

  /** Some rows whose keys begin so, in the order of the keys. @throws ViewsBehind */
  async beginning<Row>(view: Projection<Row>, prefix: string, most: number): Promise<Found<Row>[]> {
    const found = await this.read<{ key: string; row: string }>(
      `select key, row from ${tableName(view)} where key >= $1 and key < $2 order by key limit $3`,
      [prefix, `${prefix}${LAST_CHARACTER}`, most],
      `beginning ${label(view)}`,
    );
    return found.map(({ key, row }) => ({ key, row: JSON.parse(row) as Row }));
  }

  /** As `having`, those of them that an event after a position changed. @throws ViewsBehind */
  async changedAfter<Row>(
    view: Projection<Row>,
    position: number,
    column: string,
    values: readonly string[],
  ): Promise<Found<Row>[]> {
    const binds: unknown[] = [position];
    const [condition] = conditions(view, { [column]: values }, binds);
    const found = await this.read<{ key: string; row: string }>(
      `select key, row from ${tableName(view)} where changed_at > $1 and ${condition ?? 'false'}`,
      binds,
      `changed ${label(view)} ${column}`,
    );
    return found.map(({ key, row }) => ({ key, row: JSON.parse(row) as Row }));
  }

  /** A page of rows in the order of columns and, among equals, of keys. @throws ViewsBehind, InvalidCursor */
  async list<Row>(view: Projection<Row>, options: ListOptions = {}): Promise<Page<Row>> {
    const { sql, binds, limit } = listQuery(view, options);
    const found = await this.read<ListRow>(sql, binds);
    const rows = found.slice(0, limit).map(({ key, row }) => ({ key, row: JSON.parse(row) as Row }));
    const last = found[limit - 1];
    return found.length > limit && last !== undefined ? { rows, next: nextCursor(last, options) } : { rows };
  }

  /** How many rows there are for each combination of values of some columns, in no order. @throws ViewsBehind */
  async counts(view: AnyProjection, where: Where, by: readonly string[]): Promise<Count[]> {
    const { sql, binds } = countQuery(view, where, by);
    const found = await this.read<{ values: (string | null)[]; count: string | bigint }>(sql, binds);
    return found.map(({ values, count }) => ({
      values: values.map((value) => value ?? undefined),
      count: Number(count),
    }));
  }

  /** The sums whose keys begin so, in the order of the keys. @throws ViewsBehind */
  async sums(view: AnyProjection, prefix: string): Promise<Sums> {
    const sql = `select key, figures from ${sumsTableName(view)} where key >= $1 and key < $2 order by key`;
    const binds = [prefix, `${prefix}${LAST_CHARACTER}`];
    const found = await this.read<{ key: string; figures: string }>(sql, binds, `sums ${label(view)}`);
    return new Map(found.map(({ key, figures }) => [key, Sum.fromText(figures)]));
  }

  /**
   * Position of the last event that changed a row, or any row of the view if no key is given: for ETags. -1n when there
   * is no such row or no event changed any. @throws ViewsBehind
   */
  async lastChanged(view: AnyProjection, key?: string): Promise<bigint> {
    if (key === undefined) return this.lastChangedOf([view]);
    const sql = `select changed_at from ${tableName(view)} where key = $1`;
    const [found] = await this.read<{ changed_at: string | bigint }>(sql, [key]);
    return found === undefined ? -1n : BigInt(found.changed_at);
  }

  /** Position of the last event that changed any row of several views. @throws ViewsBehind */
  async lastChangedOf(views: readonly AnyProjection[]): Promise<bigint> {
    const checkpoints = await readCheckpoints(this.pool);
    let last = -1n;
    for (const view of views) {
      const live = liveOf(checkpoints, view);
      if (live === undefined) throw new ViewsBehind();
      if (live.changedAt > last) last = live.changedAt;
    }
    return last;
  }

  /** Position to which all views have come; `undefined` while one is not live in this program's version. */
  async checkpoint(): Promise<bigint | undefined> {
    return leastOf(await readCheckpoints(this.pool), this.views);
  }

  /**
   * Resolves as soon as all views have come to a position, whichever process moves them.
   * @throws ViewsBehind after `timeoutMs`
   */
  async atLeast(position: bigint, timeoutMs: number): Promise<void> {
    await this.freshness.atLeast(position, timeoutMs);
  }

  /** Ends the connection that listens; whoever waits is told that the views are behind. */
  async close(): Promise<void> {
    await this.freshness.close();
  }

  /** Called by NestJS. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** `name`: of a statement that comes often, so that the database plans it once for each connection. */
  private async read<R extends object>(sql: string, binds: unknown[], name?: string): Promise<R[]> {
    try {
      const query = {
        text: sql,
        values: binds,
        query_timeout: QUERY_MS,
        ...(name !== undefined && { name }),
      };
      return (await this.pool.query<R>(query)).rows;
    } catch (error) {
      if ((error as { code?: string }).code === UNDEFINED_TABLE) throw new ViewsBehind({ cause: error });
      throw error;
    }
  }
}
