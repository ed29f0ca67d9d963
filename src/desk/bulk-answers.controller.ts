/** One reply to many matters over REST (role listener): first what each would get, then the answers. */
import { Body, Controller, Header, HttpCode, Inject, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { Type as Nested } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsUUID,
  Matches,
  Min,
  ValidateNested,
} from 'class-validator';
import { Type } from 'typebox';
import { closed, Code, Count, Id, Uuid } from '../../projections/events/schema.js';
import { TEXT_PROBLEMS } from '../contents/contents.problems.js';
import type { Texts } from '../contents/text.js';
import {
  ApiAnswer,
  ApiExample,
  ApiIdempotencyKey,
  ApiProblems,
  SIGNED_IN,
  STAFF_WRITE,
} from '../rest/openapi.js';
import { accepted } from '../rest/problem.js';
import type { Actor } from '../staff/actor.js';
import { CurrentActor, CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import { AnswerMatters, PreviewBulkAnswer, type BulkOutcome } from './bulk-answers.commands.js';
import { MOST_ANSWERED, type BulkReply, type PlannedAnswer } from './bulk-answers.js';
import './desk.problems.js';
import { assertListens } from './staff-access.js';

const MATTER = '0d9c4a1e-0f6a-5c1e-9a3e-5d2f1c7b8a90';
/** A position. */
const SEEN = '1038';
const TEMPLATE = '5b1f6a52-5d1e-5c9e-8b6e-1f0b5a2f4c11';

class SeenTemplateBody {
  @ApiProperty({ example: TEMPLATE })
  @IsUUID()
  id: string;
  @ApiProperty({ example: 1, type: 'integer', description: '`version` as you saw it' })
  @IsInt()
  @Min(1)
  version: number;
}

class BulkReplyBody implements BulkReply {
  @ApiProperty({ example: 'resolved' })
  @Matches(/^[a-z0-9][a-z0-9-]{0,63}$/, { message: 'state must be lower-case letters, digits and -' })
  state: string;
  @ApiPropertyOptional({ example: 'regional-roads' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/, { message: 'responsible must be an id' })
  responsible?: string;
  @ApiPropertyOptional({ type: SeenTemplateBody })
  @IsOptional()
  @ValidateNested()
  @Nested(() => SeenTemplateBody)
  template?: SeenTemplateBody;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { es: 'Se cambió la lámpara de {area}.' },
    description: 'Where there is no template',
  })
  @IsOptional()
  @IsObject()
  words?: Texts;
}

class BulkPreviewBody extends BulkReplyBody {
  @ApiProperty({ type: [String], example: [MATTER], maxItems: MOST_ANSWERED })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ANSWERED)
  @IsUUID(undefined, { each: true })
  matters: string[];
}

class SeenMatterBody {
  @ApiProperty({ example: MATTER })
  @IsUUID()
  id: string;
  @ApiProperty({ example: SEEN, description: '`seen` of the preview: changed since, it is not answered' })
  @Matches(/^\d{1,15}$/, { message: 'seen must be a position' })
  seen: string;
}

class BulkAnswerBody extends BulkReplyBody {
  @ApiProperty({ type: [SeenMatterBody], maxItems: MOST_ANSWERED })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ANSWERED)
  @ValidateNested({ each: true })
  @Nested(() => SeenMatterBody)
  matters: SeenMatterBody[];
}

const reply = { state: 'resolved', template: { id: TEMPLATE, version: 1 } };
const reached = {
  people: Type.Integer({ minimum: 0, description: 'Who wrote or joined, those of its case included' }),
  mails: Type.Integer({ minimum: 0, description: 'Of them, who is written to' }),
};
const about = { id: Uuid, category: Type.Optional(Code), area: Type.Optional(Id) };
const refused = Type.Optional(
  Type.String({
    description:
      'Why it is not answered: `matter-unknown`, `matter-erased`, `matter-answered`, `matter-changed`, ' +
      '`answered-with-case`, `template-other-category`, `placeholder-empty`, `placeholder-in-case`, or why an ' +
      'answer is refused',
  }),
);
const PreviewAnswer = {
  schema: closed({
    ready: Count,
    items: Type.Array(
      closed({
        ...about,
        refused,
        seen: Type.Optional(Type.String({ pattern: '^\\d+$', description: 'Its last change' })),
        words: Type.Optional(Type.Record(Type.String(), Type.String())),
        ...reached,
      }),
    ),
  }),
  example: {
    ready: 1,
    items: [
      {
        id: MATTER,
        category: 'street-lamp',
        area: 'harbour',
        seen: SEEN,
        words: { es: 'Se cambió la lámpara de Puerto.' },
        people: 4,
        mails: 3,
      },
    ],
  },
};
const OutcomeAnswer = {
  schema: closed({
    answered: Count,
    items: Type.Array(closed({ ...about, refused, ...reached })),
    position: Type.String({ pattern: '^-?\\d+$' }),
  }),
  example: {
    answered: 1,
    items: [{ id: MATTER, category: 'street-lamp', area: 'harbour', people: 4, mails: 3 }],
    position: '1041',
  },
};
const REPLY = [
  ...TEXT_PROBLEMS,
  'nothing-chosen',
  'matters-too-many',
  'template-unknown',
  'template-changed',
  'template-other-state',
  'state-unknown',
  'state-stops',
  'responsible-missing',
  'placeholder-unknown',
  'views-behind',
];

@ApiTags('matters')
@ApiSecurity('key')
@ApiSecurity('session')
@Controller('api/v1/matters/bulk-answers')
export class BulkAnswersController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Post('previews')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'What each of these matters would get, and why some would get nothing (role listener)',
    description: 'Nothing is written, so this needs no Idempotency-Key.',
  })
  @ApiAnswer(PreviewAnswer)
  @ApiExample(BulkPreviewBody, { matters: [MATTER], ...reply })
  @ApiProblems(
    ...SIGNED_IN,
    ...REPLY,
    'invalid-input',
    'malformed-json',
    'body-too-large',
    'media-type-unsupported',
  )
  async preview(@Body() { matters, ...asked }: BulkPreviewBody, @CurrentActor() actor: Actor) {
    assertListens(actor);
    const planned = accepted(await this.queries.execute(new PreviewBulkAnswer(matters, asked)));
    const ready = planned.filter((one) => one.refused === undefined).length;
    return { ready, items: planned.map(plannedJson) };
  }

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Answer many matters with one reply (role listener)',
    description: 'Each is answered or refused by itself. The same key again answers none of them twice.',
  })
  @ApiAnswer(OutcomeAnswer)
  @ApiExample(BulkAnswerBody, { matters: [{ id: MATTER, seen: SEEN }], ...reply })
  @ApiProblems(...STAFF_WRITE, ...REPLY)
  async answer(@Body() { matters, ...asked }: BulkAnswerBody, @CurrentRequest() by: RequestBy) {
    const seen = matters.map(({ id, seen: at }) => ({ matterId: id, seen: Number(at) }));
    const done = accepted(await this.commands.execute(new AnswerMatters(seen, asked, by)));
    const answered = done.outcomes.filter((one) => one.refused === undefined).length;
    return { answered, items: done.outcomes.map(itemJson), position: String(done.position) };
  }
}

function itemJson({ matterId: id, ...item }: BulkOutcome) {
  return { id, ...item };
}

function plannedJson({ seen, ...item }: PlannedAnswer) {
  return { ...itemJson(item), ...(seen !== undefined && { seen: String(seen) }) };
}
