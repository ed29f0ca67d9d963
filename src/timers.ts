/** Waiting, handed in where a simulation decides when time goes on. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Timers {
  /** Milliseconds that never go back, from an arbitrary start. */
  nowMs(): number;
  /** @throws AbortError when the signal is given first */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** Does some work once, after so long. @returns what keeps it from being done */
  after(ms: number, work: () => void): () => void;
}

export const systemTimers: Timers = {
  nowMs: () => performance.now(),
  pause: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
