/** What is sent about matters, checked field by field. Places are in integer microdegrees. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import {
  MATTER_KINDS,
  STATE_KINDS,
  type MatterKind,
  type StateKind,
} from '../../projections/matters.view.js';
import type { Texts } from '../contents/text.js';
import { IsInstant } from '../rest/instant.js';
import { PageQuery } from '../rest/paging.js';
import type { Answers } from './details.js';
import { MAX_PHOTOS } from './filing.js';
import { QUEUE_ORDERS, type QueueOrder } from './queue.queries.js';
import { CODE } from '../../projections/events/schema.js';

const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;
const CODE_HELP = { message: '$property must be lower-case letters, digits and -' };
const ID_HELP = { message: '$property must be 1 to 64 of letters, digits, . _ : / -' };
const MAX_SENT = 20_000;
const CONTENT = '3a1c9a58-6f0e-4b8e-9a52-0d5d9f1f7c20';

/** Codes of questions to a text or a list of texts. */
function IsAnswers(): PropertyDecorator {
  const isText = (value: unknown) => typeof value === 'string' && value.length <= MAX_SENT;
  return ValidateBy({
    name: 'isAnswers',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'object' &&
        value !== null &&
        Object.entries(value).length <= 100 &&
        Object.entries(value).every(
          ([code, given]) => CODE.test(code) && (Array.isArray(given) ? given.every(isText) : isText(given)),
        ),
      defaultMessage: () => '$property must be codes of questions with a text or a list of texts each',
    },
  });
}

export class MatterPlaceBody {
  @ApiPropertyOptional({ example: 43_545_100, description: 'Microdegrees' })
  @IsOptional()
  @IsInt()
  @Min(-90_000_000)
  @Max(90_000_000)
  lat?: number;
  @ApiPropertyOptional({ example: -6_102_300, description: 'Microdegrees' })
  @IsOptional()
  @IsInt()
  @Min(-180_000_000)
  @Max(180_000_000)
  long?: number;
  @ApiPropertyOptional({ example: 'Calle del Faro, 12' })
  @IsOptional()
  @IsString()
  @Length(1, 300)
  address?: string;
}

