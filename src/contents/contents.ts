/**
 * The erasable table of texts and files. A content is written here before the event that refers to it; its commitment is
 * what the event holds. Whether it is shown is not decided here but by the log (`PublicContents`).
 *
 * Life of a row: written; an event refers to it (the sweep then marks it `kept`), or a row outside the log does and its
 * room calls `keep`; deleted by an erasure, or by the sweep a day after it was written when nobody refers to it, an act that
 * waits for its second person included. So a command must append the event that refers to a content, or propose the act,
 * within a day of writing it, which all do at once.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { equalBytes, fromBase64url, toBase64url, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { taggedHash } from '../../projections/hash.js';
import type { Clock } from '../clock.js';
import { isRejection, type Rejection } from '../event-store/command-log.js';
import { fileProblem } from './file.js';
import { normalTexts, parseTexts, TEXT_MEDIA_TYPE, textBytes, type Texts } from './text.js';
import { isUuid } from '../event-store/event-ids.js';

/** What an event holds of a content: a UUID and the commitment in base64url. */
export interface ContentRef {
  readonly id: string;
  readonly commitment: string;
}

/** A content whose bytes were found to be those of its commitment. */
export interface Content extends ContentRef {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly salt: Uint8Array;
}

/** Where ids and salts come from: unpredictable, never the same twice. */
export interface Entropy {
  uuid(): string;
  bytes(length: number): Uint8Array;
}

export const systemEntropy: Entropy = { uuid: randomUUID, bytes: randomBytes };

/** The kept bytes are not those that the log committed to: somebody changed them, or the disk did. */
export class DamagedContent extends Error {
  readonly code = 'content-damaged';
  constructor(readonly id: string) {
    super(`The bytes of content ${id} do not match its commitment`);
    this.name = 'DamagedContent';
  }
}

function refuseDamaged(damaged: DamagedContent): void {
  throw damaged;
}

interface Written {
  id: string;
  mediaType: string;
  bytes: Uint8Array;
}

/** With what the log commits to. */
interface Sealed extends Written {
  salt: Uint8Array;
  commitment: Uint8Array;
}

interface Row {
  id: string;
  media_type: string;
  bytes: Buffer;
  salt: Buffer;
}

/** Rows of one insert or one select at most. */
const PER_STATEMENT = 1_000;
const SALT_BYTES = 32;
const INSERT_ONE = {
  name: 'insert-content',
  text: `insert into contents (id, media_type, bytes, salt, commitment, created_at)
    values ($1, $2, $3, $4, $5, $6)`,
};
const INSERT_MANY = {
  name: 'insert-contents',
  text: `insert into contents (id, media_type, bytes, salt, commitment, created_at)
    select id, media_type, bytes, salt, commitment, $6
    from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[])
      as written (id, media_type, bytes, salt, commitment)`,
};
/** Of records: see `addRecord`. */
export const RECORD_MEDIA_TYPE = 'application/json';

/** `HT("content", id, salt, bytes)`, 32 bytes; the id as its lower-case text. */
export function contentCommitment(
  crypto: Pick<Crypto, 'sha256'>,
  { id, salt, bytes }: { id: string; salt: Uint8Array; bytes: Uint8Array },
): Uint8Array {
  return taggedHash(crypto, 'content', utf8(id), salt, bytes);
}

export class Contents {
  constructor(
    private readonly pool: Pool,
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly clock: Clock,
    private readonly entropy: Entropy = systemEntropy,
  ) {}

  /**
   * Writes texts, a thousand in one statement, and gives their references in the same order; all or none. `maxLength`
   * counts characters of one language; `field` is the path of the texts in what the caller was sent, such as
   * `options.3.title`. Rejects as `normalTexts`, with the field as `options.3.title.es`.
   */
  async addTexts(
    items: readonly { texts: Texts; field: string }[],
    limits: { maxLength?: number } = {},
  ): Promise<ContentRef[] | Rejection> {
    const written: Written[] = [];
    for (const { texts, field } of items) {
      const normal = normalTexts(texts, field, limits.maxLength);
      if ('rejected' in normal && isRejection(normal)) return normal;
      written.push({
        id: this.entropy.uuid(),
        mediaType: TEXT_MEDIA_TYPE,
        bytes: textBytes(normal),
      });
    }
    return this.#insert(written);
  }

  /** Writes a file of a kind that is allowed. Rejects as `fileProblem`. */
  async addFile(
    file: { mediaType: string; bytes: Uint8Array },
    limits: { maxBytes?: number } = {},
  ): Promise<ContentRef | Rejection> {
    const problem = fileProblem(file, limits.maxBytes);
    if (problem !== undefined) return problem;
    const [ref] = await this.#insert([{ ...file, id: this.entropy.uuid() }]);
    if (ref === undefined) throw new Error('An insert of one content gave no reference');
    return ref;
  }

  /** Writes what a room records in a form of its own: JSON that the room made, never what somebody sent. */
  async addRecord(bytes: Uint8Array): Promise<ContentRef> {
    const [ref] = await this.#insert([{ mediaType: RECORD_MEDIA_TYPE, bytes, id: this.entropy.uuid() }]);
    if (ref === undefined) throw new Error('An insert of one content gave no reference');
    return ref;
  }

