/** What is read from whole views that seldom change, kept until one of them does. */
import type { AnyProjection } from './table.js';
import type { Views } from './views.js';

export class Kept<T> {
  #read: Promise<T> | undefined;
  /** Position of the last event that what was read goes by. */
  #readAt: bigint | undefined;

  constructor(
    private readonly views: Pick<Views, 'lastChangedOf'>,
    private readonly of: readonly AnyProjection[],
    private readonly read: () => Promise<T>,
  ) {}

  /** Whoever was told of a change gets what it made. @throws ViewsBehind, or as `read` */
  async now(): Promise<T> {
    const changed = await this.views.lastChangedOf(this.of);
    if (this.#read !== undefined && this.#readAt === changed) return this.#read;
    this.#readAt = changed;
    const reading = this.read();
    this.#read = reading;
    // Whoever waits is told; the next one tries again.
    reading.catch(() => {
      if (this.#read === reading) this.#read = undefined;
    });
    return reading;
  }
}
