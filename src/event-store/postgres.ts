/**
 * The default engine: one table, one head row, group commit.
 *
 * A sequence-numbered table loses events to readers, because a number is taken at insert and seen at commit. Here the head
 * row is locked for the whole append, so positions become visible in their order. Appends that arrive while a commit is
 * under way wait in memory and go together in the next one: that is what makes one lock fast.
 */
import type { ClientBase, Pool, QueryConfig, QueryResultRow } from 'pg';
import type { RecordedEvent } from '../../projections/event.js';
import { metered, NO_METER, type AppendMeter } from './append-meter.js';
import { Batcher, DEFAULT_LIMITS, type BatcherLimits } from './batcher.js';
import {
  checkAppend,
  EngineUnavailable,
  StreamConflict,
  type Append,
  type Appended,
  type EventStore,
} from './event-store.js';
import { Listener } from './listener.js';
import { appendBatch } from './postgres-batch.js';
import { inTransaction, onConnection, type Limit } from '../postgres/transaction.js';
import { isUnavailable } from '../postgres/unavailable.js';
import { copyEvents } from './postgres-copy.js';
import { systemTimers, type Timers } from '../timers.js';
import { COLUMNS, copyPage } from './postgres-pages.js';
import { unlessAway } from './unless-away.js';

export interface PostgresEventStoreOptions extends Partial<BatcherLimits> {
  /** Behind every notification stands a poll; milliseconds. */
  readonly pollMs?: number;
  /** How long appends are gathered before those who follow the log are told; milliseconds. */
  readonly gatherMs?: number;
  /** How long a batch is tried again while the database is away; milliseconds. */
  readonly retryMs?: number;
  /** How long one try may take before its connection is given up; milliseconds. */
  readonly tryMs?: number;
  /** How long one read may take, but a page of the log, before its connection is given up; milliseconds. */
  readonly readMs?: number;
  readonly meter?: AppendMeter;
  /** The system's by default. */
  readonly timers?: Timers;
}

/** Rows of one page of a stream. */
const STREAM_PAGE = 1_000;
/** How long a page of the log may take before its connection is given up; milliseconds. */
const PAGE_MS = 60_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

export class PostgresEventStore implements EventStore {
  readonly #batcher: Batcher;
  readonly #listener: Listener;
  readonly #retryMs: number;
  readonly #tryMs: number;
  readonly #readMs: number;
  readonly #meter: AppendMeter;
  readonly #timers: Timers;

  /**
   * @param pool with the rights of the runtime role; one connection of it appends, one listens while anybody does. Its
   *   owner hears its errors and ends it after `close`.
   */
  constructor(
    private readonly pool: Pool,
    {
      pollMs = 500,
      gatherMs = 0,
      retryMs = 10_000,
      tryMs = 15_000,
      readMs = 15_000,
      meter = NO_METER,
      timers = systemTimers,
      ...limits
    }: PostgresEventStoreOptions = {},
  ) {
    this.#batcher = new Batcher((batch) => this.#commit(batch), { ...DEFAULT_LIMITS, ...limits });
    this.#listener = new Listener(pool, () => this.head(), pollMs, gatherMs);
    this.#retryMs = retryMs;
    this.#tryMs = tryMs;
    this.#readMs = readMs;
    this.#meter = meter;
    this.#timers = timers;
  }

  async append(append: Append): Promise<Appended> {
    checkAppend(append);
    return metered(this.#meter, () => this.#batcher.add(append));
  }

  /** @throws EngineUnavailable */
  async *readStream(stream: string, from = 0n): AsyncGenerator<RecordedEvent> {
    for (let next = from; ;) {
      const values = [stream, next, STREAM_PAGE];
      const rows = await this.#read<EventRow>({ ...READ_STREAM, values });
      const page = rows.map(recordedOf);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < STREAM_PAGE) return;
      next = last.revision + 1n;
    }
  }

