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
  readonly #waiting = new Map<
    number,
    { resolve: (answer: CheckingAnswer['answer']) => void; reject: (error: Error) => void }
  >();
  #failed: Error | undefined;
  #asked = 0;

  constructor(script: string) {
    this.#worker = new Worker(script);
    this.#worker.onmessage = ({ data: { number, answer } }: MessageEvent<CheckingAnswer>) => {
      this.#waiting.get(number)?.resolve(answer);
      this.#waiting.delete(number);
    };
    this.#worker.onerror = ({ message }) => {
      this.#failed ??= new Error(message);
      for (const { reject } of this.#waiting.values()) reject(this.#failed);
      this.#waiting.clear();
    };
  }

  answer(work: CheckingWork, transfer: ArrayBuffer[]): Promise<CheckingAnswer['answer']> {
    const number = this.#asked++;
    // No race with a promise for the failure: that one would hold every answer until the worker ends.
    return new Promise((resolve, reject) => {
      if (this.#failed !== undefined) {
        reject(this.#failed);
        return;
      }
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage({ number, work }, transfer);
    });
  }
}
