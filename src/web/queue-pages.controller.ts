/** The queue of matters for staff (role listener; auditors read). Never kept by a browser. */
import { randomUUID } from 'node:crypto';
import { Controller, Get, Header, Inject, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MATTER_KINDS } from '../../projections/matter.js';
import type { Clock } from '../clock.js';
import { LISTENER } from '../complaints/matter.js';
import { GetDeskNumbers, ListQueue, QUEUE_ORDERS, type QueueFilter } from '../desk/queue.queries.js';
import { assertReads } from '../desk/staff-access.js';
import { CLOCK } from '../platform.module.js';
import type { Actor } from '../staff/actor.js';
import { MaybeActor } from '../staff/current-actor.js';
import { idIn, textOf, toSignIn, type Parameters } from './page-forms.js';
import { DeskPage, SHOWN, type DeskFilter, type Shown } from './desk.page.js';
import { Frames } from './frames.js';
import { MatterCatalogue } from './matter-catalogue.js';
import { MatterNames } from './matter-names.js';
import { document, HTML } from './render.js';

const PER_PAGE = 50;
const MOST_WORDS = 200;
const CURSOR = /^[A-Za-z0-9_-]{1,2000}$/;

@ApiExcludeController()
@Controller('staff/matters')
export class QueuePagesController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(MatterCatalogue) private readonly catalogue: MatterCatalogue,
    @Inject(CLOCK) private readonly clock: Clock,
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
    const now = this.clock.now();
    const shown = SHOWN.find((one) => one === query.shown) ?? 'release';
    const order = QUEUE_ORDERS.find((one) => one === query.order) ?? (shown === 'done' ? 'newest' : 'due');
    const filter = filterOf(query);
    const cursor = typeof query.cursor === 'string' && CURSOR.test(query.cursor) ? query.cursor : undefined;
    const which = { ...shownBy(shown, now.toISOString()), ...filter };
    const [{ matters, next }, numbers, { frame }, { catalogue }] = await Promise.all([
      this.queries.execute(new ListQueue(which, order, PER_PAGE, cursor)),
      this.queries.execute(new GetDeskNumbers(now)),
      this.frames.of(request),
      this.catalogue.get(),
    ]);
    return document(DeskPage, {
      frame,
      names: new MatterNames(catalogue, frame.language),
      shown,
      filter,
      order,
      matters,
      next,
      numbers,
      mayAct: me.roles.includes(LISTENER),
      commandId: randomUUID(),
    });
  }
}

function shownBy(shown: Shown, now: string): QueueFilter {
  switch (shown) {
    case 'release':
      return { stateKinds: ['open'], released: false };
    case 'open':
      return { stateKinds: ['open'] };
    case 'overdue':
      return { overdueAt: now };
    case 'done':
      return { stateKinds: ['closed', 'fixed'] };
  }
}

function filterOf(query: Parameters): DeskFilter {
  const kind = MATTER_KINDS.find((one) => one === query.kind);
  const words = textOf(query.words).slice(0, MOST_WORDS);
  return {
    ...(kind !== undefined && { kind }),
    ...idIn('category', query.category),
    ...idIn('department', query.department),
    ...idIn('area', query.area),
    ...(words !== '' && { words }),
  };
}
