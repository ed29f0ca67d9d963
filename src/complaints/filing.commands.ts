/** What anybody does: file a matter, and join one that is public. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isShown } from '../../projections/matter.js';
import type { ContentRef } from '../contents/contents.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { newThingId } from '../event-store/event-ids.js';
import { contactOf } from './contact.js';
import { checkFiling, MAX_TEXT_LENGTH, type Filing } from './filing.js';
import { JoiningByMail } from './joining-by-mail.js';
import { isListener, NO_MATTER, RESIDENT } from './matter.js';
import { Matters } from './matters.js';
import { Joiners } from './joiners.js';
import { People } from './people.js';
import { SameForms } from './same-forms.js';

/** A receipt, and what only this answer says. */
export type FiledMatter = Receipt & {
  readonly matterId: string;
  readonly link: string;
  /** Staff does nothing with it before the address is confirmed, and then it is erased. */
  readonly confirmUntil?: Date;
};
export type JoinedMatter = Receipt & { readonly link: string };

/** Where a filing comes from. */
interface FilingSource {
  /** Who sends it, as far as that is known: an address, or a program. What comes from one twice in a minute is one matter. */
  readonly sender?: string;
  /** Whether who files is given no link by whoever sends it, so that it comes by mail. */
  readonly linkByMail?: boolean;
}

/** By anybody (`RESIDENT`), or by a listener for somebody who is at the desk or on the phone. */
export class FileMatter extends Command<FiledMatter | Rejection> {
  constructor(
    readonly filing: Filing,
    readonly by: By,
    readonly from: FilingSource = {},
  ) {
    super();
  }
}

/** Says the same as a matter that is public. */
export class JoinMatter extends Command<JoinedMatter | Rejection> {
  constructor(
    readonly matterId: string,
    readonly joiner: { readonly name?: string; readonly email?: string; readonly language: string },
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(FileMatter)
export class FileMatterHandler implements ICommandHandler<FileMatter> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(People) private readonly people: People,
    @Inject(SameForms) private readonly forms: SameForms,
  ) {}

  async execute({
    filing,
    by,
    from: { sender = '', linkByMail = false },
  }: FileMatter): Promise<FiledMatter | Rejection> {
    if (by.actor.id !== RESIDENT.id && !isListener(by)) return { rejected: 'role-missing' };
    const own = newThingId(by.actor.id, by.commandId, 'matter');
    const [before, same, rules] = await Promise.all([
      this.matters.find(own, by),
      this.forms.find(by, sender),
      this.matters.rules(),
    ]);
    if (before !== undefined) return this.#again(own, before);
    if (same !== undefined && same !== own) {
      const receipt = await this.matters.untouched(same);
      if (receipt.position >= 0n) return this.#same(same, receipt, by);
    }
    const checked = checkFiling(filing, rules);
    if (isRejection(checked)) return checked;
    const photos = await this.matters.photos(same ?? own, filing.photos ?? [], 'photos');
    if (isRejection(photos)) return photos;
    const detailed = (text: ContentRef) => ({ ...checked.details, text, photos });
    const written = await this.matters.writeFiling(filing, detailed, MAX_TEXT_LENGTH);
    if (isRejection(written)) return written;
    const { text, record: details } = written;
    // Whoever sends the same at this moment files the same matter; one of them is first.
    const matterId = await this.forms.claim(by, sender, own);
    const contents = [text, details].map(({ id }) => id);
    const hers = await this.people.addReporter(matterId, checked.contact, contents, {
      photos: photos.map(({ id }) => id),
      confirm: checked.confirm,
      linkByMail,
    });
    if (isRejection(hers)) return hers;
    const filed = { do: 'file', kind: filing.kind, details } as const;
    const receipt = await this.matters.run(matterId, filed, by, rules);
    // The same filing came in at the same moment: what was written here for it is nobody's.
    if (isRejection(receipt) || receipt.repeated) await this.#leave(matterId, [text, details, ...photos]);
    if (!isRejection(receipt)) {
      if (matterId !== own) await this.forms.remember(by, matterId);
      return { ...receipt, matterId, ...hers };
    }
    if (receipt.rejected !== 'matter-exists') return receipt;
    return this.#same(matterId, await this.matters.untouched(matterId), by);
  }

  /** Who asks again did not see the first answer, and so not the link; only its hash is kept, so she gets another one. */
  async #again(matterId: string, before: Receipt | Rejection): Promise<FiledMatter | Rejection> {
    if (isRejection(before)) return before;
    const link = await this.people.anotherLink(matterId);
    if (link === undefined) return { rejected: 'matter-erased' };
    const { confirmedAt, confirmUntil } = (await this.people.one(matterId)) ?? {};
    const waits = confirmedAt === undefined && confirmUntil !== undefined && { confirmUntil };
    return { ...before, matterId, link, ...waits };
  }

  /** What of these the matter does not have. */
  async #leave(matterId: string, refs: readonly ContentRef[]): Promise<void> {
    const { details, row } = await this.matters.look(matterId);
    const about = await this.matters.details({ ...NO_MATTER, details });
    const its = [about?.text, row?.details, ...(about?.photos ?? [])].map((ref) => ref?.id);
    await this.people.leave(
      matterId,
      refs.filter(({ id }) => !its.includes(id)),
    );
  }

  /** The same form made this matter a moment ago. */
  async #same(matterId: string, receipt: Receipt, by: By): Promise<FiledMatter | Rejection> {
    await this.forms.remember(by, matterId);
    return this.#again(matterId, { ...receipt, repeated: true });
  }
}

@CommandHandler(JoinMatter)
export class JoinMatterHandler implements ICommandHandler<JoinMatter> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Joiners) private readonly joiners: Joiners,
    @Inject(JoiningByMail) private readonly byMail: JoiningByMail,
  ) {}

  async execute({ matterId, joiner: contact, by }: JoinMatter): Promise<JoinedMatter | Rejection> {
    const { row } = await this.matters.look(matterId);
    if (row === undefined || !isShown(row) || row.erased !== undefined) return { rejected: 'matter-unknown' };
    if (row.stateKind !== 'open') return { rejected: 'matter-closed' };
    const checked = contactOf(contact, contact.language);
    if (isRejection(checked)) return checked;
    const { email } = checked;
    if (email !== undefined) return this.byMail.ask(matterId, { ...checked, email }, by);
    // The same for the same request.
    const pseudonym = await this.joiners.pseudonym(matterId, `command ${by.commandId}`);
    const personId = newThingId(by.actor.id, `${by.commandId} ${matterId}`, 'joining');
    const link = await this.joiners.add(matterId, pseudonym, checked, personId);
    const receipt = await this.matters.join('join', matterId, pseudonym, by, true);
    return isRejection(receipt) ? receipt : { ...receipt, link };
  }
}