class ReporterBody {
  @ApiPropertyOptional({ example: 'Nela Pumar' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  name?: string;
  @ApiPropertyOptional({ example: 'nela@example.org' })
  @IsOptional()
  @IsString()
  @Length(3, 254)
  email?: string;
  @ApiPropertyOptional({ example: '+34 600 000 000' })
  @IsOptional()
  @Matches(/^[0-9 +()./-]{3,30}$/, { message: 'phone must be digits, spaces and + ( ) . / -' })
  phone?: string;
}

export class FilingBody {
  @ApiProperty({ enum: MATTER_KINDS })
  @IsIn(MATTER_KINDS)
  kind: MatterKind;
  @ApiProperty({ example: 'street-lamp', pattern: CODE.source })
  @Matches(CODE, CODE_HELP)
  category: string;
  @ApiProperty({ example: 'La farola lleva apagada una semana.', minLength: 1, maxLength: 4_000 })
  @IsString()
  @Length(1, MAX_SENT)
  text: string;
  @ApiProperty({ example: 'es', description: 'Of the text, and in which it is answered' })
  @Matches(/^[a-z]{2,3}$/, { message: 'language must be two or three letters' })
  language: string;
  @ApiPropertyOptional({ type: MatterPlaceBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => MatterPlaceBody)
  place?: MatterPlaceBody;
  @ApiPropertyOptional({ example: 'harbour', description: 'Where there is no point' })
  @IsOptional()
  @Matches(ID, ID_HELP)
  area?: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { lamp: 'off' } })
  @IsOptional()
  @IsAnswers()
  answers?: Answers;
  @ApiPropertyOptional({ type: [String], example: [CONTENT], maxItems: MAX_PHOTOS })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_PHOTOS)
  @IsUUID(undefined, { each: true })
  photos?: string[];
  @ApiPropertyOptional({ example: false, description: 'Nobody but the city reads it' })
  @IsOptional()
  @IsBoolean()
  private?: boolean;
  @ApiPropertyOptional({ type: ReporterBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => ReporterBody)
  reporter?: ReporterBody;
}

export class JoinBody {
  @ApiProperty({ example: 'es', description: 'In which she is answered' })
  @Matches(/^[a-z]{2,3}$/, { message: 'language must be two or three letters' })
  language: string;
  @ApiPropertyOptional({ example: 'Xuan Vigil' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  name?: string;
  @ApiPropertyOptional({ example: 'xuan@example.org' })
  @IsOptional()
  @IsString()
  @Length(3, 254)
  email?: string;
}

/** Every act of whoever comes back: the link is in the body, so that no address and no log of addresses has it. */
export class LinkBody {
  @ApiProperty({ example: 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M', description: '32 bytes, base64url' })
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'link must be 43 of A-Z a-z 0-9 - _' })
  link: string;
}

export class ConfirmBody extends LinkBody {
  @ApiProperty({ example: '042517' })
  @Matches(/^\d{6}$/, { message: 'code must be six digits' })
  code: string;
}

export class AdditionBody extends LinkBody {
  @ApiPropertyOptional({ example: 'Es la segunda farola desde la plaza.' })
  @IsOptional()
  @IsString()
  @Length(1, 4_000)
  text?: string;
  @ApiPropertyOptional({ type: [String], example: [CONTENT], maxItems: MAX_PHOTOS })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_PHOTOS)
  @IsUUID(undefined, { each: true })
  photos?: string[];
}

export class RatingBody extends LinkBody {
  @ApiProperty({ example: 4, type: 'integer', minimum: 1, maximum: 5 })
  @IsInt()
  @Min(1)
  @Max(5)
  stars: number;
}

export class ReopeningBody extends LinkBody {
  @ApiPropertyOptional({ example: 'Sigue apagada.' })
  @IsOptional()
  @IsString()
  @Length(1, 4_000)
  text?: string;
}

export class FixBody extends LinkBody {
  @ApiProperty({ example: true, description: 'False opens the matter again' })
  @IsBoolean()
  fixed: boolean;
  @ApiPropertyOptional({ example: 'Sigue apagada.' })
  @IsOptional()
  @IsString()
  @Length(1, 4_000)
  text?: string;
}

const texts = { type: 'object' as const, additionalProperties: { type: 'string' as const } };
const words = { ...texts, example: { es: 'Se cambió la lámpara.' } };

export class MatterReleaseBody {
  @ApiProperty({ example: true, description: 'Whether the exact place is shown' })
  @IsBoolean()
  place: boolean;
  @ApiPropertyOptional({ example: 'street-lamp' })
  @IsOptional()
  @Matches(CODE, CODE_HELP)
  category?: string;
  @ApiPropertyOptional({ ...words, description: 'In place of the reporter’s words' })
  @IsOptional()
  @IsObject()
  text?: Texts;
  @ApiPropertyOptional({
    type: [String],
    example: [CONTENT],
    description: 'All of hers where nothing is said',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsUUID(undefined, { each: true })
  photos?: string[];
}

export class ReleaseAdditionsBody {
  @ApiProperty({ type: [String], example: [CONTENT] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsUUID(undefined, { each: true })
  ids: string[];
}

export class HideMatterBody {
  @ApiProperty({ example: 'insult', pattern: CODE.source })
  @Matches(CODE, CODE_HELP)
  reason: string;
}

export class AssignmentBody {
  @ApiProperty({ example: 'works' })
  @Matches(ID, ID_HELP)
  department: string;
  @ApiPropertyOptional({ example: 'wrong-department' })
  @IsOptional()
  @Matches(CODE, CODE_HELP)
  reason?: string;
  @ApiPropertyOptional({ ...words, description: 'For colleagues; never shown' })
  @IsOptional()
  @IsObject()
  note?: Texts;
}

class UpdateBody {
  @ApiProperty({ example: 'resolved' })
  @Matches(CODE, CODE_HELP)
  state: string;
  @ApiPropertyOptional({ example: '2026-05-01T08:00:00.000Z', description: 'Now, where nothing is said' })
  @IsOptional()
  @IsInstant()
  happenedAt?: string;
  @ApiPropertyOptional({
    example: 'regional-roads',
    description: 'Whose matter it is when it is not the city’s',
  })
  @IsOptional()
  @Matches(ID, ID_HELP)
  responsible?: string;
}

export class MoveBody extends UpdateBody {
  @ApiPropertyOptional(words)
  @IsOptional()
  @IsObject()
  words?: Texts;
}

export class AnswerBody extends UpdateBody {
  @ApiProperty(words)
  @IsObject()
  words: Texts;
}

export class StaffReopeningBody {
  @ApiProperty(words)
  @IsObject()
  words: Texts;
}

export class DuplicateBody {
  @ApiProperty({ example: CONTENT, description: 'The matter that goes on' })
  @IsUUID()
  of: string;
}

export class GatherBody {
  @ApiProperty({ type: [String], example: [CONTENT], maxItems: 200 })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @IsUUID(undefined, { each: true })
  members: string[];
}

export class EraseMatterBody {
  @ApiProperty({ example: 'gdpr-17', pattern: CODE.source })
  @Matches(CODE, CODE_HELP)
  basis: string;
}

export class MattersQuery extends PageQuery {
  @ApiPropertyOptional({ enum: MATTER_KINDS })
  @IsOptional()
  @IsIn(MATTER_KINDS)
  kind?: MatterKind;
  @ApiPropertyOptional({ example: 'street-lamp' })
  @IsOptional()
  @Matches(CODE, CODE_HELP)
  category?: string;
  @ApiPropertyOptional({ example: 'harbour', description: 'With the areas in it' })
  @IsOptional()
  @Matches(ID, ID_HELP)
  area?: string;
  @ApiPropertyOptional({ example: 'works' })
  @IsOptional()
  @Matches(ID, ID_HELP)
  department?: string;
  @ApiPropertyOptional({ enum: STATE_KINDS })
  @IsOptional()
  @IsIn(STATE_KINDS)
  stateKind?: StateKind;
  @ApiPropertyOptional({ example: CONTENT, description: 'Those in this case' })
  @IsOptional()
  @IsUUID()
  of?: string;
}

export class QueueQuery extends PageQuery {
  @ApiPropertyOptional({ enum: MATTER_KINDS })
  @IsOptional()
  @IsIn(MATTER_KINDS)
  kind?: MatterKind;
  @ApiPropertyOptional({ enum: STATE_KINDS })
  @IsOptional()
  @IsIn(STATE_KINDS)
  stateKind?: StateKind;
  @ApiPropertyOptional({ type: Boolean, example: false })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  released?: boolean;
  @ApiPropertyOptional({ example: 'street-lamp', description: 'With the categories in it' })
  @IsOptional()
  @MaxLength(64)
  category?: string;
  @ApiPropertyOptional({ example: 'harbour', description: 'With the areas in it' })
  @IsOptional()
  @MaxLength(64)
  area?: string;
  @ApiPropertyOptional({ example: 'works' })
  @IsOptional()
  @MaxLength(64)
  department?: string;
  @ApiPropertyOptional({ type: Boolean, example: true, description: 'Only those that are overdue now' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  overdue?: boolean;
  @ApiPropertyOptional({ example: 'lampara plaza', description: 'All of these stand in its words' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  words?: string;
  @ApiPropertyOptional({ enum: QUEUE_ORDERS, default: 'due' })
  @IsOptional()
  @IsIn(QUEUE_ORDERS)
  order: QueueOrder = 'due';
}
