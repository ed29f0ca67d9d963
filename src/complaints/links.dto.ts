/** What is sent with a link, checked field by field. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { MAX_PHOTOS } from './filing.js';
import { CONTENT } from './matters.dto.js';

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
