/** Another ruleset on the ballots of a finished count, for everybody: writes nothing, and is no result. */
import { Body, Controller, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsObject } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { RateLimit } from '../rest/rate-limit.js';
import { ApiAnswer, ApiExample, ApiProblems } from '../rest/openapi.js';
import { FreshQuery } from '../rest/paging.js';
import { accepted, Problem } from '../rest/problem.js';
import { assertMayTry } from '../staff/authentication.guard.js';
import './elections.problems.js';
import { RULESET, WhatIfAnswerShape } from './what-if.answers.js';
import { WhatIfs } from './what-if.js';

/** Token of the limit of rulesets that took long. */
export const COSTLY = Symbol('rulesets that took long');
/** In a quarter of an hour, of all who share an address. */
export const MOST_COSTLY = 5;
/** What takes longer is costly: what must first open the ballots of a large election, and a few rulesets. */
const COSTLY_MS = 3_000;

/** Seconds after which a turn may be free. */
const RETRY_AFTER = '5';

class WhatIfBody {
  @ApiProperty({
    description:
      'A ruleset (docs/counting/README.md). `v`, `score`, `tieOrder` and `ties` are those of the election where they are not given; a threshold is not.',
    example: RULESET.ruleset,
  })
  @IsObject()
  ruleset: Record<string, unknown>;
}

@ApiTags('elections')
@Controller('api/v1/elections')
export class WhatIfController {
  constructor(
    @Inject(WhatIfs) private readonly whatIfs: WhatIfs,
    @Inject(COSTLY) private readonly costly: RateLimit,
  ) {}

  @Post(':id/what-if')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'What the same ballots would have funded under another ruleset, and how that compares',
    description:
      'For everybody, once the official count is published. Writes nothing, is kept nowhere and needs no Idempotency-Key. ' +
      'Rulesets are counted one after another; a few wait, and more are refused until Retry-After.',
  })
  @ApiAnswer(WhatIfAnswerShape)
  @ApiProblems(
    'election-unknown',
    'election-annulled',
    'wrong-phase',
    'recount-needed',
    'result-not-kept',
    'rule-not-supported',
    'ruleset-malformed',
    'ruleset-unknown-field',
    'ruleset-unknown-option',
    'ruleset-contradictory',
    'ruleset-too-large',
    'ruleset-too-costly',
    'too-many-costly',
    'ties-incomplete',
    'tie-undecided',
    'overloaded',
    'invalid-input',
    'malformed-json',
    'body-too-large',
    'media-type-unsupported',
    'views-behind',
  )
  @ApiExample(WhatIfBody, RULESET)
  async whatIf(
    @Param('id') id: string,
    @Body() { ruleset }: WhatIfBody,
    @Query() _fresh: FreshQuery,
    @Req() { ip, raw: { socket } }: FastifyRequest,
  ) {
    if (!/^[0-9a-f-]{36}$/.test(id)) throw new Problem('election-unknown');
    assertMayTry(this.costly, ip, 'too-many-costly');
    let took = 0;
    const answer = await this.whatIfs.ask(id, ruleset, {
      address: ip,
      isGone: () => socket.destroyed,
      took: (ms) => (took = ms),
    });
    const isTooCostly = 'rejected' in answer && answer.rejected === 'ruleset-too-costly';
    if (isTooCostly || took > COSTLY_MS) this.costly.count(ip);
    if ('undecided' in answer) {
      const { undecided, area, projects, score, remaining } = answer;
      const numbers = { score: String(score), remaining: String(remaining) };
      throw new Problem(undecided, { parameters: { area, projects: projects.join(','), ...numbers } });
    }
    if ('rejected' in answer) {
      if (answer.rejected === 'overloaded' || answer.rejected === 'shutting-down') {
        throw new Problem(answer.rejected, { headers: { 'retry-after': RETRY_AFTER } });
      }
    }
    const { tally, ...counted } = accepted(answer);
    const { position, through } = tally;
    return { official: { ...tally, position: String(position), through: String(through) }, ...counted };
  }
}
