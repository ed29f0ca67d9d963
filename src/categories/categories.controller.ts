/** Categories and states over REST: everybody reads them, administrators describe them. */
import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { CITY_FILE_PROBLEMS } from '../city/city-file.problems.js';
import { CityImportedAnswer } from '../city/city.answers.js';
import { problemOfFile } from '../city/file-refused.js';
import { Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiExample, ApiIdempotencyKey, ApiProblems, STAFF_WRITE } from '../rest/openapi.js';
import { accepted } from '../rest/problem.js';
import { CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import {
  CATEGORIES_FILE_EXAMPLE,
  CategoriesAnswer,
  CategoriesFileBody,
  categoryJson,
  stateJson,
} from './categories.answers.js';
import { DescribeCategories } from './categories.commands.js';
import { CATEGORIES_FILE_PROBLEMS } from './categories.problems.js';
import { ListCategories } from './categories.queries.js';

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
      'named any more is withdrawn.',
  })
  @ApiExample(CategoriesFileBody, CATEGORIES_FILE_EXAMPLE)
  @ApiAnswer(CityImportedAnswer)
  @ApiProblems(...STAFF_WRITE, ...CITY_FILE_PROBLEMS, ...CATEGORIES_FILE_PROBLEMS)
  async describe(@Body() file: unknown, @CurrentRequest() by: RequestBy) {
    const answer = await this.commands.execute(new DescribeCategories(file, by));
    if ('problems' in answer) throw problemOfFile(answer);
    const { events, position } = accepted(answer);
    return { events, position: String(position) };
  }
}
