/** Codes by which people confirm their addresses: six digits, of which a keyed hash is kept. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { utf8 } from '../../projections/bytes.js';
import type { Clock } from '../clock.js';
import { systemEntropy, type Entropy } from '../contents/contents.js';
import type { Rejection } from '../event-store/command-log.js';

const CODE_BELOW = 1_000_000;
const CODE_DIGITS = 6;
/** The largest multiple of `CODE_BELOW` in 32 bits: what is drawn beyond it is drawn again, so that no code is likelier. */
const DRAWN_BELOW = 2 ** 32 - (2 ** 32 % CODE_BELOW);
const CODE_GOOD_MS = 24 * 60 * 60 * 1_000;
/** To one person, of one matter. */
const MAX_CODES = 10;
const NEXT_CODE_MS = 5 * 60 * 1_000;
/** Of one code: with six digits one in 200,000 guesses right in as many. */
const MAX_CODE_TRIES = 5;

export class Codes {
  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
    /** Under which codes are hashed: six digits are soon tried out. */
    private readonly key: Uint8Array,
    private readonly entropy: Pick<Entropy, 'bytes'> = systemEntropy,
  ) {}

  /** A new code to confirm an address with, six digits, in place of one before; for who sends it. */
  async newCode(personId: string, database: Pool | ClientBase = this.pool): Promise<string> {
    const code = String(this.#drawn() % CODE_BELOW).padStart(CODE_DIGITS, '0');
    const until = new Date(this.clock.now().getTime() + CODE_GOOD_MS);
    await database.query(
      `update matter_people set code_hash = $2, code_until = $3, code_tries = 0, codes_made = codes_made + 1
       where person_id = $1`,
      [personId, this.#hash(personId, code), until],
    );
    return code;
  }

  /** The same for who has had none yet; `undefined` for who has. */
  async firstCode(personId: string, client: ClientBase): Promise<string | undefined> {
    const { rows } = await client.query<{ codes_made: number }>(
      'select codes_made from matter_people where person_id = $1 for update',
      [personId],
    );
    return rows[0]?.codes_made === 0 ? this.newCode(personId, client) : undefined;
  }

  /**
   * The same for who asks for another one: with its number. Rejects with `code-too-soon` within minutes of the last one,
   * `too-many-codes`, or `link-unknown` for who was erased meanwhile.
   */
  async anotherCode(
    personId: string,
    client: ClientBase,
  ): Promise<{ code: string; number: number } | Rejection> {
    const { rows } = await client.query<{ codes_made: number; code_until: Date | null }>(
      'select codes_made, code_until from matter_people where person_id = $1 for update',
      [personId],
    );
    const [row] = rows;
    if (row === undefined) return { rejected: 'link-unknown' };
    if (row.codes_made >= MAX_CODES) return { rejected: 'too-many-codes' };
    const madeMs = (row.code_until?.getTime() ?? 0) - CODE_GOOD_MS;
    if (this.clock.now().getTime() < madeMs + NEXT_CODE_MS) return { rejected: 'code-too-soon' };
    return { code: await this.newCode(personId, client), number: row.codes_made + 1 };
  }

  /** Whether the code is hers; `code-expired` also when there is none. Every try counts, a right one once. */
  async confirm(
    personId: string,
    code: string,
  ): Promise<'confirmed' | 'code-wrong' | 'code-expired' | 'code-tried-too-often'> {
    const now = this.clock.now();
    // Counted before it is compared, so that many at once are no more tries.
    const { rows } = await this.pool.query<{
      code_hash: Buffer | null;
      code_until: Date;
      code_tries: number;
    }>(
      `update matter_people set code_tries = code_tries + 1 where person_id = $1 and code_hash is not null
       returning code_hash, code_until, code_tries`,
      [personId],
    );
    const [row] = rows;
    if (!row?.code_hash || row.code_until < now) return 'code-expired';
    if (row.code_tries > MAX_CODE_TRIES) return 'code-tried-too-often';
    if (!timingSafeEqual(row.code_hash, this.#hash(personId, code))) return 'code-wrong';
    await this.pool.query(
      'update matter_people set confirmed_at = $2, code_hash = null, code_until = null where person_id = $1',
      [personId, now],
    );
    return 'confirmed';
  }

  #drawn(): number {
    for (;;) {
      const { buffer, byteOffset } = this.entropy.bytes(4);
      const number = new DataView(buffer, byteOffset).getUint32(0);
      if (number < DRAWN_BELOW) return number;
    }
  }

  #hash(personId: string, code: string): Buffer {
    return createHmac('sha256', this.key)
      .update(utf8(`${personId}\n${code}`))
      .digest();
  }
}
