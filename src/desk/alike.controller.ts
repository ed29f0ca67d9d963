/** Matters that say the same over REST (role listener or auditor). */
import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { Type } from 'typebox';
import { closed } from '../../projections/events/schema.js';
import { ApiAnswer, ApiProblems, SIGNED_IN } from '../rest/openapi.js';
import { Problem } from '../rest/problem.js';
import { uuidOr } from '../rest/uuid-or.js';
import type { Actor } from '../staff/actor.js';
import { CurrentActor } from '../staff/current-actor.js';
import { FindAlike } from './alike.queries.js';
import './desk.problems.js';
import { QUEUED, QUEUED_EXAMPLE, queuedJson } from '../complaints/matters.answers.js';
import { assertReads } from './staff-access.js';

const AlikeAnswer = {
  schema: closed({
    items: Type.Array(
      closed({
        matter: QUEUED,
        metres: Type.Optional(Type.Integer({ minimum: 0 })),
        likeness: Type.Integer({ minimum: 0, maximum: 1_000, description: 'Of the words, in thousandths' }),
      }),
    ),
  }),
  example: { items: [{ matter: QUEUED_EXAMPLE, metres: 12, likeness: 640 }] },
};

@ApiTags('matters')
@ApiSecurity('key')
@ApiSecurity('session')
@Controller('api/v1/matters/:id/alike')
export class AlikeController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Open matters that are near or say much the same, public or not (role listener or auditor)',
  })
  @ApiAnswer(AlikeAnswer)
  @ApiProblems(...SIGNED_IN, 'matter-unknown', 'views-behind')
  async alike(@Param('id', uuidOr('matter-unknown')) id: string, @CurrentActor() actor: Actor) {
    assertReads(actor);
    const found = await this.queries.execute(new FindAlike(id));
    if (found === undefined) throw new Problem('matter-unknown');
    return { items: found.map(({ matter, ...how }) => ({ matter: queuedJson(matter), ...how })) };
  }
}
