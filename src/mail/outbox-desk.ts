/** The outbox as staff sees it: what waits and what went wrong, and what a person decides about it. */
import type { Pool } from 'pg';
import type { Clock } from '../clock.js';
import type { Rejection } from '../event-store/command-log.js';
import { SENT_WITHIN_MS, type OutboxState } from './outbox.js';

export interface OutboxRow {
  readonly id: string;
  readonly kind: string;
  readonly about: string;
  readonly language: string;
  /** Gone, like the words, some weeks after the end. */
  readonly recipient: string | undefined;
  readonly subject: string | undefined;
  /** Never of a mail that is `secret`, but in a demo, whose mails reach nobody. */
  readonly text: string | undefined;
  readonly state: OutboxState;
  readonly reason: string | undefined;
  readonly tries: number;
  readonly madeAt: Date;
  readonly changedAt: Date;
  readonly nextTryAt: Date;
}

/** Whether a person may send it again; what is no address is none the second time either. */
export function maySendAgain({ state, recipient, reason }: OutboxRow): boolean {
  return (state === 'failed' || state === 'unknown') && recipient !== undefined && reason !== UNUSABLE;
}

/** Whether a person may leave it unsent. */
export function mayDiscard({ state }: OutboxRow): boolean {
  return state === 'waiting' || state === 'failed' || state === 'unknown';
}

/** After which row a page goes on. */
export interface OutboxPlace {
  readonly at: Date;
  readonly id: string;
}

export interface OutboxCounts {
  readonly waiting: number;
  readonly failed: number;
  readonly unknown: number;
}

interface Stored {
  id: string;
  kind: string;
  about: string;
  language: string;
  recipient: string | null;
  subject: string | null;
  secret: boolean;
  text: string | null;
  state: OutboxState;
  reason: string | null;
  tries: number;
  made_at: Date;
  changed_at: Date;
  next_try_at: Date;
}

const UNUSABLE = 'address-unusable';
const COLUMNS =
  'id, kind, about, language, recipient, subject, secret, text, state, reason, tries, made_at, changed_at, next_try_at';

export class OutboxDesk {
  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
    /** Codes and links that are somebody's alone, too: in a demo, and never else. */
    private readonly showsSecrets: boolean,
  ) {}

  /** The newest first. */
  async list({ state, after, limit }: { state?: OutboxState; after?: OutboxPlace; limit: number }): Promise<{
    rows: OutboxRow[];
    next: OutboxPlace | undefined;
  }> {
    const { rows } = await this.pool.query<Stored>(
      `select ${COLUMNS} from outbox
       where ($1::text is null or state = $1::text) and ($2::timestamptz is null or (made_at, id) < ($2::timestamptz, $3::uuid))
       order by made_at desc, id desc limit $4`,
      [state ?? null, after?.at ?? null, after?.id ?? null, limit + 1],
    );
    const page = rows.slice(0, limit).map((row) => this.#rowOf(row));
    const last = page.at(-1);
    const hasMore = rows.length > limit && last !== undefined;
    return { rows: page, next: hasMore ? { at: last.madeAt, id: last.id } : undefined };
  }

  /** What waits, and what needs a person. Being sent counts as waiting. */
  async counts(): Promise<OutboxCounts> {
    const { rows } = await this.pool.query<{ state: OutboxState; count: number }>(
      `select state, count(*)::integer as count from outbox where state <> 'sent' group by state`,
    );
    const of = (...states: OutboxState[]) =>
      rows.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + count, 0);
    return { waiting: of('waiting', 'sending'), failed: of('failed'), unknown: of('unknown') };
  }

  /**
   * Lets a mail go that failed or of which nobody knows whether it was sent: a person takes it upon herself that it may arrive twice.
   * @param tries as she saw it, so that the same request, sent again, does not send twice
   */
  async sendAgain(id: string, tries: number): Promise<OutboxRow | Rejection> {
    const now = this.clock.now();
    const { rows } = await this.pool.query<Stored>(
      `update outbox set state = 'waiting', reason = null, changed_at = $3, next_try_at = $3, not_after = $4
       where id = $1 and tries = $2 and state in ('failed', 'unknown') and recipient is not null
         and coalesce(reason, '') <> $5
       returning ${COLUMNS}`,
      [id, tries, now, new Date(now.getTime() + SENT_WITHIN_MS), UNUSABLE],
    );
    return rows[0] === undefined ? this.#whyNot(id) : this.#rowOf(rows[0]);
  }

  /** Leaves unsent what failed, waits, or nobody knows of, and deletes it. @param tries as she saw it */
  async discard(id: string, tries: number): Promise<OutboxRow | Rejection> {
    const { rows } = await this.pool.query<Stored>(
      `delete from outbox where id = $1 and tries = $2 and state in ('waiting', 'failed', 'unknown') returning ${COLUMNS}`,
      [id, tries],
    );
    return rows[0] === undefined ? this.#whyNot(id) : this.#rowOf(rows[0]);
  }

  #rowOf(row: Stored): OutboxRow {
    const { made_at: madeAt, changed_at: changedAt, next_try_at: nextTryAt, secret, ...rest } = row;
    return {
      ...rest,
      recipient: row.recipient ?? undefined,
      subject: row.subject ?? undefined,
      text: secret && !this.showsSecrets ? undefined : (row.text ?? undefined),
      reason: row.reason ?? undefined,
      madeAt,
      changedAt,
      nextTryAt,
    };
  }

  async #whyNot(id: string): Promise<Rejection> {
    const { rowCount } = await this.pool.query('select from outbox where id = $1', [id]);
    return { rejected: rowCount === 0 ? 'mail-not-found' : 'mail-moved-on' };
  }
}
