/** The costly part of an audit on all processors: batches go to workers and come back in the order asked. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Bulk } from '../../projections/audit/bulk.js';
import type { OpeningFailure } from '../../projections/sealing.js';
import type { CheckingAnswer, CheckingWork } from './checking.worker.js';

const MOST_WORKERS = 8;
/** Keys, ballots or boxes of one message. */
const PER_PART = 250;
const WORKER = fileURLToPath(new URL('./checking.worker.js', import.meta.url));

/** Workers that answer for an audit; `end` when it is over. */
export class Checking implements Bulk {
  readonly #workers: readonly CheckingWorker[];

  constructor(count = Math.min(MOST_WORKERS, availableParallelism())) {
    this.#workers = Array.from({ length: count }, () => new CheckingWorker());
  }

  areKeys: Bulk['areKeys'] = (keys) =>
    this.#inParts(keys, (part) => ({ ask: 'keys', keys: part })) as Promise<boolean[]>;

  areSigned: Bulk['areSigned'] = (ballots) =>
    this.#inParts(ballots, (part) => ({ ask: 'signed', ballots: part })) as Promise<boolean[]>;

  open: Bulk['open'] = (opener, boxes) =>
    this.#inParts(boxes, (part) => ({ ask: 'open', opener, boxes: part })) as Promise<
      (Uint8Array | OpeningFailure)[]
    >;

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }

  async #inParts<T>(
    items: readonly T[],
    work: (part: readonly T[]) => CheckingWork,
  ): Promise<CheckingAnswer['answer'][number][]> {
    const parts: Promise<CheckingAnswer['answer']>[] = [];
    for (let at = 0; at < items.length; at += PER_PART) {
      const worker = this.#workers[parts.length % this.#workers.length] as CheckingWorker;
      parts.push(worker.answer(work(items.slice(at, at + PER_PART))));
    }
    return (await Promise.all(parts)).flat();
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
