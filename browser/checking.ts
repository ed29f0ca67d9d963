/** The costly part of an audit on all processors, in workers of a browser. */
import type { Bulk } from '../projections/audit/bulk.js';
import {
  sharedOut,
  type Answering,
  type CheckingAnswer,
  type CheckingWork,
} from '../src/audit/checking-work.js';

const MOST_WORKERS = 8;

/** Workers that answer for an audit. They end with the worker that has started them. */
export function startChecking(script: string): Bulk {
  const count = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency));
  return sharedOut(Array.from({ length: count }, () => new CheckingWorker(script)));
}

class CheckingWorker implements Answering {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (answer: CheckingAnswer['answer']) => void>();
  readonly #failed: Promise<never>;
  #asked = 0;

  constructor(script: string) {
    this.#worker = new Worker(script);
    this.#worker.onmessage = ({ data: { number, answer } }: MessageEvent<CheckingAnswer>) => {
      this.#waiting.get(number)?.(answer);
      this.#waiting.delete(number);
    };
    this.#failed = new Promise((_, reject) => {
      this.#worker.onerror = ({ message }) => reject(new Error(message));
    });
    this.#failed.catch(() => undefined);
  }

  answer(work: CheckingWork, transfer: ArrayBuffer[]): Promise<CheckingAnswer['answer']> {
    const number = this.#asked++;
    const made = new Promise<CheckingAnswer['answer']>((resolve) => this.#waiting.set(number, resolve));
    this.#worker.postMessage({ number, work }, transfer);
    return Promise.race([made, this.#failed]);
  }
}
