/** Tells the mail's reactor what mails about a matter need to know. */
import type { ClientBase } from 'pg';
import { isShown } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import type { Contents } from '../contents/contents.js';
import type { Correspondent } from '../mail/correspondents.js';
import type { Views } from '../views/views.js';
import { matterMails, TOLD_EVENTS, type MatterFacts, type ToldEvent } from './matter-mails.js';
import type { UnaskedMails } from '../mail/unasked-mails.js';
import type { MatterSubjects } from './matter-subjects.js';
import type { MatterSubscriptions } from './matter-subscriptions.js';
import type { Codes } from './codes.js';
import type { People } from './people.js';
import type { Showing } from './showing.js';

export class MatterCorrespondent implements Correspondent<MatterFacts> {
  readonly writesAbout = TOLD_EVENTS;
  readonly mails: Correspondent<MatterFacts>['mails'] = (event, facts) =>
    matterMails(event as ToldEvent, facts);
  readonly facts: Correspondent<MatterFacts>['facts'] = (event, client) =>
    this.#facts(event as ToldEvent, client);

  constructor(
    private readonly people: People,
    private readonly codes: Pick<Codes, 'newCode'>,
    private readonly views: Pick<Views, 'get'>,
    private readonly contents: Pick<Contents, 'readTexts'>,
    private readonly subjects: Pick<MatterSubjects, 'of'>,
    private readonly subscriptions: Pick<MatterSubscriptions, 'tokenOf'>,
    private readonly showing: Pick<Showing, 'withheld'>,
    private readonly unasked: Pick<UnaskedMails, 'take'>,
    /** Without a slash at the end; without one mails have no links. */
    private readonly publicUrl: string | undefined,
  ) {}

  async #facts(event: ToldEvent, client: ClientBase): Promise<MatterFacts> {
    const { matterId } = event.data;
    const { publicUrl } = this;
    const row = await this.views.get(mattersView, matterId);
    if (row === undefined || row.erased !== undefined) return { people: [], isPublic: false };
    const isPublic = isShown(row);
    if (event.type === 'MatterFiled') return { isPublic, ...(await this.#code(matterId, client)) };
    // What is written on other connections comes before her row is locked.
    const link =
      event.type === 'MatterConfirmed' && publicUrl !== undefined
        ? await this.people.anotherLink(matterId)
        : undefined;
    const said = 'words' in event.data ? event.data.words : undefined;
    const words = said && (await this.contents.readTexts([said])).get(said.id);
    const isWithheld = said !== undefined && (await this.showing.withheld(matterId)).has(said.id);
    const about = await this.subjects.of(row);
    // Whoever is being erased waits until her mails are in the outbox, and erases them there.
    const people = await this.people.heldOfMatter(matterId, client);
    return {
      isPublic,
      people: people.map((person) => ({
        ...person,
        ...(publicUrl !== undefined && {
          unsubscribe: `${publicUrl}/unsubscribe/${this.subscriptions.tokenOf(person.personId)}`,
        }),
      })),
      ...(link !== undefined && { ownLink: this.#address(link) }),
      ...(isPublic && publicUrl !== undefined && { page: `${publicUrl}/matters/${matterId}` }),
      ...(words !== undefined && { words, isWithheld }),
      ...(about !== undefined && { about }),
    };
  }

  /** The code for who has filed now, where she has to confirm her address and there is any more for it today. */
  async #code(
    matterId: string,
    client: ClientBase,
  ): Promise<Pick<MatterFacts, 'people' | 'code' | 'firstLink'>> {
    const found = await this.people.one(matterId);
    const isToConfirm = found?.email !== undefined && found.confirmedAt === undefined;
    if (!isToConfirm || !(await this.unasked.take(found.email))) return { people: [] };
    const code = await this.codes.newCode(found.personId);
    const link = found.linkByMail === true ? await this.people.anotherLink(matterId) : undefined;
    const held = await this.people.one(matterId, undefined, client);
    const firstLink = link && this.#address(link);
    return { people: held === undefined ? [] : [held], code, ...(firstLink !== undefined && { firstLink }) };
  }

  /** Behind #, where no server and no log sees it; without an address of the site the link alone. */
  #address(link: string): string {
    return this.publicUrl === undefined ? link : `${this.publicUrl}/matters/own#${link}`;
  }
}
