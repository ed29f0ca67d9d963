/** What staff does with matters that say the same (role `listener`). */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isShown, owesNoAnswer, type MatterRow } from '../../projections/matter.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { Cases } from './cases.js';
import { Gathering } from './gathering.js';
import { isListener } from './matter.js';
import { Matters } from './matters.js';

type Answer = Receipt | Rejection;
const ROLE_MISSING: Rejection = { rejected: 'role-missing' };
const IS_CASE: Rejection = { rejected: 'matter-is-case' };

/** Closes a matter as the same as another one: it is answered with that, and its people are counted there. */
export class DuplicateMatter extends Command<Answer> {
  constructor(
    readonly matterId: string,
    readonly of: string,
    readonly by: By,
  ) {
    super();
  }
}

/** Puts matters into the case of another one, which stays what it is. */
export class GatherMatters extends Command<{ gathered: number; position: bigint } | Rejection> {
  constructor(
    readonly caseId: string,
    readonly members: readonly string[],
    readonly by: By,
  ) {
    super();
  }
}

export class SeparateMatter extends Command<Answer> {
  constructor(
    readonly matterId: string,
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(DuplicateMatter)
export class DuplicateMatterHandler implements ICommandHandler<DuplicateMatter> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Cases) private readonly cases: Cases,
    @Inject(Gathering) private readonly gathering: Gathering,
  ) {}

  async execute({ matterId, of, by }: DuplicateMatter): Promise<Answer> {
    if (!isListener(by)) return ROLE_MISSING;
    const before = await this.matters.find(matterId, by);
    // A repeated one is not asked again whether it may be.
    const answer = before ?? (await this.#duplicate(matterId, of, by));
    if (!isRejection(answer)) await this.gathering.put(matterId, of, by);
    return answer;
  }

  async #duplicate(matterId: string, of: string, by: By): Promise<Answer> {
    const [{ row }, other] = await Promise.all([this.matters.look(matterId), this.gathering.takes(of)]);
    if (isRejection(other)) return { ...other, field: 'of' };
    if ((await this.cases.members(matterId)).length > 0) return IS_CASE;
    if (isAnsweredLater(row, other.row)) return { rejected: 'other-answered-later', field: 'of' };
    return this.matters.run(matterId, { do: 'duplicate', of, isShown: isShown(other.row) }, by);
  }
}

/**
 * Its people get the answer of the other one, so that one must be owed, and no later: else marking a duplicate would hide
 * that a complaint waits.
 */
function isAnsweredLater(row: MatterRow | undefined, other: MatterRow): boolean {
  const due = row?.answeredAt === undefined ? row?.due : undefined;
  if (due === undefined) return false;
  const ofOther = other.answeredAt === undefined && !owesNoAnswer(other) ? other.due : undefined;
  return ofOther === undefined || ofOther > due;
}

@CommandHandler(GatherMatters)
export class GatherMattersHandler implements ICommandHandler<GatherMatters> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Cases) private readonly cases: Cases,
    @Inject(Gathering) private readonly gathering: Gathering,
  ) {}

  async execute({
    caseId,
    members,
    by,
  }: GatherMatters): Promise<{ gathered: number; position: bigint } | Rejection> {
    if (!isListener(by)) return ROLE_MISSING;
    const other = await this.gathering.takes(caseId);
    if (isRejection(other)) return other;
    let [gathered, position] = [0, -1n];
    for (const [index, member] of members.entries()) {
      const field = `members.${index}`;
      if ((await this.cases.members(member)).length > 0) return { ...IS_CASE, field };
      const hers = { ...by, commandId: `${by.commandId}/${member}` };
      const answer = await this.matters.run(
        member,
        { do: 'gather', into: caseId, isShown: isShown(other.row) },
        hers,
      );
      if (isRejection(answer)) return { ...answer, field };
      await this.gathering.put(member, caseId, hers);
      gathered += 1;
      if (answer.position > position) position = answer.position;
    }
    return { gathered, position };
  }
}

@CommandHandler(SeparateMatter)
export class SeparateMatterHandler implements ICommandHandler<SeparateMatter> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Gathering) private readonly gathering: Gathering,
  ) {}

  async execute({ matterId, by }: SeparateMatter): Promise<Answer> {
    if (!isListener(by)) return ROLE_MISSING;
    const answer = await this.matters.run(matterId, { do: 'separate' }, by);
    // Also where the log has it already: the first try may have ended after the event.
    const isApart = !isRejection(answer) || answer.rejected === 'matter-not-in-case';
    if (isApart) await this.gathering.take(matterId, by);
    return answer;
  }
}
