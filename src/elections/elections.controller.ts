/** Elections over REST: read by everybody, run by staff. What needs two persons goes through /api/v1/acts. */
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { Command, CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Receipt } from '../event-store/command-log.js';
import { newThingId } from '../event-store/event-ids.js';
import { RECEIPT, RECEIPT_EXAMPLE, ReceiptAnswer, receiptJson } from '../rest/commands.js';
import { AS_OF_PROBLEMS, asOfJson, cacheOf, MaybeMoment, TakesAsOf, type Moment } from '../rest/as-of.js';
import { Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiExample, ApiIdempotencyKey, ApiProblems, STAFF_WRITE } from '../rest/openapi.js';
import { FreshQuery, listPage, PageQuery } from '../rest/paging.js';
import { accepted, Problem } from '../rest/problem.js';
import { CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import { TEXT_PROBLEMS } from '../contents/contents.problems.js';
import { CountElection } from './count.commands.js';
import { ChangeWithReason, DefineElection, type WordedDefinition } from './define.commands.js';
import {
  ChangeElection,
  CommitRoll,
  ListRoll,
  OpenVoting,
  PublishElectionKey,
  type Answer,
} from './elections.commands.js';
import {
  DEFINITION,
  ElectionAnswer,
  ElectionListAnswer,
  OptionListAnswer,
  REASON,
  ResultAnswer,
  ROLL,
  TurnoutAnswer,
} from './elections.answers.js';
import { AmendmentBody, DefinitionBody, ExtensionBody, RollBody, WithReasonBody } from './elections.dto.js';
import './elections.problems.js';
import { ResultQuery } from './result.dto.js';
import { GetElection, GetResult, ListElections } from './elections.queries.js';
import { electionJson, optionJson, summaryJson, turnoutJson } from './elections.representation.js';
import { ReconcilePaper } from './reconcile.commands.js';

const READS = ['views-behind', ...AS_OF_PROBLEMS];
const WRITES = [...STAFF_WRITE, 'election-unknown', 'election-annulled', 'wrong-phase'];
const DEFINING = [
  'schedule-out-of-order',
  'schedule-in-past',
  'claims-before-close',
  'no-options',
  'area-repeated',
  'option-area-unknown',
  'option-repeated',
  'limits-contradict',
  'points-missing',
  'points-without-cumulative',
  'sealed-bytes-too-small',
  'ballot-too-long',
  'options-too-many',
  'ruleset-too-large',
  'rule-not-supported',
  'ruleset-malformed',
  'ruleset-unknown-field',
  'ruleset-unknown-option',
  'ruleset-contradictory',
  'ties-incomplete',
  'tie-order-not-total',
  ...TEXT_PROBLEMS,
];

const electionId = '6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11';
const DefinedAnswer = {
  schema: Type.Object({ electionId: Type.String(), ...RECEIPT }, { additionalProperties: false }),
  example: { electionId, ...RECEIPT_EXAMPLE },
};

@ApiTags('elections')
@Controller('api/v1/elections')
export class ElectionsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Elections, the latest opening first' })
  @ApiAnswer(ElectionListAnswer)
  @TakesAsOf()
  @ApiProblems('invalid-cursor', ...READS)
  async list(
    @Query() { cursor, limit }: PageQuery,
    @MaybeMoment() moment: Moment | undefined,
    @Req() request: FastifyRequest,
  ) {
    const { elections, next, past, tag } = await this.queries.execute(
      new ListElections(limit, cursor, moment),
    );
    return new Tagged(`elections.${tag}.${limit}.${cursor ?? ''}`, {
      ...listPage(elections.map(summaryJson), next, request.url),
      ...asOfJson(past),
    });
  }

  @Get(':id')
  @ApiOperation({ summary: 'An election: definition, phase, schedule, what ballots bind to, history' })
  @ApiAnswer(ElectionAnswer)
  @TakesAsOf()
  @ApiProblems('election-unknown', ...READS)
  async get(@Param('id') id: string, @Query() _fresh: FreshQuery, @MaybeMoment() moment: Moment | undefined) {
    const details = await this.#details(id, moment);
    return new Tagged(`election.${details.tag}`, { ...electionJson(details), ...asOfJson(details.past) });
  }

  @Get(':id/options')
  @ApiOperation({ summary: 'Every option with its title' })
  @ApiAnswer(OptionListAnswer)
  @TakesAsOf()
  @ApiProblems('election-unknown', ...READS)
  async options(@Param('id') id: string, @MaybeMoment() moment: Moment | undefined) {
    const details = await this.#details(id, moment);
    const items = details.options.map(optionJson);
    return new Tagged(`options.${details.tag}`, { items, ...asOfJson(details.past) });
  }

  @Get(':id/turnout')
  @ApiOperation({ summary: 'How many voted, hour by hour; never a choice' })
  @ApiAnswer(TurnoutAnswer)
  @TakesAsOf()
  @ApiProblems('election-unknown', ...READS)
  async turnout(@Param('id') id: string, @MaybeMoment() moment: Moment | undefined) {
    const details = await this.#details(id, moment);
    const body = { ...turnoutJson(details), ...asOfJson(details.past) };
    return new Tagged(`turnout.${details.tag}`, body, cacheOf(moment));
  }

  @Get(':id/results')
  @ApiOperation({ summary: 'A count with the reason for every option; the latest, or one by its number' })
  @ApiAnswer(ResultAnswer)
  @TakesAsOf()
  @ApiProblems('not-counted', 'result-not-kept', ...READS)
  async results(
    @Param('id') id: string,
    @Query() { count }: ResultQuery,
    @MaybeMoment() moment: Moment | undefined,
  ) {
    const number = count === undefined ? undefined : Number(count);
    const found = await this.queries.execute(new GetResult(id, number, moment));
    if (found === undefined) throw new Problem('not-counted');
    const { election, tally, result, past } = found;
    if (result === undefined) throw new Problem('result-not-kept');
    const certified = election.certified?.tally === tally.number;
    const tag = `result.${tally.outputDigest}.${certified ? 1 : 0}.${tally.revoked ? 1 : 0}.${past?.index ?? ''}`;
    return new Tagged(tag, { tally, certified, result, ...asOfJson(past) }, cacheOf(moment));
  }

  @Post()
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Define an election (role returning-officer)' })
  @ApiAnswer(DefinedAnswer, { status: 201 })
  @ApiProblems(...WRITES, ...DEFINING, 'election-exists')
  @ApiExample(DefinitionBody, DEFINITION)
  async define(@Body() body: DefinitionBody, @CurrentRequest() by: RequestBy) {
    const electionId = newThingId(by.actor.id, by.commandId, 'election');
    const receipt = accepted(await this.commands.execute(new DefineElection(electionId, worded(body), by)));
    return { electionId, ...receiptJson(receipt) };
  }

  @Post(':id/amendments')
  @HttpCode(200)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Replace the definition, before voting opens' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITES, ...DEFINING)
  @ApiExample(AmendmentBody, { ...DEFINITION, reason: REASON })
  async amend(@Param('id') id: string, @Body() body: AmendmentBody, @CurrentRequest() by: RequestBy) {
    return this.#run(new DefineElection(id, worded(body), by, body.reason));
  }

  @Post(':id/roll')
  @HttpCode(200)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'List lines of the roll; with `last` the roll is committed' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(
    ...WRITES,
    'voter-repeated',
    'ballot-key-repeated',
    'ballot-key-invalid',
    'roll-area-unknown',
    'area-repeated',
    'roll-committed',
    'roll-empty',
  )
  @ApiExample(RollBody, ROLL)
  async roll(@Param('id') id: string, @Body() { lines, last }: RollBody, @CurrentRequest() by: RequestBy) {
    const listed = await this.#run(new ListRoll(id, lines, by));
    if (last !== true) return listed;
    return this.#run(new CommitRoll(id, { ...by, commandId: `${by.commandId}.commit` }));
  }

  @Post(':id/openings')
  @HttpCode(200)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Open voting by hand (the scheduler does it at its time)' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITES, 'too-early', 'voting-over', 'roll-not-committed', 'roll-empty', 'roll-area-unknown')
  async open(@Param('id') id: string, @CurrentRequest() by: RequestBy) {
    return this.#run(new OpenVoting(id, by));
  }

  @Post(':id/extensions')
  @HttpCode(200)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Extend voting, with a reason' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(
    ...WRITES,
    'extension-not-later',
    'voting-over',
    'claims-before-close',
    'claims-shortened',
    ...TEXT_PROBLEMS,
  )
  @ApiExample(ExtensionBody, { closesAt: '2026-05-17T20:00:00.000Z', reason: REASON })
  async extend(@Param('id') id: string, @Body() body: ExtensionBody, @CurrentRequest() by: RequestBy) {
    const { closesAt, claimsUntil } = body;
    const schedule = { closesAt, claimsUntil };
    return this.#run(
      new ChangeWithReason(id, body.reason, (reason) => ({ do: 'extend', schedule, reason }), by),
    );
  }

  @Post(':id/suspensions')
  @HttpCode(200)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Suspend voting at once, with a reason' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITES, ...TEXT_PROBLEMS)
  @ApiExample(WithReasonBody, { reason: REASON })
  async suspend(@Param('id') id: string, @Body() body: WithReasonBody, @CurrentRequest() by: RequestBy) {
    return this.#run(new ChangeWithReason(id, body.reason, (reason) => ({ do: 'suspend', reason }), by));
  }

  @Post(':id/resumptions')
  @HttpCode(200)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Resume voting, with a reason' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITES, 'voting-over', ...TEXT_PROBLEMS)
  @ApiExample(WithReasonBody, { reason: { code: 'over' } })
  async resume(@Param('id') id: string, @Body() body: WithReasonBody, @CurrentRequest() by: RequestBy) {
    return this.#run(new ChangeWithReason(id, body.reason, (reason) => ({ do: 'resume', reason }), by));
  }

  @Post(':id/closings')
  @HttpCode(200)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Close voting after its time (earlier: the act close-early of two persons)' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITES, 'close-needs-two')
  async close(@Param('id') id: string, @CurrentRequest() by: RequestBy) {
    return this.#run(new ChangeElection(id, { do: 'close' }, by));
  }

  @Post(':id/reconciliations')
  @HttpCode(200)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Compare paper sheets with marks; only then the key is published',
    description: 'Where sheets are missing it takes two persons: the act reconcile-missing.',
  })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITES, 'no-paper', 'paper-missing', 'batch-pending')
  async reconcile(@Param('id') id: string, @CurrentRequest() by: RequestBy) {
    return this.#run(new ReconcilePaper(id, by));
  }

  @Post(':id/key')
  @HttpCode(200)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Publish the election’s key after the close (the scheduler does it by itself)' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITES, 'paper-not-reconciled', 'election-key-wrong')
  async publishKey(@Param('id') id: string, @CurrentRequest() by: RequestBy) {
    return this.#run(new PublishElectionKey(id, by));
  }

  @Post(':id/counts')
  @HttpCode(200)
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Count, or count again: a new count stands beside the old one' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITES, 'tie-undecided', 'count-current', 'count-outdated')
  async count(@Param('id') id: string, @CurrentRequest() by: RequestBy) {
    return this.#run(new CountElection(id, by));
  }

  async #run(command: Command<Answer>) {
    const answer = await this.commands.execute(command);
    return receiptJson(accepted<Receipt>(answer));
  }

  async #details(id: string, moment: Moment | undefined) {
    const details = /^[0-9a-f-]{36}$/.test(id)
      ? await this.queries.execute(new GetElection(id, moment))
      : undefined;
    if (details === undefined) throw new Problem('election-unknown');
    return details;
  }
}

function worded(body: DefinitionBody): WordedDefinition {
  const { title, ruleset, options, disclosure, currency, areas, ballot, schedule, paper } = body;
  const plain = <T extends object>(value: T): T =>
    Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
  return {
    title,
    ruleset,
    definition: {
      profile: 'open',
      origin: 'live',
      disclosure,
      currency,
      areas: areas.map((area) => plain(area)),
      ballot: plain(ballot),
      schedule: plain(schedule),
      paper,
    },
    options: options.map(({ place, ...option }) => ({
      ...plain(option),
      ...(place && { place: plain(place) }),
    })),
  };
}
