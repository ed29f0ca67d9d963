/**
 * Asks those whose questionnaire is due, at start and every hour. The mail stands in the outbox, and that she was asked is
 * written, in one transaction: several processes may do it at the same time, and be killed.
 */
import type { ClientBase, Pool } from 'pg';
import type { Clock } from '../clock.js';
import type { Texts } from '../contents/text.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Outbox } from '../mail/outbox.js';
import { inTransaction } from '../postgres/transaction.js';
import { Rounds } from '../rounds.js';
import { questionnaireMail } from './matter-mails.js';
import type { MatterSubjects } from './matter-subjects.js';
import { streamOf, type Matters } from './matters.js';
import type { People } from './people.js';
import { closingOf } from './questionnaire.js';

const BATCH = 500;

interface Due {
  matter_id: string;
  closed_at: Date;
  due_at: Date;
}

export class QuestionnaireRound {
  readonly #rounds = new Rounds(
    () => this.round(),
    (why) => this.warn(`Questionnaires: ${why}`),
  );

  constructor(
    private readonly pool: Pool,
    private readonly store: Pick<EventStore, 'head'>,
    private readonly matters: Pick<Matters, 'look'>,
    private readonly people: Pick<People, 'one' | 'anotherLink'>,
    private readonly subjects: Pick<MatterSubjects, 'of'>,
    private readonly outbox: Pick<Outbox, 'moveIn' | 'since' | 'put'>,
    private readonly clock: Clock,
    /** Without a slash at the end; without one the mail has no link. */
    private readonly publicUrl: string | undefined,
    private readonly warn: (message: string) => void,
  ) {}

  /** One look. */
  async round(): Promise<void> {
    await this.outbox.moveIn(await this.store.head());
    const since = await this.outbox.since();
    for (let after: Due | undefined; ;) {
      const { rows } = await this.pool.query<Due>(
        `select matter_id, closed_at, due_at from matter_questionnaires
         where done_at is null and due_at <= $1 and ($2::timestamptz is null or (due_at, matter_id) > ($2, $3::uuid))
         order by due_at, matter_id limit $4`,
        [this.clock.now(), after?.due_at ?? null, after?.matter_id ?? null, BATCH],
      );
      for (const due of rows) await this.#ask(due, since);
      after = rows.at(-1);
      if (after === undefined) return;
    }
  }

  start(): void {
    this.#rounds.start();
  }

  /** Called by NestJS. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#rounds.stop();
  }

  async #ask({ matter_id: matterId, closed_at: closedAt, due_at: dueAt }: Due, since: Date | undefined) {
    // The stream, and not what the reactor knew, which takes this away where it is open again, or she has said what is asked.
    const { row, fixSaidOf } = await this.matters.look(matterId);
    const closing = closedAt.toISOString();
    if (row === undefined || closingOf(row) !== closing || fixSaidOf === closing) return;
    const about = await this.subjects.of(row);
    await inTransaction(this.pool, async (client) => {
      const { rowCount } = await client.query(
        `select from matter_questionnaires
         where matter_id = $1 and closed_at = $2 and done_at is null for update skip locked`,
        [matterId, closedAt],
      );
      if (rowCount !== 1) return;
      await this.#put(client, matterId, closedAt, { dueAt, since, about });
      await client.query('update matter_questionnaires set done_at = $2 where matter_id = $1', [
        matterId,
        this.clock.now(),
      ]);
    });
  }

  /** Nothing where there is nobody with a confirmed address. */
  async #put(
    client: ClientBase,
    matterId: string,
    closedAt: Date,
    { dueAt, since, about }: { dueAt: Date; since: Date | undefined; about: Texts | undefined },
  ): Promise<void> {
    const reporter = await this.people.one(matterId, undefined, client);
    if (reporter?.email === undefined || reporter.confirmedAt === undefined) return;
    const link = this.publicUrl === undefined ? undefined : await this.people.anotherLink(matterId, client);
    const ownLink = link && `${this.publicUrl ?? ''}/matters/own#${link}`;
    const origin = {
      event: `questionnaire ${matterId} ${closedAt.toISOString()}`,
      about: streamOf(matterId),
      at: dueAt,
    };
    // Before the database was restored she may have been asked from where it came: staff sees it, and decides.
    const notAfter = since !== undefined && dueAt <= since ? dueAt : undefined;
    await this.outbox.put(
      origin,
      questionnaireMail(reporter, matterId, { ownLink, about }),
      client,
      notAfter,
    );
  }
}
