/** One build under way: the rows folded so far, held in memory or written to the tables that are not live yet. */
import type { ClientBase, Pool, QueryConfig } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import { openEvent, type LogEvent, type RecordedEvent } from '../../projections/event.js';
import { ahead } from '../event-store/ahead.js';
import type { EventStore } from '../event-store/event-store.js';
import { label } from '../../projections/projection.js';
import { chunksOf, PAGE_SIZE } from './pages.js';
import { ViewRows } from './rows.js';
import { addIndexesSql, addKeySql, createTableSql, type AnyProjection } from './table.js';
import { inTransaction } from '../postgres/transaction.js';
import { copyRows, loadRows, upsertRows } from './write.js';

export interface BuildProgress {
  /** `name@version` of each. */
  readonly views: readonly string[];
  /** Position of the last event folded, and the one to come to. */
  readonly position: bigint;
  readonly target: bigint;
}

export interface BuildOptions {
  readonly onProgress?: (progress: BuildProgress) => void;
  /** Ends the build between two pages; what was built is thrown away by the next one. */
  readonly signal?: AbortSignal;
  /** Rows held in memory, of all views together; about 1 kB each. */
  readonly heldRows?: number;
  readonly pageSize?: number;
}

const HELD_ROWS = 300_000;
/** Rows that a chunk may touch once rows have to be looked up. */
const CHUNK_ROWS = 20_000;

export class Build {
  /** Position of the last event folded. */
  position = -1n;
  private readonly rows: readonly ViewRows[];
  /** Whether the tables are there, and rows that are not held have to be looked up in them. */
  private written = false;

  constructor(
    private readonly pool: Pool,
    private readonly store: EventStore,
    private readonly crypto: Pick<Crypto, 'sha256'>,
    readonly views: readonly AnyProjection[],
    private readonly options: BuildOptions,
  ) {
    this.rows = views.map((view) => new ViewRows(view));
  }

  /** Folds on to a position. @throws DamagedEvent, UnknownEvent, PoisonedFold, AbortError */
  async foldTo(target: bigint): Promise<void> {
    const names = this.views.map(label);
    for await (const page of this.pagesTo(target)) {
      if (this.written) await this.foldStored(page);
      else this.foldHeld(page);
      this.position = page.at(-1)?.position ?? this.position;
      const held = this.rows.reduce((sum, rows) => sum + rows.held.size, 0);
      if (held > (this.options.heldRows ?? HELD_ROWS)) await this.writeOut();
      this.options.onProgress?.({ views: names, position: this.position, target });
    }
  }

  /** Writes all held rows and forgets them. The tables are made when this is first called. */
  async writeOut(): Promise<void> {
    await this.write(() => []);
  }

  /** Writes what is held and makes the declared indexes, once most rows are there. */
  async finish(): Promise<void> {
    await this.write(addIndexesSql);
  }

  /**
   * Folds the last events inside the transaction that switches, and leaves this build as it is: should the transaction
   * fail, nothing has happened. Gives back for each view the position of the last event that changed it.
   */
  async foldLast(client: ClientBase, target: bigint): Promise<bigint[]> {
    const last = this.rows.map((rows) => new ViewRows(rows.view, rows.changedAt));
    for await (const page of this.pagesTo(target)) {
      for (const chunk of chunksOf(last, this.opened(page), CHUNK_ROWS)) {
        for (const [v, rows] of last.entries()) {
          await loadRows(client, rows, chunk.keys[v] ?? [], 'building');
          for (const event of chunk.events) rows.fold(event);
        }
      }
    }
    for (const rows of last) await upsertRows(client, rows, 'building');
    return last.map((rows) => rows.changedAt);
  }

  private async *pagesTo(target: bigint): AsyncGenerator<readonly RecordedEvent[]> {
    if (this.position >= target) return;
    for await (const page of ahead(this.store.readAll(this.position, this.options.pageSize ?? PAGE_SIZE))) {
      this.options.signal?.throwIfAborted();
      const wanted = page.filter((recorded) => recorded.position <= target);
      if (wanted.length > 0) yield wanted;
      if (wanted.length < page.length) return;
    }
  }

  private opened(page: readonly RecordedEvent[]): LogEvent[] {
    return page.map((recorded) => openEvent(this.crypto, recorded));
  }

  /** Event by event: an event that is dropped as soon as it is folded costs the garbage collector nothing. */
  private foldHeld(page: readonly RecordedEvent[]): void {
    for (const recorded of page) {
      const event = openEvent(this.crypto, recorded);
      for (const rows of this.rows) rows.fold(event);
    }
  }

  private async foldStored(page: readonly RecordedEvent[]): Promise<void> {
    for (const chunk of chunksOf(this.rows, this.opened(page), CHUNK_ROWS)) {
      for (const [v, rows] of this.rows.entries()) {
        await loadRows(this.pool, rows, chunk.keys[v] ?? [], 'building');
        for (const event of chunk.events) rows.fold(event);
      }
    }
  }

  /**
   * Table after table, since making rows takes all of this thread; the server sorts a table's keys meanwhile, those of the
   * largest first.
   */
  private async write(indexes: (view: AnyProjection) => readonly string[]): Promise<void> {
    const sorting: Promise<void>[] = [];
    for (const rows of this.rows.toSorted((a, b) => b.dirty - a.dirty)) {
      await this.writeRows(rows);
      const { view } = rows;
      const sorted = this.sort(this.written ? [] : [addKeySql(view)], indexes(view));
      // Whether it failed is asked at the end; until then the failure must not count as unhandled.
      sorted.catch(() => undefined);
      sorting.push(sorted);
    }
    await Promise.all(sorting);
    this.written = true;
  }

  private async writeRows(rows: ViewRows): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      // A table made in the transaction that fills it needs no write-ahead log where `wal_level` is `minimal`.
      if (!this.written) await client.query(createTableSql(rows.view));
      await copyRows(client, rows);
    });
    rows.clear();
  }

  /** Two indexes at a time: the server makes each on one processor. */
  private async sort(keys: readonly string[], indexes: readonly string[]): Promise<void> {
    await this.run(keys.values());
    const waiting = indexes.values();
    await Promise.all([this.run(waiting), this.run(waiting)]);
  }

  /** Takes one statement after another. */
  private async run(statements: Iterable<string>): Promise<void> {
    // As long as the table is large.
    for (const text of statements) await this.pool.query({ text, query_timeout: 0 } as QueryConfig);
  }
}
