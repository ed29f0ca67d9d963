/**
 * The default engine: one table, one head row, group commit.
 *
 * A sequence-numbered table loses events to readers, because a number is taken at insert and seen at commit. Here the head
 * row is locked for the whole append, so positions become visible in their order. Appends that arrive while a commit is
 * under way wait in memory and go together in the next one: that is what makes one lock fast.
 */
import type { Pool, PoolClient } from 'pg';
import type { RecordedEvent } from '../../projections/event.js';
import { Batcher } from './batcher.js';
import {
  checkAppend,
  EngineUnavailable,
  EventIdReused,
  StreamConflict,
  type Append,
  type Appended,
  type EventStore,
} from './event-store.js';
import { CHANNEL, Listener } from './listener.js';

export interface PostgresEventStoreOptions {
  /** Behind every notification stands a poll. */
  pollMs?: number;
}

/** Rows of one page of a stream. */
const STREAM_PAGE = 1_000;
/** Tries of a batch whose fate is unknown: repeating is safe, because event ids tell what was written. */
const MAX_TRIES = 5;

export class PostgresEventStore implements EventStore {
  readonly #batcher: Batcher;
  readonly #listener: Listener;

  constructor(
    private readonly pool: Pool,
    { pollMs = 500 }: PostgresEventStoreOptions = {},
  ) {
    this.#batcher = new Batcher((batch) => this.#commit(batch));
    this.#listener = new Listener(pool, () => this.head(), pollMs);
  }

  async append(append: Append): Promise<Appended> {
    checkAppend(append);
    return this.#batcher.add(append);
  }

  async *readStream(stream: string, from = 0n): AsyncGenerator<RecordedEvent> {
    for (let next = from; ;) {
      const page = await this.#query(
        `select ${COLUMNS} from events where stream = $1 and revision >= $2 order by revision limit $3`,
        [stream, next, STREAM_PAGE],
      );
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < STREAM_PAGE) return;
      next = last.revision + 1n;
    }
  }

  async *readAll(after: bigint, pageSize = 1_000): AsyncGenerator<readonly RecordedEvent[]> {
    for (let last = after; ;) {
      const page = await this.#query(
        `select ${COLUMNS} from events where position > $1 order by position limit $2`,
        [last, pageSize],
      );
      if (page.length > 0) yield page;
      if (page.length < pageSize) return;
      last = page.at(-1)?.position ?? last;
    }
  }

  async head(): Promise<bigint> {
    const { rows } = await unavailable(
      this.pool.query<{ position: string | bigint }>('select position from log_head'),
    );
    return BigInt(rows[0]?.position ?? -1);
  }

  onAppended(listener: () => void): () => void {
    return this.#listener.add(listener);
  }

  async close(): Promise<void> {
    await this.#batcher.drain();
    await this.#listener.close();
  }

  async #query(text: string, values: unknown[]): Promise<RecordedEvent[]> {
    const { rows } = await unavailable(this.pool.query<EventRow>({ name: text.slice(-60), text, values }));
    return rows.map(recordedOf);
  }

  /** One transaction for the whole batch; answers or refuses each append for itself. */
  async #commit(batch: readonly Append[]): Promise<(Appended | Error)[]> {
    for (let tries = 1; ; tries++) {
      let client: PoolClient | undefined;
      try {
        client = await this.pool.connect();
        await client.query('begin');
        const answers = await appendAll(client, batch);
        await client.query('commit');
        client.release();
        return answers;
      } catch (error) {
        const broken = isConnectionError(error);
        if (client !== undefined) {
          if (!broken) await client.query('rollback').catch(() => undefined);
          client.release(broken);
        }
        if (!broken) throw error;
        // Perhaps it was committed: the ids tell, so the same batch is safe to repeat.
        if (tries === MAX_TRIES) throw new EngineUnavailable(error);
        await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** tries));
      }
    }
  }
}

const COLUMNS = 'position, revision, stream, id, type, leaf, hash, recorded_at, command_id, request_digest';

