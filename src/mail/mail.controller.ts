/** The outbox over REST, for administrators: who was written to and what, so it is never kept by anybody in between. */
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
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Min } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { closed, Instant } from '../../projections/events/schema.js';
import { ApiAnswer, ApiExample, ApiProblems, SIGNED_IN } from '../rest/openapi.js';
import { listPage, PageQuery } from '../rest/paging.js';
import { accepted, Problem } from '../rest/problem.js';
import { uuidOr } from '../rest/uuid-or.js';
import type { Actor } from '../staff/actor.js';
import { CurrentActor } from '../staff/current-actor.js';
import './mail.problems.js';
import { cursorOf, placeFrom } from './outbox-cursor.js';
import { OutboxDesk, type OutboxRow } from './outbox-desk.js';
import { OUTBOX_STATES, type OutboxState } from './outbox.js';

class OutboxQuery extends PageQuery {
  @ApiPropertyOptional({ enum: OUTBOX_STATES })
  @IsOptional()
  @IsIn(OUTBOX_STATES)
  state?: OutboxState;
}

class SeenMail {
  @ApiProperty({ example: 1, description: '`tries` as you saw it: what moved on meanwhile is left alone' })
  @IsInt()
  @Min(0)
  tries: number;
}

class SeenQuery {
  @ApiProperty({ example: 1, type: 'integer', description: '`tries` as you saw it' })
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  )
  @IsInt()
  @Min(0)
  tries: number;
}

const MailAnswer = closed({
  id: Type.String(),
  /** What it is, such as `matter-answered`. */
  kind: Type.String(),
  /** The stream of the log that it tells of. */
  about: Type.String(),
  language: Type.String(),
  recipient: Type.Optional(Type.String()),
  subject: Type.Optional(Type.String()),
  /** Of no mail with a link, a code or words that not everybody may read. */
  text: Type.Optional(Type.String()),
  state: Type.Union(OUTBOX_STATES.map((state) => Type.Literal(state))),
  reason: Type.Optional(Type.String()),
  tries: Type.Integer(),
  madeAt: Instant,
  changedAt: Instant,
  nextTryAt: Type.Optional(Instant),
});

const MailList = closed({
  items: Type.Array(MailAnswer),
  next: Type.Optional(Type.String()),
  links: closed({ next: Type.Optional(Type.String()) }),
});

const MAIL = {
  id: '3f6d6a52-5d1e-8c9e-8b6e-1f0b5a2f4c11',
  kind: 'matter-answered',
  about: 'matter-6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11',
  language: 'es',
  recipient: 'ana@example.org',
  subject: 'Respuesta a su aviso',
  text: 'La farola ya luce.\n',
  state: 'unknown',
  reason: 'interrupted',
  tries: 1,
  madeAt: '2026-10-01T08:00:00.000Z',
  changedAt: '2026-10-01T08:00:02.000Z',
};

const TO_SEEN = [
  ...SIGNED_IN,
  'mail-not-found',
  'mail-moved-on',
  'invalid-input',
  'malformed-json',
  'body-too-large',
  'media-type-unsupported',
];

const MAIL_ID = uuidOr('mail-not-found');

@ApiTags('mail')
@ApiSecurity('key')
@ApiSecurity('session')
@Controller('api/v1/mail')
export class MailController {
  constructor(@Inject(OutboxDesk) private readonly desk: OutboxDesk) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Mails that wait, were sent or failed, the newest first (role administrator)' })
  @ApiAnswer({ schema: MailList, example: { items: [MAIL], links: {} } })
  @ApiProblems(...SIGNED_IN, 'invalid-cursor', 'invalid-input')
  async list(
    @Query() { state, cursor, limit }: OutboxQuery,
    @CurrentActor() actor: Actor,
    @Req() request: FastifyRequest,
  ) {
    assertAdministrator(actor);
    const after = cursor === undefined ? undefined : placeFrom(cursor);
    const { rows, next } = await this.desk.list({ limit, ...(state && { state }), ...(after && { after }) });
    return listPage(rows.map(mailJson), next && cursorOf(next), request.url);
  }

  @Post(':id/sendings')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Send again what failed, or of which nobody knows whether it was sent (role administrator)',
    description: 'It may arrive twice. `tries` says which state was seen, so this needs no Idempotency-Key.',
  })
  @ApiAnswer({
    schema: MailAnswer,
    example: { ...MAIL, state: 'waiting', nextTryAt: '2026-10-01T09:00:00.000Z' },
  })
  @ApiExample(SeenMail, { tries: 1 })
  @ApiProblems(...TO_SEEN)
  async sendAgain(
    @Param('id', MAIL_ID) id: string,
    @Body() { tries }: SeenMail,
    @CurrentActor() actor: Actor,
  ) {
    assertAdministrator(actor);
    return mailJson(accepted(await this.desk.sendAgain(id, tries)));
  }

  @Delete(':id')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Leave a mail unsent, and delete it (role administrator)' })
  @ApiAnswer({ schema: MailAnswer, example: MAIL })
  @ApiProblems(...SIGNED_IN, 'mail-not-found', 'mail-moved-on', 'invalid-input')
  async discard(
    @Param('id', MAIL_ID) id: string,
    @Query() { tries }: SeenQuery,
    @CurrentActor() actor: Actor,
  ) {
    assertAdministrator(actor);
    return mailJson(accepted(await this.desk.discard(id, tries)));
  }
}

function assertAdministrator({ roles }: Actor): void {
  if (!roles.includes('administrator')) throw new Problem('role-missing');
}

function mailJson({ madeAt, changedAt, nextTryAt, ...row }: OutboxRow) {
  return {
    ...row,
    madeAt: madeAt.toISOString(),
    changedAt: changedAt.toISOString(),
    ...(row.state === 'waiting' && { nextTryAt: nextTryAt.toISOString() }),
  };
}
