/**
 * Group commit: appends that wait go together as soon as the batch before them is done. No stream and no event id comes
 * twice in a batch, so each append is checked against a settled log. When a batch fails, its appends are tried one by one,
 * so that a poisoned one fails alone.
 */
import { EngineUnavailable, leafBytesOf, Overloaded, type Append, type Appended } from './event-store.js';

/**
 * Says for each append, in order, what became of it.
 * @throws EngineUnavailable after trying for long; anything else where something in the batch is at fault
 */
export type CommitBatch = (batch: readonly Append[]) => Promise<readonly (Appended | Error)[]>;

export interface BatcherLimits {
  /** Of one batch. */
  readonly batchAppends: number;
  readonly batchBytes: number;
  /** Of what waits; more is refused. */
  readonly waitingAppends: number;
  readonly waitingBytes: number;
}

export const DEFAULT_LIMITS: BatcherLimits = {
  batchAppends: 512,
  batchBytes: 4_000_000,
  waitingAppends: 10_000,
  waitingBytes: 64_000_000,
};

interface Waiting {
  readonly append: Append;
  readonly bytes: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

export class Batcher {
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(
    private readonly commit: CommitBatch,
    private readonly limits: BatcherLimits = DEFAULT_LIMITS,
  ) {}

  /** @throws Overloaded when too many wait, EngineUnavailable after `close`, and whatever becomes of the append */
  add(append: Append): Promise<Appended> {
    const bytes = leafBytesOf(append);
    const { waitingAppends, waitingBytes } = this.limits;
    if (this.#closed) return Promise.reject(new EngineUnavailable(new Error('closed')));
    if (this.#waiting.length >= waitingAppends || this.#waitingBytes + bytes > waitingBytes) {
      return Promise.reject(new Overloaded());
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ append, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#working ??= this.#work();
    });
  }

  /** Takes no more, and resolves when nothing waits. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
  }

  async #work(): Promise<void> {
    do {
      // Whoever was just answered, or calls in this turn of the event loop, comes into the batch.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#settle(this.#take());
    } while (this.#waiting.length > 0);
    this.#working = undefined;
  }

  #take(): Waiting[] {
    const { batchAppends, batchBytes } = this.limits;
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    const streams = new Set<string>();
    const ids = new Set<string>();
    let bytes = 0;
    let looked = 0;
    for (const waiting of this.#waiting) {
      const full = batch.length === batchAppends || bytes + waiting.bytes > batchBytes;
      if (full && batch.length > 0) break;
      looked++;
      const { stream, events } = waiting.append;
      // A stream whose append has to wait stays in order: what comes after waits too.
      if (streams.has(stream) || events.some(({ id }) => ids.has(id))) {
        later.push(waiting);
      } else {
        batch.push(waiting);
        bytes += waiting.bytes;
      }
      streams.add(stream);
      for (const { id } of events) ids.add(id);
    }
    this.#waiting = later.concat(this.#waiting.slice(looked));
    this.#waitingBytes -= bytes;
    return batch;
  }

  async #settle(batch: readonly Waiting[]): Promise<void> {
    let answers: readonly (Appended | Error)[];
    try {
      answers = await this.commit(batch.map(({ append }) => append));
    } catch (error) {
      if (error instanceof EngineUnavailable) {
        // What waits behind would only learn the same, later.
        for (const { reject } of [...batch, ...this.#waiting]) reject(error);
        this.#waiting = [];
        this.#waitingBytes = 0;
      } else if (batch.length === 1) {
        batch[0]?.reject(error);
      } else {
        for (const one of batch) await this.#settle([one]);
      }
      return;
    }
    for (const [index, { resolve, reject }] of batch.entries()) {
      const answer = answers[index];
      if (answer === undefined || answer instanceof Error)
        reject(answer ?? new Error('No answer for an append'));
      else resolve(answer);
    }
  }
}
