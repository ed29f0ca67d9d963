/**
 * Who joins with an address counts once she has confirmed it. Whoever asks is told the same whether the address is known or not: only
 * its owner reads in her mail whether there is a code for her, or that she had joined already.
 */
import type { Pool } from 'pg';
import type { Clock } from '../clock.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { newThingId } from '../event-store/event-ids.js';
import type { Mail } from '../mail/mail.js';
import type { Outbox } from '../mail/outbox.js';
import type { UnaskedMails } from '../mail/unasked-mails.js';
import { inTransaction } from '../postgres/transaction.js';
import type { Codes } from './codes.js';
import type { Contact } from './contact.js';
import type { Joiners } from './joiners.js';
import { codeMail, hadJoinedMail } from './matter-mails.js';
import { streamOf, type Matters } from './matters.js';
import type { People, Person } from './people.js';

type AddressedContact = Contact & { readonly email: string };

export class JoiningByMail {
  constructor(
    private readonly pool: Pool,
    private readonly matters: Matters,
    private readonly people: Pick<People, 'one' | 'linkOf'>,
    private readonly joiners: Joiners,
    private readonly codes: Pick<Codes, 'firstCode'>,
    private readonly outbox: Pick<Outbox, 'put'>,
    private readonly unasked: Pick<UnaskedMails, 'take'>,
    private readonly clock: Clock,
    /** Without a slash at the end; without one mails have the link alone. */
    private readonly publicUrl: string | undefined,
  ) {}

  /** Takes her down and writes to her; nothing in the log yet. The same request again writes no second time. */
  async ask(matterId: string, contact: AddressedContact, by: By): Promise<Receipt & { link: string }> {
    const request = JSON.stringify([by.commandId, matterId, contact.email]);
    const personId = newThingId(by.actor.id, request, 'joining');
    const link = await this.joiners.add(matterId, undefined, contact, personId);
    const known = await this.#known(matterId, contact.email);
    const isWritten = await this.unasked.take(contact.email);
    await inTransaction(this.pool, async (client) => {
      // Made for everybody, so that a wrong one is answered alike.
      const code = await this.codes.firstCode(personId, client);
      if (code === undefined || !isWritten) return;
      const to = { email: contact.email, language: contact.language };
      let mails: readonly Mail[];
      if (known === undefined) mails = codeMail(to, matterId, { code });
      else {
        const own = known.person && (await this.people.linkOf(known.person.personId, client));
        mails = hadJoinedMail(to, matterId, own && this.#address(own));
      }
      const origin = { event: `joining ${personId}`, about: streamOf(matterId), at: this.clock.now() };
      await this.outbox.put(origin, mails, client);
    });
    return { ...(await this.matters.untouched(matterId)), link };
  }

  /** Counts her whose code was right, once, however often she asked. Rejects with `matter-erased`. */
  async confirmed(person: Person, by: By): Promise<Receipt | Rejection> {
    const { matterId, email } = person;
    // Who joined without one, or has taken it back since.
    if (email === undefined) return this.matters.untouched(matterId);
    if ((await this.matters.look(matterId)).row?.erased !== undefined) return { rejected: 'matter-erased' };
    const joiner = person.joiner ?? (await this.joiners.pseudonym(matterId, email));
    if (person.joiner === undefined) await this.joiners.joinAs(person, joiner);
    const receipt = await this.matters.join('join', matterId, joiner, by);
    const isCounted = isRejection(receipt) && receipt.rejected === 'already-joined';
    return isCounted ? this.matters.untouched(matterId) : receipt;
  }

  /** Who has confirmed this address here, as who filed it or who joined, or is counted with a matter of her own. */
  async #known(matterId: string, email: string): Promise<{ person?: Person } | undefined> {
    const joiner = await this.joiners.pseudonym(matterId, email);
    const there = [await this.people.one(matterId), await this.people.one(matterId, joiner)];
    const person = there.find((one) => one?.email === email && one.confirmedAt !== undefined);
    if (person !== undefined) return { person };
    return there[1] === undefined && (await this.matters.isJoined(matterId, joiner)) ? {} : undefined;
  }

  /** Behind #, where no server and no log sees it. */
  #address(link: string): string {
    return this.publicUrl === undefined ? link : `${this.publicUrl}/matters/own#${link}`;
  }
}
