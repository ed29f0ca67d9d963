/**
 * Defining and amending an election with its words: titles become contents before the event that refers to them, and are
 * released after it. A repeated request meets its first events and releases what those refer to.
 */
import { Inject } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Option } from '../../projections/definition.js';
import { ContentLife } from '../contents/content-life.js';
import { Contents, type ContentRef } from '../contents/contents.js';
import type { Texts } from '../contents/text.js';
import { type By, isRejection, type Rejection } from '../event-store/command-log.js';
import { sealedBytesNeeded } from './definition-rules.js';
import type { DefinitionInput, DefinitionParts } from './election.js';
import { SYSTEM } from '../staff/actor.js';
import { ChangeElection, type Answer } from './elections.commands.js';
import { OpenElections } from './open-elections.js';

/** A definition in words: titles as texts, and the sealed length left to be worked out. */
export interface WordedDefinition {
  definition: Omit<DefinitionInput, 'electionId' | 'title' | 'ballot'> & {
    ballot: Omit<DefinitionInput['ballot'], 'sealedBytes'> & { sealedBytes?: number };
  };
  title: Texts;
  ruleset: Record<string, unknown>;
  options: readonly (Omit<Option, 'title'> & { title: Texts })[];
}

/** A reason in words: the code counts in statistics, the words are a content. */
export interface WordedReason {
  code: string;
  texts?: Texts;
}

export class DefineElection extends Command<Answer> {
  constructor(
    readonly electionId: string,
    readonly worded: WordedDefinition,
    readonly by: By,
    /** Given: the definition is amended, before voting opens. */
    readonly amending?: WordedReason,
  ) {
    super();
  }
}

/** A change that needs a reason in words. */
export class ChangeWithReason extends Command<Answer> {
  constructor(
    readonly electionId: string,
    readonly reason: WordedReason,
    readonly change: (reason: Reason) => ChangeElection['change'],
    readonly by: By,
  ) {
    super();
  }
}

type Reason = (DefinitionParts & { reason: { code: string; content?: ContentRef } })['reason'];

/** Characters of a title in one language. */
const MAX_TITLE = 300;
const MAX_REASON = 2_000;

@CommandHandler(DefineElection)
export class DefineElectionHandler implements ICommandHandler<DefineElection> {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(Contents) private readonly contents: Contents,
    @Inject(ContentLife) private readonly life: ContentLife,
    @Inject(OpenElections) private readonly elections: OpenElections,
  ) {}

  async execute({ electionId, worded, by, amending }: DefineElection): Promise<Answer> {
    const titles = [
      { texts: worded.title, field: 'title' },
      ...worded.options.map((option, index) => ({ texts: option.title, field: `options.${index}.title` })),
    ];
    const refs = await this.contents.addTexts(titles, { maxLength: MAX_TITLE });
    if ('rejected' in refs) return refs;
    const parts = withTitles(electionId, worded, refs);
    const reason = amending === undefined ? undefined : await reasonOf(this.contents, amending);
    if (reason !== undefined && isRejection(reason)) return reason;
    const change =
      reason === undefined ? { do: 'define' as const, ...parts } : { do: 'amend' as const, reason, ...parts };
    const answer: Answer = await this.commands.execute(new ChangeElection(electionId, change, by));
    if (isRejection(answer)) return answer;
    await this.#release(electionId, by);
    return answer;
  }

  /** Releases every content that the election's events refer to, whichever try of the request wrote them. */
  async #release(electionId: string, by: By): Promise<void> {
    const { row, options } = await this.elections.fresh(electionId);
    if (row === undefined) return;
    const reasons = row.history.flatMap((entry) => entry.reason?.content?.id ?? []);
    const ids = [row.definition.title.id, ...options.map((option) => option.title.id), ...reasons];
    await releaseWords(this.life, ids, by);
  }
}

@CommandHandler(ChangeWithReason)
export class ChangeWithReasonHandler implements ICommandHandler<ChangeWithReason> {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(Contents) private readonly contents: Contents,
    @Inject(ContentLife) private readonly life: ContentLife,
    @Inject(OpenElections) private readonly elections: OpenElections,
  ) {}

  async execute({ electionId, reason, change, by }: ChangeWithReason): Promise<Answer> {
    const written = await reasonOf(this.contents, reason);
    if (isRejection(written)) return written;
    const answer: Answer = await this.commands.execute(new ChangeElection(electionId, change(written), by));
    if (isRejection(answer)) return answer;
    const { row } = await this.elections.fresh(electionId);
    const content = row?.history.find((entry) => BigInt(entry.position) === answer.position)?.reason?.content;
    if (content !== undefined) await releaseWords(this.life, [content.id], by);
    return answer;
  }
}

/**
 * Shows words to everybody, as the room's own rule: what is said about an election is public.
 * @throws Error when they cannot be shown: an event refers to words that are not there
 */
export async function releaseWords(life: ContentLife, ids: readonly string[], by: By): Promise<void> {
  await life.show(ids, { commandId: `${by.commandId}/release`, actor: SYSTEM, request: by.request });
}

/** Writes the words of a reason down. @param field path of the reason in what the caller was sent */
export async function reasonOf(
  contents: Contents,
  reason: WordedReason,
  field = 'reason',
): Promise<Reason | Rejection> {
  if (reason.texts === undefined) return { code: reason.code };
  const words = { texts: reason.texts, field: `${field}.texts` };
  const refs = await contents.addTexts([words], { maxLength: MAX_REASON });
  if ('rejected' in refs) return refs;
  const [content] = refs;
  return content === undefined ? { code: reason.code } : { code: reason.code, content };
}

function withTitles(
  electionId: string,
  worded: WordedDefinition,
  refs: readonly ContentRef[],
): DefinitionParts {
  const [title, ...titles] = refs as [ContentRef, ...ContentRef[]];
  const options = worded.options.map((option, index) => ({ ...option, title: titles[index] as ContentRef }));
  const areas = worded.definition.areas.map((area) => area.id);
  const { ballot } = worded.definition;
  const sealedBytes = ballot.sealedBytes ?? sealedBytesNeeded(ballot, areas, options);
  const definition = { ...worded.definition, electionId, title, ballot: { ...ballot, sealedBytes } };
  return { definition, ruleset: worded.ruleset, options };
}
