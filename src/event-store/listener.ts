/** Tells readers that something was appended: a LISTEN on a connection of its own, and a poll behind it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';

/** The channel on which appends are announced; the payload is the position of the last event. */
export const CHANNEL = 'concejo_appended';

export class Listener {
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #client: PoolClient | undefined;
  #watching: Promise<void> | undefined;
  #seen = -1n;
  #telling: NodeJS.Timeout | undefined;

  /**
   * @param head reads the position of the last event
   * @param gatherMs how long appends are gathered before anybody is told
   */
  constructor(
    private readonly pool: Pool,
    private readonly head: () => Promise<bigint>,
    private readonly pollMs: number,
    private readonly gatherMs = 0,
  ) {}

  /** The connection is opened for the first listener and kept until `close`. Returns the unsubscriber. */
  add(listener: () => void): () => void {
    // Every call is a subscription of its own, also with the same function.
    const own = () => {
      listener();
    };
    this.#listeners.add(own);
    if (!this.#closing.signal.aborted) this.#watching ??= this.#watch();
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** An event at this position was committed: calls everybody back, unless they know. */
  seen(position: bigint): void {
    if (position <= this.#seen) return;
    this.#seen = position;
    this.#tell();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#telling);
    this.#listeners.clear();
    await this.#watching;
  }

  #tell(): void {
    if (this.gatherMs === 0) this.#tellNow();
    else this.#telling ??= setTimeout(() => this.#tellNow(), this.gatherMs);
  }

  #tellNow(): void {
    this.#telling = undefined;
    for (const listener of this.#listeners) queueMicrotask(listener);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        this.#client ??= await this.#listen();
        this.seen(await this.head());
      } catch {
        // The database is away: the next round looks again, and whoever reads gets the error itself.
      }
      await pause(this.pollMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
    this.#drop(this.#client);
  }

  async #listen(): Promise<PoolClient> {
    const client = await this.pool.connect();
    const lost = () => {
      this.#drop(client);
    };
    client.once('error', lost);
    client.once('end', lost);
    // Anybody who may connect to the database can say anything here: it makes readers look, and is not remembered.
    client.on('notification', ({ payload = '' }) => {
      if (!/^\d{1,19}$/.test(payload) || BigInt(payload) > this.#seen) this.#tell();
    });
    try {
      await client.query(`listen ${CHANNEL}`);
      return client;
    } catch (error) {
      client.off('end', lost);
      client.release(true);
      throw error;
    }
  }

  /** A connection that listens must not go back to the others. */
  #drop(client: PoolClient | undefined): void {
    if (client === undefined || this.#client !== client) return;
    this.#client = undefined;
    client.release(true);
  }
}
