/** A worker thread for costly cryptography, which answers every message with one of its own, each known by its number. */
import { Worker, type Transferable } from 'node:worker_threads';

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
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #failed: Promise<never>;
  #asked = 0;

  /**
   * @param file the compiled worker
   * @param what it does, for the message when it ends early, such as `opens ballots`
   */
  constructor(file: string, what: string) {
    this.#worker = new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    this.#worker.on('message', ({ number, answer }: Answered<Answer>) => {
      this.#waiting.get(number)?.(answer);
      this.#waiting.delete(number);
    });
    this.#failed = new Promise((_, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('exit', (code) => reject(new Error(`A worker that ${what} ended with code ${code}`)));
    });
    this.#failed.catch(() => undefined);
  }

  /** Rejects when the worker fails or ends. @param transfer memory that goes over instead of being copied */
  answer(work: Work, transfer: readonly Transferable[] = []): Promise<Answer> {
    const number = this.#asked++;
    const made = new Promise<Answer>((resolve) => this.#waiting.set(number, resolve));
    this.#worker.postMessage({ number, work } satisfies Asked<Work>, transfer);
    return Promise.race([made, this.#failed]);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
