/** Who joins a matter: taken down like whoever files, under a pseudonym that is the same whenever she joins it, and another in every matter. */
import { createHmac } from 'node:crypto';
import type { Pool } from 'pg';
import { fromBase64url, toBase64url, utf8 } from '../../projections/bytes.js';
import type { Clock } from '../clock.js';
import { systemEntropy, type Entropy } from '../contents/contents.js';
import { inTransaction } from '../postgres/transaction.js';
import type { Contact } from './contact.js';
import { contactValues, newLink, type Person } from './people.js';

const KEY_BYTES = 32;
const PSEUDONYM_BYTES = 16;

export class Joiners {
  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
    private readonly entropy: Entropy = systemEntropy,
  ) {}

  /**
   * Takes down who joins, once for each id; gives a link that is hers.
   * @param joiner `undefined` for who must confirm her address first: nobody is that pseudonym before
   */
  async add(
    matterId: string,
    joiner: string | undefined,
    contact: Contact,
    personId = this.entropy.uuid(),
  ): Promise<string> {
    const { link, hash } = newLink(this.entropy);
    await this.pool.query(
      `with person as (
         insert into matter_people (person_id, matter_id, role, name, email, phone, language, created_at, joiner)
         values ($1, $2, 'joiner', $3, $4, $5, $6, $7, $9)
         on conflict (person_id) do update set language = excluded.language
         returning person_id
       )
       insert into matter_links (hash, person_id, created_at) select $8, person_id, $7 from person`,
      [
        ...[personId, matterId, ...contactValues(contact, this.clock.now()), hash],
        joiner === undefined ? null : fromBase64url(joiner),
      ],
    );
    return link;
  }

  /**
   * Who has confirmed her address joins under her pseudonym. Where she had before, she is one person, with the links of both and this
   * address.
   */
  async joinAs({ personId, matterId, email, confirmedAt }: Person, joiner: string): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      // Two at once are one after the other.
      await client.query('select from matter_keys where matter_id = $1 for update', [matterId]);
      const { rows } = await client.query<{ person_id: string }>(
        'select person_id from matter_people where matter_id = $1 and joiner = $2',
        [matterId, fromBase64url(joiner)],
      );
      const [before] = rows;
      if (before === undefined) {
        await client.query('update matter_people set joiner = $2 where person_id = $1', [
          personId,
          fromBase64url(joiner),
        ]);
      } else if (before.person_id !== personId) {
        await client.query('update matter_links set person_id = $2 where person_id = $1', [
          personId,
          before.person_id,
        ]);
        await client.query('delete from matter_people where person_id = $1', [personId]);
        await client.query('update matter_people set email = $2, confirmed_at = $3 where person_id = $1', [
          before.person_id,
          email,
          confirmedAt,
        ]);
      }
    });
  }

  /** Deletes who asked to join with an address, and has not confirmed it, since before then. */
  async forgetAsked(before: Date): Promise<void> {
    await this.pool.query(
      "delete from matter_people where role = 'joiner' and joiner is null and created_at < $1",
      [before],
    );
  }

  /** The same of an address, whenever that was. @returns the matters that were to be joined */
  async forgetAskedBy(email: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ matter_id: string }>(
      `delete from matter_people where role = 'joiner' and joiner is null and email = $1 returning matter_id`,
      [email],
    );
    return rows.map((row) => row.matter_id);
  }

  /**
   * The pseudonym of somebody in a matter, 16 bytes in base64url: the same whenever she joins, and another in every matter.
   * @param who her address, or what else is the same when the same request comes again
   */
  async pseudonym(matterId: string, who: string): Promise<string> {
    // Kept once; whoever is second finds the first one's.
    await this.pool.query(
      'insert into matter_keys (matter_id, key) values ($1, $2) on conflict (matter_id) do nothing',
      [matterId, this.entropy.bytes(KEY_BYTES)],
    );
    const { rows } = await this.pool.query<{ key: Buffer }>(
      'select key from matter_keys where matter_id = $1',
      [matterId],
    );
    const key = rows[0]?.key;
    if (key === undefined) throw new Error('The key of a matter was deleted while somebody joined');
    return toBase64url(createHmac('sha256', key).update(utf8(who)).digest().subarray(0, PSEUDONYM_BYTES));
  }
}
