/** Published digests over REST: what anybody who folds the log compares her own with. */
import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { DigestsRow } from '../../projections/digests.view.js';
import { Bytes32, closed, Instant } from '../../projections/events/schema.js';
import {
  AS_OF,
  AS_OF_PROBLEMS,
  asOfJson,
  cacheOf,
  MaybeMoment,
  TakesAsOf,
  type Moment,
} from '../rest/as-of.js';
import { Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiProblems } from '../rest/openapi.js';
import { listPage, PageQuery } from '../rest/paging.js';
import { ListDigests } from './digests.queries.js';

const Position = Type.String({ pattern: '^\\d{1,19}$' });

const DigestsAnswer = {
  schema: closed({
    items: Type.Array(
      closed({
        /** Position of the last event that the views held. */
        index: Position,
        at: Instant,
        /** Position of the first event that publishes them. */
        position: Position,
        /** Of each view, `name@version`. */
        digests: Type.Array(closed({ view: Type.String(), digest: Bytes32 })),
      }),
    ),
    next: Type.Optional(Type.String()),
    links: closed({ next: Type.Optional(Type.String()) }),
    ...AS_OF,
  }),
  example: {
    items: [
      {
        index: '9121',
        at: '2026-05-15T20:00:02.000Z',
        position: '9122',
        digests: [{ view: 'elections@2', digest: 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M' }],
      },
    ],
    links: {},
  },
};

@ApiTags('log')
@Controller('api/v1/digests')
export class DigestsController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'Published digests of all views, the latest first',
    description:
      'After a close, a count, a certification and once a day, the digest of every view is put into the log. Whoever folds the ' +
      'log up to and with `index` gets the same ones: docs/voting.md.',
  })
  @ApiAnswer(DigestsAnswer)
  @TakesAsOf()
  @ApiProblems('invalid-cursor', 'views-behind', ...AS_OF_PROBLEMS)
  async list(
    @Query() { cursor, limit }: PageQuery,
    @MaybeMoment() moment: Moment | undefined,
    @Req() request: FastifyRequest,
  ) {
    const { published, next, past, tag } = await this.queries.execute(new ListDigests(limit, cursor, moment));
    const body = { ...listPage(published.map(digestsJson), next, request.url), ...asOfJson(past) };
    return new Tagged(`digests.${tag}.${limit}.${cursor ?? ''}`, body, cacheOf(moment));
  }
}

function digestsJson({ index, at, position, digests }: DigestsRow) {
  return { index: String(index), at, position: String(position), digests };
}
