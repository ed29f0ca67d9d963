/**
 * The mails that are to be sent, and what became of them. Whoever sends one has said so here, and committed it, before she speaks to
 * the mail server: where she ends in between the mail is `unknown`, and nobody sends it again by herself.
 */
import { createHmac } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Clock } from '../clock.js';
import { databaseIdentity } from '../postgres/database-identity.js';
import { inTransaction } from '../postgres/transaction.js';
import {
  isUnsubscribeAddress,
  mailAddress,
  plainText,
  subjectLine,
  type Mail,
  type MailOrigin,
} from './mail.js';

export const OUTBOX_STATES = ['waiting', 'sending', 'sent', 'failed', 'unknown'] as const;
export type OutboxState = (typeof OUTBOX_STATES)[number];

/** A mail that this process is to send now, and nobody else. */
export interface TakenMail {
  readonly id: string;
  readonly language: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly unsubscribe?: string;
  readonly madeAt: Date;
  /** How many times it was taken, this one as well. */
  readonly tries: number;
}

/** What came of a try. `unknown`: the server was given the mail and said nothing of it. */
export interface Outcome {
  readonly state: 'sent' | 'waiting' | 'failed' | 'unknown';
  /** A code. */
  readonly reason?: string;
}

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** A mail that tells of something older is not sent by itself: it would surprise, and it may have been sent from another database. */
export const SENT_WITHIN_MS = 3 * DAY_MS;
const FIRST_RETRY_MS = 60 * 1_000;
const LAST_RETRY_MS = 2 * HOUR_MS;
/** How long recipient and words stay. */
const KEPT_SENT_MS = 30 * DAY_MS;
const KEPT_UNSENT_MS = 90 * DAY_MS;

type Database = ClientBase | Pool;

interface TakenRow {
  id: string;
  language: string;
  recipient: string;
  subject: string;
  text: string;
  unsubscribe: string | null;
  made_at: Date;
  tries: number;
}

export class Outbox {
  /** @param key of this purpose alone, the same in all processes: whoever has an address cannot tell by it whether a row was hers */
  constructor(
    private readonly pool: Pool,
    private readonly key: Uint8Array,
    private readonly clock: Clock,
  ) {}

  /**
   * Puts mails in, unless they are or were there. An address that is none, and what is too old to be sent, stands there as failed.
   * @param database where this belongs to a transaction, its connection
   * @param notAfter until when it may be sent; three days after it happened by default
   * @returns how many are new
   */
  async put(
    origin: MailOrigin,
    mails: readonly Mail[],
    database: Database = this.pool,
    notAfter = new Date(origin.at.getTime() + SENT_WITHIN_MS),
  ): Promise<number> {
    const now = this.clock.now();
    let added = 0;
    for (const mail of mails) {
      const recipient = mailAddress(mail.to);
      const reason = recipient === undefined ? 'address-unusable' : notAfter <= now ? 'too-old' : undefined;
      const { unsubscribe } = mail;
      const { rowCount } = await database.query(
        `insert into outbox (id, kind, about, language, recipient, subject, text, unsubscribe, state, reason, made_at, changed_at,
           next_try_at, not_after, secret)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $11, $12, $13) on conflict (id) do nothing`,
        [
          this.#idOf(origin.event, recipient ?? mail.to, mail.kind),
          mail.kind,
          origin.about,
          mail.language,
          recipient ?? subjectLine(mail.to),
          subjectLine(mail.subject),
          plainText(mail.text),
          unsubscribe !== undefined && isUnsubscribeAddress(unsubscribe) ? unsubscribe : null,
          reason === undefined ? 'waiting' : 'failed',
          reason,
          now,
          notAfter,
          mail.secret ?? false,
        ],
      );
      added += rowCount ?? 0;
    }
    return added;
  }

