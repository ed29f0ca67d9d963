/** Contents over REST: what is public for everybody; showing, hiding and erasing for staff. */
import { Body, Controller, Get, HttpCode, Inject, Param, ParseUUIDPipe, Post, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsUUID, Matches } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { toBase64url } from '../../projections/bytes.js';
import { ReceiptAnswer, receiptJson } from '../rest/commands.js';
import { Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiExample, ApiIdempotencyKey, ApiProblems, STAFF_WRITE } from '../rest/openapi.js';
import { accepted, Problem } from '../rest/problem.js';
import { CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import { MAX_RELEASED } from './content-life.js';
import { EraseContent, HideContent, ReleaseContents } from './contents.commands.js';
import type { Content } from './contents.js';
import './contents.problems.js';
import { GetContent } from './contents.queries.js';
import { fileHeaders } from './file-headers.js';
import type { Texts } from './text.js';

const CODE = {
  pattern: /^[a-z0-9][a-z0-9-]{0,63}$/,
  message: 'must be a code: lower-case letters, digits and -',
};

class ReleaseBody {
  @ApiProperty({ type: [String], example: ['0190f3a2-6d1e-7c44-9f0b-2c9f6b1f1a55'] })
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_RELEASED)
  @IsUUID('all', { each: true })
  ids: string[];
}

class HideBody {
  @ApiProperty({ example: 'insult', description: 'A code, public in the log' })
  @Matches(CODE.pattern, { message: CODE.message })
  reason: string;
}

class EraseBody {
  @ApiProperty({ example: 'gdpr-17', description: 'The code of the legal ground, public in the log' })
  @Matches(CODE.pattern, { message: CODE.message })
  basis: string;
}

/** A public text. */
export class PublicText {
  @ApiProperty({ example: '0190f3a2-6d1e-7c44-9f0b-2c9f6b1f1a55' })
  id: string;
  @ApiProperty({ description: 'What the log holds: HT("content", id, salt, bytes), base64url' })
  commitment: string;
  @ApiProperty({ description: '32 bytes, base64url: with it anybody can check the commitment' })
  salt: string;
  @ApiProperty({ example: { es: 'Fuentes de agua', en: 'Drinking fountains' } })
  texts: Texts;
}

const TEXT = {
  id: '0190f3a2-6d1e-7c44-9f0b-2c9f6b1f1a55',
  commitment: 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M',
  salt: 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M',
  texts: { es: 'Fuentes de agua', en: 'Drinking fountains' },
};
const ReleasedAnswer = {
  schema: Type.Object(
    { released: Type.Integer({ minimum: 0 }), position: Type.String({ pattern: '^-?\\d+$' }) },
    { additionalProperties: false },
  ),
  example: { released: 1, position: '1041' },
};

@ApiTags('contents')
@Controller('api/v1/contents')
export class ContentsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get(':id')
  @ApiOperation({ summary: 'A public text as JSON, or a public file in its own media type' })
  @ApiAnswer(
    { schema: PublicText, example: TEXT },
    { description: 'A text; a file comes in its own media type' },
  )
  @ApiProblems('content-unknown', 'content-hidden', 'content-erased', 'views-behind')
  async get(
    @Param('id', new ParseUUIDPipe({ exceptionFactory: () => new Problem('content-unknown') })) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const found = await this.queries.execute(new GetContent(id));
    if (found.state === 'unknown') throw new Problem('content-unknown');
    if (found.state === 'gone') throw new Problem(found.because);
    const { content, texts } = found;
    // Bytes never change under a commitment; whether they are shown is asked every time.
    if (texts !== undefined) return new Tagged(content.commitment, publicText(content, texts));
    void reply.headers(fileHeaders(content));
    return new Tagged<Uint8Array>(content.commitment, Buffer.from(content.bytes));
  }

  @Post('release')
  @HttpCode(200)
  @ApiOperation({ summary: 'Show contents again that were hidden' })
  @ApiAnswer(ReleasedAnswer)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiProblems(
    ...STAFF_WRITE,
    'content-unknown',
    'content-erased',
    'contents-too-many',
    'content-already-released',
    'content-never-shown',
  )
  @ApiExample(ReleaseBody, { ids: [TEXT.id] })
  async release(@Body() { ids }: ReleaseBody, @CurrentRequest() by: RequestBy) {
    const { released, position } = accepted(await this.commands.execute(new ReleaseContents(ids, by)));
    return { released, position: String(position) };
  }

  @Post(':id/hide')
  @HttpCode(200)
  @ApiOperation({ summary: 'Show a content no longer, and keep it' })
  @ApiAnswer(ReceiptAnswer)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiProblems(...STAFF_WRITE, 'content-not-released', 'content-erased')
  @ApiExample(HideBody, { reason: 'insult' })
  async hide(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { reason }: HideBody,
    @CurrentRequest() by: RequestBy,
  ) {
    return receiptJson(accepted(await this.commands.execute(new HideContent(id, reason, by))));
  }

  @Post(':id/erase')
  @HttpCode(200)
  @ApiOperation({ summary: 'Delete a content for good' })
  @ApiAnswer(ReceiptAnswer)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiProblems(...STAFF_WRITE, 'content-unknown', 'content-erased')
  @ApiExample(EraseBody, { basis: 'gdpr-17' })
  async erase(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { basis }: EraseBody,
    @CurrentRequest() by: RequestBy,
  ) {
    return receiptJson(accepted(await this.commands.execute(new EraseContent(id, basis, by))));
  }
}

function publicText({ id, commitment, salt }: Content, texts: Texts) {
  return { id, commitment, salt: toBase64url(salt), texts };
}
