/** Sends somebody another code for her address: that it was made, and the mail, in one transaction. */
import type { Pool } from 'pg';
import type { Clock } from '../clock.js';
import { isRejection, type Rejection } from '../event-store/command-log.js';
import type { Outbox } from '../mail/outbox.js';
import type { UnaskedMails } from '../mail/unasked-mails.js';
import { inTransaction } from '../postgres/transaction.js';
import type { Codes } from './codes.js';
import { codeMail } from './matter-mails.js';
import { streamOf } from './matters.js';
import type { Person } from './people.js';

export class EmailCodes {
  constructor(
    private readonly pool: Pool,
    private readonly codes: Pick<Codes, 'anotherCode'>,
    private readonly outbox: Pick<Outbox, 'put'>,
    private readonly unasked: Pick<UnaskedMails, 'take'>,
    private readonly clock: Clock,
  ) {}

  /** Rejects as `Codes.anotherCode`, with `no-address` or `matter-confirmed`. */
  async send(person: Person): Promise<Rejection | undefined> {
    const { personId, matterId } = person;
    if (person.email === undefined) return { rejected: 'no-address' };
    if (person.confirmedAt !== undefined) return { rejected: 'matter-confirmed' };
    const isWritten = await this.unasked.take(person.email);
    return inTransaction(this.pool, async (client) => {
      const made = await this.codes.anotherCode(personId, client);
      if (isRejection(made)) return made;
      // Not told: others may have filled the day of an address that is not theirs.
      if (!isWritten) return undefined;
      const event = `code ${personId} ${made.number}`;
      const origin = { event, about: streamOf(matterId), at: this.clock.now() };
      await this.outbox.put(origin, codeMail(person, matterId, { code: made.code }), client);
      return undefined;
    });
  }
}
