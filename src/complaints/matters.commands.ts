/** What staff does with one matter (role `listener`; what erases, `data-protection-officer`). */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { VOID_STATE } from '../../projections/matter.js';
import type { Texts } from '../contents/text.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { Cases } from './cases.js';
import { MatterErasure } from './erasure.js';
import { Gathering, isDuplicate, isWaiting } from './gathering.js';
import { mayAct } from '../staff/actor.js';
import { isListener } from './matter.js';
import { Matters } from './matters.js';
import { Showing } from './showing.js';

type Answer = Receipt | Rejection;
const ROLE_MISSING: Rejection = { rejected: 'role-missing' };
const OFFICER = 'data-protection-officer';

export class AssignMatter extends Command<Answer> {
  constructor(
    readonly matterId: string,
    readonly assignment: { readonly department: string; readonly reason?: string; readonly note?: Texts },
    readonly by: By,
  ) {
    super();
  }
}

export interface Update {
  readonly state: string;
  /** Now, where nothing is said. */
  readonly happenedAt?: string;
  /** Whose matter it is when it is not the city's. */
  readonly responsible?: string;
}

export class MoveMatter extends Command<Answer> {
  constructor(
    readonly matterId: string,
    readonly move: Update & { readonly words?: Texts },
    readonly by: By,
  ) {
    super();
  }
}

/** Answers the reporter, and with the same words everybody whose matter is in this case. */
export class AnswerMatter extends Command<Answer> {
  constructor(
    readonly matterId: string,
    /** `seen`: as of the command of the same name in `matter.ts`. */
    readonly answer: Update & { readonly words: Texts; readonly seen?: number },
    readonly by: By,
  ) {
    super();
  }
}

export class ReopenMatter extends Command<Answer> {
  constructor(
    readonly matterId: string,
    readonly words: Texts | undefined,
    readonly by: By,
  ) {
    super();
  }
}

export class EraseMatter extends Command<Answer> {
  constructor(
    readonly matterId: string,
    /** The code of the legal ground. */
    readonly basis: string,
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(AssignMatter)
export class AssignMatterHandler implements ICommandHandler<AssignMatter> {
  constructor(@Inject(Matters) private readonly matters: Matters) {}

  async execute({ matterId, assignment, by }: AssignMatter): Promise<Answer> {
    if (!isListener(by)) return ROLE_MISSING;
    const { department, reason, note: words } = assignment;
    const { departments } = await this.matters.rules();
    if (!departments.has(department)) return { rejected: 'department-unknown', field: 'department' };
    const written = await this.matters.writeSome(words, 'note');
    if (isRejection(written)) return written;
    const note = written.words === undefined ? {} : { note: written.words };
    const why = { ...(reason !== undefined && { reason }), ...note };
    return this.matters.fromDetails(
      matterId,
      async (state, from) => {
        const about = await this.matters.details(state);
        if (about === undefined) return { rejected: 'matter-erased' };
        // Needed until the release, and written after it too: a matter may be released in this very moment.
        const details = await this.matters.record({ ...about, department });
        return { do: 'assign', department, details, from, ...why };
      },
      by,
    );
  }
}

@CommandHandler(MoveMatter)
export class MoveMatterHandler implements ICommandHandler<MoveMatter> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Gathering) private readonly gathering: Gathering,
    @Inject(Showing) private readonly showing: Showing,
  ) {}

  async execute({ matterId, move, by }: MoveMatter): Promise<Answer> {
    if (!isListener(by)) return ROLE_MISSING;
    const { words: texts, ...update } = move;
    const words = await this.matters.writeSome(texts, 'words');
    if (isRejection(words)) return words;
    const answer = await this.matters.run(matterId, { do: 'move', ...update, ...words }, by);
    if (isRejection(answer)) return answer;
    const stands = (await this.matters.look(matterId)).row?.stoppedSince !== undefined;
    // Who is asked nothing does not wait for what somebody else is asked.
    if (stands) await this.gathering.letGo(matterId, by, isWaiting);
    return this.showing.showSaid(matterId, answer, by);
  }
}

@CommandHandler(AnswerMatter)
export class AnswerMatterHandler implements ICommandHandler<AnswerMatter> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Cases) private readonly cases: Cases,
    @Inject(Gathering) private readonly gathering: Gathering,
    @Inject(Showing) private readonly showing: Showing,
  ) {}

  async execute({ matterId, answer, by }: AnswerMatter): Promise<Answer> {
    if (!isListener(by)) return ROLE_MISSING;
    const { words: texts, ...update } = answer;
    const words = await this.matters.write(texts, 'words');
    if (isRejection(words)) return words;
    const receipt = await this.matters.run(matterId, { do: 'answer', ...update, words }, by);
    if (isRejection(receipt)) return receipt;
    const shown = await this.showing.showSaid(matterId, receipt, by);
    // What is no matter answers nobody's who only waits for it.
    if (update.state === VOID_STATE) await this.gathering.letGo(matterId, by, isDuplicate);
    // The same again finishes what a crash left: every matter is answered under an id of its own, once, with the first words.
    const said = (await this.matters.look(matterId)).said.get(receipt.position) ?? words;
    const { happenedAt: _ofTheCase, seen: _seen, ...now } = update;
    for (const member of await this.cases.members(matterId)) {
      const hers = { ...by, commandId: `${by.commandId}/${member}` };
      // Claimed and not in it: whoever puts it there looks for the answer.
      if (!(await this.matters.look(member)).isTogether) continue;
      const answered = await this.matters.run(member, { do: 'answer', ...now, words: said }, hers);
      // What one refuses (it is erased, say) stays as it is, and is overdue where it was.
      if (!isRejection(answered)) await this.showing.showSaid(member, answered, hers);
    }
    return shown;
  }
}

@CommandHandler(ReopenMatter)
export class ReopenMatterHandler implements ICommandHandler<ReopenMatter> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Showing) private readonly showing: Showing,
  ) {}

  async execute({ matterId, words: texts, by }: ReopenMatter): Promise<Answer> {
    if (!isListener(by)) return ROLE_MISSING;
    const words = await this.matters.writeSome(texts, 'words');
    if (isRejection(words)) return words;
    const answer = await this.matters.run(matterId, { do: 'reopen', by: 'staff', ...words }, by);
    if (isRejection(answer)) return answer;
    return this.showing.showSaid(matterId, answer, by);
  }
}

@CommandHandler(EraseMatter)
export class EraseMatterHandler implements ICommandHandler<EraseMatter> {
  constructor(@Inject(MatterErasure) private readonly erasure: MatterErasure) {}

  async execute({ matterId, basis, by }: EraseMatter): Promise<Answer> {
    if (!mayAct(by.actor, OFFICER)) return ROLE_MISSING;
    return this.erasure.run(matterId, basis, by);
  }
}
