/** What is sent about matters, checked field by field. Places are in integer microdegrees. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { MATTER_KINDS, STATE_KINDS, type MatterKind, type StateKind } from '../../projections/matter.js';
import { PageQuery } from '../rest/paging.js';
import type { Answers } from './details.js';
import { MAX_PHOTOS } from './filing.js';
import { CODE } from '../../projections/events/schema.js';

export const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;
export const CODE_HELP = { message: '$property must be lower-case letters, digits and -' };
export const ID_HELP = { message: '$property must be 1 to 64 of letters, digits, . _ : / -' };
const MAX_SENT = 20_000;
export const CONTENT = '3a1c9a58-6f0e-4b8e-9a52-0d5d9f1f7c20';

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
  @ApiPropertyOptional({
    enum: ['true'],
    description: 'Only those whose deadline has passed without an answer',
  })
  @IsOptional()
  @IsIn(['true'])
  overdue?: 'true';
}
