/** The costly part of an audit on all processors: batches go to workers and come back in the order asked. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Bulk } from '../../projections/audit/bulk.js';
import { AnsweringWorker } from '../answering-worker.js';
import { sharedOut, type CheckingAnswer, type CheckingWork } from './checking-work.js';

const MOST_WORKERS = 8;
const WORKER = fileURLToPath(new URL('./checking.worker.js', import.meta.url));

/** Workers that answer for an audit; `end` when it is over. */
export class Checking implements Bulk {
  readonly #workers: readonly AnsweringWorker<CheckingWork, CheckingAnswer['answer']>[];
  readonly #bulk: Bulk;

  constructor(count = Math.min(MOST_WORKERS, availableParallelism())) {
    this.#workers = Array.from({ length: count }, () => new AnsweringWorker(WORKER, 'checks for an audit'));
    this.#bulk = sharedOut(this.#workers);
  }

  areKeys: Bulk['areKeys'] = (keys) => this.#bulk.areKeys(keys);
  areSigned: Bulk['areSigned'] = (ballots) => this.#bulk.areSigned(ballots);
  open: Bulk['open'] = (opener, boxes) => this.#bulk.open(opener, boxes);

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}
