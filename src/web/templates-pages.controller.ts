/** The page of reply templates (role listener). Never kept by a browser. */
import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Header, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  MOST_VERSIONS,
  ReplyTemplates,
  type ReplyTemplate,
  type TemplateWords,
} from '../desk/reply-templates.js';
import { assertListens } from '../desk/staff-access.js';
import { isRejection, type Rejection } from '../event-store/command-log.js';
import { newThingId } from '../event-store/event-ids.js';
import { Problem } from '../rest/problem.js';
import type { Actor } from '../staff/actor.js';
import { CurrentRequest, MaybeActor, type RequestBy } from '../staff/current-actor.js';
import { fieldsOf, seeOther, textOf, textsIn, toSignIn, type Parameters } from './page-forms.js';
import { Frames } from './frames.js';
import { MatterCatalogue } from './matter-catalogue.js';
import { MatterNames } from './matter-names.js';
import { queueAddress } from './queue-place.js';
import { document, HTML } from './render.js';
import { TemplatesPage, type TemplatesPageProps } from './templates.page.js';

const PAGE = '/staff/matters/templates';

@ApiExcludeController()
@Controller('staff/matters/templates')
export class TemplatesPagesController {
  constructor(
    @Inject(ReplyTemplates) private readonly templates: ReplyTemplates,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(MatterCatalogue) private readonly catalogue: MatterCatalogue,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async list(
    @MaybeActor() me: Actor | undefined,
    @Query('done') done: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (me === undefined) return toSignIn(reply, PAGE);
    assertListens(me);
    this.frames.remember(request, reply);
    return this.#page(request, { isDone: done === '1', attempt: undefined });
  }

  @Post()
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async make(
    @Body() body: Parameters,
    @CurrentRequest() by: RequestBy,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertListens(by.actor);
    const id = newThingId(by.actor.id, by.commandId, 'reply-template');
    const answer = await this.templates.make(id, wordsOf(body), by.actor.id);
    return this.#answer(answer, { of: undefined, body }, request, reply);
  }

  /** The guard has seen that the form is this site's own; its `version` says which one was seen. */
  @Post(':id/:act')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async change(
    @Param('id') id: string,
    @Param('act') act: string,
    @Body() body: Parameters,
    @CurrentRequest() { actor }: RequestBy,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertListens(actor);
    const seen = Number(textOf(body.version));
    if (!Number.isInteger(seen) || seen > MOST_VERSIONS || !['change', 'withdraw'].includes(act))
      throw new Problem('not-found');
    const answer =
      act === 'change'
        ? await this.templates.change(id, seen, wordsOf(body), actor.id)
        : await this.templates.withdraw(id, seen, actor.id);
    return this.#answer(answer, { of: id, body }, request, reply);
  }

  async #answer(
    answer: ReplyTemplate | Rejection,
    { of, body }: { of: string | undefined; body: Parameters },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<string> {
    if (!isRejection(answer)) return seeOther(reply, `${PAGE}?done=1`);
    void reply.code(422);
    const attempt = { of, refused: answer, fields: fieldsOf(body) };
    return this.#page(request, { attempt, isDone: false });
  }

  async #page(
    request: FastifyRequest,
    outcome: Pick<TemplatesPageProps, 'attempt' | 'isDone'>,
  ): Promise<string> {
    const [{ frame }, { catalogue }, templates] = await Promise.all([
      this.frames.of(request),
      this.catalogue.get(),
      this.templates.all(),
    ]);
    const names = new MatterNames(catalogue, frame.language);
    const queue = queueAddress(request);
    return document(TemplatesPage, {
      ...{ frame, names, templates, queue, commandId: randomUUID() },
      ...outcome,
    });
  }
}

function wordsOf(body: Parameters): TemplateWords {
  const [category, state] = [textOf(body.category), textOf(body.state)];
  return {
    name: textOf(body.name),
    ...(category !== '' && { category }),
    ...(state !== '' && { state }),
    words: textsIn(body, 'words') ?? {},
  };
}
