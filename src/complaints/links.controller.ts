/**
 * What people do who come back by their link. It is in the body of every request, reading included: an address stands in
 * histories, logs and the `Referer` of what is clicked next, and a page keeps it in the fragment, which no browser sends.
 */
import { Body, Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type Command, CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Receipt, Rejection } from '../event-store/command-log.js';
import { TEXT_PROBLEMS } from '../contents/contents.problems.js';
import { ReceiptAnswer, receiptJson } from '../rest/commands.js';
import { RateLimit } from '../rest/rate-limit.js';
import { ApiAnswer, ApiExample, ApiIdempotencyKey, ApiProblems, WRITE } from '../rest/openapi.js';
import { accepted, Problem } from '../rest/problem.js';
import { assertMayTry } from '../staff/authentication.guard.js';
import { AnybodysRequest, type AnybodysRequestBy } from '../staff/current-actor.js';
import type { By } from '../event-store/command-log.js';
import './complaints.problems.js';
import { LINK_ACTS, WRONG_LINKS } from './limits.js';
import { RESIDENT } from './matter.js';
import { confirmJson, OwnMatterAnswer, wholeJson } from './matters.answers.js';
import { AdditionBody, ConfirmBody, FixBody, LinkBody, RatingBody, ReopeningBody } from './links.dto.js';
import { GetOwnMatter } from './own.queries.js';
import {
  AddToMatter,
  AskForCode,
  ConfirmMatter,
  EraseByLink,
  RateMatter,
  ReopenByReporter,
  ReportFix,
} from './reporters.commands.js';

const READ = ['link-unknown', 'too-many-links', 'invalid-input', 'malformed-json', 'body-too-large'];
const ACT = [
  ...['link-unknown', 'too-many-links', 'too-many-acts'],
  ...WRITE,
  ...['matter-unknown', 'matter-erased', 'views-behind'],
];
const link = 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M';

@ApiTags('matters')
@Controller('api/v1/matters/by-link')
export class LinksController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(WRONG_LINKS) private readonly wrong: RateLimit,
    @Inject(LINK_ACTS) private readonly acts: RateLimit,
  ) {}

  @Post('views')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'The matter that a link leads to, as its reporter knows it',
    description: 'Writes nothing and needs no Idempotency-Key. Who joined gets the id of the public matter.',
  })
  @ApiAnswer(OwnMatterAnswer)
  @ApiProblems(...READ, 'views-behind')
  @ApiExample(LinkBody, { link })
  async view(@Body() body: LinkBody, @Req() { ip }: FastifyRequest) {
    const found = await this.queries.execute(new GetOwnMatter(body.link));
    if (found === undefined) throw this.#unknown(ip);
    const { role, email, matterId } = found;
    if (role === 'joiner') return { role, email, matterId };
    return { role, email, ...confirmJson(found), matterId, matter: wholeJson(found.matter) };
  }

  @Post('confirmations')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Confirm the e-mail address, of who filed or joined, with the code that was sent to it',
  })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...ACT, 'code-wrong', 'code-expired', 'code-tried-too-often', 'matter-confirmed')
  @ApiExample(ConfirmBody, { link, code: '042517' })
  confirm(
    @Body() body: ConfirmBody,
    @AnybodysRequest() request: AnybodysRequestBy,
    @Req() { ip }: FastifyRequest,
  ) {
    return this.#act(body.link, ip, new ConfirmMatter(body.link, body.code, asResident(request)));
  }

  @Post('codes')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Ask for another code for the e-mail address, in place of the one before',
    description: 'Not within five minutes of the last one, and ten at most. Nothing of it stands in the log.',
  })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...ACT, 'code-too-soon', 'too-many-codes', 'no-address', 'matter-confirmed')
  @ApiExample(LinkBody, { link })
  askForCode(
    @Body() body: LinkBody,
    @AnybodysRequest() _request: AnybodysRequestBy,
    @Req() { ip }: FastifyRequest,
  ) {
    return this.#act(body.link, ip, new AskForCode(body.link));
  }

  @Post('additions')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Say more, or send photos',
    description: 'Where the city was waiting for it, the legal clock goes on.',
  })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...ACT, 'nothing-added', 'photo-unknown', ...TEXT_PROBLEMS)
  @ApiExample(AdditionBody, { link, text: 'Es la segunda farola desde la plaza.' })
  add(
    @Body() body: AdditionBody,
    @AnybodysRequest() request: AnybodysRequestBy,
    @Req() { ip }: FastifyRequest,
  ) {
    const { link: given, ...addition } = body;
    return this.#act(given, ip, new AddToMatter(given, addition, asResident(request)));
  }

  @Post('ratings')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Rate how a closed matter was dealt with' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...ACT, 'matter-open')
  @ApiExample(RatingBody, { link, stars: 4 })
  rate(
    @Body() body: RatingBody,
    @AnybodysRequest() request: AnybodysRequestBy,
    @Req() { ip }: FastifyRequest,
  ) {
    return this.#act(body.link, ip, new RateMatter(body.link, body.stars, asResident(request)));
  }

  @Post('reopenings')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({ summary: 'Open a closed matter again: it is not done' })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...ACT, 'matter-open', 'matter-duplicate', 'matter-void', ...TEXT_PROBLEMS)
  @ApiExample(ReopeningBody, { link, text: 'Sigue apagada.' })
  reopen(
    @Body() body: ReopeningBody,
    @AnybodysRequest() request: AnybodysRequestBy,
    @Req() { ip }: FastifyRequest,
  ) {
    return this.#act(body.link, ip, new ReopenByReporter(body.link, body.text, asResident(request)));
  }

  @Post('fixes')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Say whether it is fixed, when asked some weeks after the end; `false` opens it again',
  })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...ACT, 'matter-open', 'matter-duplicate', 'matter-void', ...TEXT_PROBLEMS)
  @ApiExample(FixBody, { link, fixed: true })
  async reportFix(
    @Body() body: FixBody,
    @AnybodysRequest() request: AnybodysRequestBy,
    @Req() { ip }: FastifyRequest,
  ) {
    const { link: given, fixed, text } = body;
    return this.#act(
      given,
      ip,
      new ReportFix(given, { fixed, ...(text !== undefined && { text }) }, asResident(request)),
    );
  }

  @Post('erasures')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Delete what she wrote, sent and said of herself; of who joined, her joining',
    description: 'For good. The log keeps that there was a matter. The link leads nowhere afterwards.',
  })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems(...ACT, 'not-joined')
  @ApiExample(LinkBody, { link })
  erase(
    @Body() body: LinkBody,
    @AnybodysRequest() request: AnybodysRequestBy,
    @Req() { ip }: FastifyRequest,
  ) {
    return this.#act(body.link, ip, new EraseByLink(body.link, asResident(request)));
  }

  async #act(given: string, address: string, command: Command<Receipt | Rejection>) {
    assertMayTry(this.acts, given, 'too-many-acts');
    this.acts.count(given);
    const answer = await this.commands.execute(command);
    if ('rejected' in answer && answer.rejected === 'link-unknown') throw this.#unknown(address);
    return receiptJson(accepted(answer));
  }

  /** Of wrong links alone: whoever tries them keeps nobody behind the same address from a right one. @throws Problem `too-many-links` */
  #unknown(address: string): Problem {
    assertMayTry(this.wrong, address, 'too-many-links');
    this.wrong.count(address);
    return new Problem('link-unknown');
  }
}

/** Whoever has the link is its reporter, signed in or not. */
function asResident({ actor: _actor, ...asked }: AnybodysRequestBy): By {
  return { ...asked, actor: RESIDENT };
}
