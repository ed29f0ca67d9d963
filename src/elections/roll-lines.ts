/**
 * The people behind the pseudonyms of an election, in tables outside the log. A pseudonym is the first 16 bytes of
 * `HMAC-SHA256(K, person)` under a random key of this election alone, so that joining the whole log links nobody.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { taggedHash } from '../../projections/hash.js';

export class RollLines {
  constructor(
    private readonly pool: Pool,
    private readonly crypto: Pick<Crypto, 'sha256'>,
  ) {}

  /** The pseudonyms of people in an election, in the order given. Makes the election's key at first use. */
  async pseudonyms(electionId: string, people: readonly string[]): Promise<string[]> {
    const key = await this.#key(`election-${electionId}`);
    return people.map((person) =>
      toBase64url(createHmac('sha256', key).update(person).digest().subarray(0, 16)),
    );
  }

  /**
   * Writes lines down (again with no change for people who have one) and returns their commitments
   * `HT("census-line", electionId, salt, person)`, base64url, in the order given.
   */
  async keep(electionId: string, lines: readonly { person: string; v: string }[]): Promise<string[]> {
    const random = randomBytes(32 * lines.length);
    const salts = lines.map((_, index) => random.subarray(32 * index, 32 * (index + 1)));
    const { rows } = await this.pool.query<{ pseudonym: string; salt: Buffer }>(
      `with given as (select * from unnest($2::text[], $3::text[], $4::bytea[]) as g(pseudonym, person, salt)),
            added as (insert into roll_lines (election_id, pseudonym, person, salt)
                      select $1, pseudonym, person, salt from given
                      on conflict (election_id, pseudonym) do nothing
                      returning pseudonym, salt)
       select pseudonym, salt from added
       union all
       select l.pseudonym, l.salt from roll_lines l join given using (pseudonym) where l.election_id = $1`,
      [electionId, lines.map((line) => line.v), lines.map((line) => line.person), salts],
    );
    const saltOf = new Map(rows.map((row) => [row.pseudonym, row.salt]));
    return lines.map(({ person, v }) => {
      const salt = saltOf.get(v);
      if (salt === undefined) throw new Error('A roll line was not kept');
      return toBase64url(taggedHash(this.crypto, 'census-line', utf8(electionId), salt, utf8(person)));
    });
  }

  /** The pseudonym of a person whose line was kept. Makes nothing: for asking about whoever it may be. */
  async find(electionId: string, person: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ pseudonym: string }>(
      'select pseudonym from roll_lines where election_id = $1 and person = $2',
      [electionId, person],
    );
    return rows[0]?.pseudonym;
  }

  /** The people of an election by pseudonym, for an export that names them as the city's file did. */
  async people(electionId: string): Promise<Map<string, string>> {
    const { rows } = await this.pool.query<{ pseudonym: string; person: string }>(
      'select pseudonym, person from roll_lines where election_id = $1',
      [electionId],
    );
    return new Map(rows.map((row) => [row.pseudonym, row.person]));
  }

  /** The elections that have a roll, or began one. */
  async elections(): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      `select substr(scope, 10) as id from scope_keys where scope like 'election-%'`,
    );
    return rows.map(({ id }) => id);
  }

  async #key(scope: string): Promise<Buffer> {
    const { rows } = await this.pool.query<{ key: Buffer }>(
      `with added as (insert into scope_keys (scope, key) values ($1, $2) on conflict do nothing returning key)
       select key from added union all select key from scope_keys where scope = $1 limit 1`,
      [scope, randomBytes(32)],
    );
    const key = rows[0]?.key;
    // Somebody else's insert committed between our snapshot and our conflict: it is visible to the next statement.
    return key ?? this.#key(scope);
  }
}
