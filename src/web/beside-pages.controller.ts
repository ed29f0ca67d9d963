/** The pages on which staff finds matters that say the same (role listener; auditors read). Never kept by a browser. */
import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Header, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type Command, CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CompareMatters, FindAlike } from '../desk/alike.queries.js';
import { DuplicateMatter, GatherMatters } from '../complaints/cases.commands.js';
import { LISTENER } from '../complaints/matter.js';
import { idBeginning } from '../complaints/matter-number.js';
import { ListQueue } from '../desk/queue.queries.js';
import { assertListens, assertReads } from '../desk/staff-access.js';
import { isRejection, type By, type Rejection } from '../event-store/command-log.js';
import { isUuid } from '../event-store/event-ids.js';
import { Problem } from '../rest/problem.js';
import type { Actor } from '../staff/actor.js';
import { CurrentRequest, MaybeActor, type RequestBy } from '../staff/current-actor.js';
import { AlikePage, BesidePage } from './beside.page.js';
import { seeOther, textOf, toSignIn, valuesOf, type Parameters } from './page-forms.js';
import { Frames } from './frames.js';
import { MatterCatalogue } from './matter-catalogue.js';
import { MatterNames } from './matter-names.js';
import { document, HTML } from './render.js';

/** Characters of a number. */
const MOST_TYPED = 40;

@ApiExcludeController()
@Controller('staff/matters/:id')
export class BesidePagesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(MatterCatalogue) private readonly catalogue: MatterCatalogue,
  ) {}

  @Get('alike')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async alike(
    @MaybeActor() me: Actor | undefined,
    @Param('id') id: string,
    @Query() { number: given }: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!isUuid(id)) throw new Problem('matter-unknown');
    if (me === undefined) return toSignIn(reply, `/staff/matters/${id}/alike`);
    assertReads(me);
    const typed = textOf(given).slice(0, MOST_TYPED);
    if (typed === '') return this.#alike(id, me, request, undefined);
    const numbered = await this.#numbered(typed);
    if (numbered.length === 1) return seeOther(reply, `/staff/matters/${id}/beside/${numbered[0]}`);
    void reply.code(422);
    const refused = numbered.length === 0 ? 'number-unknown' : 'number-of-several';
    return this.#alike(id, me, request, undefined, { typed, refused });
  }

  /** Puts those that were ticked into the case of this one. */
  @Post('alike')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async gather(
    @Param('id') id: string,
    @Body() body: Parameters,
    @CurrentRequest() by: RequestBy,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertListens(by.actor);
    if (!isUuid(id)) throw new Problem('matter-unknown');
    const members = valuesOf(body.matter).filter(isUuid);
    const answer =
      members.length === 0
        ? { rejected: 'nothing-chosen' }
        : await this.commands.execute(new GatherMatters(id, members, by));
    if (!isRejection(answer))
      return seeOther(reply, `/staff/matters/${id}?done=1&atLeast=${answer.position}`);
    void reply.code(422);
    return this.#alike(id, by.actor, request, answer.rejected);
  }

  @Get('beside/:other')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async beside(
    @MaybeActor() me: Actor | undefined,
    @Param('id') id: string,
    @Param('other') other: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!isUuid(id) || !isUuid(other)) throw new Problem('matter-unknown');
    if (me === undefined) return toSignIn(reply, `/staff/matters/${id}/beside/${other}`);
    return this.#beside([id, other], me, request, undefined);
  }

  @Post('beside/:other')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async join(
    @Param('id') id: string,
    @Param('other') other: string,
    @Body() { act }: Parameters,
    @CurrentRequest() by: RequestBy,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertListens(by.actor);
    if (!isUuid(id) || !isUuid(other)) throw new Problem('matter-unknown');
    const answer = await this.commands.execute(joining([id, other], act, by));
    if (!isRejection(answer)) {
      const kept = act === 'one' ? other : id;
      return seeOther(reply, `/staff/matters/${kept}?done=1&atLeast=${answer.position}`);
    }
    void reply.code(422);
    return this.#beside([id, other], by.actor, request, answer.rejected);
  }

  /** Ids, of two matters at most. */
  async #numbered(typed: string): Promise<readonly string[]> {
    if (idBeginning(typed) === undefined) return [];
    const { matters } = await this.queries.execute(new ListQueue({ words: typed }, 'newest', 2, undefined));
    return matters.map(({ matterId }) => matterId);
  }

  async #alike(
    id: string,
    me: Actor,
    request: FastifyRequest,
    refused: string | undefined,
    number?: { typed: string; refused: string },
  ) {
    assertReads(me);
    const found = await this.queries.execute(new FindAlike(id));
    if (found === undefined) throw new Problem('matter-unknown');
    const about = { matterId: id, found, refused, number, ...this.#acting(me) };
    return document(AlikePage, { ...(await this.#names(request)), ...about });
  }

  async #beside(
    [one, other]: readonly [string, string],
    me: Actor,
    request: FastifyRequest,
    refused: string | undefined,
  ) {
    assertReads(me);
    const compared = await this.queries.execute(new CompareMatters(one, other));
    if (compared === undefined) throw new Problem('matter-unknown');
    const about = { compared, refused, ...this.#acting(me) };
    return document(BesidePage, { ...(await this.#names(request)), ...about });
  }

  #acting({ roles }: Actor) {
    return { mayAct: roles.includes(LISTENER), commandId: randomUUID() };
  }

  async #names(request: FastifyRequest) {
    const [{ frame }, { catalogue }] = await Promise.all([this.frames.of(request), this.catalogue.get()]);
    return { frame, names: new MatterNames(catalogue, frame.language) };
  }
}

/** @throws Problem `not-found` for what nobody does */
function joining(
  [one, other]: readonly [string, string],
  act: unknown,
  by: By,
): Command<{ position: bigint } | Rejection> {
  switch (act) {
    case 'one':
      return new DuplicateMatter(one, other, by);
    case 'other':
      return new DuplicateMatter(other, one, by);
    case 'gather':
      return new GatherMatters(one, [other], by);
    default:
      throw new Problem('not-found');
  }
}
