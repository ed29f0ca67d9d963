/**
 * The same form twice within a minute is one matter, under whatever key it comes: over REST, from a page and from another
 * program. Who asks by the second key finds the first one's matter for as long as a client may ask again.
 */
import { createHmac } from 'node:crypto';
import type { Pool } from 'pg';
import type { Clock } from '../clock.js';
import type { By } from '../event-store/command-log.js';

const SAME_MS = 60 * 1_000;
/** For who asks again under a key whose form was another's. */
const REPEATED_MS = 30 * 24 * 60 * 60 * 1_000;

export class SameForms {
  /** @param key of this purpose alone, the same in all processes: a plain hash of a short form could be guessed */
  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
    private readonly key: Uint8Array,
  ) {}

  /**
   * The matter that this form, or a command that sent it, became; `undefined` for a new one. It may not be in the log yet.
   * @param sender from whom it came: two people may say the same
   */
  async find(by: By, sender: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ matter_id: string }>(
      'select matter_id from matter_forms where hash = any($1::bytea[]) and until > $2 limit 1',
      [[this.#ofCommand(by), this.#ofForm(by, sender)], this.clock.now()],
    );
    return rows[0]?.matter_id;
  }

  /** Takes the form for a matter; gives that of who was faster. */
  async claim(by: By, sender: string, matterId: string): Promise<string> {
    const hash = this.#ofForm(by, sender);
    const now = this.clock.now();
    const { rows } = await this.pool.query<{ matter_id: string }>(
      `insert into matter_forms as kept (hash, matter_id, until) values ($1, $2, $3)
       on conflict (hash) do update set matter_id = excluded.matter_id, until = excluded.until where kept.until <= $4
       returning matter_id`,
      [hash, matterId, new Date(now.getTime() + SAME_MS), now],
    );
    if (rows[0] !== undefined) return rows[0].matter_id;
    const before = await this.pool.query<{ matter_id: string }>(
      'select matter_id from matter_forms where hash = $1',
      [hash],
    );
    return before.rows[0]?.matter_id ?? matterId;
  }

  /** Says that a command's matter is another one's, also once the minute is over. */
  async remember(by: By, matterId: string): Promise<void> {
    await this.pool.query(
      `insert into matter_forms (hash, matter_id, until) values ($1, $2, $3)
       on conflict (hash) do update set matter_id = excluded.matter_id, until = excluded.until`,
      [this.#ofCommand(by), matterId, new Date(this.clock.now().getTime() + REPEATED_MS)],
    );
  }

  /** Forgets what nobody asks for any more. */
  async keepHouse(): Promise<void> {
    await this.pool.query('delete from matter_forms where until <= $1', [this.clock.now()]);
  }

  #ofForm({ actor, request }: By, sender: string): Buffer {
    return this.#hash(['form', actor.id, sender], request);
  }

  /** With what it asked: the same key with another form is refused where it belongs. */
  #ofCommand({ actor, commandId, request }: By): Buffer {
    return this.#hash(['command', actor.id, commandId], request);
  }

  #hash(names: readonly string[], request: Uint8Array): Buffer {
    return createHmac('sha256', this.key)
      .update(`${JSON.stringify(names)}\n`)
      .update(request)
      .digest();
  }
}
