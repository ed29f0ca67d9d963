/**
 * Which of several processes signs for witnesses and asks them: one in a database at a time. Two would each be told that the
 * witness is ahead of them, and leave it alone for longer and longer.
 */
import type { Pool, PoolClient } from 'pg';

/** Advisory lock: the first number is this project's, "conc"; the views have the first ones of the second. */
const PROJECT = 0x636f6e63;
const LOCK = `${PROJECT}, 7`;

interface Held {
  readonly client: PoolClient;
  readonly lost: AbortController;
}

export class AskingLock {
  #held: Held | undefined;

  constructor(private readonly pool: Pool) {}

  /**
   * Takes the lock, if no other process has it, and keeps it with its connection until `release`, or until that breaks.
   * @returns a signal that it is lost; `undefined` where another process has it
   */
  async take(): Promise<AbortSignal | undefined> {
    if (this.#held !== undefined) return this.#held.lost.signal;
    const client = await this.pool.connect();
    const lost = new AbortController();
    const onLost = () => {
      lost.abort();
      if (this.#held?.client !== client) return;
      this.#held = undefined;
      client.release(true);
    };
    client.once('error', onLost).once('end', onLost);
    let isMine = false;
    try {
      const { rows } = await client.query<{ locked: boolean }>(
        `select pg_try_advisory_lock(${LOCK}) as locked`,
      );
      isMine = rows[0]?.locked === true && !lost.signal.aborted;
    } finally {
      if (!isMine) {
        client.off('error', onLost).off('end', onLost);
        client.release(lost.signal.aborted);
      }
    }
    if (!isMine) return undefined;
    this.#held = { client, lost };
    return lost.signal;
  }

  /** Lets another process have it. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    const isFree = await held.client.query(`select pg_advisory_unlock(${LOCK})`).catch(() => undefined);
    held.client.release(isFree === undefined);
  }
}
