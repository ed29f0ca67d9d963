/** Views over REST as their rows, now or as of any earlier place of the log, with the digest that is published of them. */
import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Bytes32, closed } from '../../projections/events/schema.js';
import { label } from '../../projections/projection.js';
import { allViews } from '../../projections/views.js';
import type { EventStore } from '../event-store/event-store.js';
import { EVENT_STORE } from '../platform.module.js';
import {
  AS_OF_PROBLEMS,
  assertMayFold,
  cacheOf,
  charge,
  COSTLY_PASTS,
  MaybeMoment,
  TakesAsOf,
  type Moment,
} from '../rest/as-of.js';
import type { RateLimit } from '../rest/rate-limit.js';
import { Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiProblems } from '../rest/openapi.js';
import { listPage, PageLimit } from '../rest/paging.js';
import { Problem } from '../rest/problem.js';
import { Views } from '../views/views.js';
import './log.problems.js';

class RowsQuery {
  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{1,2000}$/, { message: 'cursor must be one that this list gave' })
  cursor?: string;

  @PageLimit(1_000, 100)
  limit = 100;
}

const Index = Type.String({ pattern: '^-?\\d{1,19}$' });

const ViewAnswer = {
  schema: closed({
    view: Type.String({ description: '`name@version`' }),
    asOf: Type.String({ pattern: '^-?\\d{1,19}$', description: 'Index of the last event that is folded in' }),
    digest: Bytes32,
    items: Type.Array(closed({ key: Type.String(), row: Type.Unknown() })),
    next: Type.Optional(Type.String()),
    links: closed({ next: Type.Optional(Type.String()) }),
  }),
  example: {
    view: 'departments@1',
    asOf: '1041',
    digest: 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M',
    items: [{ key: 'parks', row: { changed: 12 } }],
    links: {},
  },
};

const ListAnswer = {
  schema: closed({ head: Index, views: Type.Array(Type.String()) }),
  example: { head: '1041', views: ['ballots@2', 'elections@2'] },
};

@ApiTags('log')
@Controller('api/v1/views')
export class ViewsController {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(COSTLY_PASTS) private readonly costly: RateLimit,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The views that are folded from the log, and the index of its last event' })
  @ApiAnswer(ListAnswer)
  async list() {
    const head = String(await this.store.head());
    return new Tagged(`views.${head}`, { head, views: allViews.map(label) });
  }

  @Get(':view')
  @ApiOperation({
    summary: 'The rows of a view, now or as of any earlier place of the log',
    description:
      'Folded again from the events, whatever the tables say, with the digest that is published of the view at that index. ' +
      'Rows hold ids and codes: texts, which can be erased, are not part of them.',
  })
  @ApiParam({ name: 'view', example: 'elections@2', description: '`name@version`, or the name alone' })
  @ApiAnswer(ViewAnswer)
  @TakesAsOf()
  @ApiProblems('view-unknown', 'invalid-cursor', ...AS_OF_PROBLEMS)
  async view(
    @Param('view') name: string,
    @Query() { cursor, limit }: RowsQuery,
    @MaybeMoment() moment: Moment | undefined,
    @Req() request: FastifyRequest,
  ) {
    const view = allViews.find((one) => label(one) === name || one.name === name);
    if (view === undefined) throw new Problem('view-unknown');
    // Now is folded like any past, and costs as much.
    assertMayFold(this.costly, request.ip);
    const place = moment ?? { index: await this.store.head(), took: charge(this.costly, request.ip) };
    const then = await this.views.asOf(place, [view]);
    const { rows, next } = await then.list(view, { limit, ...(cursor !== undefined && { after: cursor }) });
    const { index } = place;
    const digest = then.past?.digests[0]?.digest ?? '';
    const body = { view: label(view), asOf: String(index), digest, ...listPage(rows, next, request.url) };
    const tag = `view.${label(view)}.${index}.${cursor ?? ''}.${limit}.${digest}`;
    return new Tagged(tag, body, cacheOf(moment));
  }
}
