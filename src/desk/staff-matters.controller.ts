/** What staff does with matters over REST (role listener). */
import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { type Command, CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../clock.js';
import { TEXT_PROBLEMS } from '../contents/contents.problems.js';
import type { Receipt, Rejection } from '../event-store/command-log.js';
import { CLOCK } from '../platform.module.js';
import { ReceiptAnswer, receiptJson } from '../rest/commands.js';
import {
  ApiAnswer,
  ApiExample,
  ApiIdempotencyKey,
  ApiProblems,
  SIGNED_IN,
  STAFF_WRITE,
} from '../rest/openapi.js';
import { listPage } from '../rest/paging.js';
import { accepted, Problem } from '../rest/problem.js';
import { uuidOr } from '../rest/uuid-or.js';
import type { Actor } from '../staff/actor.js';
import { CurrentActor, CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import { DuplicateMatter, GatherMatters, SeparateMatter } from '../complaints/cases.commands.js';
import './desk.problems.js';
import { wholeJson, queuedJson } from '../complaints/matters.answers.js';
import {
  DeskNumbersAnswer,
  deskNumbersJson,
  GatheredAnswer,
  clockJson,
  personJson,
  QueueAnswer,
  ReleasedAdditionsAnswer,
  StaffMatterAnswer,
} from './staff-matters.answers.js';
import {
  AnswerMatter,
  AssignMatter,
  EraseMatter,
  MoveMatter,
  ReopenMatter,
} from '../complaints/matters.commands.js';
import {
  AnswerBody,
  AssignmentBody,
  DuplicateBody,
  EraseMatterBody,
  GatherBody,
  HideMatterBody,
  MoveBody,
  QueueQuery,
  ReleaseAdditionsBody,
  MatterReleaseBody,
  StaffReopeningBody,
} from './staff-matters.dto.js';
import { GetStaffMatter } from './staff-matters.queries.js';
import { GetDeskNumbers, ListQueue } from './queue.queries.js';
import { RulesInForce } from '../categories/rules-in-force.js';
import { HideMatter, ReleaseAdditions, ReleaseMatter } from '../complaints/release.commands.js';
import { assertReads } from './staff-access.js';

const MATTER = uuidOr('matter-unknown');
const WRITE = [...STAFF_WRITE, 'matter-unknown', 'matter-erased', 'matter-unconfirmed', 'views-behind'];
const UPDATE = [
  ...WRITE,
  ...TEXT_PROBLEMS,
  'state-unknown',
  'matter-duplicate',
  'state-needs-answer',
  'state-stops',
  'state-needs-words',
  'responsible-missing',
  'happened-in-future',
  'happened-before-filing',
];
const OTHER = '3a1c9a58-6f0e-4b8e-9a52-0d5d9f1f7c20';
const words = { es: 'Se cambió la lámpara.' };

@ApiTags('matters')
@ApiSecurity('key')
@ApiSecurity('session')
@Controller('api/v1/matters')
export class StaffMattersController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('queue')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Matters as staff sees them, what is due first (role listener or auditor)',
    description: 'Every page but the last has as many as were asked for.',
  })
  @ApiAnswer(QueueAnswer)
  @ApiProblems(...SIGNED_IN, 'invalid-input', 'invalid-cursor', 'views-behind')
  async queue(@Query() query: QueueQuery, @CurrentActor() actor: Actor, @Req() request: FastifyRequest) {
    assertReads(actor);
    const { cursor, limit, atLeast: _atLeast, order, stateKind, overdue, ...asked } = query;
    const now = this.clock.now();
    const filter = {
      ...asked,
      ...(stateKind !== undefined && { stateKinds: [stateKind] }),
      ...(overdue === true && { overdueAt: now.toISOString() }),
    };
    const { matters, next } = await this.queries.execute(new ListQueue(filter, order, limit, cursor));
    const { calendar } = await this.rules.now();
    const items = matters.map((matter) => ({
      ...queuedJson(matter),
      ...clockJson(matter.row, now, calendar),
    }));
    return listPage(items, next, request.url);
  }

  @Get('queue/numbers')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How staff’s work goes now, by department (role listener or auditor)' })
  @ApiAnswer(DeskNumbersAnswer)
  @ApiProblems(...SIGNED_IN, 'views-behind')
  async numbers(@CurrentActor() actor: Actor) {
    assertReads(actor);
    return deskNumbersJson(await this.queries.execute(new GetDeskNumbers(this.clock.now())));
  }

  @Get(':id/file')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'A matter, public or not, with who filed and joined it (role listener or auditor)',
  })
  @ApiAnswer(StaffMatterAnswer)
  @ApiProblems(...SIGNED_IN, 'matter-unknown', 'views-behind')
  async whole(@Param('id', MATTER) id: string, @CurrentActor() actor: Actor) {
    assertReads(actor);
    const found = await this.queries.execute(new GetStaffMatter(id));
    if (found === undefined) throw new Problem('matter-unknown');
    return { ...wholeJson(found.matter), people: found.people.map(personJson), withheld: found.withheld };
  }

  @Post(':id/release')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Show a matter to everybody, or again what was hidden' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(
    ...WRITE,
    ...TEXT_PROBLEMS,
    'matter-private',
    'matter-released',
    'category-unknown',
    'photo-unknown',
  )
  @ApiExample(MatterReleaseBody, { place: true })
  release(@Param('id', MATTER) id: string, @Body() body: MatterReleaseBody, @CurrentRequest() by: RequestBy) {
    return this.#run(new ReleaseMatter(id, body, by));
  }

  @Post(':id/release-additions')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Show words and photos that came into a public matter later' })
  @ApiAnswer(ReleasedAdditionsAnswer)
  @ApiProblems(...WRITE, 'matter-not-released', 'content-unknown', 'content-erased')
  @ApiExample(ReleaseAdditionsBody, { ids: [OTHER] })
  async releaseAdditions(
    @Param('id', MATTER) id: string,
    @Body() { ids }: ReleaseAdditionsBody,
    @CurrentRequest() by: RequestBy,
  ) {
    const { released, position } = accepted(await this.commands.execute(new ReleaseAdditions(id, ids, by)));
    return { released, position: String(position) };
  }

  @Post(':id/hide')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Take a matter off every list (role listener or moderator)' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITE, 'matter-not-released')
  @ApiExample(HideMatterBody, { reason: 'insult' })
  hide(@Param('id', MATTER) id: string, @Body() { reason }: HideMatterBody, @CurrentRequest() by: RequestBy) {
    return this.#run(new HideMatter(id, reason, by));
  }

  @Post(':id/assign')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Give a matter to a department' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITE, ...TEXT_PROBLEMS, 'department-unknown')
  @ApiExample(AssignmentBody, { department: 'works', reason: 'wrong-department' })
  assign(@Param('id', MATTER) id: string, @Body() body: AssignmentBody, @CurrentRequest() by: RequestBy) {
    return this.#run(new AssignMatter(id, body, by));
  }

  @Post(':id/move')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Say where a matter stands',
    description:
      'An update of something that came about before the last one stands in the history and changes no state.',
  })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...UPDATE)
  @ApiExample(MoveBody, { state: 'scheduled' })
  move(@Param('id', MATTER) id: string, @Body() body: MoveBody, @CurrentRequest() by: RequestBy) {
    return this.#run(new MoveMatter(id, body, by));
  }

  @Post(':id/answer')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Answer the reporter, and everybody whose matter is in this case: the legal clock ends',
  })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...UPDATE)
  @ApiExample(AnswerBody, { state: 'resolved', words })
  answer(@Param('id', MATTER) id: string, @Body() body: AnswerBody, @CurrentRequest() by: RequestBy) {
    return this.#run(new AnswerMatter(id, body, by));
  }

  @Post(':id/reopen')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Open a closed matter again' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITE, ...TEXT_PROBLEMS, 'matter-open', 'matter-duplicate')
  @ApiExample(StaffReopeningBody, { words })
  reopen(@Param('id', MATTER) id: string, @Body() body: StaffReopeningBody, @CurrentRequest() by: RequestBy) {
    return this.#run(new ReopenMatter(id, body.words, by));
  }

  @Post(':id/duplicate')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Close a matter as the same as another one, which it is answered with',
    description: 'Its deadline is that of the other one, which must be owed an answer, and no later.',
  })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITE, 'matter-of-itself', 'matter-in-case', 'matter-is-case', 'other-answered-later')
  @ApiExample(DuplicateBody, { of: OTHER })
  duplicate(@Param('id', MATTER) id: string, @Body() { of }: DuplicateBody, @CurrentRequest() by: RequestBy) {
    return this.#run(new DuplicateMatter(id, of, by));
  }

  @Post(':id/gather')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Put matters into the case of this one' })
  @ApiAnswer(GatheredAnswer)
  @ApiProblems(...WRITE, 'matter-of-itself', 'matter-in-case', 'matter-is-case')
  @ApiExample(GatherBody, { members: [OTHER] })
  async gather(
    @Param('id', MATTER) id: string,
    @Body() { members }: GatherBody,
    @CurrentRequest() by: RequestBy,
  ) {
    const { gathered, position } = accepted(await this.commands.execute(new GatherMatters(id, members, by)));
    return { gathered, position: String(position) };
  }

  @Post(':id/separate')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Take a matter out of its case, or open it again that is no duplicate' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITE, 'matter-not-in-case')
  separate(@Param('id', MATTER) id: string, @CurrentRequest() by: RequestBy) {
    return this.#run(new SeparateMatter(id, by));
  }

  @Post(':id/erase')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Delete what a reporter wrote, sent and said of herself (role data-protection-officer)',
  })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...WRITE)
  @ApiExample(EraseMatterBody, { basis: 'gdpr-17' })
  erase(
    @Param('id', MATTER) id: string,
    @Body() { basis }: EraseMatterBody,
    @CurrentRequest() by: RequestBy,
  ) {
    return this.#run(new EraseMatter(id, basis, by));
  }

  async #run(command: Command<Receipt | Rejection>) {
    return receiptJson(accepted(await this.commands.execute(command)));
  }
}
