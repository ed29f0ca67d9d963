/** The queue of matters for staff (role listener; auditors read). Never kept by a browser. */
import { randomUUID } from 'node:crypto';
import { Controller, Get, Header, Inject, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MATTER_KINDS } from '../../projections/matter.js';
import type { Clock } from '../clock.js';
import { LISTENER } from '../complaints/matter.js';
import { idBeginning } from '../complaints/matter-number.js';
import { CountQueue } from '../desk/queue-counts.queries.js';
import { GetDeskNumbers, ListQueue, QUEUE_ORDERS, type QueueFilter } from '../desk/queue.queries.js';
import { assertReads } from '../desk/staff-access.js';
import { CLOCK, SETTINGS } from '../platform.module.js';
import type { Settings } from '../settings.js';
import type { Actor } from '../staff/actor.js';
import { MaybeActor } from '../staff/current-actor.js';
import { idIn, textOf, toSignIn, type Parameters } from './page-forms.js';
import { keepQueue } from './queue-place.js';
import { DeskPage, queueQuery, SHOWN, type DeskFilter, type Shown } from './desk.page.js';
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
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
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
    keepQueue(
      reply,
      queueQuery(shown, { ...filter, order }),
      this.settings.publicUrl?.startsWith('https:') ?? request.protocol === 'https',
    );
    const cursor = typeof query.cursor === 'string' && CURSOR.test(query.cursor) ? query.cursor : undefined;
    // A number is looked for among all of them.
    const isNumber = idBeginning(filter.words ?? '') !== undefined;
    const which = { ...(!isNumber && shownBy(shown, now.toISOString())), ...filter };
    const isAll = Object.keys(filter).length === 0;
    const [{ matters, next }, numbers, counts, { frame }, { catalogue }] = await Promise.all([
      this.queries.execute(new ListQueue(which, order, PER_PAGE, cursor)),
      this.queries.execute(new GetDeskNumbers(now)),
      isAll ? this.queries.execute(new CountQueue(now.toISOString())) : undefined,
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
      counts,
      mayAct: me.roles.includes(LISTENER),
      commandId: randomUUID(),
    });
  }
}

function shownBy(shown: Shown, now: string): QueueFilter {
  switch (shown) {
    case 'release':
      return { stateKinds: ['open'], released: false, hidden: false, private: false };
    case 'open':
      return { stateKinds: ['open'] };
    case 'overdue':
      return { overdueAt: now };
    case 'done':
      return { stateKinds: ['closed', 'fixed'] };
    case 'hidden':
      return { hidden: true };
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
