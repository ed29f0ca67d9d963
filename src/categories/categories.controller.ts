/** Categories and states over REST: everybody reads them, administrators describe them. */
import { Body, Controller, Get, Inject, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiPropertyOptional, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import { CITY_FILE_PROBLEMS } from '../city/city-file.problems.js';
import { problemOfFile } from '../city/file-refused.js';
import { Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiExample, ApiIdempotencyKey, ApiProblems, STAFF_WRITE } from '../rest/openapi.js';
import { accepted } from '../rest/problem.js';
import { CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import {
  CATEGORIES_FILE_EXAMPLE,
  CategoriesAnswer,
  CategoriesFileBody,
  CategoriesImportedAnswer,
  categoryJson,
  stateJson,
} from './categories.answers.js';
import { DescribeCategories } from './categories.commands.js';
import { CATEGORIES_FILE_PROBLEMS } from './categories.problems.js';
import { ListCategories } from './categories.queries.js';

class DryRunQuery {
  @ApiPropertyOptional({ type: Boolean, example: true, description: 'Only tell what would be changed' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  dryRun?: boolean;
}

@ApiTags('matters')
@Controller('api/v1/matters/categories')
export class CategoriesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What matters can be about, with the questions that are asked, and the states they can have',
  })
  @ApiAnswer(CategoriesAnswer)
  @ApiProblems('views-behind')
  async list() {
    const { categories, states, changed } = await this.queries.execute(new ListCategories());
    return new Tagged(`categories.${changed}`, {
      categories: categories.map(categoryJson),
      states: states.map(stateJson),
    });
  }

  @Put()
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Describe categories and states (role administrator)',
    description:
      'All of them (docs/categories.md), checked before anything is written. What differs from before is appended; what is not ' +
      'named any more is withdrawn, and the answer names it. With dryRun=true nothing is changed.',
  })
  @ApiExample(CategoriesFileBody, CATEGORIES_FILE_EXAMPLE)
  @ApiAnswer(CategoriesImportedAnswer)
  @ApiProblems(...STAFF_WRITE, ...CITY_FILE_PROBLEMS, ...CATEGORIES_FILE_PROBLEMS)
  async describe(@Body() file: unknown, @Query() { dryRun }: DryRunQuery, @CurrentRequest() by: RequestBy) {
    const answer = await this.commands.execute(new DescribeCategories(file, by, dryRun));
    if ('problems' in answer) throw problemOfFile(answer);
    const { position, ...rest } = accepted(answer);
    return { ...rest, position: String(position) };
  }
}
