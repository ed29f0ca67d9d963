/**
 * Which of several processes signs for witnesses and asks them: one in a database at a time. Two would each be told that the
 * witness is ahead of them, and leave it alone for longer and longer.
 */
import type { Pool, PoolClient } from 'pg';
import { letGo, LOCKS, stillHold, tryHold } from '../postgres/held-lock.js';

/** The views and the sequencer have the first ones of the second number. */
const LOCK = `${LOCKS}, 7`;

interface Held {
  readonly client: PoolClient;
  readonly lost: AbortController;
  /** Called when the connection broke. */
  readonly lose: () => void;
}

export class AskingLock {
  #held: Held | undefined;

  constructor(private readonly pool: Pool) {}

  /**
   * Takes the lock, if no other process has it, and keeps it with its connection until `release`, or until that breaks. To be
   * called again and again: who does not is held for gone.
   * @returns a signal that it is lost; `undefined` where another process has it
   */
  async take(): Promise<AbortSignal | undefined> {
    const held = this.#held ?? (await this.#hold());
    if (held === undefined) return undefined;
    // Where it does not answer any more, nothing else tells.
    await stillHold(held.client).catch(held.lose);
    return held.lost.signal.aborted ? undefined : held.lost.signal;
  }

  async #hold(): Promise<Held | undefined> {
    const client = await this.pool.connect();
    const lost = new AbortController();
    const lose = () => {
      if (lost.signal.aborted) return;
      lost.abort();
      if (this.#held?.client === client) this.#held = undefined;
      client.release(true);
    };
    client.once('error', lose).once('end', lose);
    const isMine = await tryHold(client, LOCK).catch((error: unknown) => {
      lose();
      throw error;
    });
    if (lost.signal.aborted) return undefined;
    if (isMine) return (this.#held = { client, lost, lose });
    client.off('error', lose).off('end', lose).release();
    return undefined;
  }

  /** Lets another process have it. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    const { client, lose } = held;
    await letGo(client, LOCK).then(() => client.off('error', lose).off('end', lose).release(), lose);
  }
}
