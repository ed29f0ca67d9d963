/**
 * Pages of the whole log by COPY in its binary form: leaves come as the bytes they are, instead of as hexadecimal text
 * that is twice as long. Replaying a log is mostly reading it.
 * @see https://www.postgresql.org/docs/current/sql-copy.html (binary format)
 */
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { RecordedEvent } from '../../projections/event.js';
import { COPY_SIGNATURE } from '../postgres/binary-copy.js';

/** The columns of an event in the order in which `recordedOf` and `eventsOf` know them. */
export const COLUMNS =
  'position, revision, stream, id, type, leaf, hash, recorded_at, command_id, request_digest';

/** Flags and the length of an extension, which must be zero, stand after the signature. */
export const HEADER = COPY_SIGNATURE.length + 8;
export const FIELDS = 10;
/** Milliseconds of 2000-01-01, from which PostgreSQL counts microseconds. */
export const EPOCH = Date.UTC(2000, 0, 1);

/** At most `limit` events after a position, in order. They share one buffer. */
export async function copyPage(client: PoolClient, after: bigint, limit: number): Promise<RecordedEvent[]> {
  // COPY takes no parameters; a bigint and a number can only be digits.
  const page = `select ${COLUMNS} from events where position > ${after} order by position limit ${Math.trunc(limit)}`;
  const chunks: Buffer[] = [];
  for await (const chunk of client.query(copyTo(`copy (${page}) to stdout (format binary)`))) {
    chunks.push(chunk as Buffer);
  }
  return eventsOf(Buffer.concat(chunks));
}

/** Bytes that are not a page as COPY writes it, nor cut short, which is a RangeError. */
export class NotAPage extends Error {
  constructor(what: string) {
    super(`${what}, where a binary COPY of events was expected`);
    this.name = 'NotAPage';
  }
}

/** The events of a page as COPY wrote it. @throws NotAPage, RangeError */
export function eventsOf(bytes: Buffer): RecordedEvent[] {
  if (!bytes.subarray(0, COPY_SIGNATURE.length).equals(COPY_SIGNATURE)) throw new NotAPage('No signature');
  const events: RecordedEvent[] = [];
  let at = HEADER;
  /** The next field's bytes; `undefined` for null. */
  const field = (): Buffer | undefined => {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0) return undefined;
    at += length;
    return bytes.subarray(at - length, at);
  };
  const text = (): string | undefined => {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0) return undefined;
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  const int8 = (): bigint => {
    at += 12;
    return bytes.readBigInt64BE(at - 8);
  };
  for (; bytes.readInt16BE(at) === FIELDS;) {
    at += 2;
    // Evaluated in the order in which they are written, which is that of the columns.
    events.push({
      position: int8(),
      revision: int8(),
      stream: text() ?? '',
      id: uuidOf(field()),
      type: text() ?? '',
      leaf: field() ?? bytes.subarray(0, 0),
      hash: field() ?? bytes.subarray(0, 0),
      recordedAt: new Date(EPOCH + Number(int8() / 1_000n)),
      commandId: text(),
      requestDigest: field(),
    });
  }
  // The trailer tells a whole page from one that was cut off.
  if (bytes.readInt16BE(at) !== -1) throw new NotAPage('Other columns');
  return events;
}

function uuidOf(bytes: Buffer | undefined): string {
  const hex = bytes?.toString('hex') ?? '';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
