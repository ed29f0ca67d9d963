/**
 * Who filed or joined a matter: names, addresses and links, in tables that are erased with her. The log holds nothing of a
 * reporter and a pseudonym of a joiner. A link is 32 random bytes of which only the SHA-256 is kept.
 */
import { createHash, createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { fromBase64url, toBase64url, utf8 } from '../../projections/bytes.js';
import type { Clock } from '../clock.js';
import { systemEntropy, type ContentRef, type Entropy } from '../contents/contents.js';
import type { Rejection } from '../event-store/command-log.js';
import { inTransaction } from '../postgres/transaction.js';
import type { Contact } from './contact.js';

export interface Person extends Contact {
  readonly personId: string;
  readonly matterId: string;
  readonly role: 'reporter' | 'joiner';
  /** Of a joiner, base64url; none before she has confirmed the address with which she joins. */
  readonly joiner?: string;
  readonly confirmedAt?: Date;
  /** Of a reporter whose category takes nothing unconfirmed: until when she has time to enter the code. */
  readonly confirmUntil?: Date;
  /** Another program filed for her, which gives her no link. */
  readonly linkByMail?: true;
}

interface Row {
  person_id: string;
  matter_id: string;
  role: 'reporter' | 'joiner';
  joiner: Buffer | null;
  name: string | null;
  email: string | null;
  phone: string | null;
  language: string;
  confirmed_at: Date | null;
  confirm_until: Date | null;
  link_by_mail: boolean;
}

const LINK_BYTES = 32;
const KEY_BYTES = 32;
const JOINER_BYTES = 16;
const CODE_BELOW = 1_000_000;
const CODE_DIGITS = 6;
const DAY_MS = 24 * 60 * 60 * 1_000;
const CODE_GOOD_MS = DAY_MS;
/** For an address without which staff does nothing. */
const CONFIRM_WITHIN_MS = 30 * DAY_MS;
/** To one person, of one matter. */
const MAX_CODES = 10;
const NEXT_CODE_MS = 5 * 60 * 1_000;
/** Of one code: with six digits one in 200,000 guesses right in as many. */
export const MAX_CODE_TRIES = 5;
/** In one statement, so that her contents are hers with her row. */
const ADD_REPORTER = `
  with person as (
    insert into matter_people
      (person_id, matter_id, role, name, email, phone, language, created_at, contents, confirm_until, link_by_mail)
    values ($1, $2, 'reporter', $3, $4, $5, $6, $7, $9::uuid[], $10, $11)
    on conflict (matter_id) where role = 'reporter' do update
      set name = excluded.name, email = excluded.email, phone = excluded.phone, language = excluded.language,
        confirm_until = excluded.confirm_until, contents = matter_people.contents || excluded.contents
    returning person_id
  ), link as (
    insert into matter_links (hash, person_id, created_at) select $8, person_id, $7 from person
  )
  update contents set kept = true where id = any($9::uuid[])`;
const COLUMNS =
  'person_id, matter_id, role, joiner, name, email, phone, language, confirmed_at, confirm_until, link_by_mail';

const OF_MATTER = `select ${COLUMNS} from matter_people where matter_id = $1 and (role = 'reporter' or joiner is not null)
  order by role desc, created_at, person_id`;

/** How she files. */
interface Filed {
  readonly confirm?: boolean;
  readonly linkByMail?: boolean;
}

/** Somebody else named it first. */
class PhotoTaken extends Error {}

export class People {
  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
    /** Under which codes are hashed: six digits are soon tried out. */
    private readonly codeKey: Uint8Array,
    private readonly entropy: Entropy = systemEntropy,
  ) {}

  /**
   * Takes down who files a matter, and that these contents are hers; gives her link. Called before the event: when the same
   * filing comes again without its event having been written, the newer contact counts.
   * @param contents written for this matter alone
   * @param given.photos hers if they are nobody's; somebody else may name them at this moment. Rejects with `photo-unknown`
   * @param given.confirm whether staff does nothing before her address is confirmed, for which she has some weeks
   * @param given.linkByMail whether she gets her link with the code alone
   */
  async addReporter(
    matterId: string,
    contact: Contact,
    contents: readonly string[],
    { photos = [], ...given }: { photos?: readonly string[] } & Filed = {},
  ): Promise<{ link: string; confirmUntil?: Date } | Rejection> {
    if (photos.length === 0) return this.#addReporter(this.pool, matterId, contact, contents, given);
    try {
      return await inTransaction(this.pool, async (client) => {
        const hers = await this.#addReporter(client, matterId, contact, contents, given);
        await this.#claim(client, matterId, photos);
        return hers;
      });
    } catch (error) {
      if (error instanceof PhotoTaken) return { rejected: 'photo-unknown', field: 'photos' };
      throw error;
    }
  }

  async #addReporter(
    database: Pool | ClientBase,
    matterId: string,
    contact: Contact,
    contents: readonly string[],
    { confirm = false, linkByMail = false }: Filed,
  ): Promise<{ link: string; confirmUntil?: Date }> {
    const { link, hash } = this.#newLink();
    const confirmUntil = confirm ? new Date(this.clock.now().getTime() + CONFIRM_WITHIN_MS) : undefined;
    await database.query({
      name: 'add-reporter',
      text: ADD_REPORTER,
      values: [
        ...[this.entropy.uuid(), matterId, ...this.#contact(contact), hash, contents],
        ...[confirmUntil ?? null, linkByMail],
      ],
    });
    return { link, ...(confirmUntil !== undefined && { confirmUntil }) };
  }

  /**
   * References of those images that are nobody's yet, or were claimed for this matter's reporter, maybe by a command that then crashed
   * before its event.
   */
  async freeImages(matterId: string, ids: readonly string[]): Promise<Map<string, ContentRef>> {
    const { rows } = await this.pool.query<{ id: string; commitment: Buffer }>(
      `select id, commitment from contents
       where id = any($1::uuid[]) and media_type like 'image/%' and (not kept or id in (
         select unnest(contents) from matter_people where matter_id = $2 and role = 'reporter'))`,
      [ids, matterId],
    );
    return new Map(rows.map(({ id, commitment }) => [id, { id, commitment: toBase64url(commitment) }]));
  }

  /** Says that photos are the reporter's, before the event that names them; not when one is somebody else's. @returns whether they are now */
  async claim(matterId: string, photos: readonly ContentRef[]): Promise<boolean> {
    if (photos.length === 0) return true;
    try {
      await inTransaction(this.pool, (client) =>
        this.#claim(
          client,
          matterId,
          photos.map(({ id }) => id),
        ),
      );
      return true;
    } catch (error) {
      if (error instanceof PhotoTaken) return false;
      throw error;
    }
  }

  /** Takes back that contents are the reporter's, for which no event came; they die as all does that is nobody's. */
  async leave(matterId: string, refs: readonly ContentRef[]): Promise<void> {
    const ids = refs.map(({ id }) => id);
    await inTransaction(this.pool, async (client) => {
      await client.query(
        `update matter_people set contents = array(select unnest(contents) except select unnest($2::uuid[]))
         where matter_id = $1 and role = 'reporter'`,
        [matterId, ids],
      );
      await client.query('update contents set kept = false where id = any($1::uuid[])', [ids]);
    });
  }

  /** Also what the same command claimed before, at this moment or before a crash. @throws PhotoTaken */
  async #claim(client: ClientBase, matterId: string, photos: readonly string[]): Promise<void> {
    const { rowCount } = await client.query(
      `update contents set kept = true from matter_people person
       where person.matter_id = $1 and person.role = 'reporter' and id = any($2::uuid[])
         and (not kept or id = any(person.contents))`,
      [matterId, photos],
    );
    if (rowCount !== new Set(photos).size) throw new PhotoTaken();
    await client.query(
      `update matter_people set contents = contents || $2::uuid[] where matter_id = $1 and role = 'reporter'`,
      [matterId, photos],
    );
  }

  /**
   * Takes down who joins, once for each id; gives a link that is hers.
   * @param joiner `undefined` for who must confirm her address first: nobody is that pseudonym before
   */
  async addJoiner(
    matterId: string,
    joiner: string | undefined,
    contact: Contact,
    personId = this.entropy.uuid(),
  ): Promise<string> {
    const { link, hash } = this.#newLink();
    await this.pool.query(
      `with person as (
         insert into matter_people (person_id, matter_id, role, name, email, phone, language, created_at, joiner)
         values ($1, $2, 'joiner', $3, $4, $5, $6, $7, $9)
         on conflict (person_id) do update set language = excluded.language
         returning person_id
       )
       insert into matter_links (hash, person_id, created_at) select $8, person_id, $7 from person`,
      [
        ...[personId, matterId, ...this.#contact(contact), hash],
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
    return toBase64url(createHmac('sha256', key).update(utf8(who)).digest().subarray(0, JOINER_BYTES));
  }

  /** Another link for the reporter, who did not see the first; `undefined` when there is no such person. */
  async anotherLink(matterId: string, database: Pool | ClientBase = this.pool): Promise<string | undefined> {
    const { link, hash } = this.#newLink();
    const { rowCount } = await database.query(
      `insert into matter_links (hash, person_id, created_at)
       select $1, person_id, $2 from matter_people where matter_id = $3 and role = 'reporter'`,
      [hash, this.clock.now(), matterId],
    );
    return rowCount === 1 ? link : undefined;
  }

  /** Another link for somebody, who has lost hers. */
  async linkOf(personId: string, client: ClientBase): Promise<string> {
    const { link, hash } = this.#newLink();
    await client.query('insert into matter_links (hash, person_id, created_at) values ($1, $2, $3)', [
      hash,
      personId,
      this.clock.now(),
    ]);
    return link;
  }

  /** Whose link this is; `undefined` for one that is nobody's (any more). */
  async byLink(link: string): Promise<Person | undefined> {
    const bytes = fromBase64url(link);
    if (bytes?.length !== LINK_BYTES) return undefined;
    const { rows } = await this.pool.query<Row>(
      `select ${COLUMNS} from matter_people join matter_links using (person_id) where hash = $1`,
      [hashOf(bytes)],
    );
    return rows[0] && personOf(rows[0]);
  }

  /**
   * The reporter of a matter, or who joined it under a pseudonym.
   * @param client of the transaction before whose end nobody erases her
   */
  async one(matterId: string, joiner?: string, client?: ClientBase): Promise<Person | undefined> {
    const { rows } = await (client ?? this.pool).query<Row>(
      `select ${COLUMNS} from matter_people where matter_id = $1
         and ${joiner === undefined ? "role = 'reporter'" : 'joiner = $2'} ${client === undefined ? '' : 'for share'}`,
      [matterId, ...(joiner === undefined ? [] : [fromBase64url(joiner)])],
    );
    return rows[0] && personOf(rows[0]);
  }

  /** Those of these matters with which staff does nothing before their reporters' addresses are confirmed. */
  async unconfirmed(matterIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.pool.query<{ matter_id: string }>(
      `select matter_id from matter_people
       where role = 'reporter' and matter_id = any($1::uuid[]) and confirm_until is not null and confirmed_at is null`,
      [matterIds],
    );
    return new Set(rows.map((row) => row.matter_id));
  }

  /** Matters whose reporters' time to confirm has passed, in the order of ids. */
  async neverConfirmed(after: string | undefined, limit: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ matter_id: string }>(
      `select matter_id from matter_people where role = 'reporter' and confirm_until <= $1 and confirmed_at is null
         and ($2::uuid is null or matter_id > $2) order by matter_id limit $3`,
      [this.clock.now(), after ?? null, limit],
    );
    return rows.map((row) => row.matter_id);
  }

  /** Everybody of a matter, its reporter first; not who has asked to join and must confirm her address. */
  async ofMatter(matterId: string): Promise<Person[]> {
    const { rows } = await this.pool.query<Row>(OF_MATTER, [matterId]);
    return rows.map(personOf);
  }

  /** The same, whom nobody erases before the transaction ends. */
  async heldOfMatter(matterId: string, client: ClientBase): Promise<Person[]> {
    const { rows } = await client.query<Row>(`${OF_MATTER} for share`, [matterId]);
    return rows.map(personOf);
  }

  /** She is written to no more: her address goes. @returns it and her matter; `undefined` when there is none */
  async forgetAddress(personId: string): Promise<{ email: string; matterId: string } | undefined> {
    const { rows } = await this.pool.query<{ email: string; matter_id: string }>(
      `update matter_people person set email = null, confirmed_at = null, code_hash = null,
         confirm_until = case when person.confirmed_at is null then person.confirm_until end from matter_people before
       where person.person_id = $1 and before.person_id = $1 and before.email is not null
       returning before.email, before.matter_id`,
      [personId],
    );
    return rows[0] && { email: rows[0].email, matterId: rows[0].matter_id };
  }

  /** A new code to confirm an address with, six digits, in place of one before; for who sends it. */
  async newCode(personId: string, database: Pool | ClientBase = this.pool): Promise<string> {
    const code = String(randomInt(CODE_BELOW)).padStart(CODE_DIGITS, '0');
    const until = new Date(this.clock.now().getTime() + CODE_GOOD_MS);
    await database.query(
      `update matter_people set code_hash = $2, code_until = $3, code_tries = 0, codes_made = codes_made + 1
       where person_id = $1`,
      [personId, this.#codeHash(personId, code), until],
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
    if (!timingSafeEqual(row.code_hash, this.#codeHash(personId, code))) return 'code-wrong';
    await this.pool.query(
      'update matter_people set confirmed_at = $2, code_hash = null, code_until = null where person_id = $1',
      [personId, now],
    );
    return 'confirmed';
  }

  /** Matters with somebody, and since when, whose id comes after this one; in the order of ids. */
  async mattersAfter(
    after: string | undefined,
    limit: number,
  ): Promise<{ matterId: string; createdAt: Date; hasReporter: boolean }[]> {
    const { rows } = await this.pool.query<{ matter_id: string; created_at: Date; has_reporter: boolean }>(
      `select matter_id, min(created_at) as created_at, bool_or(role = 'reporter') as has_reporter from matter_people
       where $1::uuid is null or matter_id > $1 group by matter_id order by matter_id limit $2`,
      [after ?? null, limit],
    );
    return rows.map((row) => ({
      matterId: row.matter_id,
      createdAt: row.created_at,
      hasReporter: row.has_reporter,
    }));
  }

  /** Deletes the reporter of a matter that was never filed; what she wrote dies as all does that is nobody's. */
  async forget(matterId: string): Promise<void> {
    await this.pool.query(
      `with person as (
         delete from matter_people where matter_id = $1 and role = 'reporter' returning contents
       )
       update contents set kept = false from person where id = any(person.contents)`,
      [matterId],
    );
  }

  /** Deletes a person with her links; what was claimed for her and stands in no event dies as all does that is nobody's. */
  async erase(personId: string): Promise<void> {
    await this.#delete('person_id = $1', personId);
  }

  /** Deletes everybody of a matter so. */
  async eraseAll(matterId: string): Promise<void> {
    await this.#delete('matter_id = $1', matterId);
  }

  async #delete(which: string, id: string): Promise<void> {
    await this.pool.query(
      `with person as (delete from matter_people where ${which} returning contents)
       update contents set kept = false from person where id = any(person.contents)`,
      [id],
    );
  }

  #contact({ name, email, phone, language }: Contact): unknown[] {
    return [name ?? null, email ?? null, phone ?? null, language, this.clock.now()];
  }

  #newLink(): { link: string; hash: Buffer } {
    const bytes = this.entropy.bytes(LINK_BYTES);
    return { link: toBase64url(bytes), hash: hashOf(bytes) };
  }

  #codeHash(personId: string, code: string): Buffer {
    return createHmac('sha256', this.codeKey)
      .update(utf8(`${personId}\n${code}`))
      .digest();
  }
}

function hashOf(link: Uint8Array): Buffer {
  return createHash('sha256').update(link).digest();
}

function personOf(row: Row): Person {
  return {
    personId: row.person_id,
    matterId: row.matter_id,
    role: row.role,
    language: row.language,
    ...(row.joiner !== null && { joiner: toBase64url(row.joiner) }),
    ...(row.name !== null && { name: row.name }),
    ...(row.email !== null && { email: row.email }),
    ...(row.phone !== null && { phone: row.phone }),
    ...(row.confirmed_at !== null && { confirmedAt: row.confirmed_at }),
    ...(row.link_by_mail && { linkByMail: true }),
    ...(row.confirm_until !== null && { confirmUntil: row.confirm_until }),
  };
}
