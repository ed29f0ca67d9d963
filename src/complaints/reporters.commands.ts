/** What people do who come back by their link. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ContentRef } from '../contents/contents.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { Outbox } from '../mail/outbox.js';
import { EmailCodes } from './email-codes.js';
import { MatterErasure } from './erasure.js';
import { JoiningByMail } from './joining-by-mail.js';
import { RESIDENT, type MatterCommand } from './matter.js';
import { Matters, streamOf } from './matters.js';
import { Codes } from './codes.js';
import { People, type Person } from './people.js';

/** The code that was sent to the address of whose link this is. */
export class ConfirmMatter extends Command<Receipt | Rejection> {
  constructor(
    readonly link: string,
    readonly code: string,
    readonly by: By,
  ) {
    super();
  }
}

/** Another code for the address of whose link this is. */
export class AskForCode extends Command<Receipt | Rejection> {
  constructor(readonly link: string) {
    super();
  }
}

export class AddToMatter extends Command<Receipt | Rejection> {
  constructor(
    readonly link: string,
    readonly addition: { readonly text?: string; readonly photos?: readonly string[] },
    readonly by: By,
  ) {
    super();
  }
}

export class RateMatter extends Command<Receipt | Rejection> {
  constructor(
    readonly link: string,
    readonly stars: number,
    readonly by: By,
  ) {
    super();
  }
}

/** Not done after all. */
export class ReopenByReporter extends Command<Receipt | Rejection> {
  constructor(
    readonly link: string,
    readonly text: string | undefined,
    readonly by: By,
  ) {
    super();
  }
}

/** What the reporter says when she is asked whether it is fixed; if not, it is open again. */
export class ReportFix extends Command<Receipt | Rejection> {
  constructor(
    readonly link: string,
    readonly report: { readonly fixed: boolean; readonly text?: string },
    readonly by: By,
  ) {
    super();
  }
}

/** Everything of hers is deleted: of a reporter the matter's words, photos and place with her data, of a joiner her data. */
export class EraseByLink extends Command<Receipt | Rejection> {
  constructor(
    readonly link: string,
    readonly by: By,
  ) {
    super();
  }
}

/** What all acts by link need: whose it is, and the stream of her matter. */
export class LinkActs {
  constructor(
    private readonly matters: Matters,
    private readonly people: People,
  ) {}

  async person(link: string, role?: Person['role']): Promise<Person | Rejection> {
    const person = await this.people.byLink(link);
    return person === undefined || (role !== undefined && person.role !== role)
      ? { rejected: 'link-unknown' }
      : person;
  }

  /** As her who has the link, with her words, whatever made them. */
  async run(
    link: string,
    words: string | undefined,
    command: (words: { words?: ContentRef }) => MatterCommand,
    by: By,
  ): Promise<Receipt | Rejection> {
    const person = await this.person(link, 'reporter');
    if (isRejection(person)) return person;
    const texts = words === undefined ? undefined : { [person.language]: words };
    const written = await this.matters.writeSome(texts, 'text');
    if (isRejection(written)) return written;
    return this.matters.run(person.matterId, command(written), asHer(person, by));
  }
}

/** Command ids are hers alone: somebody else may choose the same. */
function asHer({ personId }: Person, by: By): By {
  return { ...by, commandId: `${personId}/${by.commandId}`, actor: RESIDENT };
}

@CommandHandler(ConfirmMatter)
export class ConfirmMatterHandler implements ICommandHandler<ConfirmMatter> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Codes) private readonly codes: Codes,
    @Inject(LinkActs) private readonly acts: LinkActs,
    @Inject(JoiningByMail) private readonly byMail: JoiningByMail,
  ) {}

  async execute({ link, code, by }: ConfirmMatter): Promise<Receipt | Rejection> {
    const person = await this.acts.person(link);
    if (isRejection(person)) return person;
    // A first try may have ended between her code and the event.
    if (person.confirmedAt === undefined) {
      const outcome = await this.codes.confirm(person.personId, code);
      if (outcome !== 'confirmed') return { rejected: outcome, field: 'code' };
    }
    if (person.role === 'joiner') {
      // As she is now.
      const found = await this.acts.person(link);
      return isRejection(found) ? found : this.byMail.confirmed(found, asHer(found, by));
    }
    return this.matters.run(person.matterId, { do: 'confirm' }, asHer(person, by));
  }
}

