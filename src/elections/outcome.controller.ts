/** Results by the digest that the log states, in the very bytes of which it is the digest: for whoever checks them. */
import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { canonicalBytes } from '../../projections/canonical.js';
import { FOR_EVER, Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiProblems } from '../rest/openapi.js';
import { Problem } from '../rest/problem.js';
import { ResultAnswer } from './elections.answers.js';
import './elections.problems.js';
import { Outcomes } from './outcomes.js';

@ApiTags('elections')
@Controller('api/v1/results')
export class OutcomeController {
  constructor(@Inject(Outcomes) private readonly outcomes: Outcomes) {}

  @Get(':digest')
  @Header('content-type', 'application/json')
  @ApiOperation({
    summary: 'A result by its digest, in the bytes that are hashed',
    description: 'Canonical JSON (RFC 8785). The digest is the `outputDigest` of a count.',
  })
  @ApiParam({ name: 'digest', example: ResultAnswer.example.tally.outputDigest })
  @ApiAnswer({ schema: ResultAnswer.schema.properties.result, example: ResultAnswer.example.result })
  @ApiProblems('result-unknown')
  async result(@Param('digest') digest: string) {
    const result = /^[A-Za-z0-9_-]{43}$/.test(digest) ? await this.outcomes.get(digest) : undefined;
    if (result === undefined) throw new Problem('result-unknown');
    return new Tagged(digest, Buffer.from(canonicalBytes(result, Number.MAX_SAFE_INTEGER)), FOR_EVER);
  }
}
