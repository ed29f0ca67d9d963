/** Ballots over REST: casting for voters, marks and keys for the desk, look-up for everybody. */
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { Matches } from 'class-validator';
import type { FastifyReply } from 'fastify';
import type { BallotStatus } from '../../projections/standing.js';
import { ReceiptAnswer, receiptJson } from '../rest/commands.js';
import { AS_OF_PROBLEMS, AsOfBody, asOfJson, MaybeMoment, TakesAsOf, type Moment } from '../rest/as-of.js';
import { Tagged } from '../rest/conditional.js';
import { BALLOT_TYPE } from '../rest/media-types.js';
import { ApiAnswer, ApiExample, ApiIdempotencyKey, ApiProblems, STAFF_WRITE } from '../rest/openapi.js';
import { accepted, Problem } from '../rest/problem.js';
import { CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import { CastBallot, MarkPaper, ReplaceBallotKey, tooLate } from './ballots.commands.js';
import '../elections/elections.problems.js';
import './ballots.problems.js';
import { BallotNow, LookUpBallot, LookUpVoter, type VoterStanding } from './ballots.queries.js';

const BALLOT_ID = 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M';
const PSEUDONYM = 'W7pS1cQ2n0y9XbT3kFhLgA';
/** 32 bytes, base64url. */
const HASH = { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' };

class CastReceipt {
  @ApiProperty({ example: BALLOT_ID, description: 'With it anybody looks the ballot up' })
  ballotId: string;
  @ApiProperty({ example: PSEUDONYM, description: 'The line of the roll that it was cast under' })
  v: string;
  @ApiProperty({
    type: String,
    example: 'counted',
    description: 'What the ballot comes to as the log stands now',
  })
  status: BallotStatus;
  @ApiProperty({ description: 'SHA-256 over 00 and the event’s bytes, base64url' })
  leafHash: string;
  @ApiProperty({ example: '1041', description: 'Its place in the log' })
  position: string;
  @ApiProperty({ description: 'True when this very ballot was cast before' })
  repeated: boolean;
}

export class BallotBody {
  @ApiProperty({ example: BALLOT_ID })
  id: string;
  @ApiProperty({ example: 1 })
  n: number;
  @ApiProperty({ example: '2026-05-04T10:00:00.000Z', description: 'The full hour in which it was cast' })
  at: string;
  @ApiProperty({ example: '1041' })
  position: string;
  @ApiProperty({ enum: ['counted', 'superseded', 'late', 'suspended', 'annulled', 'paper'] })
  status: BallotStatus;
  @ApiPropertyOptional({
    description: 'The act that annulled it: its reason is in the history of the election',
  })
  annulledBy?: string;
}

class BallotStandingBody extends BallotBody {
  @ApiProperty({ example: PSEUDONYM, description: 'The line of the roll that it was cast under' })
  v: string;
  @ApiPropertyOptional({ type: AsOfBody })
  asOf?: AsOfBody;
}

class KeyReplacementBody {
  @ApiProperty({
    example: '2026-05-04T10:00:00.000Z',
    description: 'The full hour in which the key was replaced',
  })
  at: string;
  @ApiProperty({ example: '1043' })
  position: string;
}

export class VoterBody {
  @ApiProperty({ example: PSEUDONYM })
  v: string;
  @ApiProperty({ description: 'Whether a paper ballot was taken, and the mark is valid' })
  marked: boolean;
  @ApiProperty({
    type: [KeyReplacementBody],
    description: 'When its signing key was replaced',
  })
  keyReplacements: KeyReplacementBody[];
  @ApiProperty({ type: [BallotBody] })
  ballots: BallotBody[];
  @ApiPropertyOptional({ type: AsOfBody })
  asOf?: AsOfBody;
}

const BALLOT = { id: BALLOT_ID, n: 1, at: '2026-05-04T10:00:00.000Z', position: '1041', status: 'counted' };
export const VOTER = { v: PSEUDONYM, marked: false, keyReplacements: [], ballots: [BALLOT] };
const CAST = {
  ballotId: BALLOT_ID,
  v: PSEUDONYM,
  status: 'counted',
  leafHash: BALLOT_ID,
  position: '1041',
  repeated: false,
};

class KeyBody {
  @ApiProperty({ description: 'Ed25519 public key, base64url', example: BALLOT_ID })
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'key must be 32 bytes in base64url' })
  key: string;
}

