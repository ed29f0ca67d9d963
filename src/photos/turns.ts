/** So much costly work at once, and so much that waits for it; the rest is refused, so that waiting costs the caller and not the memory. */
import { Overloaded } from '../event-store/event-store.js';

export interface TurnLimits {
  readonly atOnce: number;
  readonly waiting: number;
  /** For a turn to come. */
  readonly waitMs: number;
  /** For the work, after which its caller is answered. */
  readonly workMs: number;
}

export class Turns {
  #working = 0;
  readonly #waiting = new Set<() => void>();

  constructor(private readonly limits: TurnLimits) {}

  /**
   * What the work comes to. Work that takes too long goes on with nobody waiting for it, and its turn ends when it does:
   * never are more under way than the limit says.
   * @throws Overloaded when too much waits, or has waited too long; what the work throws
   */
  async take<T>(work: () => Promise<T>): Promise<T | 'too-long'> {
    await this.#turn();
    const working = work().finally(() => this.#next());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'too-long'>((resolve) => {
      timer = setTimeout(() => resolve('too-long'), this.limits.workMs);
    });
    try {
      return await Promise.race([working, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #turn(): Promise<void> {
    if (this.#working < this.limits.atOnce) {
      this.#working++;
      return;
    }
    if (this.#waiting.size >= this.limits.waiting) throw new Overloaded();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(begin);
        reject(new Overloaded());
      }, this.limits.waitMs);
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.add(begin);
    });
  }

  /** The turn goes on to whoever has waited longest. */
  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#working--;
      return;
    }
    this.#waiting.delete(first);
    first();
  }
}
