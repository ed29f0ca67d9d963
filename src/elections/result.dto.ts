/** Which count of an election somebody asks for. */
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { FreshQuery } from '../rest/paging.js';

export class ResultQuery extends FreshQuery {
  @ApiPropertyOptional({ description: 'Number of the count; the latest by default', example: '1' })
  @IsOptional()
  @Matches(/^\d{1,6}$/)
  count?: string;
}
