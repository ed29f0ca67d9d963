/** What staff does with matters that say the same (role `listener`). */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isShown, runningDue, VOID_STATE, type MatterRow } from '../../projections/matter.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { Gathering } from './gathering.js';
import { isListener } from './matter.js';
import { asSystem, Matters } from './matters.js';
import { Showing } from './showing.js';

type Answer = Receipt | Rejection;
const ROLE_MISSING: Rejection = { rejected: 'role-missing' };
const ANSWERED_LATER: Rejection = { rejected: 'other-answered-later', field: 'of' };

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
    @Inject(Gathering) private readonly gathering: Gathering,
    @Inject(Showing) private readonly showing: Showing,
  ) {}

  async execute({ matterId, of, by }: DuplicateMatter): Promise<Answer> {
    if (!isListener(by)) return ROLE_MISSING;
    const before = await this.matters.find(matterId, by);
    // A repeated one is not asked again whether it may be.
    const answer = before ?? (await this.#duplicate(matterId, of, by));
    if (isRejection(answer)) return answer;
    return (await this.#settle(matterId, of, by)) ?? answer;
  }

  async #duplicate(matterId: string, of: string, by: By): Promise<Answer> {
    const [{ row }, other] = await Promise.all([this.matters.look(matterId), this.gathering.takes(of)]);
    if (isRejection(other)) return { ...other, field: 'of' };
    if (isAnsweredLater(row, other.row)) return ANSWERED_LATER;
    const claimed = await this.gathering.claim(matterId, of);
    if (claimed !== undefined) return claimed;
    const answer = await this.matters.run(matterId, { do: 'duplicate', of, isShown: isShown(other.row) }, by);
    if (isRejection(answer)) await this.gathering.take(matterId, by);
    return answer;
  }

  /** The other one may have been answered, or have become what it must not be, since it was looked at. */
  async #settle(matterId: string, of: string, by: By): Promise<Rejection | undefined> {
    // Taken out since, of a repeated one.
    if (!(await this.matters.look(matterId)).isTogether) return undefined;
    const rejected = await this.gathering.put(matterId, of, by);
    if (rejected !== undefined) return { ...rejected, field: 'of' };
    const [mine, other] = await Promise.all([this.matters.look(matterId), this.matters.look(of)]);
    const isOwed = mine.row?.answeredAt === undefined;
    const isAnswered = other.row?.answeredAt !== undefined && other.row.state !== VOID_STATE;
    if (isOwed && isAnswered && other.answer !== undefined) {
      const its = asSystem(by, 'answer');
      const command = { do: 'answer-with-other' as const, words: other.answer };
      const answer = await this.matters.run(matterId, command, its);
      if (!isRejection(answer)) await this.showing.showSaid(matterId, answer, its);
      return undefined;
    }
    if (other.row === undefined || !isAnsweredLater(mine.row, other.row)) return undefined;
    await this.gathering.apart(matterId, by);
    return ANSWERED_LATER;
  }
}

/**
 * Its people get the answer of the other one, so that one must be owed, by a clock that runs, and no later: else marking a
 * duplicate would hide that a complaint waits.
 */
function isAnsweredLater(row: MatterRow | undefined, other: MatterRow): boolean {
  const due = row?.answeredAt === undefined ? row?.due : undefined;
  if (due === undefined) return false;
  const ofOther = runningDue(other);
  return ofOther === undefined || ofOther > due;
}

@CommandHandler(GatherMatters)
export class GatherMattersHandler implements ICommandHandler<GatherMatters> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
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
      const hers = { ...by, commandId: `${by.commandId}/${member}` };
      const answer = await this.#gather(member, caseId, other.row, hers);
      if (isRejection(answer)) return { ...answer, field: `members.${index}` };
      gathered += 1;
      if (answer.position > position) position = answer.position;
    }
    return { gathered, position };
  }

  async #gather(member: string, caseId: string, other: MatterRow, by: By): Promise<Answer> {
    const before = await this.matters.find(member, by);
    // Taken out since, of a repeated one.
    if (before !== undefined && !(await this.matters.look(member)).isTogether) return before;
    const claimed = before === undefined ? await this.gathering.claim(member, caseId) : undefined;
    if (claimed !== undefined) return claimed;
    const command = { do: 'gather' as const, into: caseId, isShown: isShown(other) };
    const answer = before ?? (await this.matters.run(member, command, by));
    if (!isRejection(answer)) return (await this.gathering.put(member, caseId, by)) ?? answer;
    if (before === undefined) await this.gathering.take(member, by);
    return answer;
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
