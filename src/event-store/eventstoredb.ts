/**
 * The engine for a log on EventStoreDB, with its index in PostgreSQL.
 *
 * An append is acknowledged when its events are durable in the store *and* have their places in the index. Every failure
 * but a wrong revision leaves open whether something was written: the same call is made again, with the same ids and the
 * same expected revision, which the server answers like the first time. Before anything is written at another revision the
 * index has come to the end of the stream, so that it knows the ids if they are there.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { DamagedEvent, type RecordedEvent } from '../../projections/event.js';
import { appendsOf } from './copied-appends.js';
import { metered, NO_METER, type AppendMeter } from './append-meter.js';
import {
  checkAppend,
  EngineUnavailable,
  StreamConflict,
  type Append,
  type Appended,
  type EventStore,
} from './event-store.js';
import { Appending, type AppendingOptions } from './eventstoredb-append.js';
import { StoreClient } from './eventstoredb-client.js';
import { isAfter, type Indexed } from './eventstoredb-fold.js';
import { IndexView } from './eventstoredb-index.js';
import { readHashes, readPage, readPositionOf, readStreamRows } from './eventstoredb-rows.js';
import { Sequencer, type SequencerHealth, type SequencerOptions } from './eventstoredb-sequencer.js';
import { LogStreams } from './eventstoredb-streams.js';
import { withPatience } from './eventstoredb-patience.js';
import { unlessAway } from './unless-away.js';

export interface EventStoreDbOptions extends AppendingOptions, SequencerOptions {
  /** Behind every notification stands a poll; milliseconds. */
  readonly pollMs?: number;
}

/** Events of one page of a stream. */
const STREAM_PAGE = 500;
/** Of `$all`, read beyond the events that are wanted: others may stand between them. */
const MORE = 50;
/** How long a store may not have yet what the index has, and between two looks; milliseconds. */
const BEHIND_MS = 3_000;
const BEHIND_PAUSE_MS = 25;
/** Between two looks at how far the index has come; milliseconds. */
const CATCH_UP_MS = 50;

export class EventStoreDbEventStore implements EventStore {
  readonly #client: StoreClient;
  readonly #streams: LogStreams;
  readonly #index: IndexView;
  readonly #sequencer: Sequencer;
  readonly #appending: Appending;
  readonly #retryMs: number;
  readonly #meter: AppendMeter;

  /**
   * @param url connection string, with credentials where the server asks for them
   * @param name of the log in the store, `[a-z][a-z0-9-]{0,63}`
   * @param pool with the rights of the runtime role; two connections of it stay taken while this process is the sequencer.
   *   Its owner hears its errors and ends it after `close`.
   */
  constructor(
    url: string,
    name: string,
    private readonly pool: Pool,
    options: EventStoreDbOptions = {},
  ) {
    this.#client = new StoreClient(url);
    this.#streams = new LogStreams(name);
    this.#index = new IndexView(pool, options.pollMs ?? 500);
    this.#sequencer = new Sequencer(pool, this.#client, this.#streams, this.#index, options);
    this.#appending = new Appending(this.#client, this.#streams, this.#index, options);
    this.#retryMs = options.retryMs ?? 10_000;
    this.#meter = options.meter ?? NO_METER;
    this.#sequencer.start();
  }

  health(): SequencerHealth {
    return this.#sequencer.health();
  }

  get halted(): Error | undefined {
    return this.#index.halted;
  }