  /**
   * Writes a text and a record that names it, in one statement. Rejects as `addTexts`.
   * @param record its bytes, once the text has a reference
   */
  async addTextInRecord(
    { texts, field }: { texts: Texts; field: string },
    record: (text: ContentRef) => Uint8Array,
    limits: { maxLength?: number } = {},
  ): Promise<{ text: ContentRef; record: ContentRef } | Rejection> {
    const normal = normalTexts(texts, field, limits.maxLength);
    if ('rejected' in normal && isRejection(normal)) return normal;
    const words = this.#sealed({
      id: this.entropy.uuid(),
      mediaType: TEXT_MEDIA_TYPE,
      bytes: textBytes(normal),
    });
    const text = refOf(words);
    const about = this.#sealed({
      id: this.entropy.uuid(),
      mediaType: RECORD_MEDIA_TYPE,
      bytes: record(text),
    });
    await this.#write([words, about]);
    return { text, record: refOf(about) };
  }

  /**
   * Contents by reference, whether public or not: for commands and staff. What is not kept (erased, unknown) is absent,
   * and so is what is damaged, if `onDamaged` does not throw.
   * @throws DamagedContent
   */
  async read(refs: readonly ContentRef[], onDamaged = refuseDamaged): Promise<Map<string, Content>> {
    const found = new Map<string, Content>();
    const byId = new Map(refs.map((ref) => [ref.id, ref]));
    const ids = [...byId.keys()];
    for (let at = 0; at < ids.length; at += PER_STATEMENT) {
      const { rows } = await this.pool.query<Row>({
        name: 'read-contents',
        text: 'select id, media_type, bytes, salt from contents where id = any($1::uuid[])',
        values: [ids.slice(at, at + PER_STATEMENT)],
      });
      for (const row of rows) {
        const { id, media_type: mediaType, bytes, salt } = row;
        const commitment = byId.get(id)?.commitment ?? '';
        const expected = fromBase64url(commitment);
        if (expected === undefined || !equalBytes(contentCommitment(this.crypto, row), expected)) {
          onDamaged(new DamagedContent(id));
          continue;
        }
        found.set(id, { id, commitment, mediaType, bytes, salt });
      }
    }
    return found;
  }

  /** Texts by reference, whether public or not: for commands and staff. @throws DamagedContent */
  async readTexts(refs: readonly ContentRef[], onDamaged = refuseDamaged): Promise<Map<string, Texts>> {
    const texts = new Map<string, Texts>();
    for (const { id, mediaType, bytes } of (await this.read(refs, onDamaged)).values()) {
      if (mediaType === TEXT_MEDIA_TYPE) texts.set(id, parseTexts(bytes));
    }
    return texts;
  }

  /** References of kept contents by id; an id that is no UUID, or of nothing kept, is absent. */
  async refs(ids: readonly string[]): Promise<Map<string, ContentRef>> {
    const { rows } = await this.pool.query<{ id: string; commitment: Buffer }>(
      'select id, commitment from contents where id = any($1::uuid[])',
      [ids.filter((id) => isUuid(id))],
    );
    return new Map(rows.map(({ id, commitment }) => [id, { id, commitment: toBase64url(commitment) }]));
  }

  /**
   * Says that a row outside the log (a draft, a matter that is not yet public) refers to these contents. Called in the
   * transaction that writes that row; who deletes the row erases its contents.
   */
  async keep(ids: readonly string[], client: Pool | ClientBase = this.pool): Promise<void> {
    await client.query('update contents set kept = true where id = any($1::uuid[])', [ids]);
  }

  /**
   * Deletes at once records that nobody refers to and that name one of these contents: written for a command that then needed none.
   * For who erases what they name, and has erased what is referred to.
   */
  async discardRecords(naming: readonly string[]): Promise<void> {
    await this.pool.query(
      `delete from contents where not kept and media_type = $1
         and exists (select from unnest($2::text[]) as named (id) where position(convert_to(named.id, 'UTF8') in bytes) > 0)`,
      [RECORD_MEDIA_TYPE, naming],
    );
  }

  async #insert(written: readonly Written[]): Promise<ContentRef[]> {
    const rows = written.map((content) => this.#sealed(content));
    await this.#write(rows);
    return rows.map(refOf);
  }

  #sealed(content: Written): Sealed {
    const salt = this.entropy.bytes(SALT_BYTES);
    return { ...content, salt, commitment: contentCommitment(this.crypto, { ...content, salt }) };
  }

  async #write(rows: readonly Sealed[]): Promise<void> {
    const now = this.clock.now();
    const [first] = rows;
    if (first !== undefined && rows.length === 1) {
      // As a value of its own a photo travels in binary, and in an array as text of twice the length.
      const { id, mediaType, bytes, salt, commitment } = first;
      await this.pool.query({ ...INSERT_ONE, values: [id, mediaType, bytes, salt, commitment, now] });
      return;
    }
    // Several statements need no transaction: a half that stays behind is nobody's and dies after a day.
    for (let at = 0; at < rows.length; at += PER_STATEMENT) {
      const some = rows.slice(at, at + PER_STATEMENT);
      await this.pool.query({
        ...INSERT_MANY,
        values: [
          some.map((row) => row.id),
          some.map((row) => row.mediaType),
          some.map((row) => row.bytes),
          some.map((row) => row.salt),
          some.map((row) => row.commitment),
          now,
        ],
      });
    }
  }
}

function refOf({ id, commitment }: Sealed): ContentRef {
  return { id, commitment: toBase64url(commitment) };
}
