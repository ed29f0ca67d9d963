/** What must be done again and again: erasures that a crash interrupted, and orphans. At start and every hour. */
import type { Clock } from '../clock.js';
import type { EventStore } from '../event-store/event-store.js';
import { Rounds } from '../rounds.js';
import type { Views } from '../views/views.js';
import type { Erasures } from './erasures.js';
import { SWEEP_BATCH, type Orphans } from './orphans.js';

/** Of one round, so that it ends. */
const MAX_BATCHES = 200;
const VIEWS_TIMEOUT_MS = 30_000;

export class ContentsUpkeep {
  readonly #rounds = new Rounds(
    () => this.round(),
    (why) => this.log('warn', `Contents: ${why}`),
  );

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

  start(): void {
    this.#rounds.start();
  }

  /** Called by NestJS. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#rounds.stop();
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
}