@ApiTags('ballots')
@Controller('api/v1/elections/:electionId')
export class BallotsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Post('ballots')
  @ApiOperation({
    summary: 'Cast a ballot',
    description:
      'The body is the ballot in its canonical bytes, as signed (docs/voting.md). Its signature is all the sign-in there is, its id is the idempotency key.',
  })
  @ApiConsumes(BALLOT_TYPE)
  @ApiBody({
    schema: {
      type: 'object',
      properties: {
        v: { type: 'integer', enum: [1] },
        e: HASH,
        cl: { type: 'string' },
        k: HASH,
        n: { type: 'integer', minimum: 1, maximum: 100 },
        p: HASH,
        x: HASH,
        b: { type: 'string' },
        t: { type: 'object' },
        g: { type: 'string', pattern: '^[A-Za-z0-9_-]{86}$' },
      },
      required: ['v', 'e', 'cl', 'k', 'n', 'g'],
      additionalProperties: false,
      example: {
        v: 1,
        e: BALLOT_ID,
        cl: 'all',
        k: BALLOT_ID,
        n: 1,
        x: BALLOT_ID,
        b: 'A'.repeat(619),
        g: 'A'.repeat(86),
      },
    },
  })
  @ApiAnswer(
    { schema: CastReceipt, example: CAST },
    { status: 201, description: 'Cast; with status 200 when this very ballot was cast before' },
  )
  @ApiAnswer({ schema: CastReceipt, example: { ...CAST, repeated: true } })
  @ApiProblems(
    'ballot-not-canonical',
    'ballot-malformed',
    'election-unknown',
    'wrong-election',
    'not-on-roll',
    'wrong-class',
    'signature-invalid',
    'wrong-disclosure',
    'word-not-allowed',
    'box-length-wrong',
    'box-does-not-open',
    'plaintext-malformed',
    'plaintext-of-another-ballot',
    'vote-malformed',
    'areas-not-in-order',
    'area-not-allowed',
    'option-unknown',
    'option-repeated',
    'too-few-options',
    'too-many-options',
    'over-budget',
    'too-few-points',
    'too-many-points',
    'voting-not-open',
    'voting-suspended',
    'voting-closed',
    'sequence-stale',
    'too-many-ballots',
    'voted-on-paper',
    'ballot-key-replaced',
    'election-annulled',
    'command-id-reused',
    'body-too-large',
    'media-type-unsupported',
    'overloaded',
    'views-behind',
  )
  async cast(
    @Param('electionId') electionId: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CastReceipt> {
    if (!Buffer.isBuffer(body)) throw new Problem('media-type-unsupported');
    const answer = await this.commands.execute(new CastBallot(electionId, body));
    const { ballotId, v, status, annulled, events, position, repeated, asOf } = accepted(answer);
    // Appended, and the fold ignores it: the answer says the same.
    if (status !== 'in-time') throw new Problem(tooLate(status));
    const fresh = annulled ? 'annulled' : 'counted';
    const today = repeated ? await this.queries.execute(new BallotNow(electionId, ballotId, asOf)) : fresh;
    void reply.code(repeated ? 200 : 201).header('cache-control', 'no-store');
    const leafHash = events[0]?.leafHash ?? '';
    return { ballotId, v, status: today, leafHash, position: String(position), repeated };
  }

  @Get('ballots/:ballotId')
  @ApiOperation({ summary: 'What became of a ballot. Never what it says.' })
  @ApiAnswer({ schema: BallotStandingBody, example: { ...BALLOT, v: PSEUDONYM } })
  @TakesAsOf()
  @ApiProblems('ballot-unknown', 'views-behind', ...AS_OF_PROBLEMS)
  async lookUp(
    @Param('electionId') electionId: string,
    @Param('ballotId') ballotId: string,
    @MaybeMoment() moment: Moment | undefined,
  ) {
    const found = await this.queries.execute(new LookUpBallot(electionId, ballotId, moment));
    if (found === undefined) throw new Problem('ballot-unknown');
    const { tag, past, ...ballot } = found;
    const body = { ...ballot, position: String(ballot.position), ...asOfJson(past) };
    return new Tagged(`ballot.${tag}`, body);
  }

  @Get('voters/:v')
  @ApiOperation({
    summary:
      'What was cast under a line of the roll, and when its key was replaced: nothing, for whoever abstained',
  })
  @ApiAnswer({ schema: VoterBody, example: VOTER })
  @TakesAsOf()
  @ApiProblems('voter-unknown', 'views-behind', ...AS_OF_PROBLEMS)
  async voter(
    @Param('electionId') electionId: string,
    @Param('v') v: string,
    @MaybeMoment() moment: Moment | undefined,
  ) {
    const found = await this.queries.execute(new LookUpVoter(electionId, v, moment));
    if (found === undefined) throw new Problem('voter-unknown');
    return new Tagged(`voter.${found.tag}`, voterJson(found));
  }

  @Post('voters/:v/paper')
  @HttpCode(200)
  @ApiOperation({ summary: 'Mark the roll: this voter takes a paper ballot (role paper-officer)' })
  @ApiAnswer(ReceiptAnswer)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiProblems(
    ...STAFF_WRITE,
    'election-unknown',
    'election-annulled',
    'not-on-roll',
    'no-paper',
    'already-marked',
    'ballot-exists',
    'voting-not-open',
    'voting-suspended',
    'voting-closed',
    'views-behind',
  )
  async mark(
    @Param('electionId') electionId: string,
    @Param('v') v: string,
    @CurrentRequest() by: RequestBy,
  ) {
    return receiptJson(accepted(await this.commands.execute(new MarkPaper(electionId, v, by))));
  }

  @Post('voters/:v/key')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give a voter another ballot key (role returning-officer)' })
  @ApiAnswer(ReceiptAnswer)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiProblems(
    ...STAFF_WRITE,
    'election-unknown',
    'election-annulled',
    'not-on-roll',
    'ballot-key-invalid',
    'ballot-key-repeated',
    'key-unchanged',
    'voting-not-open',
    'voting-suspended',
    'voting-closed',
    'command-id-reused',
    'views-behind',
  )
  @ApiExample(KeyBody, { key: BALLOT_ID })
  async replaceKey(
    @Param('electionId') electionId: string,
    @Param('v') v: string,
    @Body() { key }: KeyBody,
    @CurrentRequest() by: RequestBy,
  ) {
    return receiptJson(accepted(await this.commands.execute(new ReplaceBallotKey(electionId, v, key, by))));
  }
}

/** What stands under a line of the roll, as JSON. */
export function voterJson({ v, marked, keyReplacements, ballots, past }: VoterStanding): VoterBody {
  const placed = <T extends { position: number }>(items: readonly T[]) =>
    items.map((item) => ({ ...item, position: String(item.position) }));
  return {
    v,
    marked,
    keyReplacements: placed(keyReplacements),
    ballots: placed(ballots),
    ...asOfJson(past),
  };
}
