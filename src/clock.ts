/** The program's clock, handed in wherever time matters. */

export interface Clock {
  now(): Date;
  /** Milliseconds that never go back, from an arbitrary start. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};

/** A demo's clock: the system's, moved forward by an offset that only grows. */
export class DemoClock implements Clock {
  #offsetMs: number;

  constructor(
    offsetMs: number,
    private readonly system: Clock = systemClock,
    /** Told of every new offset, so that it outlives the process. */
    private readonly keep: (offsetMs: number) => void = () => undefined,
  ) {
    this.#offsetMs = offsetMs;
  }

  now(): Date {
    return new Date(this.system.now().getTime() + this.#offsetMs);
  }

  /** Moves with the offset: advancing a demo is no fault of its clock. */
  monotonicMs(): number {
    return this.system.monotonicMs() + this.#offsetMs;
  }

  /** @throws RangeError for a step back */
  advance(byMs: number): void {
    if (!(byMs >= 0)) throw new RangeError('A demo clock only goes forward');
    this.#offsetMs += byMs;
    this.keep(this.#offsetMs);
  }
}

/** The wall clock may move against the monotonic one by this much between two looks. */
const TOLERANCE_MS = 2_000;

/**
 * Notices that the wall clock was moved. From then on nothing opens, closes or publishes a key by itself, until two persons
 * confirm the time.
 */
export class ClockGuard {
  #wallMs: number;
  #monotonicMs: number;
  #movedByMs = 0;

  constructor(private readonly clock: Clock) {
    this.#wallMs = clock.now().getTime();
    this.#monotonicMs = clock.monotonicMs();
  }

  /** Looks, and says whether the clock can be relied on. Stays false until `confirm`. */
  isSteady(): boolean {
    const wallMs = this.clock.now().getTime();
    const monotonicMs = this.clock.monotonicMs();
    const movedByMs = wallMs - this.#wallMs - (monotonicMs - this.#monotonicMs);
    this.#wallMs = wallMs;
    this.#monotonicMs = monotonicMs;
    if (Math.abs(movedByMs) > TOLERANCE_MS) this.#movedByMs += movedByMs;
    return this.#movedByMs === 0;
  }

  /** By how much it was moved since the last confirmation, in milliseconds. */
  get movedByMs(): number {
    return this.#movedByMs;
  }

  /** Two persons looked at the clock and found it right. */
  confirm(): void {
    this.#movedByMs = 0;
  }
}
