/** What staff does with matters that say the same (role `listener`). */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DUPLICATE_STATE, owesNoAnswer, type MatterRow } from '../../projections/matters.view.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { Cases } from './cases.js';
import { isListener } from './matter.js';
import { Matters } from './matters.js';
import { People } from './people.js';

type Answer = Receipt | Rejection;
const ROLE_MISSING: Rejection = { rejected: 'role-missing' };
const UNKNOWN: Rejection = { rejected: 'matter-unknown' };

/** Closes a matter as the same as another one, which its people join. */
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
    @Inject(People) private readonly people: People,
  ) {}

  async execute({ matterId, of, by }: DuplicateMatter): Promise<Answer> {
    if (!isListener(by)) return ROLE_MISSING;
    // A repeated one is not asked again whether it may be.
    if ((await this.matters.find(matterId, by)) === undefined) {
      const [{ row }, other] = await Promise.all([this.matters.look(matterId), this.matters.look(of)]);
      const refused = whyNoDuplicate(row, other.row);
      if (refused !== undefined) return refused;
    }
    const details = await this.matters.changedDetails(matterId, { of });
    if (isRejection(details)) return details;
    const answer = await this.matters.run(matterId, { do: 'duplicate', of, details }, by);
    if (isRejection(answer)) return answer;
    await this.cases.put(matterId, of);
    // Counted once, under an id of her own, so that the same again finishes what a crash left. She stays a person of her own
    // matter, where she is answered and erased.
    for (const person of await this.people.ofMatter(matterId)) {
      const joiner = await this.people.pseudonym(of, person.email ?? person.personId);
      await this.matters.join('join', of, joiner, { ...by, commandId: `${by.commandId}/${person.personId}` });
    }
    return answer;
  }
}

/**
 * Its people get the answer of the other one, so that one must be owed, and no later: else marking a duplicate would hide
 * that a complaint waits.
 */
function whyNoDuplicate(row: MatterRow | undefined, other: MatterRow | undefined): Rejection | undefined {
  const field = 'of';
  if (other === undefined || other.erased !== undefined) return { rejected: 'matter-unknown', field };
  if (other.of !== undefined || other.state === DUPLICATE_STATE) return { rejected: 'matter-in-case', field };
  const due = row?.answeredAt === undefined ? row?.due : undefined;
  if (due === undefined) return undefined;
  const ofOther = other.answeredAt === undefined && !owesNoAnswer(other) ? other.due : undefined;
  return ofOther === undefined || ofOther > due ? { rejected: 'other-answered-later', field } : undefined;
}

@CommandHandler(GatherMatters)
export class GatherMattersHandler implements ICommandHandler<GatherMatters> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Cases) private readonly cases: Cases,
  ) {}

  async execute({
    caseId,
    members,
    by,
  }: GatherMatters): Promise<{ gathered: number; position: bigint } | Rejection> {
    if (!isListener(by)) return ROLE_MISSING;
    const { row } = await this.matters.look(caseId);
    if (row === undefined || row.erased !== undefined) return UNKNOWN;
    if (row.of !== undefined) return { rejected: 'matter-in-case' };
    let [gathered, position] = [0, -1n];
    for (const [index, member] of members.entries()) {
      const details = await this.matters.changedDetails(member, { of: caseId });
      if (isRejection(details)) return { ...details, field: `members.${index}` };
      const hers = { ...by, commandId: `${by.commandId}/${member}` };
      const answer = await this.matters.run(member, { do: 'gather', into: caseId, details }, hers);
      if (isRejection(answer)) return { ...answer, field: `members.${index}` };
      await this.cases.put(member, caseId);
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
    @Inject(Cases) private readonly cases: Cases,
  ) {}

  async execute({ matterId, by }: SeparateMatter): Promise<Answer> {
    if (!isListener(by)) return ROLE_MISSING;
    const before = await this.matters.find(matterId, by);
    if (before !== undefined) return before;
    const state = await this.matters.look(matterId);
    const details = await this.matters.details(state);
    if (details === undefined) return state.row === undefined ? UNKNOWN : { rejected: 'matter-erased' };
    const { of: named, ...apart } = details;
    const from = state.row?.of ?? named;
    if (from === undefined) return { rejected: 'matter-not-in-case' };
    const command = { do: 'separate' as const, from, details: await this.matters.record(apart) };
    const answer = await this.matters.run(matterId, command, by);
    if (!isRejection(answer)) await this.cases.take(matterId);
    return answer;
  }
}
