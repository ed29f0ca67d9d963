/**
 * What the desk asks before it marks a line or gives it another key: which line of the roll is this person's. She is named
 * in the body, so that no address and no log of addresses has her name.
 */
import { Body, Controller, Header, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { PAPER_OFFICER, RETURNING_OFFICER } from '../elections/election.js';
import '../elections/elections.problems.js';
import { RateLimit } from '../rest/rate-limit.js';
import { ApiAnswer, ApiExample, ApiProblems, SIGNED_IN } from '../rest/openapi.js';
import { Problem } from '../rest/problem.js';
import type { Actor } from '../staff/actor.js';
import { assertMayTry } from '../staff/authentication.guard.js';
import { CurrentActor } from '../staff/current-actor.js';
import { VOTER, VoterBody, voterJson } from './ballots.controller.js';
import './ballots.problems.js';
import { LookUpPerson } from './ballots.queries.js';

/** Token of the limit of look-ups that find nobody. */
export const MISSES = Symbol('misses at the desk');
/** In a quarter of an hour, of all clerks behind one address: enough for misspelt numbers, too few to try a census out. */
export const MOST_MISSES = 30;

const DESK = [PAPER_OFFICER, RETURNING_OFFICER];

class PersonBody {
  @ApiProperty({ example: 'C-10482', description: 'The line of the census, as the roll was listed' })
  @IsString()
  @Length(1, 200)
  person: string;
}

@ApiTags('ballots')
@Controller('api/v1/elections/:electionId')
export class DeskController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(MISSES) private readonly misses: RateLimit,
  ) {}

  @Post('roll-lookups')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary:
      'The line of the roll of a person, and what stands under it (role paper-officer or returning-officer)',
    description: 'Writes nothing and needs no Idempotency-Key.',
  })
  @ApiAnswer({ schema: VoterBody, example: VOTER })
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiProblems(
    ...SIGNED_IN,
    'person-not-on-roll',
    'too-many-misses',
    'election-unknown',
    'invalid-input',
    'malformed-json',
    'body-too-large',
    'media-type-unsupported',
    'views-behind',
  )
  @ApiExample(PersonBody, { person: 'C-10482' })
  async lookUp(
    @Param('electionId') electionId: string,
    @Body() { person }: PersonBody,
    @CurrentActor() { roles }: Actor,
    @Req() { ip }: FastifyRequest,
  ): Promise<VoterBody> {
    if (!roles.some((role) => DESK.includes(role))) throw new Problem('role-missing');
    assertMayTry(this.misses, ip, 'too-many-misses');
    const found = await this.queries.execute(new LookUpPerson(electionId, person));
    if (found === 'election-unknown') throw new Problem(found);
    if (found === undefined) {
      // A find forgives nothing: one name that is known would pay for any number of guesses.
      this.misses.count(ip);
      throw new Problem('person-not-on-roll');
    }
    return voterJson(found);
  }
}
