/**
 * One transaction that appends a whole batch: lock the head, see what the log knows of these streams and ids, answer each
 * append for itself, and insert what is new at dense positions. Four round trips, whatever the size.
 */
import type { ClientBase } from 'pg';
import { equalBytes } from '../../projections/bytes.js';
import { EventIdReused, StreamConflict, type Append, type Appended } from './event-store.js';
import { CHANNEL } from './listener.js';

/**
 * Who holds the head row holds up everybody, so a process that freezes with it loses its connection. Waiting for the row is
 * bounded as well: other processes have at most a few batches before this one.
 */
const BEGIN = `
  begin;
  set local lock_timeout = '5s';
  set local statement_timeout = '10s';
  set local idle_in_transaction_session_timeout = '10s';
  select position from log_head for update`;

/** The last revision of each of the streams $1 that exist. */
const REVISIONS = `
  select s.stream, last.revision
  from unnest($1::text[]) as s(stream)
  cross join lateral (
    select revision from events where events.stream = s.stream order by revision desc limit 1
  ) as last`;

/** The events that have one of the ids $1. */
const BY_ID = 'select id, stream, revision, position, hash from events where id = any($1::uuid[])';

/** Inserts the rows of $1 to $9, moves the head to $10, and tells the readers at commit. */
const INSERT = `
  with moved as (
    update log_head
    set position = $10::bigint,
        recorded_at = greatest(recorded_at, date_trunc('milliseconds', clock_timestamp()))
    returning recorded_at
  ), inserted as (
    insert into events (position, stream, revision, id, type, leaf, hash, command_id, request_digest, recorded_at)
    select rows.*, moved.recorded_at
    from moved, unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::bytea[], $7::bytea[],
                       $8::text[], $9::bytea[]) as rows
  )
  select pg_notify('${CHANNEL}', $10::text)`;

/** `int8` is text or bigint, as the pool reads it. */
type Int8 = string | bigint;

interface Found {
  id: string;
  stream: string;
  revision: Int8;
  position: Int8;
  hash: Buffer;
}

/**
 * Appends a batch in which no stream and no id comes twice.
 * @param sent appends of which an earlier try may have been committed: added to here, and their events, when found in the
 *   log, are this batch's own and not a repetition
 * @returns for each append in order what became of it; when this throws, the transaction is open or its end unknown
 */
export async function appendBatch(
  client: ClientBase,
  batch: readonly Append[],
  sent: Set<Append>,
): Promise<(Appended | Error)[]> {
  // Several statements at once give several results, which the types do not know.
  const begun: unknown = await client.query(BEGIN);
  const head = (begun as { rows: { position: Int8 }[] }[]).at(-1)?.rows[0];
  if (head === undefined) throw new TypeError('log_head has no row');
  const first = BigInt(head.position);
  const [revisions, byId] = await known(client, batch);
  let position = first;
  const rows: unknown[][] = [];
  const answers = batch.map((append): Appended | Error => {
    const there = alreadyThere(append, byId, sent.has(append));
    if (there !== undefined) return there;
    const actual = revisions.get(append.stream) ?? 'no-stream';
    if (actual !== append.expected) return new StreamConflict(append.stream, append.expected, actual);
    let revision = actual === 'no-stream' ? -1n : actual;
    for (const event of append.events) rows.push(rowOf(append, event, ++position, ++revision));
    sent.add(append);
    return { revision, position, repeated: false };
  });
  if (position > first) {
    const columns = Array.from({ length: 9 }, (_, column) => rows.map((row) => row[column]));
    await client.query({ name: 'append-insert', text: INSERT, values: [...columns, position] });
  }
  await client.query('commit');
  return answers;
}

/** Both queries start after the lock was granted, so they see all that was ever committed under it. */
async function known(client: ClientBase, batch: readonly Append[]) {
  const streams = batch.map(({ stream }) => stream);
  const ids = batch.flatMap(({ events }) => events.map(({ id }) => id));
  const last = await client.query<{ stream: string; revision: Int8 }>({
    name: 'append-revisions',
    text: REVISIONS,
    values: [streams],
  });
  const found = await client.query<Found>({ name: 'append-by-id', text: BY_ID, values: [ids] });
  return [
    new Map(last.rows.map((row) => [row.stream, BigInt(row.revision)])),
    new Map(found.rows.map((row) => [row.id, row])),
  ] as const;
}

/** The first receipt where all events stand in this stream one after another; the error where only some do, or others. */
function alreadyThere(
  { stream, events }: Append,
  byId: ReadonlyMap<string, Found>,
  own: boolean,
): Appended | EventIdReused | undefined {
  const found = events.map(({ id }) => byId.get(id));
  const taken = found.find((row) => row !== undefined);
  if (taken === undefined) return undefined;
  const start = BigInt(found[0]?.revision ?? -1);
  const same = found.every((row, index) => {
    const hash = events[index]?.hash;
    // The database has checked that a hash is the hash of its leaf, and the caller that this one is.
    return (
      row?.stream === stream &&
      BigInt(row.revision) === start + BigInt(index) &&
      hash !== undefined &&
      equalBytes(row.hash, hash)
    );
  });
  const last = found.at(-1);
  if (!same || last === undefined) return new EventIdReused(taken.id);
  return { revision: BigInt(last.revision), position: BigInt(last.position), repeated: !own };
}

function rowOf(
  { stream, commandId, requestDigest }: Append,
  { id, type, leaf, hash }: Append['events'][number],
  position: bigint,
  revision: bigint,
): unknown[] {
  const digest = requestDigest === undefined ? null : buffer(requestDigest);
  return [position, stream, revision, id, type, buffer(leaf), buffer(hash), commandId ?? null, digest];
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