  /**
   * Waits, however long it takes, until the index has all of the log that is in the store now.
   * @throws LogHalted; EngineUnavailable where another process writes the index
   */
  async caughtUp(): Promise<void> {
    const end = await withPatience(this.#retryMs, () => this.#client.end());
    for (let standbyMs = 0; ;) {
      if (this.#index.halted !== undefined) throw this.#index.halted;
      const { passed } = this.#sequencer;
      if (passed !== undefined && (end === undefined || !isAfter(end, passed))) return;
      standbyMs = this.#sequencer.health().state === 'standby' ? standbyMs + CATCH_UP_MS : 0;
      if (standbyMs > this.#retryMs)
        throw new EngineUnavailable(new Error('Another process writes the index'));
      await pause(CATCH_UP_MS);
    }
  }

  async append(append: Append): Promise<Appended> {
    checkAppend(append);
    return metered(this.#meter, () => this.#appending.append(append));
  }

  /**
   * Here all or nothing holds of each append of a page, not of the page: what was broken off is gone on with.
   * @throws StreamConflict where the first is not the next, EventIdReused, Overloaded, EngineUnavailable
   */
  async copyIn(page: readonly RecordedEvent[]): Promise<void> {
    const [first] = page;
    const head = await this.head();
    if (first === undefined) return;
    if (first.position !== head + 1n) throw new StreamConflict('$all', first.position - 1n, head);
    // One after the other: their order in the log is that in which they are answered.
    for (const { append, last } of appendsOf(page)) {
      checkAppend(append);
      const { position } = await this.#appending.append(append, last.recordedAt);
      if (position !== last.position) throw new StreamConflict('$all', last.position - 1n, position);
    }
  }

  /** Read on the leader, so that everything acknowledged is there. @throws EngineUnavailable */
  async *readStream(stream: string, from = 0n): AsyncGenerator<RecordedEvent> {
    // An event's place among all is never before its place among those that are kept.
    let behindSince: number | undefined;
    for (let raw = from, next = from; ;) {
      const events = await withPatience(this.#retryMs, () =>
        this.#client.readStream(this.#streams.of(stream), raw, STREAM_PAGE),
      );
      const last = events.at(-1);
      if (last?.position !== undefined)
        await this.#index.reached(last.position, performance.now() + this.#retryMs);
      const isWhole = events.length < STREAM_PAGE;
      const byRaw = new Map(events.map((event) => [event.revision, event]));
      const rows = await unlessAway(
        readStreamRows(this.pool, stream, next, isWhole ? undefined : last?.revision),
      );
      const there = rows.filter(({ raw: place }) => place <= (last?.revision ?? -1n));
      for (const row of there) {
        yield recordedOf(row, byRaw.get(row.raw));
        next = row.revision + 1n;
      }
      const [missing] = rows.slice(there.length);
      if (isWhole && missing === undefined) return;
      if (missing === undefined || there.length > 0) behindSince = undefined;
      else {
        // Written since the store was asked, or it was asked at a leader that was frozen and does not know of the next one yet.
        behindSince ??= performance.now();
        if (performance.now() - behindSince > BEHIND_MS)
          throw new DamagedEvent(missing.position, 'it is not in the event store');
        if (performance.now() > behindSince) await pause(BEHIND_PAUSE_MS);
      }
      raw = last === undefined ? raw : last.revision + 1n;
    }
  }

  /** @throws EngineUnavailable, DamagedEvent */
  async *readAll(after: bigint, pageSize = 1_000): AsyncGenerator<readonly RecordedEvent[]> {
    for (let last = after; ;) {
      const rows = await unlessAway(readPage(this.pool, last, pageSize));
      if (rows.length > 0) yield await this.#eventsOf(rows);
      if (rows.length < pageSize) return;
      last = rows.at(-1)?.position ?? last;
    }
  }

  leafHashes(after: bigint, limit: number): Promise<Uint8Array> {
    return unlessAway(readHashes(this.pool, after, limit));
  }

  positionOf(leafHash: Uint8Array): Promise<bigint | undefined> {
    return unlessAway(readPositionOf(this.pool, leafHash));
  }

  async head(): Promise<bigint> {
    return (await unlessAway(this.#index.look())).position;
  }

  onAppended(listener: () => void): () => void {
    return this.#index.onAppended(listener);
  }

  /** Refuses new appends and resolves when those under way are answered. The pool stays open. */
  async close(): Promise<void> {
    await this.#appending.close();
    await this.#sequencer.stop();
    await this.#index.close();
    await this.#client.close();
  }

  /** The bodies of rows that follow each other, out of `$all`, where other events may stand between them. */
  async #eventsOf(rows: readonly Indexed[]): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    for (let row = rows[0]; row !== undefined; row = rows[found.length]) {
      const from = row;
      const events = await withPatience(this.#retryMs, async () => {
        const page = await this.#client.readAll(from, rows.length - found.length + MORE);
        // A node that is behind does not have it yet.
        if (page[0] === undefined)
          throw new EngineUnavailable(new Error('The event store is behind its index'));
        return page;
      });
      for (const event of events) {
        const wanted = rows[found.length];
        if (wanted === undefined) break;
        if (isAfter(wanted, event.position)) continue;
        if (event.id !== wanted.id) throw new DamagedEvent(wanted.position, 'it is not in the event store');
        found.push(recordedOf(wanted, event));
      }
      if (row === rows[found.length]) throw new DamagedEvent(row.position, 'it is not in the event store');
    }
    return found;
  }
}

interface Stored {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

/** The store gives the bytes, the index their hash and place: whoever opens the event compares. @throws DamagedEvent */
function recordedOf(row: Indexed, event: Stored | undefined): RecordedEvent {
  if (event?.id !== row.id || !(event.data instanceof Uint8Array))
    throw new DamagedEvent(row.position, 'another event stands in its place');
  const { position, revision, stream, id, hash, recordedAt, commandId, requestDigest } = row;
  const { type, data: leaf } = event;
  return { position, revision, stream, id, type, leaf, hash, recordedAt, commandId, requestDigest };
}
