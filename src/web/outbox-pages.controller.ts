/** The page on which administrators see the outbox. Never kept by a browser: it has addresses and words of people. */
import { Body, Controller, Get, Header, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isRejection } from '../event-store/command-log.js';
import { isUuid } from '../event-store/event-ids.js';
import { cursorOf, placeFrom } from '../mail/outbox-cursor.js';
import { mayDiscard, maySendAgain, OutboxDesk } from '../mail/outbox-desk.js';
import { OUTBOX_STATES, type OutboxState } from '../mail/outbox.js';
import { SETTINGS } from '../platform.module.js';
import { Problem } from '../rest/problem.js';
import type { Settings } from '../settings.js';
import type { Actor } from '../staff/actor.js';
import { CurrentActor, MaybeActor } from '../staff/current-actor.js';
import { Frames } from './frames.js';
import { OutboxPage, type OutboxPageProps } from './outbox.page.js';
import { document, HTML } from './render.js';
import { toSignIn, type Parameters } from './page-forms.js';

const PER_PAGE = 50;
const CODE = /^[a-z-]{1,64}$/;
const TRIES = /^\d{1,9}$/;

@ApiExcludeController()
@Controller('staff/mail')
export class OutboxPagesController {
  constructor(
    @Inject(OutboxDesk) private readonly desk: OutboxDesk,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'mail'>,
  ) {}

  /** Whoever is not signed in is sent to the form. */
  @Get()
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async list(
    @MaybeActor() me: Actor | undefined,
    @Query() query: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (me === undefined) return toSignIn(reply, '/staff/mail');
    assertAdministrator(me);
    this.frames.remember(request, reply);
    const state = stateIn(query.state);
    const after = typeof query.cursor === 'string' ? placeFrom(query.cursor) : undefined;
    const [{ rows, next }, counts, { frame }] = await Promise.all([
      this.desk.list({ limit: PER_PAGE, ...(state && { state }), ...(after && { after }) }),
      this.desk.counts(),
      this.frames.of(request),
    ]);
    return document(OutboxPage, {
      frame,
      state,
      states: OUTBOX_STATES,
      mails: rows.map((row) => ({
        ...row,
        maySendAgain: maySendAgain(row),
        mayDiscard: mayDiscard(row),
      })),
      next: next && cursorOf(next),
      counts,
      hasServer: this.settings.mail !== undefined,
      outcome: outcomeIn(query),
    });
  }

  /** The guard has seen that the form is this site's own. */
  @Post(':id/:act')
  async act(
    @CurrentActor() me: Actor,
    @Param('id') id: string,
    @Param('act') act: string,
    @Body() { tries: given, state: shown }: Parameters,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    assertAdministrator(me);
    if (!isUuid(id)) throw new Problem('mail-not-found');
    if (act !== 'sendings' && act !== 'discards') throw new Problem('not-found');
    const tries = typeof given === 'string' && TRIES.test(given) ? Number(given) : -1;
    const answer = await (act === 'sendings' ? this.desk.sendAgain(id, tries) : this.desk.discard(id, tries));
    const done = act === 'sendings' ? { done: 'sent' } : { done: 'left' };
    const state = stateIn(shown);
    const query = new URLSearchParams({
      ...(state !== undefined && { state }),
      ...(isRejection(answer) ? { refused: answer.rejected } : done),
    });
    await reply.redirect(`/staff/mail?${query.toString()}`, 303);
  }
}

function stateIn(given: unknown): OutboxState | undefined {
  return OUTBOX_STATES.find((state) => state === given);
}

function outcomeIn({ done, refused }: Parameters): OutboxPageProps['outcome'] {
  if (done === 'sent' || done === 'left') return done;
  return typeof refused === 'string' && CODE.test(refused) ? { refused } : undefined;
}

/** @throws Problem `role-missing` */
function assertAdministrator({ roles }: Actor): void {
  if (!roles.includes('administrator')) throw new Problem('role-missing');
}
