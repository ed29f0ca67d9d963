/** Appends for tests: made-up events with ids that count up, and readers that collect. */
import { utf8 } from '../../projections/bytes.js';
import type { RecordedEvent } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { Append, EventStore, EventToAppend } from '../../src/event-store/event-store.js';

let made = 0;

/** A stream name that nothing else uses. */
export function newStream(): string {
  return `sample-${++made}`;
}

export function newId(): string {
  return `00000000-0000-5000-8000-${(++made).toString(16).padStart(12, '0')}`;
}

export function event(leaf: Uint8Array | string = `event ${made}`, id = newId()): EventToAppend {
  const bytes = typeof leaf === 'string' ? utf8(leaf) : leaf;
  return { id, type: 'Sample', leaf: bytes, hash: leafHash(nodeCrypto, bytes) };
}

export function events(count: number): EventToAppend[] {
  return Array.from({ length: count }, () => event());
}

export function append(stream: string, expected: Append['expected'], ...list: EventToAppend[]): Append {
  return { stream, expected, events: list };
}

export async function streamOf(store: EventStore, stream: string, from?: bigint): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for await (const recorded of store.readStream(stream, from)) all.push(recorded);
  return all;
}

export async function logOf(store: EventStore, after = -1n, pageSize?: number): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for await (const page of store.readAll(after, pageSize)) all.push(...page);
  return all;
}

/** Revision and position of each, to compare whole lists. */
export function places(list: readonly RecordedEvent[]): [string, bigint, bigint][] {
  return list.map(({ id, revision, position }) => [id, revision, position]);
}

export function range(from: bigint, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => from + BigInt(i));
}
