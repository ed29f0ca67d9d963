/** What must be done again and again: erasures that a crash interrupted, and orphans. At start and every hour. */
import type { Clock } from '../clock.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Views } from '../views/views.js';
import type { Erasures } from './erasures.js';
import { SWEEP_BATCH, type Orphans } from './orphans.js';

const EVERY_MS = 60 * 60 * 1_000;
const AFTER_FAILURE_MS = 60 * 1_000;
/** Of one round, so that it ends. */
const MAX_BATCHES = 200;
const VIEWS_TIMEOUT_MS = 30_000;

export class ContentsUpkeep {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly store: EventStore,
    private readonly views: Views,
    private readonly erasures: Erasures,
    private readonly orphans: Orphans,
    private readonly clock: Clock,
    /** Told of what was done and what failed; a failure is tried again after a minute. */
    private readonly log: (level: 'info' | 'warn', message: string) => void,
  ) {}

  /** One round; several processes may do it at the same time. @throws ViewsBehind */
  async round(): Promise<void> {
    const reapplied = await this.erasures.reapply();
    await this.views.atLeast(await this.store.head(), VIEWS_TIMEOUT_MS);
    const completed = await this.erasures.complete();
    const deleted = await this.#sweep();
    if (reapplied + completed + deleted === 0) return;
    this.log(
      'info',
      `Contents: ${reapplied} erasures repeated, ${completed} completed, ${deleted} orphans deleted`,
    );
  }

  /** Begins. The first round does not hold up the start. */
  start(): void {
    this.#plan(0);
  }

  /** Called by NestJS. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Batch after batch as long as they are full. */
  async #sweep(): Promise<number> {
    let all = 0;
    for (let batch = 0; batch < MAX_BATCHES; batch++) {
      const { deleted, kept } = await this.orphans.sweep(this.clock.now());
      all += deleted;
      if (deleted + kept < SWEEP_BATCH) break;
    }
    return all;
  }

  #plan(afterMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.round().then(
        () => this.#plan(EVERY_MS),
        (error: unknown) => {
          if (!this.#stopped)
            this.log('warn', `Contents: ${error instanceof Error ? error.message : String(error)}`);
          this.#plan(AFTER_FAILURE_MS);
        },
      );
    }, afterMs);
    this.#timer.unref();
  }
}
