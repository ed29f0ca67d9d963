/**
 * Group commit: appends that wait go together as soon as the batch before them is done. At most one append of a stream in
 * a batch, so that each is checked against a settled revision. If a batch fails as a whole, its appends are tried one by
 * one, so that a poisoned one fails alone.
 */
import { Overloaded, type Append, type Appended } from './event-store.js';

/** Answers for the appends of a batch, in order: what happened to each. Throws when it cannot answer for each. */
export type CommitBatch = (batch: readonly Append[]) => Promise<(Appended | Error)[]>;

const MAX_APPENDS = 512;
const MAX_BYTES = 4_000_000;
const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 64_000_000;

interface Waiting {
  append: Append;
  bytes: number;
  resolve: (appended: Appended) => void;
  reject: (error: Error) => void;
}

export class Batcher {
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;

  constructor(private readonly commit: CommitBatch) {}

  /** @throws Overloaded when too many wait */
  add(append: Append): Promise<Appended> {
    const bytes = append.events.reduce((sum, event) => sum + event.leaf.length, 0);
    if (this.#waiting.length >= MAX_WAITING || this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      return Promise.reject(new Overloaded());
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ append, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#running ??= this.#work();
    });
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #work(): Promise<void> {
    // Let everybody who calls in this turn of the event loop come into the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#settle(this.#take());
    this.#running = undefined;
  }

  #take(): Waiting[] {
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    const streams = new Set<string>();
    let bytes = 0;
    for (const [index, waiting] of this.#waiting.entries()) {
      if (batch.length === MAX_APPENDS || (batch.length > 0 && bytes + waiting.bytes > MAX_BYTES)) {
        later.push(...this.#waiting.slice(index));
        break;
      }
      if (streams.has(waiting.append.stream)) {
        later.push(waiting);
        continue;
      }
      streams.add(waiting.append.stream);
      batch.push(waiting);
      bytes += waiting.bytes;
    }
    this.#waiting = later;
    this.#waitingBytes -= bytes;
    return batch;
  }

  async #settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.commit(batch.map(({ append }) => append));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const answer = answers[index];
        if (answer === undefined) reject(new Error('The engine gave no answer for an append'));
        else if (answer instanceof Error) reject(answer);
        else resolve(answer);
      }
    } catch (error) {
      const [only, ...others] = batch;
      if (only === undefined) return;
      if (others.length === 0) {
        only.reject(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      for (const one of batch) await this.#settle([one]);
    }
  }
}
