/** The thread in which rulesets are tried out: it is told one thing at a time, and ended where a ruleset takes too long. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Crypto } from '../../projections/crypto.js';
import { WhatIfCounter, type Answered, type Told } from './what-if-counter.js';

const WORKER = fileURLToPath(new URL('./what-if.worker.js', import.meta.url));
/** Under a test runner that compiles in memory there is no compiled worker on disk. */
const COMPILED = import.meta.url.endsWith('.js');

export interface WhatIfThread {
  /**
   * @param limitMs after which the thread is ended and the answer is `too-long`
   * @throws Error what went wrong in the thread, which has ended then; ThreadEnded when it was ended meanwhile
   */
  tell(told: Told, limitMs?: number): Promise<Answered | 'too-long'>;
  readonly hasEnded: boolean;
  end(): Promise<void>;
}

export class ThreadEnded extends Error {
  constructor() {
    super('The thread that counts under other rulesets was ended');
    this.name = 'ThreadEnded';
  }
}

export function startThread(crypto: Crypto): WhatIfThread {
  return COMPILED ? new WorkerThread() : new ThisThread(crypto);
}

interface Waiting {
  resolve: (answered: Answered | 'too-long') => void;
  reject: (error: Error) => void;
  isLimited: boolean;
}

class WorkerThread implements WhatIfThread {
  readonly #worker = new Worker(WORKER);
  #waiting: Waiting | undefined;
  hasEnded = false;

  constructor() {
    this.#worker.on('message', (answered: Answered) => this.#waiting?.resolve(answered));
    this.#worker.on('error', (error: Error & { code?: string }) => {
      this.hasEnded = true;
      // Memory is a limit as time is.
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY' && this.#waiting?.isLimited) {
        this.#waiting.resolve('too-long');
      } else this.#waiting?.reject(error);
    });
    this.#worker.on('exit', () => {
      this.hasEnded = true;
      this.#waiting?.reject(new ThreadEnded());
    });
    // Requests keep the program running, not this.
    this.#worker.unref();
  }

  async tell(told: Told, limitMs?: number): Promise<Answered | 'too-long'> {
    if (this.hasEnded) throw new ThreadEnded();
    const answered = new Promise<Answered | 'too-long'>((resolve, reject) => {
      this.#waiting = { resolve, reject, isLimited: limitMs !== undefined };
    });
    const tooLong = () => {
      this.#waiting?.resolve('too-long');
      void this.end();
    };
    const timer = limitMs === undefined ? undefined : setTimeout(tooLong, limitMs);
    try {
      this.#worker.postMessage(told);
      return await answered;
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    this.hasEnded = true;
    await this.#worker.terminate();
  }
}

class ThisThread implements WhatIfThread {
  readonly #counter: WhatIfCounter;
  hasEnded = false;

  constructor(crypto: Crypto) {
    this.#counter = new WhatIfCounter(crypto);
  }

  tell(told: Told): Promise<Answered> {
    return new Promise((resolve) => resolve(this.#counter.tell(told)));
  }

  end(): Promise<void> {
    this.hasEnded = true;
    return Promise.resolve();
  }
}
