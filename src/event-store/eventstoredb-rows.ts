/** The index in PostgreSQL: what its statements are, and nothing of when they run. */
import type { ClientBase, Pool } from 'pg';
import { LOCKS } from '../postgres/held-lock.js';
import type { Append } from './event-store.js';
import type { Arrived, Folded, Indexed, IndexHead, Known, StreamTip } from './eventstoredb-fold.js';
import { CHANNEL } from './listener.js';

/** Text or bigint, as the pool reads it. */
type Int8 = string | bigint;
type Queries = Pick<ClientBase, 'query'> | Pool;

/** Of who writes the index; 1 to 3 are the views'. */
export const SEQUENCER_LOCK = `${LOCKS}, 4`;

/** A statement that takes longer is given up, and its connection with it; milliseconds. */
const QUERY_MS = 10_000;

const COLUMNS =
  'position, commit_position, prepare_position, stream, revision, raw_revision, id, hash, recorded_at, append, command_id, request_digest';

interface Row {
  position: Int8;
  commit_position: Int8;
  prepare_position: Int8;
  stream: string;
  revision: Int8;
  raw_revision: Int8;
  id: string;
  hash: Buffer;
  recorded_at: Date;
  append: string;
  command_id: string | null;
  request_digest: Buffer | null;
}

interface HeadRow {
  position: Int8;
  recorded_at: Date;
  commit_position: Int8;
  prepare_position: Int8;
}

export async function readHead(db: Queries): Promise<IndexHead> {
  const rows = await select<HeadRow>(db, {
    name: 'index-head',
    text: 'select position, recorded_at, commit_position, prepare_position from log_index_head',
  });
  const [row] = rows;
  if (row === undefined) throw new TypeError('log_index_head has no row');
  return {
    position: BigInt(row.position),
    recordedAt: row.recorded_at,
    commit: BigInt(row.commit_position),
    prepare: BigInt(row.prepare_position),
  };
}

/** At most `limit` rows after a position, in order. */
export async function readPage(db: Queries, after: bigint, limit: number): Promise<Indexed[]> {
  const rows = await select<Row>(db, {
    name: 'index-page',
    text: `select ${COLUMNS} from log_index where position > $1 order by position limit $2`,
    values: [after, limit],
  });
  return rows.map(indexedOf);
}

const MOST_REVISION = 2n ** 63n - 1n;

/** The rows of a stream from a revision to one in the store's counting, in order. */
export async function readStreamRows(
  db: Queries,
  stream: string,
  from: bigint,
  toRaw = MOST_REVISION,
): Promise<Indexed[]> {
  const rows = await select<Row>(db, {
    name: 'index-stream',
    text: `select ${COLUMNS} from log_index where stream = $1 and revision >= $2 and raw_revision <= $3 order by revision`,
    values: [stream, from, toRaw],
  });
  return rows.map(indexedOf);
}

export async function readByIds(db: Queries, ids: readonly string[]): Promise<Indexed[]> {
  const rows = await select<Row>(db, {
    name: 'index-by-id',
    text: `select ${COLUMNS} from log_index where id = any($1::uuid[])`,
    values: [ids],
  });
  return rows.map(indexedOf);
}

/** The tips of streams that have any. */
export async function readTips(db: Queries, streams: readonly string[]): Promise<Map<string, StreamTip>> {
  const rows = await select<{ stream: string; revision: Int8; raw: Int8 }>(db, {
    name: 'index-tips',
    text: `
      select s.stream, coalesce(kept.revision, -1) as revision,
             greatest(kept.raw_revision, left_out.raw_revision) as raw
      from unnest($1::text[]) as s(stream)
      left join lateral (
        select revision, raw_revision from log_index where log_index.stream = s.stream order by revision desc limit 1
      ) as kept on true
      left join lateral (
        select raw_revision from log_left_out where log_left_out.stream = s.stream order by raw_revision desc limit 1
      ) as left_out on true
      where kept.revision is not null or left_out.raw_revision is not null`,
    values: [streams],
  });
  return new Map(
    rows.map(({ stream, revision, raw }) => [stream, { revision: BigInt(revision), raw: BigInt(raw) }]),
  );
}

/** The last event of the store that was left out of the log. */
export async function readLastLeftOut(
  db: Queries,
): Promise<{ stream: string; raw: bigint; commit: bigint; id: string } | undefined> {
  const [row] = await select<{ stream: string; raw_revision: Int8; commit_position: Int8; id: string }>(db, {
    name: 'index-last-left-out',
    text: 'select stream, raw_revision, commit_position, id from log_left_out order by commit_position desc, raw_revision desc limit 1',
  });
  return (
    row && {
      stream: row.stream,
      raw: BigInt(row.raw_revision),
      commit: BigInt(row.commit_position),
      id: row.id,
    }
  );
}

