/**
 * How many mails a day may go to one address before its owner has said that it is hers. Anybody can enter any address, at as many
 * matters as there are: without a limit the program would be a means to flood somebody. Shared by all processes.
 */
import { createHmac } from 'node:crypto';
import type { Pool } from 'pg';
import { utf8 } from '../../projections/bytes.js';
import type { Clock } from '../clock.js';
import { mailAddress } from './mail.js';

/** To one address, of one day (UTC). */
export const MOST_UNASKED = 20;

export class UnaskedMails {
  /** @param key of this purpose alone, the same in all processes: whoever has an address cannot tell by it whether a row is hers */
  constructor(
    private readonly pool: Pool,
    private readonly key: Uint8Array,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts one. Whoever asks for the mail must not be told: it would say that the address was written to. In a statement of its own,
   * so that no transaction waits for another one's address.
   * @returns whether it may go out
   */
  async take(address: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `insert into unasked_mails (recipient, day, mails) values ($1, $2, 1)
       on conflict (recipient, day) do update set mails = unasked_mails.mails + 1 where unasked_mails.mails < $3`,
      [this.#hashOf(address), this.#today(), MOST_UNASKED],
    );
    return rowCount === 1;
  }

  /** Deletes what was counted before today. */
  async keepHouse(): Promise<void> {
    await this.pool.query('delete from unasked_mails where day < $1', [this.#today()]);
  }

  #today(): string {
    return this.clock.now().toISOString().slice(0, 'yyyy-mm-dd'.length);
  }

  /** Small and capital letters go to one mailbox nearly everywhere. */
  #hashOf(address: string): Buffer {
    return createHmac('sha256', this.key)
      .update(utf8((mailAddress(address) ?? address).toLowerCase()))
      .digest();
  }
}
