/** How one append is made on EventStoreDB, and made again until it is known what became of it. */
import { ErrorType, NO_STREAM, type AppendResult } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { equalBytes } from '../../projections/bytes.js';
import {
  EngineUnavailable,
  EventIdReused,
  leafBytesOf,
  Overloaded,
  StreamConflict,
  type Append,
  type Appended,
} from './event-store.js';
import { typeOf, type StoreClient } from './eventstoredb-client.js';
import type { Indexed, Place } from './eventstoredb-fold.js';
import type { Before, IndexView } from './eventstoredb-index.js';
import { withPatience } from './eventstoredb-patience.js';
import { eventData, type LogStreams } from './eventstoredb-streams.js';
import { unlessAway } from './unless-away.js';

export interface AppendingOptions {
  /** How long an append, or a read, is tried again while the store is away; milliseconds. */
  readonly retryMs?: number;
  /** Of what is under way; more is refused. */
  readonly waitingAppends?: number;
  readonly waitingBytes?: number;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;
/** While the store does not answer, the index is asked so often; milliseconds. */
const LOOK_MS = 250;

const NEW: Before = { byId: new Map(), tip: { revision: -1n, raw: -1n } };

export class Appending {
  readonly #retryMs: number;
  readonly #mostAppends: number;
  readonly #mostBytes: number;
  readonly #under = new Set<Promise<unknown>>();
  #bytes = 0;
  #closed = false;

  constructor(
    private readonly client: StoreClient,
    private readonly streams: LogStreams,
    private readonly index: IndexView,
    { retryMs = 10_000, waitingAppends = 10_000, waitingBytes = 64_000_000 }: AppendingOptions,
  ) {
    this.#retryMs = retryMs;
    this.#mostAppends = waitingAppends;
    this.#mostBytes = waitingBytes;
  }

