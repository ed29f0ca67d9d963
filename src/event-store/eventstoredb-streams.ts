/** How the log's streams and events are called and written in EventStoreDB, and read again. */
import {
  binaryEvent,
  type AllStreamRecordedEvent,
  type EventData,
  type RecordedEvent,
} from '@eventstore/db-client';
import { hash } from 'node:crypto';
import { toBase64url } from '../../projections/bytes.js';
import { leafHash } from '../../projections/hash.js';
import { isStreamName, MAX_EVENTS, type Append } from './event-store.js';
import { LogHalted, type Arrived, type Header } from './eventstoredb-fold.js';

const sha256 = { sha256: (bytes: Uint8Array) => hash('sha256', bytes, 'buffer') };

/** What takes events away from a stream, as keys of its metadata. */
const CUTTING = ['$maxAge', '$maxCount', '$tb'];

/** The streams of one log among others in a store. No stream's own name has a colon, so no log's name begins another's. */
export class LogStreams {
  constructor(private readonly log: string) {}

  /** Prefixes of all streams that the log depends on: its own, and those that say how long its own are kept. */
  get prefixes(): string[] {
    return [`${this.log}:`, `$$${this.log}:`];
  }

  /** Whether a stream of the store holds events of the log. */
  has(streamId: string): boolean {
    return streamId.startsWith(`${this.log}:`);
  }

  /** The name in the store. */
  of(stream: string): string {
    return `${this.log}:${stream}`;
  }

  /**
   * An event of one of the prefixes; nothing where it is metadata that does no harm.
   * @throws LogHalted
   */
  read(event: AllStreamRecordedEvent): Arrived | undefined {
    const { streamId } = event;
    if (streamId.startsWith('$$')) {
      assertKept(streamId.slice(2), event.data);
      return undefined;
    }
    if (event.type === '$streamDeleted')
      throw new LogHalted('log-cut', `Stream ${streamId} was deleted in the event store`);
    const { data, position, id, revision: raw, created } = event;
    const stream = streamId.slice(this.log.length + 1);
    if (!(data instanceof Uint8Array) || !isStreamName(stream)) throw foreign(streamId, raw);
    return {
      ...{ stream, raw, id, created },
      ...{ commit: position.commit, prepare: position.prepare },
      hash: leafHash(sha256, data),
      header: event.metadata === undefined ? undefined : headerOf(event),
    };
  }
}

/** The events of an append, ready to be written. The metadata is small: a call holds 1 MiB with everything. */
export function eventData(
  { events, commandId, requestDigest }: Append,
  append: string,
  recordedAt?: Date,
): EventData[] {
  const header: Header = {
    ...{ append, events: events.length },
    ...(commandId !== undefined && { command: commandId }),
    ...(requestDigest !== undefined && { digest: toBase64url(requestDigest) }),
    ...(recordedAt !== undefined && { recorded: recordedAt.getTime() }),
  };
  return events.map(({ id, type, leaf }, index) =>
    binaryEvent({ id, type, data: new Uint8Array(leaf), ...(index === 0 && { metadata: { ...header } }) }),
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The end of the year 9999; milliseconds of Unix time. */
const LAST_INSTANT = 253_402_300_799_999;
const DIGEST = /^[A-Za-z0-9_-]{43}$/;

function headerOf({ streamId, revision, metadata }: RecordedEvent): Header {
  const { append, events = 0, command, digest, recorded } = (metadata ?? {}) as Partial<Header>;
  const sound =
    typeof append === 'string' &&
    UUID.test(append) &&
    Number.isInteger(events) &&
    events > 0 &&
    events <= MAX_EVENTS &&
    (command === undefined || (typeof command === 'string' && !command.includes('\0'))) &&
    (digest === undefined || (typeof digest === 'string' && DIGEST.test(digest))) &&
    (recorded === undefined || (Number.isInteger(recorded) && recorded >= 0 && recorded <= LAST_INSTANT));
  if (!sound) throw foreign(streamId, revision);
  return metadata as unknown as Header;
}

/** @throws LogHalted */
function assertKept(streamId: string, metadata: unknown): void {
  // The server's reader of JSON takes more than ours does.
  if (typeof metadata !== 'object' || metadata === null || metadata instanceof Uint8Array)
    throw new LogHalted(
      'log-cut',
      `The metadata of stream ${streamId} cannot be read, and may take events away`,
    );
  const cutting = CUTTING.find((key) => Object.hasOwn(metadata, key));
  if (cutting !== undefined)
    throw new LogHalted(
      'log-cut',
      `The metadata of stream ${streamId} has ${cutting}, which takes events away`,
    );
}

function foreign(streamId: string, raw: bigint): LogHalted {
  return new LogHalted('log-foreign', `Event ${raw} of ${streamId} was not written by this program`);
}