interface EventRow {
  position: string | bigint;
  revision: string | bigint;
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

/** What the log already knows of a batch: the last revision of its streams and the events with its ids. */
async function known(client: PoolClient, batch: readonly Append[]) {
  const streams = batch.map((append) => append.stream);
  const ids = batch.flatMap((append) => append.events.map((event) => event.id));
  // One after another on the locked connection, so both see all that was committed before the lock.
  const revisions = await client.query<{ stream: string; revision: string | bigint }>(
    `select s.stream, e.revision from unnest($1::text[]) as s(stream)
     cross join lateral (select revision from events where events.stream = s.stream order by revision desc limit 1) as e`,
    [streams],
  );
  const events = await client.query<{
    id: string;
    stream: string;
    revision: string | bigint;
    position: string | bigint;
    leaf: Buffer;
  }>('select id, stream, revision, position, leaf from events where id = any($1::uuid[])', [ids]);
  return {
    revisions: new Map(revisions.rows.map((row) => [row.stream, BigInt(row.revision)])),
    events: new Map(events.rows.map((row) => [row.id, row])),
  };
}

async function appendAll(client: PoolClient, batch: readonly Append[]): Promise<(Appended | Error)[]> {
  const head = await client.query<{ position: string | bigint; recorded_at: string }>(
    `select position, to_json(greatest(recorded_at, clock_timestamp()))::text as recorded_at from log_head for update`,
  );
  const before = await known(client, batch);
  let position = BigInt(head.rows[0]?.position ?? -1);
  const recordedAt = JSON.parse(head.rows[0]?.recorded_at ?? '""') as string;
  const insert = new Insert();
  const answers = batch.map((append): Appended | Error => {
    const repeated = repeatedReceipt(append, before.events);
    if (repeated !== undefined) return repeated;
    const actual = before.revisions.get(append.stream) ?? 'no-stream';
    if (actual !== append.expected) return new StreamConflict(append.stream, append.expected, actual);
    let revision = actual === 'no-stream' ? -1n : actual;
    for (const event of append.events) insert.add(++position, append, ++revision, event);
    return { revision, position, repeated: false };
  });
  if (insert.size > 0) {
    await client.query({
      name: 'insert-events',
      text: INSERT,
      values: [...insert.values(), recordedAt, position],
    });
  }
  return answers;
}

function repeatedReceipt(
  { stream, events }: Append,
  found: ReadonlyMap<
    string,
    { stream: string; revision: string | bigint; position: string | bigint; leaf: Buffer }
  >,
): Appended | Error | undefined {
  const rows = events.map((event) => found.get(event.id));
  const known = events.find((_, index) => rows[index] !== undefined);
  if (known === undefined) return undefined;
  const first = rows[0];
  const last = rows.at(-1);
  const same = rows.every((row, index) => {
    if (row === undefined || first === undefined) return false;
    const inPlace = row.stream === stream && BigInt(row.revision) === BigInt(first.revision) + BigInt(index);
    return inPlace && row.leaf.equals(events[index]?.leaf ?? new Uint8Array());
  });
  if (!same || last === undefined) return new EventIdReused(known.id);
  return { revision: BigInt(last.revision), position: BigInt(last.position), repeated: true };
}

const INSERT = `
  with inserted as (
    insert into events (position, stream, revision, id, type, leaf, hash, command_id, request_digest, recorded_at)
    select *, $10::timestamptz
    from unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::bytea[], $7::bytea[], $8::text[], $9::bytea[])
  ), moved as (
    update log_head set position = $11::bigint, recorded_at = $10::timestamptz
  )
  select pg_notify('${CHANNEL}', $11::text)`;

/** The columns of the rows to insert. */
class Insert {
  readonly #columns: unknown[][] = Array.from({ length: 9 }, () => []);
  size = 0;

  add(
    position: bigint,
    { stream, commandId, requestDigest }: Append,
    revision: bigint,
    event: Append['events'][number],
  ): void {
    const { id, type, leaf, hash } = event;
    const row = [
      position,
      stream,
      revision,
      id,
      type,
      buffer(leaf),
      buffer(hash),
      commandId ?? null,
      requestDigest ? buffer(requestDigest) : null,
    ];
    for (const [index, value] of row.entries()) this.#columns[index]?.push(value);
    this.size += 1;
  }

  values(): unknown[][] {
    return this.#columns;
  }
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Errors after which nobody knows what the server did: everything but an answer of the server about the statement. */
function isConnectionError(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  // SQLSTATE classes 08 (connection) and 57P (server stops); anything without a SQLSTATE broke on the way.
  return (
    typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith('08') || code.startsWith('57P')
  );
}

async function unavailable<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    throw isConnectionError(error) ? new EngineUnavailable(error) : error;
  }
}
