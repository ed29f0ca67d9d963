/** Photos of matters as staff sees them before anybody else does (role listener), and their redaction. Kept by nobody in between. */
import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { Type as Nested } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, Max, Min, ValidateNested } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { closed, Uuid } from '../../projections/events/schema.js';
import { safeHeaders } from '../contents/file-headers.js';
import { MAX_BOXES, type Box } from '../photos/boxes.js';
import { PHOTO_TYPE } from '../photos/decoder.js';
import { REDACTION_PROBLEMS } from '../photos/photos.problems.js';
import { RECEIPT, RECEIPT_EXAMPLE, receiptJson } from '../rest/commands.js';
import {
  ApiAnswer,
  ApiExample,
  ApiIdempotencyKey,
  ApiProblems,
  SIGNED_IN,
  STAFF_WRITE,
} from '../rest/openapi.js';
import { accepted, Problem } from '../rest/problem.js';
import { uuidOr } from '../rest/uuid-or.js';
import type { Actor } from '../staff/actor.js';
import { CurrentActor, CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import './desk.problems.js';
import { RedactPhoto } from '../complaints/redaction.commands.js';
import { assertListens } from './staff-access.js';
import { GetStaffPhoto, TryRedaction } from './staff-photos.queries.js';

const SIDE = 100_000;
const UNITS = ['pixel', 'permille'] as const;
const PHOTO = '3a1c9a58-6f0e-4b8e-9a52-0d5d9f1f7c20';

class BoxBody implements Box {
  @ApiProperty({ enum: UNITS, description: 'Pixels of the photo, or thousandths of its width and height' })
  @IsIn(UNITS)
  unit: Box['unit'];
  @ApiProperty({ example: 120, type: 'integer' })
  @IsInt()
  @Min(-SIDE)
  @Max(SIDE)
  left: number;
  @ApiProperty({ example: 340, type: 'integer' })
  @IsInt()
  @Min(-SIDE)
  @Max(SIDE)
  top: number;
  @ApiProperty({ example: 200, type: 'integer' })
  @IsInt()
  @Min(1)
  @Max(SIDE)
  width: number;
  @ApiProperty({ example: 90, type: 'integer' })
  @IsInt()
  @Min(1)
  @Max(SIDE)
  height: number;
}

class BoxesBody {
  @ApiProperty({ type: [BoxBody], minItems: 1, maxItems: MAX_BOXES })
  @IsArray()
  @ArrayMaxSize(MAX_BOXES)
  @ValidateNested({ each: true })
  @Nested(() => BoxBody)
  boxes: BoxBody[];
}

const boxes = [{ unit: 'permille', left: 120, top: 340, width: 200, height: 90 }];
const JPEG = {
  status: 200,
  description: 'JPEG',
  content: { [PHOTO_TYPE]: { schema: { type: 'string' as const }, example: 'the bytes of a JPEG' } },
};
const RedactedAnswer = {
  schema: closed({ photo: Uuid, ...RECEIPT }),
  example: { photo: PHOTO, ...RECEIPT_EXAMPLE },
};

const CONTENT = uuidOr('content-unknown');

@ApiTags('matters')
@ApiSecurity('key')
@ApiSecurity('session')
@Controller('api/v1/matters/:id/photos/:photo')
export class StaffPhotosController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A photo of a matter, public or not (role listener)' })
  @ApiResponse(JPEG)
  @ApiProblems(...SIGNED_IN, 'content-unknown', 'views-behind')
  whole(
    @Param('id', CONTENT) id: string,
    @Param('photo', CONTENT) photo: string,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.#photo({ id, photo, size: 'whole' }, actor, reply);
  }

  @Get('preview')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The same, 400 pixels wide at most (role listener)' })
  @ApiResponse(JPEG)
  @ApiProblems(...SIGNED_IN, 'content-unknown', 'views-behind')
  preview(
    @Param('id', CONTENT) id: string,
    @Param('photo', CONTENT) photo: string,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.#photo({ id, photo, size: 'preview' }, actor, reply);
  }

  @Post('redaction-previews')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'What it would look like with these boxes (role listener)',
    description: 'A small JPEG. Nothing is changed or kept, so this needs no Idempotency-Key.',
  })
  @ApiExample(BoxesBody, { boxes })
  @ApiResponse(JPEG)
  @ApiProblems(
    ...SIGNED_IN,
    ...REDACTION_PROBLEMS,
    'invalid-input',
    'malformed-json',
    'body-too-large',
    'media-type-unsupported',
    'views-behind',
  )
  async tryOut(
    @Param('id', CONTENT) id: string,
    @Param('photo', CONTENT) photo: string,
    @Body() body: BoxesBody,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    assertListens(actor);
    const bytes = accepted(await this.queries.execute(new TryRedaction(id, photo, body.boxes)));
    void reply.headers(safeHeaders(`${photo}-redacted`, PHOTO_TYPE));
    return Buffer.from(bytes);
  }

  @Post('redactions')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Paint boxes over a photo, and erase the original for good (role listener)',
    description: 'What was public is shown with the boxes from then on.',
  })
  @ApiAnswer(RedactedAnswer)
  @ApiExample(BoxesBody, { boxes })
  @ApiProblems(...STAFF_WRITE, ...REDACTION_PROBLEMS, 'matter-unknown', 'matter-erased')
  async redact(
    @Param('id', CONTENT) id: string,
    @Param('photo', CONTENT) photo: string,
    @Body() body: BoxesBody,
    @CurrentRequest() by: RequestBy,
  ) {
    const command = new RedactPhoto(id, photo, body.boxes, by);
    const redacted = accepted(await this.commands.execute(command));
    return { photo: redacted.photo, ...receiptJson(redacted.receipt) };
  }

  async #photo(
    { id, photo, size }: { id: string; photo: string; size: 'whole' | 'preview' },
    actor: Actor,
    reply: FastifyReply,
  ): Promise<Buffer> {
    assertListens(actor);
    const bytes = await this.queries.execute(new GetStaffPhoto(id, photo, size));
    if (bytes === undefined) throw new Problem('content-unknown');
    void reply.headers(safeHeaders(size === 'whole' ? photo : `${photo}-preview`, PHOTO_TYPE));
    return Buffer.from(bytes);
  }
}