  /** A mail that could not even be written: staff sees that there should have been one. */
  async couldNotBeWritten({ event, about, at }: MailOrigin, database: Database): Promise<void> {
    await database.query(
      `insert into outbox (id, kind, about, language, state, reason, made_at, changed_at, next_try_at, not_after)
       values ($1, 'not-written', $2, '', 'failed', 'not-written', $3, $3, $3, $4) on conflict (id) do nothing`,
      [this.#idOf(event, '', 'not-written'), about, this.clock.now(), at],
    );
  }

  /**
   * Finds out whether this database was restored or copied. Then whether a mail that waits was sent meanwhile nobody knows, and the
   * reactor goes on at the end of the log, as at the first start.
   * @param head position of the last event
   * @returns whether it was
   */
  async moveIn(head: bigint): Promise<boolean> {
    return inTransaction(this.pool, async (client) => {
      // Two processes that start at once find it one after the other.
      await client.query('lock table outbox_home in share row exclusive mode');
      const here = await databaseIdentity(client);
      const { rows } = await client.query<{ database: string }>('select database from outbox_home');
      if (rows[0]?.database === here) return false;
      const wasElsewhere = rows.length > 0;
      if (wasElsewhere) {
        await client.query(
          `update outbox set state = 'unknown', reason = 'restored', changed_at = $1 where state in ('waiting', 'sending')`,
          [this.clock.now()],
        );
      }
      await client.query(
        `insert into reactors (name, position) values ('mail', $1)
         on conflict (name) do update set position = excluded.position`,
        [String(head)],
      );
      await client.query(
        `insert into outbox_home (database, since) values ($1, $2)
         on conflict (only_one) do update set database = excluded.database, since = excluded.since`,
        [here, this.clock.now()],
      );
      return wasElsewhere;
    });
  }

  /** Since when the outbox is in this database: what was due before may have been sent from another. */
  async since(): Promise<Date | undefined> {
    const { rows } = await this.pool.query<{ since: Date | null }>('select since from outbox_home');
    return rows[0]?.since ?? undefined;
  }

  /** What a sender that is not there any more was sending: whether it was sent nobody knows. Only for who has the sender's lock. */
  async giveUpInterrupted(client: Database): Promise<number> {
    const { rowCount } = await client.query(
      `update outbox set state = 'unknown', reason = 'interrupted', changed_at = $1 where state = 'sending'`,
      [this.clock.now()],
    );
    return rowCount ?? 0;
  }

  /** Gives up what may not be sent any more, and forgets who got what was done with long ago. */
  async keepHouse(client: Database = this.pool): Promise<void> {
    const now = this.clock.now();
    await client.query(
      `update outbox set state = 'failed', reason = 'too-old', changed_at = $1 where state = 'waiting' and not_after <= $1`,
      [now],
    );
    await client.query(
      `update outbox set recipient = null, subject = null, text = null, unsubscribe = null
       where recipient is not null and (state = 'sent' and changed_at < $1 or state in ('failed', 'unknown') and changed_at < $2)`,
      [new Date(now.getTime() - KEPT_SENT_MS), new Date(now.getTime() - KEPT_UNSENT_MS)],
    );
  }

  /** Whether `take` would find something. */
  async isDue(client: Database): Promise<boolean> {
    const { rowCount } = await client.query(
      `select from outbox where state = 'waiting' and next_try_at <= $1 and not_after > $1 limit 1`,
      [this.clock.now()],
    );
    return rowCount === 1;
  }

  /** The next mail that is due, marked as being sent: committed when this resolves, outside a transaction. */
  async take(client: Database): Promise<TakenMail | undefined> {
    const { rows } = await client.query<TakenRow>(
      `update outbox set state = 'sending', tries = tries + 1, reason = null, changed_at = $1
       where id = (select id from outbox where state = 'waiting' and next_try_at <= $1 and not_after > $1
                   order by next_try_at, id for update skip locked limit 1)
       returning id, language, recipient, subject, text, unsubscribe, made_at, tries`,
      [this.clock.now()],
    );
    const row = rows[0];
    if (row === undefined) return undefined;
    const { unsubscribe, made_at: madeAt, ...rest } = row;
    return { ...rest, madeAt, ...(unsubscribe !== null && { unsubscribe }) };
  }

  /**
   * Writes down what came of a try, also where somebody gave this sender up meanwhile; nothing where the mail was erased. What was
   * secret is not kept once it is sent.
   */
  async settle({ id, tries }: TakenMail, { state, reason }: Outcome): Promise<void> {
    const now = this.clock.now();
    const retryMs = Math.min(FIRST_RETRY_MS * 2 ** (tries - 1), LAST_RETRY_MS);
    await this.pool.query(
      `update outbox set state = $3, reason = $4, changed_at = $5, next_try_at = $6,
         text = case when secret and $3 = 'sent' then null else text end
       where id = $1 and tries = $2 and state in ('sending', 'unknown')`,
      [id, tries, state, reason ?? null, now, new Date(now.getTime() + retryMs)],
    );
  }

  /**
   * Erases the mails to an address: all, or those about one stream. Whoever keeps the address erases it there.
   * @param recipient as the room has it
   */
  async erase(recipient: string, about?: string, database: Database = this.pool): Promise<void> {
    await database.query(
      'delete from outbox where recipient = $1 and ($2::text is null or about = $2::text)',
      [mailAddress(recipient) ?? subjectLine(recipient), about ?? null],
    );
  }

  /** Erases all mails about a stream. */
  async eraseAbout(about: string): Promise<void> {
    await this.pool.query('delete from outbox where about = $1', [about]);
  }

  #idOf(event: string, recipient: string, kind: string): string {
    const text = JSON.stringify([event, recipient, kind]);
    const hex = createHmac('sha256', this.key).update(text).digest('hex');
    // Version 8 and the variant of RFC 9562 take the place of six bits.
    const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}
