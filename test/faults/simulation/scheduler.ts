/**
 * Decides what goes on next, and when time does: everything that waits, waits here, and a seed chooses. So a seed is an
 * interleaving, and the same seed is the same one again.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Timers } from '../../../src/timers.js';
import type { Random } from '../random.js';

interface Waiting {
  /** Whose it is: a process, the server. */
  readonly of: string;
  /** In simulated milliseconds; 0: now. */
  readonly dueMs: number;
  readonly go: () => void;
}

/** That time goes on although something else could. */
const HURRY = 0.05;

export class Scheduler {
  nowMs = 0;
  steps = 0;
  #waiting: Waiting[] = [];
  readonly #frozen = new Set<string>();

  constructor(private readonly random: Random) {}

  /** Resolves when it is its turn; never, when its process is killed before. */
  turn(of: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ of, dueMs: 0, go: resolve }));
  }

  /** Nothing of it goes on any more, ever: a kill -9. */
  kill(of: string): void {
    this.#waiting = this.#waiting.filter((each) => each.of !== of);
  }

  /** Nothing of it goes on until it is thawed. */
  freeze(of: string): void {
    this.#frozen.add(of);
  }

  thaw(of: string): void {
    this.#frozen.delete(of);
  }

  /** The time of a process. */
  timers(of: string): Timers {
    return {
      nowMs: () => this.nowMs,
      pause: (ms, signal) =>
        new Promise((resolve, reject) => {
          const abort = () => {
            forget();
            reject(Object.assign(new Error('aborted'), { name: 'AbortError' }));
          };
          const forget = this.#after(of, ms, () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          });
          if (signal?.aborted === true) abort();
          else signal?.addEventListener('abort', abort, { once: true });
        }),
      after: (ms, work) => this.#after(of, ms, work),
    };
  }

  /**
   * Goes on until it is over, or nothing waits any more.
   * @returns whether it is over @throws Error when it takes too many steps
   */
  async run(isOver: () => boolean, mostSteps: number): Promise<boolean> {
    for (const end = this.steps + mostSteps; this.steps < end; this.steps++) {
      // What was let go has a few turns of the event loop until it waits again. The code under test waits one itself.
      for (let i = 0; i < 3; i++) await turn();
      if (isOver()) return true;
      const next = this.#next();
      if (next === undefined) return false;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      next.go();
    }
    throw new Error(`It goes on and on: ${mostSteps} steps`);
  }

  #after(of: string, ms: number, go: () => void): () => void {
    const waiting = { of, dueMs: this.nowMs + ms, go };
    this.#waiting.push(waiting);
    return () => {
      this.#waiting = this.#waiting.filter((each) => each !== waiting);
    };
  }

  #next(): Waiting | undefined {
    const able = this.#waiting.filter(({ of }) => !this.#frozen.has(of));
    const now = able.filter(({ dueMs }) => dueMs <= this.nowMs);
    const later = able.filter(({ dueMs }) => dueMs > this.nowMs);
    if (now.length > 0 && !(later.length > 0 && this.random.chance(HURRY))) return this.random.of(now);
    return later.reduce<Waiting | undefined>(
      (soonest, each) => (soonest === undefined || each.dueMs < soonest.dueMs ? each : soonest),
      undefined,
    );
  }
}
