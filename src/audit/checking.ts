/** The costly part of an audit on all processors: batches go to workers and come back in the order asked. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Bulk } from '../../projections/audit/bulk.js';
import { sharedOut, type CheckingAnswer, type CheckingWork } from './checking-work.js';

const MOST_WORKERS = 8;
const WORKER = fileURLToPath(new URL('./checking.worker.js', import.meta.url));

/** Workers that answer for an audit; `end` when it is over. */
export class Checking implements Bulk {
  readonly #workers: readonly CheckingWorker[];
  readonly #bulk: Bulk;

  constructor(count = Math.min(MOST_WORKERS, availableParallelism())) {
    this.#workers = Array.from({ length: count }, () => new CheckingWorker());
    this.#bulk = sharedOut(this.#workers);
  }

  areKeys: Bulk['areKeys'] = (keys) => this.#bulk.areKeys(keys);
  areSigned: Bulk['areSigned'] = (ballots) => this.#bulk.areSigned(ballots);
  open: Bulk['open'] = (opener, boxes) => this.#bulk.open(opener, boxes);

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}

class CheckingWorker {
  readonly #worker = new Worker(WORKER);
  readonly #waiting = new Map<number, (answer: CheckingAnswer['answer']) => void>();
  readonly #failed: Promise<never>;
  #asked = 0;

  constructor() {
    this.#worker.on('message', ({ number, answer }: CheckingAnswer) => {
      this.#waiting.get(number)?.(answer);
      this.#waiting.delete(number);
    });
    this.#failed = new Promise((_, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('exit', (code) => reject(new Error(`A worker of the audit ended with code ${code}`)));
    });
    this.#failed.catch(() => undefined);
  }

  answer(work: CheckingWork): Promise<CheckingAnswer['answer']> {
    const number = this.#asked++;
    const made = new Promise<CheckingAnswer['answer']>((resolve) => this.#waiting.set(number, resolve));
    this.#worker.postMessage({ number, work });
    return Promise.race([made, this.#failed]);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
