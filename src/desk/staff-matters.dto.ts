/** What staff sends about matters, checked field by field. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
} from 'class-validator';
import { CODE } from '../../projections/events/schema.js';
import { MATTER_KINDS, STATE_KINDS, type MatterKind, type StateKind } from '../../projections/matter.js';
import { CODE_HELP, CONTENT, ID, ID_HELP } from '../complaints/matters.dto.js';
import type { Texts } from '../contents/text.js';
import { IsInstant } from '../rest/instant.js';
import { PageQuery } from '../rest/paging.js';
import { QUEUE_ORDERS, type QueueOrder } from './queue.queries.js';

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
  @ApiPropertyOptional({ type: Boolean, example: false, description: 'Taken off every list' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  hidden?: boolean;
  @ApiPropertyOptional({ type: Boolean, example: false, description: 'Never to be released' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  private?: boolean;
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
  @ApiPropertyOptional({
    example: 'lampara plaza',
    description: 'All of these stand in its words; or its number, or more of its id',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  words?: string;
  @ApiPropertyOptional({ enum: QUEUE_ORDERS, default: 'due' })
  @IsOptional()
  @IsIn(QUEUE_ORDERS)
  order: QueueOrder = 'due';
}
