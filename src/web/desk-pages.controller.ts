/** The pages on which staff works on matters (role listener; auditors read). Never kept by a browser. */
import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Header, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type Command, CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LISTENER } from '../complaints/matter.js';
import { AnswerMatter, AssignMatter, MoveMatter, ReopenMatter } from '../complaints/matters.commands.js';
import { GetStaffMatter, ListQueue, type OwnMatter, type QueueFilter } from '../complaints/own.queries.js';
import { HideMatter, ReleaseAdditions, ReleaseMatter } from '../complaints/release.commands.js';
import type { Texts } from '../contents/text.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { isUuid } from '../event-store/event-ids.js';
import { Problem } from '../rest/problem.js';
import type { Actor } from '../staff/actor.js';
import { CurrentRequest, MaybeActor, type RequestBy } from '../staff/current-actor.js';
import { DeskPage, SHOWN } from './desk.page.js';
import { Frames } from './frames.js';
import { MatterCatalogue } from './matter-catalogue.js';
import { MatterNames } from './matter-names.js';
import { document, HTML } from './render.js';
import { StaffMatterPage, type StaffMatterPageProps } from './staff-matter.page.js';

type Parameters = Readonly<Record<string, unknown>>;

const PER_PAGE = 50;
const READERS = [LISTENER, 'auditor', 'data-protection-officer'];
const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;
const CURSOR = /^[A-Za-z0-9_-]{1,2000}$/;
const CODE = /^[a-z0-9][a-z0-9-]{0,63}$/;

@ApiExcludeController()
@Controller('staff/matters')
export class DeskPagesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(MatterCatalogue) private readonly catalogue: MatterCatalogue,
  ) {}

  /** Whoever is not signed in is sent to the form. */
  @Get()
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async queue(
    @MaybeActor() me: Actor | undefined,
    @Query() query: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (me === undefined) return toSignIn(reply, '/staff/matters');
    assertReads(me);
    this.frames.remember(request, reply);
    const shown = SHOWN.find((one) => one === query.shown) ?? 'release';
    const filter = {
      ...idIn('department', query.department),
      ...idIn('area', query.area),
    };
    const cursor = typeof query.cursor === 'string' && CURSOR.test(query.cursor) ? query.cursor : undefined;
    const which: QueueFilter =
      shown === 'release'
        ? { stateKind: 'open', released: false }
        : shown === 'open'
          ? { stateKind: 'open' }
          : {};
    const { matters, next } = await this.queries.execute(
      new ListQueue({ ...which, ...filter }, PER_PAGE, cursor),
    );
    const { frame, names } = await this.#names(request);
    // What is closed has two kinds.
    const fitting = shown === 'done' ? matters.filter(({ row }) => row.stateKind !== 'open') : matters;
    return document(DeskPage, { frame, names, shown, filter, matters: fitting, next });
  }

  @Get(':id')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async one(
    @MaybeActor() me: Actor | undefined,
    @Param('id') id: string,
    @Query('done') done: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!isUuid(id)) throw new Problem('matter-unknown');
    if (me === undefined) return toSignIn(reply, `/staff/matters/${id}`);
    this.frames.remember(request, reply);
    return this.#page(id, me, request, done === '1' ? 'done' : undefined);
  }

  /** The guard has seen that the form is this site's own; its hidden `commandId` makes two clicks one act. */
  @Post(':id/:act')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async act(
    @Param('id') id: string,
    @Param('act') act: string,
    @Body() body: Parameters,
    @CurrentRequest() by: RequestBy,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const found = isUuid(id) ? await this.queries.execute(new GetStaffMatter(id)) : undefined;
    if (found === undefined) throw new Problem('matter-unknown');
    assertReads(by.actor);
    const command = commandOf(act, found.matter, body, by);
    const answer = isRejection(command) ? command : await this.commands.execute(command);
    if (isRejection(answer)) {
      void reply.code(422);
      const fields = Object.fromEntries(Object.keys(body).map((name) => [name, textOf(body[name])]));
      return this.#page(id, by.actor, request, { act, refused: answer.rejected, fields });
    }
    const atLeast = 'position' in answer ? `&atLeast=${answer.position}` : '';
    void reply.code(303).header('location', `/staff/matters/${id}?done=1${atLeast}`);
    return '';
  }

  async #page(
    id: string,
    me: Actor,
    request: FastifyRequest,
    outcome: StaffMatterPageProps['outcome'],
  ): Promise<string> {
    assertReads(me);
    const found = await this.queries.execute(new GetStaffMatter(id));
    if (found === undefined) throw new Problem('matter-unknown');
    const { frame, names } = await this.#names(request);
    const mayAct = me.roles.includes(LISTENER);
    return document(StaffMatterPage, { frame, names, ...found, mayAct, commandId: randomUUID(), outcome });
  }

  async #names(request: FastifyRequest) {
    const [{ frame }, { catalogue }] = await Promise.all([this.frames.of(request), this.catalogue.get()]);
    return { frame, names: new MatterNames(catalogue, frame.language) };
  }
}

