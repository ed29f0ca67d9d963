/** The page on which staff works on one matter (role listener; auditors read). Never kept by a browser. */
import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Header, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type Command, CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LISTENER } from '../complaints/matter.js';
import { MatterNotes } from '../complaints/matter-notes.js';
import { SeparateMatter } from '../complaints/cases.commands.js';
import {
  AnswerMatter,
  AssignMatter,
  EraseMatter,
  MoveMatter,
  ReopenMatter,
} from '../complaints/matters.commands.js';
import { GetMatter } from '../complaints/matters.queries.js';
import { type WholeMatter } from '../complaints/whole-matters.js';
import { GetStaffMatter, type StaffMatter } from '../desk/staff-matters.queries.js';
import { HideMatter, ReleaseAdditions, ReleaseMatter } from '../complaints/release.commands.js';
import { assertListens, assertReads, mayRead, MODERATOR, OFFICER } from '../desk/staff-access.js';
import { GetTogether } from '../desk/together.queries.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { isUuid, newThingId } from '../event-store/event-ids.js';
import { Problem } from '../rest/problem.js';
import type { Actor } from '../staff/actor.js';
import { CurrentActor, CurrentRequest, MaybeActor, type RequestBy } from '../staff/current-actor.js';
import { fieldsOf, seeOther, textOf, textsIn, toSignIn, type Parameters } from './page-forms.js';
import { FittingTemplates } from './fitting-templates.js';
import { Frames } from './frames.js';
import { MatterCatalogue } from './matter-catalogue.js';
import { MatterNames } from './matter-names.js';
import { document, HTML } from './render.js';
import { additionsOf } from './staff-matter-forms.js';
import { ModeratedMatterPage } from './moderated-matter.page.js';
import { queueAddress } from './queue-place.js';
import { StaffMatterPage, type StaffMatterPageProps } from './staff-matter.page.js';
import { CODE } from '../../projections/events/schema.js';

const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;

@ApiExcludeController()
@Controller('staff/matters/:id')
export class DeskPagesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(MatterCatalogue) private readonly catalogue: MatterCatalogue,
    @Inject(MatterNotes) private readonly notes: MatterNotes,
    @Inject(FittingTemplates) private readonly templates: FittingTemplates,
  ) {}

  /** Whoever is not signed in is sent to the form. */
  @Get()
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async one(
    @MaybeActor() me: Actor | undefined,
    @Param('id') id: string,
    @Query() { done, template }: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!isUuid(id)) throw new Problem('matter-unknown');
    if (me === undefined) return toSignIn(reply, `/staff/matters/${id}`);
    this.frames.remember(request, reply);
    if (isModeratorAlone(me)) return this.#moderated(id, request, undefined);
    return this.#page(id, me, request, done === '1' ? 'done' : undefined, textOf(template));
  }

  @Post('notes')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async note(
    @Param('id') id: string,
    @Body() body: Parameters,
    @CurrentRequest() by: RequestBy,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertListens(by.actor);
    if (!isUuid(id)) throw new Problem('matter-unknown');
    const noteId = newThingId(by.actor.id, by.commandId, 'matter-note');
    const note = { noteId, words: textOf(body.note), author: by.actor.id };
    const answer = await this.notes.write(id, note);
    if (!isRejection(answer)) return seeOther(reply, `/staff/matters/${id}?done=1#notes`);
    void reply.code(422);
    const attempt = { act: 'notes', refused: answer.rejected, fields: fieldsOf(body) };
    return this.#page(id, by.actor, request, attempt);
  }

  @Post('notes/:note/erase')
  async eraseNote(
    @Param('id') id: string,
    @Param('note') note: string,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertListens(actor);
    if (!isUuid(id) || !isUuid(note)) throw new Problem('note-unknown');
    // Gone is gone, whoever did it.
    await this.notes.erase(id, note);
    return seeOther(reply, `/staff/matters/${id}?done=1#notes`);
  }

  /** The guard has seen that the form is this site's own; its hidden `commandId` makes two clicks one act. */
  @Post(':act')
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
    if (isModeratorAlone(by.actor)) return this.#moderate(id, act, body, { by, request, reply });
    const found = isUuid(id) ? await this.queries.execute(new GetStaffMatter(id)) : undefined;
    if (found === undefined) throw new Problem('matter-unknown');
    assertReads(by.actor);
    const command = commandOf(act, found, body, by);
    const answer = isRejection(command) ? command : await this.commands.execute(command);
    if (isRejection(answer)) {
      void reply.code(422);
      return this.#page(id, by.actor, request, { act, refused: answer.rejected, fields: fieldsOf(body) });
    }
    const atLeast = 'position' in answer ? `&atLeast=${answer.position}` : '';
    return seeOther(reply, `/staff/matters/${id}?done=1${atLeast}`);
  }

  /** A moderator hides, and is led back to her own page. @throws Problem `role-missing` for anything else */
  async #moderate(
    id: string,
    act: string,
    body: Parameters,
    { by, request, reply }: { by: RequestBy; request: FastifyRequest; reply: FastifyReply },
  ): Promise<string> {
    if (act !== 'hide') throw new Problem('role-missing');
    const reason = textOf(body.reason);
    const answer = CODE.test(reason)
      ? await this.commands.execute(new HideMatter(id, reason, by))
      : { rejected: 'reason-missing' };
    if (!isRejection(answer)) return seeOther(reply, `/staff?done=1&atLeast=${answer.position}`);
    void reply.code(422);
    return this.#moderated(id, request, answer.rejected);
  }

  /** What everybody sees. */
  async #moderated(id: string, request: FastifyRequest, refused: string | undefined): Promise<string> {
    const found = isUuid(id) ? await this.queries.execute(new GetMatter(id)) : undefined;
    if (found === undefined) throw new Problem('matter-unknown');
    const [{ frame }, { catalogue }] = await Promise.all([this.frames.of(request), this.catalogue.get()]);
    const names = new MatterNames(catalogue, frame.language);
    const { matter } = found;
    return document(ModeratedMatterPage, { frame, names, matter, commandId: randomUUID(), refused });
  }

  async #page(
    id: string,
    me: Actor,
    request: FastifyRequest,
    outcome: StaffMatterPageProps['outcome'],
    template = '',
  ): Promise<string> {
    assertReads(me);
    const found = await this.queries.execute(new GetStaffMatter(id));
    if (found === undefined) throw new Problem('matter-unknown');
    const mayAct = me.roles.includes(LISTENER);
    const [{ frame }, { catalogue }, together, notes, { templates, prefilled }] = await Promise.all([
      this.frames.of(request),
      this.catalogue.get(),
      this.queries.execute(new GetTogether(id, found.matter.of)),
      mayAct ? this.notes.ofMatter(id) : [],
      mayAct ? this.templates.of(found.matter, template) : NO_TEMPLATES,
    ]);
    return document(StaffMatterPage, {
      frame,
      names: new MatterNames(catalogue, frame.language),
      ...found,
      together,
      mayAct,
      mayErase: me.roles.includes(OFFICER),
      commandId: randomUUID(),
      queue: queueAddress(request),
      outcome,
      templates,
      prefilled,
      notes,
    });
  }
}

