/** The pages for staff, and the second person's approval as a form. Never kept by a browser. */
import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  Get,
  Header,
  Inject,
  Optional,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.js';
import { DEMO, type Demo } from '../demo-site.js';
import { whyNoCertificate } from '../elections/election.js';
import { GetElection, ListElections, type ElectionSummary } from '../elections/elections.queries.js';
import { isRejection } from '../event-store/command-log.js';
import { CLOCK } from '../platform.module.js';
import { Problem } from '../rest/problem.js';
import { ActKinds } from '../staff/act-kinds.js';
import { representAct } from '../staff/act-representation.js';
import type { Actor } from '../staff/actor.js';
import { Acts } from '../staff/acts.js';
import { CurrentRequest, CurrentActor, MaybeActor, type RequestBy } from '../staff/current-actor.js';
import { DemoPage } from './demo.page.js';
import { Frames } from './frames.js';
import { document, HTML } from './render.js';
import { SessionPage } from './session.page.js';
import { StaffPage, type Certifiable } from './staff.page.js';
import { isUuid } from '../event-store/event-ids.js';
import { toSignIn, type Parameters } from './page-forms.js';

const AT_MOST = 100;
/** As the sign-in takes it: a path of this site. */
const OWN_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}$/;

@ApiExcludeController()
@Controller()
export class StaffPagesController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(Acts) private readonly acts: Acts,
    @Inject(ActKinds) private readonly kinds: ActKinds,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(DEMO) private readonly demo?: Demo,
  ) {}

  @Get('session')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async session(
    @Query() { failed, next }: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { frame } = await this.frames.of(request);
    this.frames.remember(request, reply);
    const path = typeof next === 'string' && OWN_PATH.test(next) ? next : undefined;
    return document(SessionPage, { frame, hasFailed: failed === '1', next: path });
  }

  /** Whoever is not signed in is sent to the form. */
  @Get('staff')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async staff(
    @MaybeActor() me: Actor | undefined,
    @Query() { done, proposed, refused }: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (me === undefined) return toSignIn(reply, '/staff');
    const [{ elections }, { rows }, { frame }] = await Promise.all([
      this.queries.execute(new ListElections(AT_MOST)),
      this.acts.list({ state: 'pending', limit: AT_MOST }),
      this.frames.of(request),
    ]);
    this.frames.remember(request, reply);
    const acts = rows
      .filter((row) => !this.acts.isExpired(row))
      .map((row) => ({
        act: representAct(row, false),
        needsBody: this.kinds.get(row.kind)?.confirm !== undefined,
      }));
    const outcome =
      done === '1'
        ? 'done'
        : proposed === '1'
          ? 'proposed'
          : typeof refused === 'string' && /^[a-z-]{1,64}$/.test(refused)
            ? { refused }
            : undefined;
    const mayCertify = this.kinds.get('certify')?.roles.some((role) => me.roles.includes(role)) ?? false;
    const waiting = new Set(
      acts.filter(({ act }) => act.kind === 'certify').map(({ act }) => electionIdOf(act.act)),
    );
    const certifiable = mayCertify
      ? this.#certifiable(elections).filter(
          ({ summary }) => !waiting.has(summary.election.definition.electionId),
        )
      : [];
    const { id, roles } = me;
    return document(StaffPage, { frame, me: { id, roles }, elections, acts, certifiable, outcome });
  }

  /** The guard has seen that the form is this site's own. */
  @Post('staff/acts/:id/approvals')
  async approve(
    @CurrentActor() me: Actor,
    @Param('id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.acts.approve(id, me);
    const refused = isRejection(answer) ? answer.rejected : answer.outcome?.rejected;
    await reply.redirect(refused === undefined ? '/staff?done=1' : `/staff?refused=${refused}`, 303);
  }

  /**
   * The first person's part of a certificate, of the very count that she saw. The guard has seen that the form is this
   * site's own; its hidden `commandId` makes two clicks one proposal.
   */
  @Post('staff/elections/:id/certification')
  async certify(
    @CurrentRequest() by: RequestBy,
    @Param('id') id: string,
    @Body() { tally, outputDigest }: Parameters,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const details = isUuid(id) ? await this.queries.execute(new GetElection(id)) : undefined;
    if (details === undefined) throw new Problem('election-unknown');
    const count = {
      tally: Number(tally),
      outputDigest: typeof outputDigest === 'string' ? outputDigest : '',
    };
    const answer =
      whyNoCertificate(details.election, count, this.clock.now().toISOString()) ??
      (await this.acts.propose('certify', { electionId: id, ...count }, by));
    await reply.redirect(
      isRejection(answer) ? `/staff?refused=${answer.rejected}` : '/staff?proposed=1',
      303,
    );
  }

  #certifiable(elections: readonly ElectionSummary[]): Certifiable[] {
    const now = this.clock.now().toISOString();
    return elections.flatMap((summary) => {
      const last = summary.election.tallies.at(-1);
      if (last === undefined) return [];
      const count = { tally: last.number, outputDigest: last.outputDigest };
      return whyNoCertificate(summary.election, count, now) === undefined
        ? [{ summary, ...count, commandId: randomUUID() }]
        : [];
    });
  }

  @Get('demo')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async demoPage(
    @Query() { resetting }: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (this.demo === undefined) throw new Problem('not-found');
    const { frame } = await this.frames.of(request);
    this.frames.remember(request, reply);
    const { people } = this.demo;
    const now = this.demo.now().toISOString();
    return document(DemoPage, { frame, people, now, isResetting: resetting === '1' });
  }
}

function electionIdOf(act: object): unknown {
  return (act as { data?: { electionId?: unknown } }).data?.electionId;
}