/** What must be known to fold these appends. */
export async function readKnown(db: Queries, appends: readonly (readonly Arrived[])[]): Promise<Known> {
  const streams = new Set(appends.map(([first]) => first?.stream ?? ''));
  const found = await readByIds(
    db,
    appends.flatMap((append) => append.map(({ id }) => id)),
  );
  return { ids: new Map(found.map((row) => [row.id, row])), tips: await readTips(db, [...streams]) };
}

/** Ids that the log knows and tips of streams, for appends that are about to be made. */
export async function readBefore(
  db: Queries,
  appends: readonly Append[],
): Promise<{ byId: Map<string, Indexed>; tips: Map<string, StreamTip> }> {
  const ids = appends.flatMap(({ events }) => events.map(({ id }) => id));
  // In this order: an append whose events are at the tip is then found by its ids, and never taken for somebody else's.
  const tips = await readTips(db, [...new Set(appends.map(({ stream }) => stream))]);
  const found = await readByIds(db, ids);
  return { byId: new Map(found.map((row) => [row.id, row])), tips };
}

/**
 * Writes rows and moves the head, if it still is where the fold began, and tells the readers.
 * @returns false where it is not: another sequencer was faster
 */
export async function writeFolded(db: Queries, from: IndexHead, folded: Folded): Promise<boolean> {
  const { head, rows, leftOut } = folded;
  const moved = await select(db, {
    name: 'index-write',
    text: WRITE,
    values: [
      ...[from.commit, from.prepare, head.position, head.recordedAt, head.commit, head.prepare],
      rows.map((row) => row.position),
      rows.map((row) => row.commit),
      rows.map((row) => row.prepare),
      rows.map((row) => row.stream),
      rows.map((row) => row.revision),
      rows.map((row) => row.raw),
      rows.map((row) => row.id),
      rows.map((row) => Buffer.from(row.hash)),
      rows.map((row) => row.recordedAt),
      rows.map((row) => row.append),
      rows.map((row) => row.commandId ?? null),
      rows.map((row) => (row.requestDigest === undefined ? null : Buffer.from(row.requestDigest))),
      leftOut.map(({ stream }) => stream),
      leftOut.map(({ raw }) => raw),
      leftOut.map(({ commit }) => commit),
      leftOut.map(({ id }) => id),
    ],
  });
  return moved.length > 0;
}

const WRITE = `
  with moved as (
    update log_index_head
    set position = $3::bigint, recorded_at = $4::timestamptz, commit_position = $5::bigint, prepare_position = $6::bigint
    where commit_position = $1::bigint and prepare_position = $2::bigint
    returning position
  ), inserted as (
    insert into log_index (${COLUMNS})
    select rows.*
    from moved, unnest($7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::bigint[], $12::bigint[], $13::uuid[],
                       $14::bytea[], $15::timestamptz[], $16::uuid[], $17::text[], $18::bytea[]) as rows
  ), left_out as (
    insert into log_left_out (stream, raw_revision, commit_position, id)
    select rows.* from moved, unnest($19::text[], $20::bigint[], $21::bigint[], $22::uuid[]) as rows
  )
  select pg_notify('${CHANNEL}', position::text) from moved`;

/** In one piece: as rows they would take many times as long to write and to read. */
export async function readHashes(db: Queries, after: bigint, limit: number): Promise<Uint8Array> {
  const [row] = await select<{ hashes: Buffer | null }>(db, {
    name: 'index-hashes',
    text: `select string_agg(hash, ''::bytea order by position) as hashes
      from (select position, hash from log_index where position > $1 order by position limit $2) as page`,
    values: [after, limit],
  });
  return row?.hashes ?? Buffer.alloc(0);
}

export async function readPositionOf(db: Queries, hash: Uint8Array): Promise<bigint | undefined> {
  const [row] = await select<{ position: Int8 }>(db, {
    name: 'index-position-of',
    text: 'select position from log_index where hash = $1',
    values: [Buffer.from(hash)],
  });
  return row && BigInt(row.position);
}

async function select<R extends object>(
  db: Queries,
  query: { name: string; text: string; values?: unknown[] },
): Promise<R[]> {
  const limited: { name: string; text: string; values?: unknown[]; query_timeout: number } = {
    ...query,
    query_timeout: QUERY_MS,
  };
  const { rows } = await db.query<R>(limited);
  return rows;
}

function indexedOf(row: Row): Indexed {
  return {
    position: BigInt(row.position),
    commit: BigInt(row.commit_position),
    prepare: BigInt(row.prepare_position),
    stream: row.stream,
    revision: BigInt(row.revision),
    raw: BigInt(row.raw_revision),
    id: row.id,
    hash: row.hash,
    recordedAt: row.recorded_at,
    append: row.append,
    commandId: row.command_id ?? undefined,
    requestDigest: row.request_digest ?? undefined,
  };
}
