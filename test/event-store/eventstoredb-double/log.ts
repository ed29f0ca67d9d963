/**
 * The log of the double: what a cluster has agreed on, in memory, by the rules of a real EventStoreDB 24.2.0.
 * Each rule was seen on one; `eventstoredb-double.test.ts` runs against either.
 */
import { randomUUID } from 'node:crypto';

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly json: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface Stored extends Proposed {
  readonly stream: string;
  readonly revision: bigint;
  /** Both commit and prepare position: the offset of the record, in bytes. */
  readonly position: bigint;
  /** Its place in $all, from 0. */
  readonly index: number;
  /** When it was written, in milliseconds. */
  readonly at: number;
}

export type Expected = bigint | 'any' | 'no_stream' | 'stream_exists';

export type Outcome =
  /** No position where the event that is given back can no longer be read. */
  | { readonly is: 'written' | 'repeated'; readonly revision: bigint; readonly position: bigint | undefined }
  /** The last revision, -1 where there is no stream. */
  | { readonly is: 'wrong-version'; readonly actual: bigint }
  | { readonly is: 'deleted' };

export function isInAll({ stream }: Stored): boolean {
  return stream !== EPOCHS;
}

/** What `$$stream` says that hides events. */
interface Hidden {
  readonly before: bigint;
  readonly maxCount: bigint;
  readonly maxAge: number;
}

/** A stream like others, but left out of $all. */
const EPOCHS = '$epoch-information';
/** The greatest revision: of a tombstone, and what hides all of a deleted stream. */
const LAST = 2n ** 63n - 1n;
const NOTHING_HIDDEN: Hidden = { before: 0n, maxCount: LAST, maxAge: Infinity };
/** Bytes of a record beside names, data and metadata. */
const RECORD = 90;
const scavenges = {
  $maxAge: 2_592_000,
  $acl: { $r: '$ops', $w: [], $d: [], $mr: [], $mw: [] },
};

export class Log {
  readonly records: Stored[] = [];
  readonly #streams = new Map<string, Stored[]>();
  readonly #tombstoned = new Set<string>();
  readonly #hidden = new Map<string, Hidden>();
  /** Where an id was written first, in any stream. */
  readonly #places = new Map<string, Stored>();
  readonly #offsets = new Set<bigint>([0n]);
  readonly #listeners = new Set<() => void>();
  #last = 0n;
  #end = 248n;

  constructor() {
    this.begin();
    this.system('$$$scavenges', '$metadata', scavenges);
  }

  /** What a new leader writes first. */
  begin(): void {
    this.system(EPOCHS, EPOCHS, {
      epochId: randomUUID(),
      prevEpochPosition: -1,
      timeStamp: new Date().toISOString().replace('Z', '0000Z'),
      leaderInstanceId: randomUUID(),
    });
  }

  /** Where the next record will be. */
  get end(): bigint {
    return this.#end;
  }

  /** Whether a read of $all may begin there: at a record or the end; forwards, anywhere behind where the last one begins. */
  isPlace(commit: bigint, backwards: boolean): boolean {
    return this.#offsets.has(commit) || (backwards ? commit === this.#end : commit > this.#last);
  }

