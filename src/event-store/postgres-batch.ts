/**
 * One transaction that appends a whole batch: lock the head, see what the log knows of these streams and ids, answer each
 * append for itself, and insert what is new at dense positions. Four round trips, whatever the size.
 */
import type { ClientBase } from 'pg';
import { equalBytes } from '../../projections/bytes.js';
import { EventIdReused, StreamConflict, type Append, type Appended } from './event-store.js';
import { CHANNEL } from './listener.js';

/** Of a SHA-256. */
const HASH_BYTES = 32;

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

/**
 * Inserts rows after the head position $1, moves the head to $2, and tells the readers at commit. The bytes of all rows come
 * in three pieces, $8 to $10, which travel in binary: as arrays of bytea they would be written and parsed as text, at more
 * cost than everything else. $3 to $7: streams, revisions, ids, types, command ids; $11 to $13: where each leaf starts
 * (from 1), its length, and where each digest starts (0: none).
 */
const INSERT = `
  with moved as (
    update log_head
    set position = $2::bigint,
        recorded_at = greatest(recorded_at, date_trunc('milliseconds', clock_timestamp()))
    returning recorded_at
  ), inserted as (
    insert into events (position, stream, revision, id, type, leaf, hash, command_id, request_digest, recorded_at)
    select $1::bigint + n, stream, revision, id, type,
           substring($8::bytea from leaf_at for leaf_length),
           substring($9::bytea from (n * ${HASH_BYTES} - ${HASH_BYTES - 1})::int for ${HASH_BYTES}),
           command_id,
           case when digest_at > 0 then substring($10::bytea from digest_at for ${HASH_BYTES}) end,
           moved.recorded_at
    from moved, unnest($3::text[], $4::bigint[], $5::uuid[], $6::text[], $7::text[], $11::int[], $12::int[], $13::int[])
      with ordinality as rows (stream, revision, id, type, command_id, leaf_at, leaf_length, digest_at, n)
  )
  select pg_notify('${CHANNEL}', $2::text)`;

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
  const rows = new Rows();
  const answers = batch.map((append): Appended | Error => {
    const there = alreadyThere(append, byId, sent.has(append));
    if (there !== undefined) return there;
    const actual = revisions.get(append.stream) ?? 'no-stream';
    if (actual !== append.expected) return new StreamConflict(append.stream, append.expected, actual);
    let revision = actual === 'no-stream' ? -1n : actual;
    for (const event of append.events) rows.add(append, event, ++revision);
    position += BigInt(append.events.length);
    sent.add(append);
    return { revision, position, repeated: false };
  });
  if (position > first) {
    await client.query({ name: 'append-insert', text: INSERT, values: [first, position, ...rows.values()] });
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

/** What INSERT inserts, column by column. */
class Rows {
  readonly #streams: string[] = [];
  readonly #revisions: bigint[] = [];
  readonly #ids: string[] = [];
  readonly #types: string[] = [];
  readonly #commandIds: (string | null)[] = [];
  readonly #leaves: Uint8Array[] = [];
  readonly #hashes: Uint8Array[] = [];
  readonly #digests: Uint8Array[] = [];
  readonly #leafStarts: number[] = [];
  readonly #leafLengths: number[] = [];
  readonly #digestStarts: number[] = [];
  #leafEnd = 1;

  add({ stream, commandId, requestDigest }: Append, event: Append['events'][number], revision: bigint): void {
    this.#streams.push(stream);
    this.#revisions.push(revision);
    this.#ids.push(event.id);
    this.#types.push(event.type);
    this.#commandIds.push(commandId ?? null);
    this.#leaves.push(event.leaf);
    this.#leafStarts.push(this.#leafEnd);
    this.#leafLengths.push(event.leaf.length);
    this.#leafEnd += event.leaf.length;
    this.#hashes.push(event.hash);
    this.#digestStarts.push(requestDigest === undefined ? 0 : this.#digests.length * HASH_BYTES + 1);
    if (requestDigest !== undefined) this.#digests.push(requestDigest);
  }

  values(): unknown[] {
    return [
      ...[this.#streams, this.#revisions, this.#ids, this.#types, this.#commandIds],
      ...[this.#leaves, this.#hashes, this.#digests].map((pieces) => Buffer.concat(pieces)),
      ...[this.#leafStarts, this.#leafLengths, this.#digestStarts],
    ];
  }
}
