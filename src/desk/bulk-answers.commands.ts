/** Answers many matters with one reply (role `listener`), each by a command of its own. */
import { Inject } from '@nestjs/common';
import {
  Command,
  CommandBus,
  CommandHandler,
  Query,
  QueryHandler,
  type ICommandHandler,
  type IQueryHandler,
} from '@nestjs/cqrs';
import { isRejection, type By, type Rejection } from '../event-store/command-log.js';
import { BulkAnswers, type BulkReply, type PlannedAnswer } from './bulk-answers.js';
import { isListener } from '../complaints/matter.js';
import { AnswerMatter } from '../complaints/matters.commands.js';
import { Matters } from '../complaints/matters.js';

/** What became of one matter. */
export interface BulkOutcome extends Pick<
  PlannedAnswer,
  'matterId' | 'category' | 'area' | 'people' | 'mails'
> {
  /** Why it was not answered: a code. */
  readonly refused?: string;
}

/** What each would get, and why some would get nothing. */
export class PreviewBulkAnswer extends Query<readonly PlannedAnswer[] | Rejection> {
  constructor(
    readonly matters: readonly string[],
    readonly reply: BulkReply,
  ) {
    super();
  }
}

/** As it was looked at. */
interface SeenMatter {
  readonly matterId: string;
  /** Position of its last change then: changed since, it is not answered. */
  readonly seen: number;
}

/** Sent again under the same id, it finishes what a crash left, and answers nothing twice. */
export class AnswerMatters extends Command<
  { outcomes: readonly BulkOutcome[]; position: bigint } | Rejection
> {
  constructor(
    readonly matters: readonly SeenMatter[],
    readonly reply: BulkReply,
    readonly by: By,
  ) {
    super();
  }
}

@QueryHandler(PreviewBulkAnswer)
export class PreviewBulkAnswerHandler implements IQueryHandler<PreviewBulkAnswer> {
  constructor(@Inject(BulkAnswers) private readonly answers: BulkAnswers) {}

  execute({ matters, reply }: PreviewBulkAnswer): Promise<readonly PlannedAnswer[] | Rejection> {
    return this.answers.plan(matters, reply);
  }
}

@CommandHandler(AnswerMatters)
export class AnswerMattersHandler implements ICommandHandler<AnswerMatters> {
  constructor(
    @Inject(BulkAnswers) private readonly answers: BulkAnswers,
    @Inject(Matters) private readonly matters: Matters,
    @Inject(CommandBus) private readonly commands: CommandBus,
  ) {}

  async execute({
    matters,
    reply,
    by,
  }: AnswerMatters): Promise<{ outcomes: readonly BulkOutcome[]; position: bigint } | Rejection> {
    if (!isListener(by)) return { rejected: 'role-missing' };
    const seenOf = new Map(matters.map(({ matterId, seen }) => [matterId, seen]));
    const before = new Set<string>();
    for (const matterId of seenOf.keys()) {
      const receipt = await this.matters.find(matterId, oneOf(by, matterId));
      if (receipt !== undefined && isRejection(receipt)) return receipt;
      if (receipt !== undefined) before.add(matterId);
    }
    const planned = await this.answers.plan([...seenOf.keys()], reply, { isRepeated: before.size > 0 });
    if (isRejection(planned)) return planned;
    const outcomes: BulkOutcome[] = [];
    let position = -1n;
    for (const { words, refused, seen: now, ...about } of planned) {
      const { matterId } = about;
      const hers = oneOf(by, matterId);
      // Of a repeated one it is no refusal that it is answered.
      const seen = seenOf.get(matterId);
      const isChanged = now !== undefined && now !== seen;
      const why = before.has(matterId) ? undefined : (refused ?? (isChanged ? 'matter-changed' : undefined));
      if (why !== undefined || words === undefined) {
        outcomes.push({ ...about, refused: why ?? 'matter-unknown' });
        continue;
      }
      const { state, responsible } = reply;
      const as = { ...(responsible !== undefined && { responsible }), ...(seen !== undefined && { seen }) };
      const update = { state, ...as, words };
      const answer = await this.commands.execute(new AnswerMatter(matterId, update, hers));
      if (isRejection(answer)) outcomes.push({ ...about, refused: answer.rejected });
      else {
        outcomes.push(about);
        if (answer.position > position) position = answer.position;
      }
    }
    return { outcomes, position };
  }
}

/** The command for one of them. */
function oneOf(by: By, matterId: string): By {
  return { ...by, commandId: `${by.commandId}/${matterId}` };
}
