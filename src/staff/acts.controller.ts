/** Acts that need two persons, over REST: propose, look, approve, withdraw. */
import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
} from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional, Matches } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { fromBase64url, toBase64url, utf8 } from '../../projections/bytes.js';
import { ApiAnswer, ApiIdempotencyKey, ApiProblems, SIGNED_IN, STAFF_WRITE } from '../rest/openapi.js';
import { listPage, PageLinks, PageQuery, type ListPage } from '../rest/paging.js';
import { accepted, Problem } from '../rest/problem.js';
import { ActRepresentation, representAct } from './act-representation.js';
import type { ActState } from './act-rows.js';
import { Acts, type ActPlace } from './acts.js';
import './acts.problems.js';
import type { Actor } from './actor.js';
import { CurrentActor, CurrentRequest, type RequestBy } from './current-actor.js';

const STATES = ['pending', 'approved', 'done', 'refused', 'withdrawn'] as const;

class ActsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES)
  state?: ActState;
}

class Proposal {
  @ApiProperty({
    example: 'close-early',
    description: 'What is to be done; the rooms say which kinds there are',
  })
  @Matches(/^[a-z][a-z0-9-]{0,63}$/, { message: 'kind must be the name of a kind of act' })
  kind: string;

  @ApiProperty({
    type: Object,
    example: { electionId: '6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11', reason: { code: 'storm' } },
  })
  @IsObject()
  body: Record<string, unknown>;
}

class SecondPart {
  @ApiPropertyOptional({
    type: Object,
    description: 'Only where the second person brings the same again, as with paper sheets',
  })
  @IsOptional()
  @IsObject()
  body?: Record<string, unknown>;
}

class ActList {
  @ApiProperty({ type: [ActRepresentation] })
  items: ActRepresentation[];
  @ApiPropertyOptional({ description: 'Cursor of the next page' })
  next?: string;
  @ApiProperty({ type: PageLinks })
  links: PageLinks;
}

const electionId = '6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11';
const actId = '9a3c5a50-93d1-5d1b-a1e5-0a3b1c6d2f10';
const APPROVALS = [
  { actor: 'admin-1', at: '2026-10-01T08:00:00.000Z' },
  { actor: 'admin-2', at: '2026-10-01T09:30:00.000Z' },
];
const ACT = {
  id: actId,
  kind: 'close-early',
  state: 'pending',
  act: { type: 'VotingClosed', data: { electionId, cause: 'early', actId, reason: { code: 'storm' } } },
  proposedBy: 'admin-1',
  proposedAt: '2026-10-01T08:00:00.000Z',
  expiresAt: '2026-10-08T08:00:00.000Z',
  approvals: APPROVALS.slice(0, 1),
};

@ApiTags('acts')
@ApiSecurity('key')
@ApiSecurity('session')
@Controller('api/v1/acts')
export class ActsController {
  constructor(@Inject(Acts) private readonly acts: Acts) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Acts, the newest first' })
  @ApiAnswer({ schema: ActList, example: { items: [ACT], links: {} } })
  @ApiProblems(...SIGNED_IN, 'invalid-cursor', 'invalid-input')
  async list(
    @Query() { state, cursor, limit }: ActsQuery,
    @CurrentActor() _actor: Actor,
    @Req() request: FastifyRequest,
  ): Promise<ListPage<ActRepresentation>> {
    const after = cursor === undefined ? undefined : placeFrom(cursor);
    const { rows, next } = await this.acts.list({ limit, ...(state && { state }), ...(after && { after }) });
    const items = rows.map((row) => representAct(row, this.acts.isExpired(row)));
    return listPage(items, next && cursorOf(next), request.url);
  }

  @Get(':id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'One act' })
  @ApiAnswer({ schema: ActRepresentation, example: ACT })
  @ApiProblems(...SIGNED_IN, 'act-not-found')
  async get(@Param('id') id: string, @CurrentActor() _actor: Actor): Promise<ActRepresentation> {
    const row = await this.acts.get(id);
    if (row === undefined) throw new Problem('act-not-found');
    return representAct(row, this.acts.isExpired(row));
  }

  @Post()
  @ApiOperation({ summary: 'Propose an act, and approve it as the first person' })
  @ApiAnswer({ schema: ActRepresentation, example: ACT }, { status: 201 })
  @ApiIdempotencyKey()
  @ApiProblems(...STAFF_WRITE, 'act-kind-unknown', 'approval-key-not-held')
  async propose(
    @Body() { kind, body }: Proposal,
    @CurrentRequest() by: RequestBy,
  ): Promise<ActRepresentation> {
    const row = accepted(await this.acts.propose(kind, body, by));
    return representAct(row, this.acts.isExpired(row));
  }

  @Post(':id/approvals')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Approve as the second person; the act is then carried out',
    description: 'May be repeated: who approved is told what became of it. Needs no Idempotency-Key.',
  })
  @ApiAnswer({
    schema: ActRepresentation,
    example: { ...ACT, state: 'done', approvals: APPROVALS, outcome: { position: '1041' } },
  })
  @ApiProblems(
    'act-not-found',
    'act-decided',
    'act-being-carried-out',
    'act-expired',
    'same-person',
    ...SIGNED_IN,
    'invalid-input',
    'approval-body-required',
    'approval-body-unexpected',
    'approval-key-not-held',
  )
  async approve(
    @Param('id') id: string,
    @Body() part: SecondPart | undefined,
    @CurrentActor() actor: Actor,
  ): Promise<ActRepresentation> {
    const row = accepted(await this.acts.approve(id, actor, part?.body));
    return representAct(row, false);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Take back an act that nobody else has approved' })
  @ApiAnswer({ schema: ActRepresentation, example: { ...ACT, state: 'withdrawn', withdrawnBy: 'admin-1' } })
  @ApiProblems('act-not-found', 'act-decided', 'act-being-carried-out', ...SIGNED_IN)
  async withdraw(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<ActRepresentation> {
    return representAct(accepted(await this.acts.withdraw(id, actor)), false);
  }
}

function cursorOf({ at, actId }: ActPlace): string {
  return toBase64url(utf8(`${at.toISOString()} ${actId}`));
}

/** @throws Problem `invalid-cursor` */
function placeFrom(cursor: string): ActPlace {
  const text = Buffer.from(fromBase64url(cursor) ?? []).toString();
  const [, at, actId] = /^(\S{24}) ([0-9a-f-]{36})$/.exec(text) ?? [];
  const date = new Date(at ?? '');
  if (actId === undefined || Number.isNaN(date.getTime()))
    throw new Problem('invalid-cursor', { field: 'cursor' });
  return { at: date, actId };
}
