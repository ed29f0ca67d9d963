/** A worker thread for costly work, which answers every message with one of its own, each known by its number. */
import { Worker, type ResourceLimits, type Transferable } from 'node:worker_threads';

export interface Asked<Work> {
  readonly number: number;
  readonly work: Work;
}

export interface Answered<Answer> {
  readonly number: number;
  readonly answer: Answer;
}

/** What such a worker makes is gone with its answer: with more room for what is new it would only be larger. */
const YOUNG_MB = 6;

export class AnsweringWorker<Work, Answer> {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: Answer) => void; reject: (error: Error) => void }
  >();
  #failed: Error | undefined;
  #asked = 0;

  /**
   * @param file the compiled worker
   * @param what it does, for the message when it ends early, such as `opens ballots`
   * @param resourceLimits of one that keeps what it makes
   */
  constructor(
    file: string,
    what: string,
    resourceLimits: ResourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB },
  ) {
    this.#worker = new Worker(file, { resourceLimits });
    this.#worker.on('message', ({ number, answer }: Answered<Answer>) => {
      this.#waiting.get(number)?.resolve(answer);
      this.#waiting.delete(number);
    });
    this.#worker.once('error', (error) => this.#fail(error));
    this.#worker.once('exit', (code) =>
      this.#fail(new Error(`A worker that ${what} ended with code ${code}`)),
    );
  }

  /** Rejects when the worker fails or ends. @param transfer memory that goes over instead of being copied */
  answer(work: Work, transfer: readonly Transferable[] = []): Promise<Answer> {
    const number = this.#asked++;
    // No race with a promise for the failure: that one would hold every answer until the worker ends.
    return new Promise((resolve, reject) => {
      if (this.#failed !== undefined) {
        reject(this.#failed);
        return;
      }
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage({ number, work } satisfies Asked<Work>, transfer);
    });
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failed);
    this.#waiting.clear();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