  /** @throws EngineUnavailable */
  async *readAll(after: bigint, pageSize = 1_000): AsyncGenerator<readonly RecordedEvent[]> {
    for (let last = after; ;) {
      const page = await unlessAway(
        onConnection(this.pool, (client) => copyPage(client, last, pageSize), this.#within(PAGE_MS)),
      );
      if (page.length > 0) yield page;
      if (page.length < pageSize) return;
      last = page.at(-1)?.position ?? last;
    }
  }

  /** @throws EngineUnavailable */
  async leafHashes(after: bigint, limit: number): Promise<Uint8Array> {
    const rows = await this.#read<{ hashes: Buffer | null }>({ ...LEAF_HASHES, values: [after, limit] });
    return rows[0]?.hashes ?? Buffer.alloc(0);
  }

  /** @throws EngineUnavailable */
  async positionOf(leafHash: Uint8Array): Promise<bigint | undefined> {
    const rows = await this.#read<{ position: Int8 }>({ ...POSITION_OF, values: [leafHash] });
    return rows[0] && BigInt(rows[0].position);
  }

  /** @throws StreamConflict where the first is not the next, EngineUnavailable */
  async copyIn(page: readonly RecordedEvent[]): Promise<void> {
    const [first] = page;
    if (first === undefined) return;
    const expected = first.position - 1n;
    const take = async (client: ClientBase) => {
      const { rows } = await client.query<{ position: Int8 }>('select position from log_head for update');
      const found = BigInt(rows[0]?.position ?? -1);
      if (found === expected) await copyEvents(client, page);
      return found;
    };
    const head = await unlessAway(inTransaction(this.pool, take, this.#within(PAGE_MS)));
    if (head !== expected) throw new StreamConflict('$all', expected, head);
    this.#listener.seen(page.at(-1)?.position ?? -1n);
  }

  /** @throws EngineUnavailable */
  async head(): Promise<bigint> {
    const rows = await this.#read<{ position: Int8 }>({ text: 'select position from log_head' });
    return BigInt(rows[0]?.position ?? -1);
  }

  onAppended(listener: () => void): () => void {
    return this.#listener.add(listener);
  }

  /** Refuses new appends and resolves when those that waited are answered. The pool stays open. */
  async close(): Promise<void> {
    await this.#batcher.close();
    await this.#listener.close();
  }

  /** A server that is frozen gives no error: the query is given up, and its connection with it. */
  async #read<Row extends QueryResultRow>(query: QueryConfig): Promise<Row[]> {
    const limited = { ...query, query_timeout: this.#readMs };
    return (await unlessAway(this.pool.query<Row>(limited))).rows;
  }

  #within(ms: number): Limit {
    return { ms, timers: this.#timers };
  }

  /** Tries a batch until the database says what became of it: the ids tell what an earlier try has written. */
  async #commit(batch: readonly Append[]): Promise<(Appended | Error)[]> {
    this.#meter.committed(batch.length);
    const sent = new Set<Append>();
    const giveUpAt = this.#timers.nowMs() + this.#retryMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        const answers = await onConnection(
          this.pool,
          (client) => appendBatch(client, batch, sent),
          this.#within(this.#tryMs),
        );
        for (const answer of answers) if (!(answer instanceof Error)) this.#listener.seen(answer.position);
        return answers;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        if (this.#timers.nowMs() + pauseMs > giveUpAt) throw new EngineUnavailable(error);
        await this.#timers.pause(pauseMs);
      }
    }
  }
}

const READ_STREAM = {
  name: 'read-stream',
  text: `select ${COLUMNS} from events where stream = $1 and revision >= $2 order by revision limit $3`,
};

/** In one piece: as rows they would take many times as long to write and to read. */
const LEAF_HASHES = {
  name: 'leaf-hashes',
  text: `select string_agg(hash, ''::bytea order by position) as hashes
    from (select position, hash from events where position > $1 order by position limit $2) as page`,
};

const POSITION_OF = { name: 'position-of', text: 'select position from events where hash = $1' };

/** Text or bigint, as the pool reads it. */
type Int8 = string | bigint;

interface EventRow {
  position: Int8;
  revision: Int8;
  stream: string;
  id: string;
  type: string;
  leaf: Buffer;
  hash: Buffer;
  recorded_at: Date;
  command_id: string | null;
  request_digest: Buffer | null;
}

function recordedOf(row: EventRow): RecordedEvent {
  return {
    position: BigInt(row.position),
    revision: BigInt(row.revision),
    stream: row.stream,
    id: row.id,
    type: row.type,
    leaf: row.leaf,
    hash: row.hash,
    recordedAt: row.recorded_at,
    commandId: row.command_id ?? undefined,
    requestDigest: row.request_digest ?? undefined,
  };
}
