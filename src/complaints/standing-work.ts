/**
 * What is done for all matters again and again, by one of the processes on a database: to read every reporter and every open
 * matter in each of them would do the same as often as there are processes. The others stand by, see `OneActive`.
 */
import type { ClientBase, Pool } from 'pg';
import { stillHold } from '../postgres/held-lock.js';
import { OneActive, type ActiveState } from '../postgres/one-active.js';
import { systemTimers } from '../timers.js';

/** Advisory lock. */
const STANDING_LOCK = 13;
/** How often it is looked whether the lock's connection lives: who has lost it must not go on beside another. */
const HOLD_MS = 5_000;

/** Work with a beginning and an end, which may begin again. */
export interface Standing {
  start(): void;
  stop(): Promise<void>;
}

export interface StandingOptions {
  /** How often a process that stands by looks. */
  readonly pollMs?: number;
  readonly warn: (message: string) => void;
}

export class StandingWork {
  readonly #active: OneActive;

  constructor(
    pool: Pool,
    private readonly works: readonly Standing[],
    { pollMs = HOLD_MS, warn }: StandingOptions,
  ) {
    this.#active = new OneActive(pool, {
      lock: STANDING_LOCK,
      work: (client, signal, going) => this.#work(client, signal, going),
      pollMs,
      failed: (error) => warn(`Matters wait: ${error instanceof Error ? error.message : 'unknown reason'}`),
    });
  }

  get state(): ActiveState {
    return this.#active.state;
  }

  start(): void {
    this.#active.start();
  }

  /** Resolves when all has ended, and another process may do it. */
  async stop(): Promise<void> {
    await this.#active.stop();
  }

  /** Called by NestJS. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  async #work(client: ClientBase, signal: AbortSignal, going: () => void): Promise<void> {
    for (const work of this.works) work.start();
    try {
      while (!signal.aborted) {
        await stillHold(client);
        going();
        await systemTimers.pause(HOLD_MS, signal).catch(() => undefined);
      }
    } finally {
      await Promise.all(this.works.map((work) => work.stop()));
    }
  }
}
