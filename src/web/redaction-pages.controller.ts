/** The page on which staff covers a part of a photo (role listener). Never kept by a browser. */
import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GetStaffMatter } from '../desk/staff-matters.queries.js';
import { RedactPhoto } from '../complaints/redaction.commands.js';
import { assertListens } from '../desk/staff-access.js';
import { photosOf, TryRedaction } from '../desk/staff-photos.queries.js';
import { isRejection } from '../event-store/command-log.js';
import { isUuid } from '../event-store/event-ids.js';
import type { Box } from '../photos/boxes.js';
import { Problem } from '../rest/problem.js';
import type { Actor } from '../staff/actor.js';
import { CurrentRequest, MaybeActor, type RequestBy } from '../staff/current-actor.js';
import { seeOther, textOf, toSignIn, type Parameters } from './page-forms.js';
import { Frames } from './frames.js';
import { MOST_DRAWN, RedactionPage, SIDES, type TypedBox } from './redaction.page.js';
import { document, HTML } from './render.js';
import { scriptAddress, SCRIPTS } from './scripts.js';

const PERMILLE_OF_PERCENT = 10;

interface Place {
  readonly id: string;
  readonly photo: string;
}

@ApiExcludeController()
@Controller('staff/matters/:id/photos/:photo')
export class RedactionPagesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Frames) private readonly frames: Frames,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async show(
    @MaybeActor() me: Actor | undefined,
    @Param('id') id: string,
    @Param('photo') photo: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!isUuid(id) || !isUuid(photo)) throw new Problem('content-unknown');
    if (me === undefined) return toSignIn(reply, `/staff/matters/${id}/photos/${photo}`);
    assertListens(me);
    return this.#page({ id, photo }, request, { typed: [], commandId: randomUUID() });
  }

  /** First to look at, then for good. */
  @Post()
  @HttpCode(200)
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async cover(
    @Param('id') id: string,
    @Param('photo') photo: string,
    @Body() body: Parameters,
    @CurrentRequest() by: RequestBy,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertListens(by.actor);
    if (!isUuid(id) || !isUuid(photo)) throw new Problem('content-unknown');
    const typed = typedIn(body);
    const boxes = boxesOf(typed);
    if (body.step === 'burn') {
      const answer = await this.commands.execute(new RedactPhoto(id, photo, boxes, by));
      if (!isRejection(answer)) {
        const { position } = answer.receipt;
        return seeOther(reply, `/staff/matters/${id}?done=1&atLeast=${position}#photos`);
      }
      void reply.code(422);
      return this.#page({ id, photo }, request, {
        typed,
        commandId: randomUUID(),
        refused: answer.rejected,
      });
    }
    const tried = await this.queries.execute(new TryRedaction(id, photo, boxes));
    const { commandId } = by;
    if (!isRejection(tried)) {
      const preview = Buffer.from(tried).toString('base64');
      return this.#page({ id, photo }, request, { typed, commandId, preview });
    }
    void reply.code(422);
    return this.#page({ id, photo }, request, { typed, commandId, refused: tried.rejected });
  }

  async #page(
    { id, photo }: Place,
    request: FastifyRequest,
    form: { typed: readonly TypedBox[]; commandId: string; preview?: string; refused?: string },
  ): Promise<string> {
    const found = await this.queries.execute(new GetStaffMatter(id));
    const all = found === undefined ? [] : photosOf(found.matter);
    const index = all.indexOf(photo);
    if (index < 0) throw new Problem('content-unknown');
    const { frame } = await this.frames.of(request);
    return document(RedactionPage, {
      frame,
      matterId: id,
      photo,
      index,
      count: all.length,
      typed: form.typed,
      commandId: form.commandId,
      preview: form.preview,
      refused: form.refused,
      script: SCRIPTS && scriptAddress(SCRIPTS.redaction),
    });
  }
}

/** Those in which something stands. */
function typedIn(body: Parameters): TypedBox[] {
  return Array.from({ length: MOST_DRAWN }, (_, row) => {
    const side = (name: string) => textOf(body[`${name}-${row}`]).replace(',', '.');
    return { left: side('left'), top: side('top'), width: side('width'), height: side('height') };
  }).filter((box) => SIDES.some((side) => box[side] !== ''));
}

function boxesOf(typed: readonly TypedBox[]): Box[] {
  return typed.map((box) => {
    // What is no number is no box, and is refused as such.
    const side = (name: (typeof SIDES)[number]) =>
      box[name] === '' ? NaN : Math.round(Number(box[name]) * PERMILLE_OF_PERCENT);
    return {
      unit: 'permille',
      left: side('left'),
      top: side('top'),
      width: side('width'),
      height: side('height'),
    };
  });
}