function isModeratorAlone(actor: Actor): boolean {
  return actor.roles.includes(MODERATOR) && !mayRead(actor);
}

const NO_TEMPLATES = { templates: [], prefilled: undefined };

type Act = Command<Receipt | { released: number } | Rejection>;

/** @throws Problem `not-found` for what nobody does */
function commandOf(act: string, found: StaffMatter, body: Parameters, by: By): Act | Rejection {
  const { matter } = found;
  const { matterId } = matter;
  const words = textsIn(body, 'words');
  const state = textOf(body.state);
  const reason = textOf(body.reason);
  const responsible = textOf(body.responsible);
  const update = { state, ...(ID.test(responsible) && { responsible }) };
  switch (act) {
    case 'release':
      return releaseOf(matter, body, by);
    case 'release-additions': {
      // What came since the page was looked at was seen by nobody.
      const seen = textOf(body.seen).split(' ');
      return new ReleaseAdditions(
        matterId,
        additionsOf(found).filter((id) => seen.includes(id)),
        by,
      );
    }
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
    case 'erase': {
      const basis = textOf(body.basis);
      if (!CODE.test(basis)) return { rejected: 'basis-missing' };
      return body.sure === '1' ? new EraseMatter(matterId, basis, by) : { rejected: 'not-sure' };
    }
    case 'separate':
      return new SeparateMatter(matterId, by);
    case 'reopen':
      return new ReopenMatter(matterId, words, by);
    default:
      throw new Problem('not-found');
  }
}

/** Her own words are shown as they are where nobody changed them. */
function releaseOf(matter: WholeMatter, body: Parameters, by: By): Act {
  const text = textsIn(body, 'text');
  const [language, changed] = Object.entries(text ?? {})[0] ?? [];
  const isChanged = language !== undefined && changed !== matter.text[language]?.trim();
  const category = textOf(body.category);
  const release = {
    place: body.place === '1',
    ...(CODE.test(category) && { category }),
    ...(isChanged && text !== undefined && { text }),
    photos: matter.filedPhotos.filter((photo) => body[`photo-${photo}`] === '1'),
  };
  return new ReleaseMatter(matter.matterId, release, by);
}
