/** Waiting until the views have come to a position: LISTEN on one connection, with a poll behind it. */
import type { Pool } from 'pg';
import { CHANNEL, liveOf, readCheckpoints, type Checkpoint } from './checkpoints.js';
import type { AnyProjection } from './table.js';

/** Some view has not come to the position asked for, or is being built: 503, try again after `retryAfterSeconds`. */
export class ViewsBehind extends Error {
  readonly code = 'views-behind';
  readonly retryAfterSeconds = 1;
  constructor(options?: ErrorOptions) {
    super('The read tables have not come as far as was asked for', options);
    this.name = 'ViewsBehind';
  }
}

/** Poll while somebody waits. */
const POLL_MS = 250;
/** More are refused at once. */
const MAX_WAITING = 10_000;

interface Waiter {
  readonly position: bigint;
  readonly done: (arrived: boolean) => void;
}

/** The position to which all of the views have come; `undefined` while one is not live in this version. */
export function leastOf(
  checkpoints: readonly Checkpoint[],
  views: readonly AnyProjection[],
): bigint | undefined {
  let least: bigint | undefined;
  for (const view of views) {
    const live = liveOf(checkpoints, view);
    if (live === undefined) return undefined;
    if (least === undefined || live.position < least) least = live.position;
  }
  return least;
}

export class Freshness {
  private readonly waiting = new Set<Waiter>();
  private listener: Promise<(() => void) | undefined> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reading = false;
  private readAgain = false;
  private closed = false;

  constructor(
    private readonly pool: Pool,
    private readonly views: readonly AnyProjection[],
  ) {}

  /** Resolves as soon as all views have come to a position. @throws ViewsBehind after `timeoutMs` */
  async atLeast(position: bigint, timeoutMs: number): Promise<void> {
    if (this.closed || this.waiting.size >= MAX_WAITING) throw new ViewsBehind();
    const arrived = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => waiter.done(false), timeoutMs);
      const waiter: Waiter = {
        position,
        done: (reached) => {
          clearTimeout(timer);
          this.waiting.delete(waiter);
          resolve(reached);
        },
      };
      this.waiting.add(waiter);
      this.listen();
      this.check();
    });
    if (!arrived) throw new ViewsBehind();
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const waiter of this.waiting) waiter.done(false);
    clearTimeout(this.timer);
    const end = await this.listener;
    end?.();
  }

  /** Reads the checkpoints once for everybody who waits; a change meanwhile makes it read once more. */
  private check(): void {
    if (this.waiting.size === 0) return;
    if (this.reading) {
      this.readAgain = true;
      return;
    }
    this.reading = true;
    readCheckpoints(this.pool)
      .then((checkpoints) => {
        const reached = leastOf(checkpoints, this.views);
        if (reached === undefined) return;
        for (const waiter of this.waiting) if (reached >= waiter.position) waiter.done(true);
      })
      // The database is away: the poll asks again until the waiters' time is over.
      .catch(() => undefined)
      .finally(() => {
        this.reading = false;
        clearTimeout(this.timer);
        if (this.waiting.size > 0 && !this.closed) this.timer = setTimeout(() => this.check(), POLL_MS);
        if (!this.readAgain) return;
        this.readAgain = false;
        this.check();
      });
  }

  /** Listens from the first wait on; after the connection was lost, again from the next wait on. */
  private listen(): void {
    this.listener ??= this.connect().catch(() => {
      this.listener = undefined;
      return undefined;
    });
  }

  /** Gives back how to end it. */
  private async connect(): Promise<() => void> {
    const client = await this.pool.connect();
    let open = true;
    const end = () => {
      if (open) client.release(true);
      open = false;
      this.listener = undefined;
    };
    client.on('notification', () => this.check());
    client.on('error', end);
    try {
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      end();
      throw error;
    }
    // What happened before the channel was open was not heard.
    this.check();
    return end;
  }
}
