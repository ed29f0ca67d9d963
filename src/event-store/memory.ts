/** An event store in memory, for unit tests: every promise of the port but durability. */
import { concat, equalBytes } from '../../projections/bytes.js';
import type { RecordedEvent } from '../../projections/event.js';
import {
  checkAppend,
  EventIdReused,
  StreamConflict,
  type Append,
  type Appended,
  type EventStore,
} from './event-store.js';

export class MemoryEventStore implements EventStore {
  readonly #log: RecordedEvent[] = [];
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #byId = new Map<string, RecordedEvent>();
  readonly #listeners = new Set<() => void>();

  constructor(private readonly now: () => Date = () => new Date()) {}

  async append(append: Append): Promise<Appended> {
    checkAppend(append);
    await Promise.resolve();
    // Decides and writes in one go: nothing can come in between.
    const appended = this.#append(append);
    for (const listener of this.#listeners) queueMicrotask(listener);
    return appended;
  }

  #append({ stream, expected, events, commandId, requestDigest }: Append): Appended {
    const repeated = this.#repeated(stream, events);
    if (repeated !== undefined) return repeated;
    const existing = this.#streams.get(stream) ?? [];
    const actual = existing.at(-1)?.revision ?? 'no-stream';
    if (actual !== expected) throw new StreamConflict(stream, expected, actual);
    const recordedAt = new Date(Math.max(this.now().getTime(), this.#log.at(-1)?.recordedAt.getTime() ?? 0));
    for (const { id, type, leaf, hash } of events) {
      const place = { position: BigInt(this.#log.length), revision: BigInt(existing.length), recordedAt };
      // Copies: what is in the log does not change with the caller's buffers.
      const bytes = {
        leaf: copy(leaf),
        hash: copy(hash),
        requestDigest: requestDigest && copy(requestDigest),
      };
      const recorded = { ...place, ...bytes, stream, id, type, commandId };
      this.#log.push(recorded);
      existing.push(recorded);
      this.#byId.set(id, recorded);
    }
    this.#streams.set(stream, existing);
    return { revision: BigInt(existing.length - 1), position: BigInt(this.#log.length - 1), repeated: false };
  }

  #repeated(stream: string, events: Append['events']): Appended | undefined {
    const found = events.map(({ id }) => this.#byId.get(id));
    const taken = found.find((recorded) => recorded !== undefined);
    if (taken === undefined) return undefined;
    const first = found[0];
    const last = found.at(-1);
    const same = found.every((recorded, index) => {
      const event = events[index];
      const inPlace =
        recorded?.stream === stream && recorded.revision === (first?.revision ?? 0n) + BigInt(index);
      return inPlace && event !== undefined && equalBytes(recorded.leaf, event.leaf);
    });
    if (!same || last === undefined) throw new EventIdReused(taken.id);
    return { revision: last.revision, position: last.position, repeated: true };
  }

  async copyIn(page: readonly RecordedEvent[]): Promise<void> {
    await Promise.resolve();
    for (const [index, { position, revision, stream }] of page.entries()) {
      const next = BigInt(this.#log.length + index);
      if (position !== next) throw new StreamConflict('$all', position - 1n, next - 1n);
      const before = page.slice(0, index).filter((event) => event.stream === stream).length;
      const last = BigInt((this.#streams.get(stream)?.length ?? 0) + before) - 1n;
      if (revision !== last + 1n) throw new StreamConflict(stream, revision - 1n, last);
    }
    for (const recorded of page) {
      this.#log.push(recorded);
      this.#streams.set(recorded.stream, [...(this.#streams.get(recorded.stream) ?? []), recorded]);
      this.#byId.set(recorded.id, recorded);
    }
    for (const listener of this.#listeners) queueMicrotask(listener);
  }

  async *readStream(stream: string, from = 0n): AsyncGenerator<RecordedEvent> {
    await Promise.resolve();
    for (const recorded of (this.#streams.get(stream) ?? []).slice(Number(from))) yield recorded;
  }

  async *readAll(after: bigint, pageSize = 1_000): AsyncGenerator<readonly RecordedEvent[]> {
    for (let at = Number(after) + 1; at < this.#log.length; at += pageSize) {
      await Promise.resolve();
      yield this.#log.slice(at, at + pageSize);
    }
  }

  leafHashes(after: bigint, limit: number): Promise<Uint8Array> {
    const from = Number(after) + 1;
    return Promise.resolve(concat(...this.#log.slice(from, from + limit).map(({ hash }) => hash)));
  }

  positionOf(leafHash: Uint8Array): Promise<bigint | undefined> {
    return Promise.resolve(this.#log.find(({ hash }) => equalBytes(hash, leafHash))?.position);
  }

  head(): Promise<bigint> {
    return Promise.resolve(BigInt(this.#log.length - 1));
  }

  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#listeners.clear();
    return Promise.resolve();
  }
}

function copy(bytes: Uint8Array): Uint8Array {
  // Not `slice`: a Buffer's shares its memory.
  return new Uint8Array(bytes);
}