  /**
   * @param recordedAt when another engine recorded it first
   * @throws StreamConflict, EventIdReused, Overloaded, EngineUnavailable
   */
  async append(append: Append, recordedAt?: Date): Promise<Appended> {
    const bytes = leafBytesOf(append);
    if (this.#closed) throw new EngineUnavailable(new Error('closed'));
    if (this.#under.size >= this.#mostAppends || this.#bytes + bytes > this.#mostBytes)
      throw new Overloaded();
    const work = this.#try(append, recordedAt);
    this.#under.add(work);
    this.#bytes += bytes;
    try {
      return await work;
    } finally {
      this.#under.delete(work);
      this.#bytes -= bytes;
    }
  }

  /** Takes no more, and resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#under);
  }

  async #try(append: Append, recordedAt: Date | undefined): Promise<Appended> {
    const token = randomUUID();
    const events = eventData(append, token, recordedAt);
    const giveUpAt = performance.now() + this.#retryMs;
    for (let pauseMs = 0; ; pauseMs = Math.min(pauseMs * 2 || FIRST_PAUSE_MS, LONGEST_PAUSE_MS)) {
      if (pauseMs > 0) await pause(pauseMs);
      if (this.index.halted !== undefined) throw new EngineUnavailable(this.index.halted);
      // A stream that must be new is new or refused: nothing has to be known first.
      const before =
        pauseMs === 0 && append.expected === 'no-stream' ? NEW : await this.#before(append, giveUpAt);
      const known = answerOf(append, before.byId, token);
      if (known !== undefined) return known;
      const { revision, raw } = before.tip;
      const actual = revision < 0n ? 'no-stream' : revision;
      if (actual !== append.expected) throw new StreamConflict(append.stream, append.expected, actual);
      const written = await this.#write(append, events, raw < 0n ? NO_STREAM : raw, giveUpAt);
      if (written !== undefined) {
        await this.index.reached(written, giveUpAt);
        const rows = await unlessAway(this.index.rowsOf(append.events.map(({ id }) => id)));
        const answer = answerOf(append, new Map(rows.map((row) => [row.id, row])), token);
        if (answer !== undefined) return answer;
      }
      if (performance.now() > giveUpAt)
        throw new EngineUnavailable(new Error('It is not known what became of an append'));
    }
  }

  /** What the index says, once it can say it: a stream whose expected end it does not know is looked at first. */
  async #before(append: Append, giveUpAt: number): Promise<Before> {
    const before = await unlessAway(this.index.before(append));
    const expected = append.expected === 'no-stream' ? -1n : append.expected;
    if (before.tip.revision >= expected || before.byId.has(append.events[0]?.id ?? '')) return before;
    await this.#settle(append.stream, giveUpAt);
    return unlessAway(this.index.before(append));
  }

  /** The place in `$all` of what was written, now or by an earlier try; nothing where the next look at the index tells more. */
  async #write(
    append: Append,
    events: ReturnType<typeof eventData>,
    expected: bigint | typeof NO_STREAM,
    giveUpAt: number,
  ): Promise<Place | undefined> {
    const stream = this.streams.of(append.stream);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        const position = await this.#written(append, this.client.append(stream, events, expected));
        if (position !== undefined) return position;
        await this.#settle(append.stream, giveUpAt);
        return undefined;
      } catch (error) {
        switch (typeOf(error)) {
          case ErrorType.WRONG_EXPECTED_VERSION:
            await this.#settle(append.stream, giveUpAt);
            return undefined;
          case ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED:
            throw new RangeError('The event store takes less than this in one append');
          case ErrorType.ACCESS_DENIED:
          case ErrorType.STREAM_DELETED:
          case ErrorType.INVALID_ARGUMENT:
            throw new EngineUnavailable(error);
          default:
            // The same ids at the same revision: written once, whatever became of this try.
            if (performance.now() + pauseMs > giveUpAt) throw new EngineUnavailable(error);
            await pause(pauseMs);
        }
      }
    }
  }

  /**
   * The place of what is being written. Where the same append is under way twice, the server may answer only one of the two
   * (measured: the others after two seconds, with an error): the index tells as well.
   */
  async #written({ events }: Append, writing: Promise<AppendResult>): Promise<Place | undefined> {
    const ids = events.map(({ id }) => id);
    return new Promise((resolve, reject) => {
      let looking = false;
      const look = async () => {
        if (looking) return;
        looking = true;
        const last = (await this.index.rowsOf(ids).catch(() => [])).at(-1);
        looking = false;
        if (last !== undefined) resolve(last);
      };
      const timer = setInterval(() => void look(), LOOK_MS);
      writing.then(({ position }) => resolve(position), reject).finally(() => clearInterval(timer));
    });
  }

  /** Brings the index to the end of a stream, as the leader has it. @throws EngineUnavailable */
  async #settle(stream: string, giveUpAt: number): Promise<void> {
    const left = Math.max(0, giveUpAt - performance.now());
    const last = await withPatience(left, () => this.client.lastOf(this.streams.of(stream)));
    if (last?.position !== undefined) await this.index.reached(last.position, giveUpAt);
  }
}

/** The receipt where all events stand in the stream one after another; nothing where none does. @throws EventIdReused */
function answerOf(
  { stream, events }: Append,
  byId: ReadonlyMap<string, Indexed>,
  token: string,
): Appended | undefined {
  const found = events.map(({ id }) => byId.get(id));
  const taken = found.find((row) => row !== undefined);
  if (taken === undefined) return undefined;
  const start = found[0]?.revision ?? -1n;
  // The server compares ids alone.
  const same = found.every((row, i) => {
    const hash = events[i]?.hash;
    return (
      row?.stream === stream &&
      row.revision === start + BigInt(i) &&
      hash !== undefined &&
      equalBytes(row.hash, hash)
    );
  });
  const last = found.at(-1);
  if (!same || last === undefined) throw new EventIdReused(taken.id);
  return { revision: last.revision, position: last.position, repeated: last.append !== token };
}
