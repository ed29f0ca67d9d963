/** The public pages: asks the rooms, and answers documents that a browser may keep and ask about again. */
import { Controller, Get, Header, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastOccasion } from '../../projections/digests.view.js';
import {
  LookUpBallot,
  LookUpVoter,
  type BallotStanding,
  type VoterStanding,
} from '../ballots/ballots.queries.js';
import { GetDigestsOf } from '../digests/digests.queries.js';
import {
  GetElection,
  GetExplanation,
  GetResult,
  ListElections,
  type ElectionDetails,
} from '../elections/elections.queries.js';
import { Receipts } from '../ledger/receipts.js';
import { MaybeMoment, TakesAsOf, type Moment } from '../rest/as-of.js';
import { FOR_EVER } from '../rest/conditional.js';
import { Problem } from '../rest/problem.js';
import { BallotsPage, type Search } from './ballots.page.js';
import { ElectionPage } from './election.page.js';
import { ElectionsPage } from './elections.page.js';
import { ExplanationPage } from './explanation.page.js';
import { Frames, shownMoment } from './frames.js';
import type { Frame } from './layout.js';
import { claimsAreOver } from './phase-note.js';
import { RecordPage } from './record.page.js';
import { document, HTML } from './render.js';
import { STYLE } from './style.css.js';
import { STYLE_FILE } from './version.js';
import { isUuid } from '../event-store/event-ids.js';
import { type Parameters } from './page-forms.js';

const PER_PAGE = 100;
const VARY = 'Accept-Language, Cookie';
/** 32 bytes, base64url. */
const BALLOT = /^[A-Za-z0-9_-]{43}$/;
/** 16 bytes, base64url. */
const PSEUDONYM = /^[A-Za-z0-9_-]{22}$/;

