/**
 * An event as the log holds it. The *leaf* is what is hashed: canonical `{v, id, stream, type, schema, at, actor, data}`,
 * all eight always there. Position, revision and `recordedAt` lie outside it, so that a log copied to another engine has
 * the same hashes.
 */
import { equalBytes } from './bytes.js';
import { canonicalBytes } from './canonical.js';
import type { Crypto } from './crypto.js';
import { catalogue, type DataOf, type EventName } from './events/catalogue.js';
import { leafHash } from './hash.js';

/** What `decide` returns: what happened, without who, when and where. */
export type NewEvent<T extends EventName = EventName> = { [N in T]: { type: N; data: DataOf<N> } }[T];

/** An event as folds see it. `position` is its dense place in the whole log, from 0; `revision` its place in the stream. */
export type LogEvent<T extends EventName = EventName> = {
  [N in T]: {
    readonly type: N;
    readonly data: DataOf<N>;
    readonly id: string;
    readonly stream: string;
    /** The command's clock, UTC with milliseconds; order is position, never this. */
    readonly at: string;
    /** The actor's id; `system` where nobody acted. */
    readonly actor: string;
    readonly position: bigint;
    readonly revision: bigint;
  };
}[T];

/** An event as engines keep it: bytes that are never rewritten. */
export interface RecordedEvent {
  readonly position: bigint;
  readonly revision: bigint;
  readonly stream: string;
  readonly id: string;
  readonly type: string;
  readonly leaf: Uint8Array;
  readonly hash: Uint8Array;
  readonly recordedAt: Date;
  /** The command that made it and the digest of its request: outside leaf, tiles and bundle. */
  readonly commandId: string | undefined;
  readonly requestDigest: Uint8Array | undefined;
}

export class DamagedEvent extends Error {
  readonly code = 'event-damaged';
  constructor(position: bigint, reason: string) {
    super(`Event at position ${position}: ${reason}`);
    this.name = 'DamagedEvent';
  }
}

/** A type or schema version that this program does not know: folding on would give a wrong answer, so nobody may. */
export class UnknownEvent extends Error {
  readonly code = 'event-unknown';
  constructor(position: bigint, type: string, schema: unknown) {
    super(
      `Event at position ${position} has type ${type}, schema ${String(schema)}: not known to this version`,
    );
    this.name = 'UnknownEvent';
  }
}

/** The canonical leaf bytes of a new event. @throws NotCanonical */
export function leafBytes(
  event: NewEvent,
  place: { id: string; stream: string; at: string; actor: string },
): Uint8Array {
  const { schema } = catalogue[event.type];
  return canonicalBytes({ v: 1, ...place, type: event.type, schema, data: event.data });
}

/**
 * Verifies the hash, then parses, then checks the version: in this order, so that nothing unverified is interpreted.
 * @throws DamagedEvent, UnknownEvent
 */
export function openEvent(crypto: Pick<Crypto, 'sha256'>, recorded: RecordedEvent): LogEvent {
  if (!equalBytes(leafHash(crypto, recorded.leaf), recorded.hash)) {
    throw new DamagedEvent(recorded.position, 'its bytes do not match its hash');
  }
  const leaf = parseLeaf(recorded);
  if (leaf.stream !== recorded.stream || leaf.id !== recorded.id || leaf.type !== recorded.type) {
    throw new DamagedEvent(recorded.position, 'its columns do not match its bytes');
  }
  const known = Object.hasOwn(catalogue, leaf.type) ? catalogue[leaf.type as EventName] : undefined;
  if (leaf.v !== 1 || known?.schema !== leaf.schema) {
    throw new UnknownEvent(recorded.position, leaf.type, leaf.schema);
  }
  return {
    type: leaf.type,
    data: leaf.data,
    id: leaf.id,
    stream: leaf.stream,
    at: leaf.at,
    actor: leaf.actor,
    position: recorded.position,
    revision: recorded.revision,
  } as LogEvent;
}

interface Leaf {
  v: number;
  id: string;
  stream: string;
  type: string;
  schema: number;
  at: string;
  actor: string;
  data: unknown;
}

const decoder = new TextDecoder();

function parseLeaf(recorded: RecordedEvent): Leaf {
  // The bytes were checked for canonical form when they were appended, and the hash says that they are still the same.
  try {
    return JSON.parse(decoder.decode(recorded.leaf)) as Leaf;
  } catch {
    throw new DamagedEvent(recorded.position, 'its bytes are not JSON');
  }
}
