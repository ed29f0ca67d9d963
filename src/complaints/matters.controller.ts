/** Matters over REST for everybody: file, read what is public, join. */
import { Body, Controller, Get, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { receiptJson } from '../rest/commands.js';
import { Tagged } from '../rest/conditional.js';
import { RateLimit } from '../rest/rate-limit.js';
import { ApiAnswer, ApiExample, ApiIdempotencyKey, ApiProblems, WRITE } from '../rest/openapi.js';
import { listPage } from '../rest/paging.js';
import { accepted, Problem } from '../rest/problem.js';
import { TEXT_PROBLEMS } from '../contents/contents.problems.js';
import { assertMayTry } from '../staff/authentication.guard.js';
import { AnybodysRequest, type AnybodysRequestBy } from '../staff/current-actor.js';
import { FILING_PROBLEMS } from './complaints.problems.js';
import { FileMatter, JoinMatter } from './filing.commands.js';
import { FILINGS } from './limits.js';
import { LISTENER, RESIDENT } from './matter.js';
import {
  confirmJson,
  FiledAnswer,
  historyJson,
  JoinedAnswer,
  MatterAnswer,
  matterJson,
  MatterListAnswer,
} from './matters.answers.js';
import { FilingBody, JoinBody, MattersQuery } from './matters.dto.js';
import { GetMatter, ListMatters } from './matters.queries.js';

/** What a write of anybody may be answered. */
const ANYBODYS_WRITE = [...WRITE, 'too-many-matters', 'views-behind'];

@ApiTags('matters')
@Controller('api/v1/matters')
export class MattersController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(FILINGS) private readonly filings: RateLimit,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Public matters, the newest first' })
  @ApiAnswer(MatterListAnswer)
  @ApiProblems('invalid-input', 'invalid-cursor', 'views-behind')
  async list(@Query() query: MattersQuery, @Req() request: FastifyRequest) {
    const { cursor, limit, atLeast: _atLeast, ...filter } = query;
    const { matters, next, changed } = await this.queries.execute(new ListMatters(filter, limit, cursor));
    const tag = Object.values({ ...filter, limit, cursor }).map((value) => encodeURIComponent(value ?? ''));
    return new Tagged(`matters.${changed}.${tag.join('.')}`, {
      ...listPage(matters.map(matterJson), next, request.url),
    });
  }

  @Get(':id')
  @ApiOperation({ summary: 'A public matter with its history' })
  @ApiAnswer(MatterAnswer)
  @ApiProblems('matter-unknown', 'views-behind')
  async one(@Param('id') id: string) {
    const found = await this.queries.execute(new GetMatter(id));
    if (found === undefined) throw new Problem('matter-unknown');
    const { matter, steps, changed } = found;
    return new Tagged(`matter.${changed}`, { ...matterJson(matter), ...historyJson(steps) });
  }

  @Post()
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'File a complaint, a suggestion or a thank-you',
    description:
      'By anybody; by staff (role listener) for somebody else. The answer holds the reporter’s link, of which the server keeps ' +
      'only a hash: who asks again with the same key gets another one. Nobody but staff sees the matter before its release. ' +
      'The same body from the same address within a minute is ' +
      'one matter, under whatever key. Where there is `confirmUntil`, staff does not see it either before she has confirmed her address.',
  })
  @ApiAnswer(FiledAnswer, { status: 201 })
  @ApiProblems(
    ...ANYBODYS_WRITE,
    'role-missing',
    'matter-exists',
    'matter-erased',
    ...FILING_PROBLEMS,
    ...TEXT_PROBLEMS,
  )
  @ApiExample(FilingBody, {
    kind: 'complaint',
    category: 'street-lamp',
    text: 'La farola lleva apagada una semana.',
    language: 'es',
    place: { lat: 43_545_100, long: -6_102_300, address: 'Calle del Faro, 12' },
    answers: { lamp: 'off' },
    reporter: { email: 'nela@example.org' },
  })
  async file(
    @Body() filing: FilingBody,
    @AnybodysRequest() request: AnybodysRequestBy,
    @Req() { ip }: FastifyRequest,
  ) {
    const by = this.#by(request, ip);
    const filed = accepted(await this.commands.execute(new FileMatter(filing, by, { sender: ip })));
    const { matterId, link } = filed;
    return { matterId, link, ...confirmJson(filed), ...receiptJson(filed) };
  }

  @Post(':id/joinings')
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Say the same as a public matter, and be answered with it',
    description:
      'With an e-mail address she counts once it is confirmed by the code that is sent to it. The answer is the same whether the ' +
      'address has joined before or not: only a mail tells. Without one she counts apart, as `unconfirmed`.',
  })
  @ApiAnswer(JoinedAnswer, { status: 201 })
  @ApiProblems(...ANYBODYS_WRITE, 'matter-unknown', 'matter-closed', 'email-invalid')
  @ApiExample(JoinBody, { language: 'es', email: 'xuan@example.org' })
  async join(
    @Param('id') id: string,
    @Body() body: JoinBody,
    @AnybodysRequest() request: AnybodysRequestBy,
    @Req() { ip }: FastifyRequest,
  ) {
    const by = this.#by(request, ip);
    const { link, ...receipt } = accepted(await this.commands.execute(new JoinMatter(id, body, by)));
    return { link, ...receiptJson(receipt) };
  }

  /** Staff who answers complaints files for others; anybody else is a resident, and has a limit. */
  #by({ actor, ...asked }: AnybodysRequestBy, address: string) {
    if (actor?.roles.includes(LISTENER) === true) return { ...asked, actor };
    assertMayTry(this.filings, address, 'too-many-matters');
    this.filings.count(address);
    return { ...asked, actor: RESIDENT };
  }
}