type Act = Command<Receipt | { released: number } | Rejection>;

/** @throws Problem `not-found` for what nobody does */
function commandOf(act: string, matter: OwnMatter, body: Parameters, by: By): Act | Rejection {
  const { matterId } = matter;
  const words = textsIn(body, 'words');
  const state = textOf(body.state);
  const reason = textOf(body.reason);
  const responsible = textOf(body.responsible);
  const update = { state, ...(ID.test(responsible) && { responsible }) };
  switch (act) {
    case 'release':
      return releaseOf(matter, body, by);
    case 'release-additions':
      return new ReleaseAdditions(matterId, additionsOf(matter), by);
    case 'hide':
      return CODE.test(reason) ? new HideMatter(matterId, reason, by) : { rejected: 'reason-missing' };
    case 'assign': {
      const note = textsIn(body, 'note');
      const why = { ...(CODE.test(reason) && { reason }), ...(note !== undefined && { note }) };
      return new AssignMatter(matterId, { department: textOf(body.department), ...why }, by);
    }
    case 'move':
    case 'close':
      return new MoveMatter(matterId, { ...update, ...(words !== undefined && { words }) }, by);
    case 'answer':
      return words === undefined
        ? { rejected: 'text-empty' }
        : new AnswerMatter(matterId, { ...update, words }, by);
    case 'reopen':
      return new ReopenMatter(matterId, words, by);
    default:
      throw new Problem('not-found');
  }
}

/** Her own words are shown as they are where nobody changed them. */
function releaseOf(matter: OwnMatter, body: Parameters, by: By): Act {
  const text = textsIn(body, 'text');
  const [language, changed] = Object.entries(text ?? {})[0] ?? [];
  const isChanged = language !== undefined && changed !== matter.text[language]?.trim();
  const category = textOf(body.category);
  const release = {
    place: body.place === '1',
    ...(CODE.test(category) && { category }),
    ...(isChanged && text !== undefined && { text }),
    ...(body.photos !== '1' && { photos: [] }),
  };
  return new ReleaseMatter(matter.matterId, release, by);
}

function additionsOf({ steps }: OwnMatter): string[] {
  return steps
    .filter(({ row }) => row.what === 'MatterAdded' || row.what === 'MatterReopened')
    .flatMap(({ row }) => [...(row.words === undefined ? [] : [row.words]), ...(row.photos ?? [])])
    .map(({ id }) => id);
}

function textsIn(body: Parameters, name: string): Texts | undefined {
  const text = textOf(body[name]);
  const language = textOf(body.language);
  return text === '' ? undefined : { [/^[a-z]{2,3}$/.test(language) ? language : 'es']: text };
}

function textOf(given: unknown): string {
  return typeof given === 'string' ? given.replace(/\r\n?/g, '\n').trim() : '';
}

function idIn<Name extends string>(name: Name, given: unknown): Partial<Record<Name, string>> {
  return typeof given === 'string' && ID.test(given) ? ({ [name]: given } as Record<Name, string>) : {};
}

function toSignIn(reply: FastifyReply, next: string): string {
  void reply.code(303).header('location', `/session?next=${encodeURIComponent(next)}`);
  return '';
}

/** @throws Problem `role-missing` */
function assertReads({ roles }: Actor): void {
  if (!roles.some((role) => READERS.includes(role))) throw new Problem('role-missing');
}
