/**
 * Pages of a log that came from elsewhere, into the table of events: by COPY in its binary form, which is also how a backup
 * holds them.
 */
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { RecordedEvent } from '../../projections/event.js';
import { COPY_SIGNATURE } from '../postgres/binary-copy.js';
import { CHANNEL } from './listener.js';
import { COLUMNS, EPOCH, FIELDS, HEADER } from './postgres-pages.js';

/** Of an event, beside its texts and bytes: the number of fields, the length of each, and four of a fixed size. */
const FIXED_BYTES = 2 + FIELDS * 4 + 8 + 8 + 16 + 8;

/**
 * Writes events that follow the head, and moves the head. Part of a transaction whose owner has locked the head's row.
 * The table refuses a hash that is not of its leaf, and a place that is taken.
 */
export async function copyEvents(client: ClientBase, page: readonly RecordedEvent[]): Promise<void> {
  const last = page.at(-1);
  if (last === undefined) return;
  const into = client.query(copyFrom(`copy events (${COLUMNS}) from stdin (format binary)`));
  await pipeline(Readable.from([encodePage(page)]), into);
  await client.query(
    `with moved as (update log_head set position = $1::bigint, recorded_at = greatest(recorded_at, $2::timestamptz))
     select pg_notify('${CHANNEL}', $1::text)`,
    [last.position, last.recordedAt],
  );
}

/** A page as a binary COPY. @see eventsOf */
export function encodePage(page: readonly RecordedEvent[]): Buffer {
  const texts = page.map(({ stream, type, commandId }) => ({
    stream: Buffer.from(stream),
    type: Buffer.from(type),
    commandId: commandId === undefined ? undefined : Buffer.from(commandId),
  }));
  const length = page.reduce((sum, { leaf, hash, requestDigest }, i) => {
    const { stream, type, commandId } = texts[i] ?? NOTHING;
    const variable = [stream, type, commandId, leaf, hash, requestDigest];
    return sum + FIXED_BYTES + variable.reduce((bytes, field) => bytes + (field?.length ?? 0), 0);
  }, HEADER + 2);
  const bytes = Buffer.alloc(length);
  let at = COPY_SIGNATURE.copy(bytes);
  // No flags, no extension.
  at += 8;
  const field = (value: Uint8Array | undefined) => {
    at = bytes.writeInt32BE(value?.length ?? -1, at);
    if (value === undefined) return;
    bytes.set(value, at);
    at += value.length;
  };
  const int8 = (value: bigint) => {
    at = bytes.writeInt32BE(8, at);
    at = bytes.writeBigInt64BE(value, at);
  };
  for (const [i, event] of page.entries()) {
    const { stream, type, commandId } = texts[i] ?? NOTHING;
    at = bytes.writeInt16BE(FIELDS, at);
    // In the order of COLUMNS.
    int8(event.position);
    int8(event.revision);
    field(stream);
    field(Buffer.from(event.id.replaceAll('-', ''), 'hex'));
    field(type);
    field(event.leaf);
    field(event.hash);
    int8(BigInt(event.recordedAt.getTime() - EPOCH) * 1_000n);
    field(commandId);
    field(event.requestDigest);
  }
  bytes.writeInt16BE(-1, at);
  return bytes;
}

const NOTHING = { stream: undefined, type: undefined, commandId: undefined };
