/** One build under way: the rows folded so far, held in memory or written to the tables that are not live yet. */
import type { ClientBase, Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import type { LogEvent } from '../../projections/event.js';
import { ahead } from '../event-store/ahead.js';
import type { EventStore } from '../event-store/event-store.js';
import { chunksOf, openPage, PAGE_SIZE } from './pages.js';
import { label, ViewRows } from './rows.js';
import { addIndexesSql, addKeySql, createTableSql, type AnyProjection } from './table.js';
import { inTransaction } from './transaction.js';
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
/** Tables written at once. */
const WRITERS = 2;

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
    for await (const events of this.eventsTo(target)) {
      if (this.written) await this.foldStored(events);
      else for (const rows of this.rows) for (const event of events) rows.fold(event);
      this.position = events.at(-1)?.position ?? this.position;
      const held = this.rows.reduce((sum, rows) => sum + rows.held.size, 0);
      if (held > (this.options.heldRows ?? HELD_ROWS)) await this.writeOut();
      this.options.onProgress?.({ views: names, position: this.position, target });
    }
  }

  /** Writes all held rows and forgets them. The tables are made when this is first called. */
  async writeOut(): Promise<void> {
    // The largest first, so that the writers end at about the same time.
    const waiting = this.rows.toSorted((a, b) => a.dirty - b.dirty);
    const writer = async () => {
      for (let rows = waiting.pop(); rows !== undefined; rows = waiting.pop()) await this.writeOne(rows);
    };
    await Promise.all(Array.from({ length: WRITERS }, writer));
    this.written = true;
  }

  /** Makes the declared indexes, once most rows are there. */
  async addIndexes(): Promise<void> {
    const waiting = this.views.flatMap(addIndexesSql);
    const worker = async () => {
      for (let sql = waiting.pop(); sql !== undefined; sql = waiting.pop()) await this.pool.query(sql);
    };
    await Promise.all(Array.from({ length: WRITERS }, worker));
  }

  /**
   * Folds the last events inside the transaction that switches, and leaves this build as it is: should the transaction
   * fail, nothing has happened. Gives back for each view the position of the last event that changed it.
   */
  async foldLast(client: ClientBase, target: bigint): Promise<bigint[]> {
    const last = this.rows.map((rows) => new ViewRows(rows.view, rows.changedAt));
    for await (const events of this.eventsTo(target)) {
      for (const chunk of chunksOf(last, events, CHUNK_ROWS)) {
        for (const [v, rows] of last.entries()) {
          await loadRows(client, rows, chunk.keys[v] ?? [], 'building');
          for (const event of chunk.events) rows.fold(event);
        }
      }
    }
    for (const rows of last) await upsertRows(client, rows, 'building');
    return last.map((rows) => rows.changedAt);
  }

  private async *eventsTo(target: bigint): AsyncGenerator<readonly LogEvent[]> {
    if (this.position >= target) return;
    for await (const page of ahead(this.store.readAll(this.position, this.options.pageSize ?? PAGE_SIZE))) {
      this.options.signal?.throwIfAborted();
      const { events, failure } = openPage(
        this.crypto,
        page.filter((recorded) => recorded.position <= target),
      );
      if (failure !== undefined) throw failure;
      if (events.length > 0) yield events;
      if (events.length < page.length) return;
    }
  }

  private async foldStored(events: readonly LogEvent[]): Promise<void> {
    for (const chunk of chunksOf(this.rows, events, CHUNK_ROWS)) {
      for (const [v, rows] of this.rows.entries()) {
        await loadRows(this.pool, rows, chunk.keys[v] ?? [], 'building');
        for (const event of chunk.events) rows.fold(event);
      }
    }
  }

  private async writeOne(rows: ViewRows): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      // A table made in the transaction that fills it needs no write-ahead log where `wal_level` is `minimal`.
      if (!this.written) await client.query(createTableSql(rows.view));
      await copyRows(client, rows);
      if (!this.written) await client.query(addKeySql(rows.view));
    });
    rows.clear();
  }
}
