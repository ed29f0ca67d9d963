/**
 * Who filed or joined a matter: names, addresses and links, in tables that are erased with her. The log holds nothing of a
 * reporter and a pseudonym of a joiner. A link is 32 random bytes of which only the SHA-256 is kept.
 */
import { createHash } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { fromBase64url, toBase64url } from '../../projections/bytes.js';
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
const DAY_MS = 24 * 60 * 60 * 1_000;
/** For an address without which staff does nothing. */
const CONFIRM_WITHIN_MS = 30 * DAY_MS;
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
    const { link, hash } = newLink(this.entropy);
    const confirmUntil = confirm ? new Date(this.clock.now().getTime() + CONFIRM_WITHIN_MS) : undefined;
    await database.query({
      name: 'add-reporter',
      text: ADD_REPORTER,
      values: [
        ...[this.entropy.uuid(), matterId, ...contactValues(contact, this.clock.now()), hash, contents],
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

  /** Another link for the reporter, who did not see the first; `undefined` when there is no such person. */
  async anotherLink(matterId: string, database: Pool | ClientBase = this.pool): Promise<string | undefined> {
    const { link, hash } = newLink(this.entropy);
    const { rowCount } = await database.query(
      `insert into matter_links (hash, person_id, created_at)
       select $1, person_id, $2 from matter_people where matter_id = $3 and role = 'reporter'`,
      [hash, this.clock.now(), matterId],
    );
    return rowCount === 1 ? link : undefined;
  }

  /** Another link for somebody, who has lost hers. */
  async linkOf(personId: string, client: ClientBase): Promise<string> {
    const { link, hash } = newLink(this.entropy);
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
}

/** Values of the columns from `name` to `created_at`. */
export function contactValues({ name, email, phone, language }: Contact, now: Date): unknown[] {
  return [name ?? null, email ?? null, phone ?? null, language, now];
}

/** A link and the hash that is kept of it. */
export function newLink(entropy: Pick<Entropy, 'bytes'>): { link: string; hash: Buffer } {
  const bytes = entropy.bytes(LINK_BYTES);
  return { link: toBase64url(bytes), hash: hashOf(bytes) };
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
