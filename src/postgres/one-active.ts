/**
 * Work that goes on by itself in one of the processes on a database, under an advisory lock that it holds with its connection. The
 * others stand by and take over when that ends. What fails is begun anew, after a while that grows.
 */
import type { ClientBase, Pool } from 'pg';
import { systemTimers, type Timers } from '../timers.js';
import { LOCKS, tryLock, unlock } from './held-lock.js';
import { onConnection } from './transaction.js';

const POLL_MS = 1_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/** `standby`: another process works; `retrying`: something failed; `halted`: only another version of the program can go on. */
export type ActiveState = 'standby' | 'active' | 'retrying' | 'halted' | 'stopped';

export interface Work {
  /** The second number of the lock. */
  readonly lock: number;
  /** Works until the signal is given, on the connection that holds the lock. Calls `going` whenever all is well. */
  readonly work: (client: ClientBase, signal: AbortSignal, going: () => void) => Promise<void>;
  /** Whether trying again can only fail again. */
  readonly isFinal?: (error: unknown) => boolean;
  readonly pollMs?: number | undefined;
  readonly timers?: Timers | undefined;
  /** Told of every failure. */
  readonly failed: (error: unknown, state: 'retrying' | 'halted') => void;
}

export class OneActive {
  readonly #timers: Timers;
  #state: ActiveState = 'stopped';
  #abort = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly options: Work,
  ) {
    this.#timers = options.timers ?? systemTimers;
  }

  get state(): ActiveState {
    return this.#state;
  }

  /** Starts in the background; returns at once. */
  start(): void {
    if (this.#running !== undefined) return;
    this.#abort = new AbortController();
    this.#running = this.#run(this.#abort.signal);
  }

  /** Resolves when the work has ended, and another process may do it. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    this.#running = undefined;
    this.#state = 'stopped';
  }

  async #run(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    const stopped = () => signal.aborted;
    this.#state = 'standby';
    while (!stopped()) {
      try {
        const wasMine = await this.#turn(signal, () => (retryMs = FIRST_RETRY_MS));
        if (!wasMine) this.#state = 'standby';
        await this.#pause(this.options.pollMs ?? POLL_MS, signal);
      } catch (error) {
        if (stopped()) return;
        const isFinal = this.options.isFinal?.(error) === true;
        this.#state = isFinal ? 'halted' : 'retrying';
        this.options.failed(error, this.#state);
        if (isFinal) return;
        await this.#pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  /** Works as long as the lock is this process's. @returns false where it is another's */
  async #turn(signal: AbortSignal, onProgress: () => void): Promise<boolean> {
    const lock = `${LOCKS}, ${this.options.lock}`;
    return onConnection(this.pool, async (client) => {
      if (!(await tryLock(client, lock))) return false;
      await this.options.work(client, signal, () => {
        this.#state = 'active';
        onProgress();
      });
      await unlock(client, lock);
      return true;
    });
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await this.#timers.pause(ms, signal).catch(() => undefined);
  }
}
