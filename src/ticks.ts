/** Work that is looked for once a second, and never twice at the same time. */
const EVERY_MS = 1_000;

export class Ticks {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  /** @param look must not reject */
  constructor(private readonly look: () => Promise<void>) {}

  start(): void {
    this.#timer = setInterval(() => void this.now(), EVERY_MS);
    this.#timer.unref();
  }

  /** Looks now. While a look is running it is waited for, and none is added. */
  now(): Promise<void> {
    this.#running ??= this.look().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Resolves when no look is running, at once if none is. */
  async rest(): Promise<void> {
    await this.#running;
  }

  /** Looks no more; resolves when the one that is running has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }
}
