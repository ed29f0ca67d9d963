/** Tells readers that something was appended: a LISTEN on a connection of its own, and a poll behind it. */
import type { Pool, PoolClient } from 'pg';

/** The channel on which appends are announced. */
export const CHANNEL = 'concejo_appended';

export class Listener {
  readonly #listeners = new Set<() => void>();
  #client: PoolClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #connecting: Promise<void> | undefined;
  #seen = -1n;
  #closed = false;

  constructor(
    private readonly pool: Pool,
    private readonly head: () => Promise<bigint>,
    private readonly pollMs: number,
  ) {}

  /** The connection is opened for the first listener. */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#timer === undefined && !this.#closed) {
      this.#timer = setInterval(() => void this.#poll(), this.pollMs);
      this.#timer.unref();
      this.#connecting = this.#connect();
    }
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#listeners.clear();
    await this.#connecting;
    // A connection that listens must not go back to the others.
    this.#client?.release(true);
    this.#client = undefined;
  }

  async #connect(): Promise<void> {
    let client: PoolClient | undefined;
    try {
      client = await this.pool.connect();
      const lost = () => {
        if (this.#client !== client) return;
        this.#client = undefined;
        client?.release(true);
      };
      client.on('error', lost);
      client.on('end', lost);
      client.on('notification', () => this.#tell());
      await client.query(`listen ${CHANNEL}`);
      this.#client = client;
    } catch {
      // The poll goes on and tries again.
      client?.release(true);
    }
  }

  async #poll(): Promise<void> {
    if (this.#closed) return;
    if (this.#client === undefined) {
      this.#connecting = this.#connect();
      await this.#connecting;
    }
    try {
      const head = await this.head();
      if (head > this.#seen) {
        this.#seen = head;
        this.#tell();
      }
    } catch {
      // The database is away: the next poll looks again, and whoever reads gets the error itself.
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
