/** Why counts came out as they did, for programs; people read it at /elections/{id}/explanation. */
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiProblems } from '../rest/openapi.js';
import { Problem } from '../rest/problem.js';
import './elections.problems.js';
import { GetExplanation } from './elections.queries.js';
import { ExplanationAnswer } from './explanation.answers.js';
import { ResultQuery } from './result.dto.js';

@ApiTags('elections')
@Controller('api/v1/elections')
export class ExplanationController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get(':id/explanation')
  @ApiOperation({
    summary: 'Why a count came out as it did: rounds, payments, what each loser missed, how fair it is',
    description:
      'It follows from the ballots and the ruleset alone. Every field is explained in docs/counting/explanation.md.',
  })
  @ApiAnswer(ExplanationAnswer)
  @ApiProblems('not-counted', 'explanation-not-kept', 'invalid-input', 'views-behind')
  async explanation(@Param('id') id: string, @Query() { count }: ResultQuery) {
    const found = await this.queries.execute(
      new GetExplanation(id, count === undefined ? undefined : Number(count)),
    );
    if (found === undefined) throw new Problem('not-counted');
    const { tally, kept } = found;
    if (kept === undefined) throw new Problem('explanation-not-kept');
    return new Tagged(`explanation.${kept.digest}.${tally.number}.${tally.revoked ? 1 : 0}`, {
      tally,
      explanation: kept.explanation,
    });
  }
}
