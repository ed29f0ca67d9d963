/**
 * The thread in which pasts are folded, sorted, hashed and searched, so that whoever casts a ballot meanwhile waits for none
 * of it. It begins when it is first asked. When it ends by itself (its memory is bounded) or takes too long over one thing it
 * is ended, what it kept is gone, and the next one who asks begins another.
 */
import { fileURLToPath } from 'node:url';
import type { Crypto } from '../../projections/crypto.js';
import { AnsweringWorker } from '../answering-worker.js';
import { Overloaded } from '../event-store/event-store.js';
import { PastStates, type PastAnswer, type PastAsked, type PastTold } from './past-states.js';
import type { AnyProjection } from './table.js';

const WORKER = fileURLToPath(new URL('./past.worker.js', import.meta.url));
/** Under a test runner that compiles in memory there is no compiled worker on disk. */
const COMPILED = import.meta.url.endsWith('.js');

export interface PastThreadOptions {
  /** How long one thing may take; a million rows sorted and hashed take about 10 s. */
  readonly answerMs?: number;
  /** Things asked for and not answered; what is beyond is refused. */
  readonly most?: number;
  /** What its rows and whatever it makes may take. */
  readonly megabytes?: number;
  /** Another worker than the one that knows all views, compiled. */
  readonly worker?: string;
}

const ANSWER_MS = 60_000;
const MOST = 200;
const MEGABYTES = 2_048;

interface Thread {
  answer(asked: PastAsked): Promise<PastTold>;
  end(): Promise<void>;
}

export class PastThread {
  #thread: Thread | undefined;
  #open = 0;
  #hasEnded = false;

  /**
   * @param views folded where there is no compiled worker, which knows all views of the program
   * @param warn told why a thread has ended that should not
   */
  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly views: readonly AnyProjection[],
    private readonly warn: (message: string) => void = () => undefined,
    private readonly options: PastThreadOptions = {},
  ) {}

  /** @throws Overloaded when it is full, and when it ended or was too slow; Error of what cannot be folded */
  async tell(asked: PastAsked): Promise<PastAnswer> {
    if (this.#hasEnded || this.#open >= (this.options.most ?? MOST)) throw new Overloaded();
    const thread = (this.#thread ??= this.#begin());
    this.#open += 1;
    let timer: NodeJS.Timeout | undefined;
    const ms = this.options.answerMs ?? ANSWER_MS;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`The thread of pasts said nothing for ${ms} ms`)), ms);
    });
    let told: PastTold;
    try {
      told = await Promise.race([thread.answer(asked), late]);
    } catch (error) {
      this.#leave(thread, String(error));
      throw new Overloaded();
    } finally {
      clearTimeout(timer);
      this.#open -= 1;
    }
    if ('failed' in told) throw told.failed;
    return told;
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    await this.#thread?.end();
  }

  #begin(): Thread {
    const { worker, megabytes = MEGABYTES } = this.options;
    if (worker === undefined && !COMPILED) return thisThread(new PastStates(this.crypto, this.views));
    return new AnsweringWorker<PastAsked, PastTold>(worker ?? WORKER, 'folds pasts', {
      maxOldGenerationSizeMb: megabytes,
    });
  }

  /** Once, though all who wait hear of the end. */
  #leave(thread: Thread, why: string): void {
    if (this.#thread !== thread || this.#hasEnded) return;
    this.#thread = undefined;
    this.warn(why);
    void thread.end();
  }
}

function thisThread(states: PastStates): Thread {
  return {
    answer: (asked) => new Promise((resolve) => resolve(states.tell(asked))),
    end: () => Promise.resolve(),
  };
}