@ApiExcludeController()
@Controller()
export class WebController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(Receipts) private readonly receipts: Receipts,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @Header('vary', VARY)
  @TakesAsOf()
  async elections(
    @Query() { after }: Parameters,
    @MaybeMoment() moment: Moment | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const list = await this.queries.execute(new ListElections(PER_PAGE, textOf(after), moment));
    return this.frames.page(
      request,
      reply,
      () => list.tag,
      (frame) => document(ElectionsPage, { frame, list }),
      shownMoment(moment, list.past),
    );
  }

  /** `count`: the number of an earlier count. */
  @Get('elections/:id')
  @Header('content-type', HTML)
  @Header('vary', VARY)
  @TakesAsOf()
  async election(
    @Param('id') id: string,
    @Query() { count }: Parameters,
    @MaybeMoment() moment: Moment | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const details = await this.#details(id, moment);
    const number = count === undefined ? undefined : numberFrom(count);
    const [result, last] = await Promise.all([
      this.queries.execute(new GetResult(id, number, moment)),
      number === undefined ? undefined : this.queries.execute(new GetResult(id, undefined, moment)),
    ]);
    if (number !== undefined && result === undefined) throw new Problem('not-counted');
    const latest = last?.tally.number === result?.tally.number ? undefined : last;
    const tag = `${details.tag}.${result?.tally.number ?? 0}.${result?.result === undefined ? 'x' : 'r'}`;
    const page = (frame: Frame) => document(ElectionPage, { frame, details, result, latest });
    return this.#pageOf(details, request, reply, tag, page, moment);
  }

  /** `count`: the number of an earlier count. */
  @Get('elections/:id/explanation')
  @Header('content-type', HTML)
  @Header('vary', VARY)
  async explanation(
    @Param('id') id: string,
    @Query() { count }: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const details = await this.#details(id);
    const number = count === undefined ? undefined : numberFrom(count);
    const found = await this.queries.execute(new GetExplanation(id, number));
    if (found === undefined) throw new Problem('not-counted');
    const tag = `${details.tag}.${found.tally.number}.${found.kept?.digest ?? 'x'}`;
    return this.#pageOf(details, request, reply, tag, (frame) =>
      document(ExplanationPage, { frame, details, found }),
    );
  }

  @Get('elections/:id/record')
  @Header('content-type', HTML)
  @Header('vary', VARY)
  @TakesAsOf()
  async record(
    @Param('id') id: string,
    @MaybeMoment() moment: Moment | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const details = await this.#details(id, moment);
    // What was certified is what the record is of, also when somebody counts again later.
    const result = await this.queries.execute(new GetResult(id, details.election.certified?.tally, moment));
    const occasion = lastOccasion(details.election);
    const digests =
      occasion === undefined ? undefined : await this.queries.execute(new GetDigestsOf(occasion, moment));
    const published = `${digests?.index ?? ''}-${digests?.digests.length ?? 0}`;
    const tag = `${details.tag}.${result?.result === undefined ? 'x' : 'r'}.${published}`;
    const page = (frame: Frame) => document(RecordPage, { frame, details, result, digests });
    return this.#pageOf(details, request, reply, tag, page, moment);
  }

  /** `ballot`: the id of one; `voter`: a pseudonym. Never kept: what somebody looks up is hers. */
  @Get('elections/:id/ballots')
  @Header('content-type', HTML)
  @Header('vary', VARY)
  @Header('cache-control', 'no-store')
  @TakesAsOf()
  async ballots(
    @Param('id') id: string,
    @Query() query: Parameters,
    @MaybeMoment() moment: Moment | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const details = await this.#details(id, moment);
    const [ballot, voter, result] = await Promise.all([
      search(textOf(query.ballot), BALLOT, (ballotId) =>
        this.queries.execute(new LookUpBallot(id, ballotId, moment)),
      ),
      search(textOf(query.voter), PSEUDONYM, (v) => this.queries.execute(new LookUpVoter(id, v, moment))),
      this.queries.execute(new GetResult(id, undefined, moment)),
    ]);
    const spoiled = new Set(result?.result?.spoiled.map((one) => one.id));
    const { frame } = await this.frames.of(request, shownMoment(moment, details.past));
    this.frames.remember(request, reply);
    const leafHashes = await this.#leafHashes(ballot, voter);
    return document(BallotsPage, { frame, details, ballot, voter, spoiled, leafHashes });
  }

  @Get(`assets/${STYLE_FILE}`)
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', FOR_EVER)
  style(): string {
    return STYLE;
  }

  async #leafHashes(
    ballot: Search<BallotStanding> | undefined,
    voter: Search<VoterStanding> | undefined,
  ): Promise<ReadonlyMap<number, string>> {
    const shown = [
      ...(ballot?.came === 'found' ? [ballot.found] : []),
      ...(voter?.came === 'found' ? voter.found.ballots : []),
    ];
    const hashes = new Map<number, string>();
    for (const { position } of shown) {
      const hash = await this.receipts.leafHashAt(BigInt(position));
      if (hash !== undefined) hashes.set(position, hash);
    }
    return hashes;
  }

  async #details(id: string, moment?: Moment): Promise<ElectionDetails> {
    const details = isUuid(id) ? await this.queries.execute(new GetElection(id, moment)) : undefined;
    if (details === undefined) throw new Problem('election-unknown');
    return details;
  }

  /** As `#page`; of an election whose page also changes when the claims period ends, which is no event. */
  async #pageOf(
    { election, past }: ElectionDetails,
    request: FastifyRequest,
    reply: FastifyReply,
    tag: string,
    page: (frame: Frame) => string,
    moment?: Moment,
  ) {
    return this.frames.page(
      request,
      reply,
      ({ now }) => `${tag}.${claimsAreOver(election, now) ? 'o' : 'c'}`,
      page,
      shownMoment(moment, past),
    );
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** @throws Problem `not-counted` for what is no number of a count */
function numberFrom(value: unknown): number {
  if (typeof value !== 'string' || !/^[1-9]\d{0,5}$/.test(value)) throw new Problem('not-counted');
  return Number(value);
}

async function search<Found>(
  typed: string | undefined,
  form: RegExp,
  find: (id: string) => Promise<Found | undefined>,
): Promise<Search<Found> | undefined> {
  if (typed === undefined) return undefined;
  if (!form.test(typed)) return { typed: typed.slice(0, 100), came: 'malformed' };
  const found = await find(typed);
  return found === undefined ? { typed, came: 'unknown' } : { typed, came: 'found', found };
}
