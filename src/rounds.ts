/** Upkeep of a room: a round at the start and every hour, and a minute after one that failed. */
const EVERY_MS = 60 * 60 * 1_000;
const AFTER_FAILURE_MS = 60 * 1_000;

export class Rounds {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = true;

  /** @param failed told why a round failed, unless it was stopped meanwhile */
  constructor(
    private readonly round: () => Promise<void>,
    private readonly failed: (why: string) => void,
  ) {}

  /** Begins, also after a stop. The first round does not hold up the start. */
  start(): void {
    this.#stopped = false;
    this.#plan(0);
  }

  /** Begins no other round; resolves when the one that is running has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #plan(afterMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.round().then(
        () => this.#plan(EVERY_MS),
        (error: unknown) => {
          if (!this.#stopped) this.failed(error instanceof Error ? error.message : String(error));
          this.#plan(AFTER_FAILURE_MS);
        },
      );
    }, afterMs);
    this.#timer.unref();
  }
}
