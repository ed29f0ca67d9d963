/**
 * The event store port: an append-only log of streams with one dense order over all of them.
 *
 * What an engine promises is written down as `test/event-store/contract.ts`, and every engine passes it. Positions start
 * at 0 and have no gaps; what a reader has seen up to position p never changes, and nothing ever appears at or before p.
 */
import { hash } from 'node:crypto';
import { equalBytes } from '../../projections/bytes.js';
import { MAX_CANONICAL_BYTES } from '../../projections/canonical.js';
import type { RecordedEvent } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { isUuid } from './event-ids.js';

/** An event ready to be appended: canonical leaf bytes and what must be known about them. */
export interface EventToAppend {
  readonly id: string;
  readonly type: string;
  readonly leaf: Uint8Array;
  readonly hash: Uint8Array;
}

/** One append: one stream, one transaction, all or nothing. At most 500 events and 1,000,000 bytes of leaves. */
export interface Append {
  readonly stream: string;
  /** The revision of the stream's last event, or that it must not exist. */
  readonly expected: bigint | 'no-stream';
  readonly events: readonly EventToAppend[];
  /** Outside leaf and bundle: finds a repeated request again. */
  readonly commandId?: string;
  readonly requestDigest?: Uint8Array;
}

export interface Appended {
  /** Revision and position of the last event of the append. */
  readonly revision: bigint;
  readonly position: bigint;
  /** True when exactly these events were already there: nothing was written and the first receipt is given. */
  readonly repeated: boolean;
}

export interface EventStore {
  /**
   * Appends at an expected revision; durable when it resolves. If all the events (same ids, same bytes) are already
   * there in this stream one after another, resolves with their first receipt.
   * @throws StreamConflict, EventIdReused, Overloaded, EngineUnavailable
   */
  append(append: Append): Promise<Appended>;
  /** A stream's events in order, from a revision (0 by default); nothing for a stream that does not exist. */
  readStream(stream: string, from?: bigint): AsyncIterable<RecordedEvent>;
  /** Pages of the whole log after a position (-1n: from the start), up to the head as it is during the reading. */
  readAll(after: bigint, pageSize?: number): AsyncIterable<readonly RecordedEvent[]>;
  /** Leaf hashes after a position (-1n: from the start), at most `limit`, in order and end to end: 32 bytes each. */
  leafHashes(after: bigint, limit: number): Promise<Uint8Array>;
  /** The position of the event with this leaf hash; `undefined` when there is none. */
  positionOf(leafHash: Uint8Array): Promise<bigint | undefined>;
  /** The position of the last event; -1n for an empty log. */
  head(): Promise<bigint>;
  /**
   * Goes on with a log that another engine holds: takes its next events as they stand there, places and instants included.
   * All or nothing of a page, or at least of each part of it that one command made.
   * @throws StreamConflict where the first is not the next; EngineUnavailable, DamagedEvent
   */
  copyIn(page: readonly RecordedEvent[]): Promise<void>;
  /** Calls back soon after events were committed, by whatever process. A hint: a reader polls as well. Returns the unsubscriber. */
  onAppended(listener: () => void): () => void;
  /** Why nothing is written any more until somebody has looked at it; left out where nothing is wrong. */
  readonly halted?: Error | undefined;
  /** How its own work goes, where it has any: a state, and the code of what keeps it from working. */
  health?(): { readonly state: string; readonly error?: { readonly code: string } };
  close(): Promise<void>;
}

/** Events in one append. */
export const MAX_EVENTS = 500;
/** Bytes of leaves in one append. */
export const MAX_APPEND_BYTES = 1_000_000;
const STREAM = /^[a-z][A-Za-z0-9._-]{0,199}$/;

export function isStreamName(text: string): boolean {
  return STREAM.test(text);
}

/** Bytes of all leaves of an append. */
export function leafBytesOf({ events }: Append): number {
  return events.reduce((sum, event) => sum + event.leaf.length, 0);
}

const sha256 = { sha256: (bytes: Uint8Array) => hash('sha256', bytes, 'buffer') };

/** What no engine accepts. @throws RangeError: the caller's bug */
export function checkAppend(append: Append): void {
  const { stream, events, requestDigest } = append;
  if (!isStreamName(stream)) throw new RangeError('Not a stream name');
  if (events.length === 0 || events.length > MAX_EVENTS)
    throw new RangeError(`${events.length} events in one append`);
  if (requestDigest !== undefined && requestDigest.length !== 32)
    throw new RangeError('A digest is not of 32 bytes');
  const bytes = leafBytesOf(append);
  if (bytes > MAX_APPEND_BYTES) throw new RangeError(`${bytes} bytes in one append`);
  for (const { id, leaf, hash: claimed } of events) {
    if (!isUuid(id)) throw new RangeError('An event id is not a lower-case UUID');
    if (leaf.length === 0 || leaf.length > MAX_CANONICAL_BYTES)
      throw new RangeError(`${leaf.length} bytes in one event`);
    if (!equalBytes(claimed, leafHash(sha256, leaf))) throw new RangeError('A hash is not that of its leaf');
  }
  if (new Set(events.map((event) => event.id)).size !== events.length)
    throw new RangeError('An event id twice in one append');
}

/** Somebody else wrote to the stream: load, decide and append again. */
export class StreamConflict extends Error {
  readonly code = 'stream-conflict';
  constructor(
    readonly stream: string,
    readonly expected: bigint | 'no-stream',
    readonly actual: bigint | 'no-stream',
  ) {
    super(`Stream ${stream} is at ${actual}, not at ${expected}`);
    this.name = 'StreamConflict';
  }
}

/** An event id stands in the log already, with other bytes or in another place. */
export class EventIdReused extends Error {
  readonly code = 'event-id-reused';
  constructor(readonly id: string) {
    super(`Event id ${id} is in the log already, with other bytes or in another place`);
    this.name = 'EventIdReused';
  }
}

/** The queue is full: nothing was written; try again after `retryAfterSeconds`. */
export class Overloaded extends Error {
  readonly code = 'overloaded';
  readonly retryAfterSeconds = 1;
  constructor() {
    super('The event store has more waiting appends than it accepts');
    this.name = 'Overloaded';
  }
}

/** The engine cannot be reached or answered an infrastructure error; whether something was written is unknown. */
export class EngineUnavailable extends Error {
  readonly code = 'engine-unavailable';
  constructor(cause: unknown) {
    super('The event store cannot be reached', { cause });
    this.name = 'EngineUnavailable';
  }
}