  /** @param listener called after every growth, until the returned function is called */
  onGrowth(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  append(stream: string, expected: Expected, events: readonly Proposed[]): Outcome {
    const decided = this.#decide(stream, expected, events);
    if (decided !== 'write') return decided;
    if (events.length === 0) return this.#writeNothing(stream);
    const first = this.lastRevision(stream) + 1n;
    // What is deleted comes back, without its past, when it or its metadata is written, whatever that says.
    const original = stream.startsWith('$$') ? stream.slice(2) : stream;
    const back = this.isDeleted(original) ? this.lastRevision(original) + 1n : undefined;
    const written = events.map((event, i) => this.#write(stream, first + BigInt(i), event));
    if (back !== undefined) this.#undelete(original, back);
    const last = written.at(-1)!;
    this.#grown();
    return { is: 'written', revision: last.revision, position: last.position };
  }

  /** Brings back an older state: only so many records. Nobody may be subscribed. */
  restore(length: number): void {
    const lost = this.records.splice(length);
    for (const stored of lost) {
      this.#streams.get(stored.stream)?.pop();
      if (this.#places.get(stored.id) === stored) this.#places.delete(stored.id);
      this.#offsets.delete(stored.position);
    }
    this.#end = lost[0]?.position ?? this.#end;
    this.#last = this.records.at(-1)?.position ?? 0n;
  }

  /** An event of the server itself. */
  system(stream: string, type: string, data: object): void {
    const bytes = Buffer.from(JSON.stringify(data));
    const event = { id: randomUUID(), type, json: true, data: bytes, metadata: new Uint8Array() };
    this.append(stream, 'any', [event]);
  }

  /** Hides what the stream holds. Its numbers go on with the next append. */
  delete(stream: string, expected: Expected): Outcome {
    const last = this.lastRevision(stream);
    if (this.#tombstoned.has(stream)) return { is: 'deleted' };
    const right =
      expected === 'no_stream' ? this.isDeleted(stream) : typeof expected !== 'bigint' || expected === last;
    const nothing = last < 0n && this.lastRevision(`$$${stream}`) < 0n;
    if (nothing || !right) return { is: 'wrong-version', actual: last };
    const { revision, position } = this.#writeMetadata(stream, `{"$tb":${LAST.toString()}}`);
    this.#grown();
    return { is: 'written', revision, position };
  }

  /** Ends the stream for ever. */
  tombstone(stream: string, expected: Expected): Outcome {
    const last = this.lastRevision(stream);
    if (this.#tombstoned.has(stream)) return { is: 'deleted' };
    const right =
      expected === 'any' ||
      (expected === 'no_stream' ? last < 0n : expected === 'stream_exists' ? last >= 0n : expected === last);
    if (!right) return { is: 'wrong-version', actual: last };
    const nothing = { json: false, data: new Uint8Array(), metadata: new Uint8Array() };
    const { revision, position } = this.#write(stream, LAST, {
      id: randomUUID(),
      type: '$streamDeleted',
      ...nothing,
    });
    this.#tombstoned.add(stream);
    this.#grown();
    return { is: 'written', revision, position };
  }

  /** -1 where there is none. */
  lastRevision(stream: string): bigint {
    return BigInt(this.#streams.get(stream)?.length ?? 0) - 1n;
  }

  isTombstoned(stream: string): boolean {
    return (
      this.#tombstoned.has(stream.startsWith('$$') ? stream.slice(2) : stream) || this.#tombstoned.has(stream)
    );
  }

  /** Whether all it holds is hidden, until it is appended to. */
  isDeleted(stream: string): boolean {
    return this.#hidden.get(stream)?.before === LAST;
  }

  /** What a stream holds, with what its metadata hides; undefined where there is none. */
  readable(stream: string): { events: readonly Stored[]; from: bigint } | undefined {
    const events = this.#streams.get(stream);
    if (events === undefined || this.isDeleted(stream)) return undefined;
    const { before, maxCount, maxAge } = this.#hidden.get(stream) ?? NOTHING_HIDDEN;
    const counted = BigInt(events.length) - maxCount;
    let from = before > counted ? before : counted;
    if (from < 0n) from = 0n;
    const oldest = Date.now() - maxAge * 1_000;
    while (maxAge !== Infinity && (events[Number(from)]?.at ?? Infinity) < oldest) from++;
    return { events, from };
  }

  /**
   * The rule of idempotence. With an expected revision, an event is known where it stands at the very place that it would
   * get; without, where its id was written first. Known first and unknown later is refused like a wrong revision.
   */
  #decide(stream: string, expected: Expected, events: readonly Proposed[]): Outcome | 'write' {
    const last = this.lastRevision(stream);
    const refused = { is: 'wrong-version', actual: last } as const;
    // Metadata that was there when its stream was ended can still be written, and no longer read.
    if (this.#tombstoned.has(stream) || (last < 0n && this.isTombstoned(stream))) return { is: 'deleted' };
    if (expected === 'stream_exists') {
      if (this.isDeleted(stream)) return { is: 'deleted' };
      if (last < 0n && this.lastRevision(`$$${stream}`) < 0n) return refused;
    }
    const exact = expected === 'no_stream' ? -1n : expected;
    if (typeof exact === 'bigint') {
      if (exact === last) return 'write';
      if (exact > last) return refused;
    }
    const known = events.map(({ id }, i) => this.#known(stream, exact, id, i));
    const again = known.at(-1);
    if (again !== undefined && known.every((each) => each !== undefined)) {
      const readable = this.readable(stream);
      const position = readable && again.revision >= readable.from ? again.position : undefined;
      return { is: 'repeated', revision: again.revision, position };
    }
    if (known[0] !== undefined) return refused;
    if (typeof exact !== 'bigint') return 'write';
    return expected === 'no_stream' && this.isDeleted(stream) && events.length > 0 ? 'write' : refused;
  }

  #known(
    stream: string,
    expected: bigint | 'any' | 'stream_exists',
    id: string,
    i: number,
  ): Stored | undefined {
    if (typeof expected === 'bigint') {
      const there = this.#streams.get(stream)?.[Number(expected) + 1 + i];
      return there?.id === id ? there : undefined;
    }
    const first = this.#places.get(id);
    return first?.stream === stream ? first : undefined;
  }

  #write(stream: string, revision: bigint, event: Proposed): Stored {
    const index = this.records.length;
    const stored = { ...event, stream, revision, position: this.#end, index, at: Date.now() };
    this.#advance(
      RECORD + Buffer.byteLength(stream + event.type) + event.data.length + event.metadata.length,
    );
    this.records.push(stored);
    if (!this.#places.has(event.id)) this.#places.set(event.id, stored);
    if (revision === LAST) return stored;
    const events = this.#streams.get(stream);
    if (events === undefined) this.#streams.set(stream, [stored]);
    else events.push(stored);
    if (stream.startsWith('$$')) this.#hidden.set(stream.slice(2), hiddenBy(event));
    return stored;
  }

  /** A real server takes an append of nothing: it costs a record that nobody sees. */
  #writeNothing(stream: string): Outcome {
    const position = this.#end;
    this.#advance(RECORD + Buffer.byteLength(stream));
    const last = this.lastRevision(stream);
    return { is: 'written', revision: last < 0n ? 0n : last, position };
  }

  /** Keeps what else the metadata says. */
  #undelete(stream: string, from: bigint): void {
    const said = parsed(this.#streams.get(`$$${stream}`)!.at(-1)!);
    if (said !== undefined) this.#writeMetadata(stream, JSON.stringify({ ...said, $tb: Number(from) }));
  }

  #writeMetadata(stream: string, text: string): Stored {
    const event = { id: randomUUID(), type: '$metadata', json: true, data: Buffer.from(text) };
    const of = `$$${stream}`;
    return this.#write(of, this.lastRevision(of) + 1n, { ...event, metadata: new Uint8Array() });
  }

  #advance(bytes: number): void {
    this.#last = this.#end;
    this.#offsets.add(this.#end);
    this.#end += BigInt(bytes);
  }

  #grown(): void {
    for (const listener of this.#listeners) listener();
  }
}

function hiddenBy(metadata: Proposed): Hidden {
  const { $tb, $maxCount, $maxAge } = parsed(metadata) ?? {};
  return {
    // 2^63 - 1 does not survive as a number.
    before: typeof $tb !== 'number' ? 0n : $tb > 9e18 ? LAST : BigInt($tb),
    maxCount: typeof $maxCount === 'number' ? BigInt($maxCount) : LAST,
    maxAge: typeof $maxAge === 'number' ? $maxAge : Infinity,
  };
}

function parsed({ data }: Proposed): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