@CommandHandler(AskForCode)
export class AskForCodeHandler implements ICommandHandler<AskForCode> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(LinkActs) private readonly acts: LinkActs,
    @Inject(EmailCodes) private readonly codes: EmailCodes,
  ) {}

  async execute({ link }: AskForCode): Promise<Receipt | Rejection> {
    const person = await this.acts.person(link);
    if (isRejection(person)) return person;
    return (await this.codes.send(person)) ?? this.matters.untouched(person.matterId);
  }
}

@CommandHandler(AddToMatter)
export class AddToMatterHandler implements ICommandHandler<AddToMatter> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(People) private readonly people: People,
    @Inject(LinkActs) private readonly acts: LinkActs,
  ) {}

  async execute({ link, addition, by }: AddToMatter): Promise<Receipt | Rejection> {
    const person = await this.acts.person(link, 'reporter');
    if (isRejection(person)) return person;
    // A request that comes again finds its photos to be somebody's: hers.
    const before = await this.matters.find(person.matterId, asHer(person, by));
    if (before !== undefined) return before;
    const { matterId } = person;
    const taken: Rejection = { rejected: 'photo-unknown', field: 'photos' };
    const photos = await this.matters.photos(matterId, addition.photos ?? [], 'photos');
    if (isRejection(photos)) return photos;
    if ((await this.matters.named(matterId, photos)).length > 0) {
      // By the same request at this moment, or by what she sent before.
      return (await this.matters.find(matterId, asHer(person, by))) ?? taken;
    }
    if (!(await this.people.claim(matterId, photos))) return taken;
    const receipt = await this.acts.run(
      link,
      addition.text,
      (words) => ({ do: 'add', ...words, photos }),
      by,
    );
    // So that she can send them again with what was wrong mended, and nobody's photo is kept for ever.
    if (isRejection(receipt)) {
      const its = await this.matters.named(matterId, photos);
      await this.people.leave(
        matterId,
        photos.filter(({ id }) => !its.includes(id)),
      );
    }
    return receipt;
  }
}

@CommandHandler(RateMatter)
export class RateMatterHandler implements ICommandHandler<RateMatter> {
  constructor(@Inject(LinkActs) private readonly acts: LinkActs) {}

  execute({ link, stars, by }: RateMatter): Promise<Receipt | Rejection> {
    return this.acts.run(link, undefined, () => ({ do: 'rate', stars }), by);
  }
}

@CommandHandler(ReopenByReporter)
export class ReopenByReporterHandler implements ICommandHandler<ReopenByReporter> {
  constructor(@Inject(LinkActs) private readonly acts: LinkActs) {}

  execute({ link, text, by }: ReopenByReporter): Promise<Receipt | Rejection> {
    const command = (words: { words?: ContentRef }) => ({
      do: 'reopen' as const,
      by: 'reporter' as const,
      ...words,
    });
    return this.acts.run(link, text, command, by);
  }
}

@CommandHandler(ReportFix)
export class ReportFixHandler implements ICommandHandler<ReportFix> {
  constructor(@Inject(LinkActs) private readonly acts: LinkActs) {}

  execute({ link, report, by }: ReportFix): Promise<Receipt | Rejection> {
    const command = (words: { words?: ContentRef }) => ({
      do: 'report-fix' as const,
      fixed: report.fixed,
      ...words,
    });
    return this.acts.run(link, report.text, command, by);
  }
}

@CommandHandler(EraseByLink)
export class EraseByLinkHandler implements ICommandHandler<EraseByLink> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(People) private readonly people: People,
    @Inject(LinkActs) private readonly acts: LinkActs,
    @Inject(MatterErasure) private readonly erasure: MatterErasure,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  async execute({ link, by }: EraseByLink): Promise<Receipt | Rejection> {
    const person = await this.acts.person(link);
    if (isRejection(person)) return person;
    const hers = asHer(person, by);
    if (person.role === 'reporter') return this.erasure.run(person.matterId, WISH, hers);
    // Before she has confirmed her address the log knows nothing of her.
    const receipt =
      person.joiner === undefined
        ? await this.matters.untouched(person.matterId)
        : await this.matters.join('leave', person.matterId, person.joiner, hers);
    if (!isRejection(receipt) || receipt.rejected === 'not-joined') {
      await this.people.erase(person.personId);
      if (person.email !== undefined) await this.outbox.erase(person.email, streamOf(person.matterId));
    }
    return receipt;
  }
}

/** The right to erasure. @see Regulation (EU) 2016/679, art. 17 */
const WISH = 'gdpr-17';
