/** Reply templates over REST (role listener). */
import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { IsInt, IsObject, IsOptional, IsString, IsUUID, Length, Matches, Max, Min } from 'class-validator';
import { Type } from 'typebox';
import { CODE, closed, Code, Id, Instant, Uuid } from '../../projections/events/schema.js';
import { TEXT_PROBLEMS } from '../contents/contents.problems.js';
import type { Texts } from '../contents/text.js';
import { newThingId } from '../event-store/event-ids.js';
import {
  ApiAnswer,
  ApiExample,
  ApiIdempotencyKey,
  ApiProblems,
  SIGNED_IN,
  STAFF_WRITE,
} from '../rest/openapi.js';
import { accepted, Problem } from '../rest/problem.js';
import type { Actor } from '../staff/actor.js';
import { CurrentActor, CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import './desk.problems.js';
import { WholeMatters } from '../complaints/whole-matters.js';
import { ReplyNames } from './reply-names.js';
import {
  isFor,
  MOST_VERSIONS,
  ReplyTemplates,
  type ReplyTemplate,
  type TemplateWords,
} from './reply-templates.js';
import { filledIn } from './reply-words.js';
import { RulesInForce } from '../categories/rules-in-force.js';
import { assertListens } from './staff-access.js';

const CODE_HELP = { message: '$property must be lower-case letters, digits and -' };
const MATTER = '0d9c4a1e-0f6a-5c1e-9a3e-5d2f1c7b8a90';
const EXAMPLE = {
  name: 'Farola cambiada',
  category: 'street-lamp',
  state: 'resolved',
  words: { es: 'Se cambió la lámpara de {area}. Su número es el {number}.', en: 'The lamp was changed.' },
};

class TemplateBody implements TemplateWords {
  @ApiProperty({ example: EXAMPLE.name, description: 'For staff, to find it by' })
  @IsString()
  @Length(1, 100)
  name: string;
  @ApiPropertyOptional({ example: 'street-lamp', description: 'With those in it; any where nothing is said' })
  @IsOptional()
  @Matches(CODE, CODE_HELP)
  category?: string;
  @ApiPropertyOptional({ example: 'resolved', description: 'Any where nothing is said' })
  @IsOptional()
  @Matches(CODE, CODE_HELP)
  state?: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: EXAMPLE.words,
    description: 'Filled in: {number}, {category}, {area}, {department}, {date}',
  })
  @IsObject()
  words: Texts;
}

class SeenTemplate {
  @ApiProperty({ example: 1, type: 'integer', description: '`version` as you saw it' })
  @IsInt()
  @Min(1)
  @Max(MOST_VERSIONS)
  version: number;
}

class ChangedTemplate extends TemplateBody {
  @ApiProperty({ example: 1, type: 'integer', description: '`version` as you saw it' })
  @IsInt()
  @Min(1)
  @Max(MOST_VERSIONS)
  version: number;
}

class TemplatesQuery {
  @ApiPropertyOptional({ example: MATTER, description: 'Those for this matter, with its words filled in' })
  @IsOptional()
  @IsUUID()
  matter?: string;
}

const Words = Type.Record(Type.String(), Type.String());
const Template = closed({
  id: Uuid,
  version: Type.Integer({ minimum: 1 }),
  name: Type.String(),
  category: Type.Optional(Code),
  state: Type.Optional(Code),
  words: Words,
  /** For the matter that was asked about. */
  filled: Type.Optional(Words),
  author: Id,
  writtenAt: Instant,
});
const example = {
  id: '5b1f6a52-5d1e-5c9e-8b6e-1f0b5a2f4c11',
  version: 1,
  ...EXAMPLE,
  author: 'lin',
  writtenAt: '2026-10-01T08:00:00.000Z',
};
const OneAnswer = { schema: Template, example };
const WRITE = [...STAFF_WRITE, ...TEXT_PROBLEMS, 'name-missing', 'category-unknown', 'state-unknown'];
const WORDS = ['placeholder-unknown', 'views-behind'];

@ApiTags('matters')
@ApiSecurity('key')
@ApiSecurity('session')
@Controller('api/v1/reply-templates')
export class ReplyTemplatesController {
  constructor(
    @Inject(ReplyTemplates) private readonly templates: ReplyTemplates,
    @Inject(ReplyNames) private readonly names: ReplyNames,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Reply templates in force, by name (role listener)' })
  @ApiAnswer({ schema: closed({ items: Type.Array(Template) }), example: { items: [example] } })
  @ApiProblems(...SIGNED_IN, 'invalid-input', 'matter-unknown', 'views-behind')
  async list(@Query() { matter: id }: TemplatesQuery, @CurrentActor() actor: Actor) {
    assertListens(actor);
    const all = await this.templates.all();
    if (id === undefined) return { items: all.map((one) => templateJson(one)) };
    const matter = await this.matters.one(id);
    if (matter === undefined) throw new Problem('matter-unknown');
    const { categories } = await this.rules.now();
    const valuesOf = await this.names.read();
    const fitting = all.filter((one) => isFor(one, matter.category, categories));
    const items = fitting.map((one) =>
      templateJson(one, filledIn(one.words, (language) => valuesOf(matter, language)).words),
    );
    return { items };
  }

  @Post()
  @HttpCode(201)
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Make a reply template (role listener)' })
  @ApiAnswer(OneAnswer, { status: 201 })
  @ApiExample(TemplateBody, EXAMPLE)
  @ApiProblems(...WRITE, ...WORDS, 'templates-too-many')
  async make(@Body() body: TemplateBody, @CurrentRequest() by: RequestBy) {
    assertListens(by.actor);
    const id = newThingId(by.actor.id, by.commandId, 'reply-template');
    return templateJson(accepted(await this.templates.make(id, body, by.actor.id)));
  }

  @Put(':id')
  @ApiOperation({
    summary: 'Change a reply template (role listener)',
    description: '`version` says which one was seen, so this needs no Idempotency-Key. Earlier ones stay.',
  })
  @ApiAnswer({ ...OneAnswer, example: { ...example, version: 2 } })
  @ApiExample(ChangedTemplate, { ...EXAMPLE, version: 1 })
  @ApiProblems(...WRITE, ...WORDS, 'template-unknown', 'template-changed')
  async change(@Param('id') id: string, @Body() body: ChangedTemplate, @CurrentActor() actor: Actor) {
    assertListens(actor);
    const { version, ...words } = body;
    return templateJson(accepted(await this.templates.change(id, version, words, actor.id)));
  }

  @Post(':id/withdrawals')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Offer a reply template no more (role listener)',
    description: '`version` says which one was seen, so this needs no Idempotency-Key.',
  })
  @ApiAnswer({ ...OneAnswer, example: { ...example, version: 2 } })
  @ApiExample(SeenTemplate, { version: 1 })
  @ApiProblems(
    ...SIGNED_IN,
    'template-unknown',
    'template-changed',
    'invalid-input',
    'malformed-json',
    'body-too-large',
    'media-type-unsupported',
  )
  async withdraw(@Param('id') id: string, @Body() { version }: SeenTemplate, @CurrentActor() actor: Actor) {
    assertListens(actor);
    return templateJson(accepted(await this.templates.withdraw(id, version, actor.id)));
  }
}

function templateJson({ templateId, writtenAt, ...template }: ReplyTemplate, filled?: Texts) {
  return {
    id: templateId,
    ...template,
    ...(filled !== undefined && { filled }),
    writtenAt: writtenAt.toISOString(),
  };
}
