/** What staff send about elections, checked field by field. Amounts are integer minor units (cents). */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
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
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsInstant } from '../rest/instant.js';
import { MAX_SEALED_BYTES } from './definition-rules.js';
import { CODE } from '../../projections/events/schema.js';

const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;
const CODE_HELP = { message: '$property must be lower-case letters, digits and -' };
const ID_HELP = { message: '$property must be 1 to 64 of letters, digits, . _ : / -' };
const MOST = Number.MAX_SAFE_INTEGER;

export class ScheduleBody {
  @ApiProperty({ example: '2026-05-01T08:00:00.000Z' })
  @IsInstant()
  opensAt: string;
  @ApiProperty({
    example: '2026-05-15T20:00:00.000Z',
    description: 'Exclusive: a ballot at this instant is late',
  })
  @IsInstant()
  closesAt: string;
  @ApiProperty({ example: '2026-05-25T20:00:00.000Z', description: 'Certification comes after it' })
  @IsInstant()
  claimsUntil: string;
}

export class ElectionAreaBody {
  @ApiProperty({ example: 'centre' })
  @Matches(ID, ID_HELP)
  id: string;
  @ApiProperty({ example: 10_000_000, description: 'Minor units' })
  @IsInt()
  @Min(0)
  @Max(MOST)
  budget: number;
}

export class BallotRulesBody {
  @ApiProperty({ enum: ['approval', 'knapsack', 'choose-1', 'cumulative', 'ordinal', 'yes-no'] })
  @IsIn(['approval', 'knapsack', 'choose-1', 'cumulative', 'ordinal', 'yes-no'])
  type: 'approval' | 'knapsack' | 'choose-1' | 'cumulative' | 'ordinal' | 'yes-no';
  @ApiProperty({ example: 1, description: 'Least options in one area' })
  @IsInt()
  @Min(0)
  @Max(MOST)
  min: number;
  @ApiProperty({ example: 3, description: 'Most options in one area' })
  @IsInt()
  @Min(1)
  @Max(MOST)
  max: number;
  @ApiPropertyOptional({ description: 'Cumulative: least points in sum' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MOST)
  minSum?: number;
  @ApiPropertyOptional({ description: 'Cumulative: most points in sum' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MOST)
  maxSum?: number;
  @ApiPropertyOptional({ description: 'Approval: most that the chosen options may cost together' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MOST)
  maxCost?: number;
  @ApiProperty({ enum: ['refuse', 'count'], description: 'An option twice in one ballot' })
  @IsIn(['refuse', 'count'])
  repeats: 'refuse' | 'count';
  @ApiProperty({ enum: ['refuse', 'report'], description: 'A ballot outside the limits' })
  @IsIn(['refuse', 'report'])
  limits: 'refuse' | 'report';
  @ApiPropertyOptional({ description: 'Padded length of every sealed vote; worked out when it is left out' })
  @IsOptional()
  @IsInt()
  @Min(64)
  @Max(MAX_SEALED_BYTES)
  sealedBytes?: number;
}

export class PlaceBody {
  @ApiProperty({ example: 43_532_100, description: 'Integer millionths of a degree' })
  @IsInt()
  @Min(-90_000_000)
  @Max(90_000_000)
  lat: number;
  @ApiProperty({ example: -5_661_100 })
  @IsInt()
  @Min(-180_000_000)
  @Max(180_000_000)
  lon: number;
}

export class OptionBody {
  @ApiProperty({ example: 'P-01' })
  @Matches(ID, ID_HELP)
  id: string;
  @ApiProperty({ example: 'centre' })
  @Matches(ID, ID_HELP)
  area: string;
  @ApiProperty({ example: 2_500_000, description: 'Minor units' })
  @IsInt()
  @Min(0)
  @Max(MOST)
  cost: number;
  @ApiPropertyOptional({ example: 'environment' })
  @IsOptional()
  @Matches(CODE, CODE_HELP)
  category?: string;
  @ApiPropertyOptional({ type: PlaceBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => PlaceBody)
  place?: PlaceBody;
  @ApiProperty({ example: { es: 'Mil árboles', en: 'A thousand trees' }, description: 'By language' })
  @IsObject()
  title: Record<string, string>;
}

export class DefinitionBody {
  @ApiProperty({ example: { es: 'Presupuesto participativo 2026' }, description: 'By language' })
  @IsObject()
  title: Record<string, string>;
  @ApiProperty({
    enum: ['at-close', 'immediate'],
    description: 'Sealed until the close, or visible at once (roll-calls)',
  })
  @IsIn(['at-close', 'immediate'])
  disclosure: 'at-close' | 'immediate' = 'at-close';
  @ApiProperty({ example: 'EUR', type: String })
  @Matches(/^[A-Z]{3}$/)
  currency = 'EUR';
  @ApiProperty({ type: [ElectionAreaBody] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => ElectionAreaBody)
  areas: ElectionAreaBody[];
  @ApiProperty({ type: BallotRulesBody })
  @IsObject()
  @ValidateNested()
  @Type(() => BallotRulesBody)
  ballot: BallotRulesBody;
  @ApiProperty({
    description: 'docs/counting/README.md',
    example: {
      v: 1,
      rule: 'greedy',
      score: { by: 'votes' },
      tieOrder: ['lowest-cost', 'listed'],
      ties: ['P-01'],
    },
  })
  @IsObject()
  ruleset: Record<string, unknown>;
  @ApiProperty({ type: ScheduleBody })
  @IsObject()
  @ValidateNested()
  @Type(() => ScheduleBody)
  schedule: ScheduleBody;
  @ApiProperty({ enum: ['prevails', 'yields', 'none'] })
  @IsIn(['prevails', 'yields', 'none'])
  paper: 'prevails' | 'yields' | 'none' = 'none';
  @ApiProperty({ type: [OptionBody] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(5_000)
  @ValidateNested({ each: true })
  @Type(() => OptionBody)
  options: OptionBody[];
}

export class ReasonBody {
  @ApiProperty({ example: 'storm', description: 'A code, public and counted' })
  @Matches(CODE, CODE_HELP)
  code: string;
  @ApiPropertyOptional({
    example: { es: 'Temporal: los centros cerraron un día.' },
    description: 'Words, by language',
  })
  @IsOptional()
  @IsObject()
  texts?: Record<string, string>;
}

export class AmendmentBody extends DefinitionBody {
  @ApiProperty({ type: ReasonBody })
  @IsObject()
  @ValidateNested()
  @Type(() => ReasonBody)
  reason: ReasonBody;
}

export class WithReasonBody {
  @ApiProperty({ type: ReasonBody })
  @IsObject()
  @ValidateNested()
  @Type(() => ReasonBody)
  reason: ReasonBody;
}

export class ExtensionBody extends WithReasonBody {
  @ApiProperty({ example: '2026-05-17T20:00:00.000Z' })
  @IsInstant()
  closesAt: string;
  @ApiPropertyOptional({ description: 'By default as long after the close as before; never less' })
  @IsOptional()
  @IsInstant()
  claimsUntil?: string;
}

export class RollLineBody {
  @ApiProperty({ description: 'The line of the census; kept outside the log' })
  @IsString()
  @MaxLength(200)
  person: string;
  @ApiPropertyOptional({ description: 'Ballot key: Ed25519, base64url. Absent for paper only' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'k must be 32 bytes in base64url' })
  k?: string;
  @ApiProperty({ type: [String], example: ['centre'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @Matches(ID, { each: true, ...ID_HELP })
  areas: string[];
  @ApiPropertyOptional({ default: 1, type: 'integer' })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  weight = 1;
  @ApiPropertyOptional({ description: 'Class of voters' })
  @IsOptional()
  @Matches(CODE, CODE_HELP)
  group?: string;
}

export class RollBody {
  @ApiProperty({ type: [RollLineBody] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2_000)
  @ValidateNested({ each: true })
  @Type(() => RollLineBody)
  lines: RollLineBody[];
  @ApiPropertyOptional({ description: 'True: these were the last lines' })
  @IsOptional()
  @IsBoolean()
  last?: boolean;
}
