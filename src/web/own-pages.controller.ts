/** The pages on which somebody comes back by her link. Never kept; the link is in the body of a form or in a cookie of these pages. */
import { createHash, randomUUID } from 'node:crypto';
import { Body, Controller, Get, Header, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type Command, CommandBus, QueryBus } from '@nestjs/cqrs';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LINK_ACTS, WRONG_LINKS } from '../complaints/limits.js';
import { RESIDENT } from '../complaints/matter.js';
import { GetOwnMatter } from '../complaints/own.queries.js';
import { closingOf } from '../complaints/questionnaire.js';
import {
  AddToMatter,
  AskForCode,
  ConfirmMatter,
  EraseByLink,
  RateMatter,
  ReportFix,
} from '../complaints/reporters.commands.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { SETTINGS } from '../platform.module.js';
import { MAX_PHOTO_BYTES } from '../photos/photo-kinds.js';
import { Photos } from '../photos/photos.js';
import { commandIdOf, requestBytes } from '../rest/commands.js';
import { RateLimit } from '../rest/rate-limit.js';
import { multipartForm } from '../rest/forms.js';
import { Problem } from '../rest/problem.js';
import type { Settings } from '../settings.js';
import { assertMayTry } from '../staff/authentication.guard.js';
import { AnybodysRequest, type AnybodysRequestBy } from '../staff/current-actor.js';
import { assertOwnPage } from '../staff/own-page.js';
import { MOST_PHOTOS } from './filing-form.js';
import { Frames } from './frames.js';
import { MatterCatalogue } from './matter-catalogue.js';
import { MatterNames } from './matter-names.js';
import { ownLink, pastedLink, setOwnLink } from './own-cookie.js';
import { OwnLinkPage, type OwnLinkPageProps } from './own-link.page.js';
import { OwnMatterPage, type OwnMatterPageProps } from './own-matter.page.js';
import { document, HTML } from './render.js';
import { scriptAddress, SCRIPTS } from './scripts.js';
import { digestsOf, keepPhotos } from './sent-photos.js';
import { seeOther, textOf, type Parameters } from './page-forms.js';

/** Bytes of 4,000 characters at most. */
const FORM = {
  fields: 10,
  fieldBytes: 20_000,
  files: MOST_PHOTOS,
  fileBytes: MAX_PHOTO_BYTES,
  forgives: true,
};

@ApiExcludeController()
@Controller('matters/own')
export class OwnPagesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(MatterCatalogue) private readonly catalogue: MatterCatalogue,
    @Inject(WRONG_LINKS) private readonly wrong: RateLimit,
    @Inject(LINK_ACTS) private readonly acts: RateLimit,
    @Inject(Photos) private readonly photos: Photos,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async page(
    @Query() { done, code, erased }: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    this.frames.remember(request, reply);
    const link = ownLink(request);
    if (link === undefined) return this.#ask(request, erased === '1' ? 'erased' : undefined);
    const outcome = done === '1' ? 'done' : code === '1' ? 'code-sent' : undefined;
    return this.#show(link, request, reply, outcome);
  }

  @Post()
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async open(
    @Body() body: Parameters | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertOwnPage(request, this.settings.publicUrl);
    const link = pastedLink(body?.link);
    if (link === undefined) {
      void reply.code(422);
      return this.#ask(request, 'malformed');
    }
    if ((await this.queries.execute(new GetOwnMatter(link))) === undefined) {
      this.#countWrong(request.ip);
      void reply.code(404);
      return this.#ask(request, 'unknown');
    }
    this.#remember(request, reply, link);
    return seeOther(reply, '/matters/own');
  }

  @Post('end')
  async end(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    assertOwnPage(request, this.settings.publicUrl);
    this.#remember(request, reply, undefined);
    await reply.redirect('/matters', 303);
  }

  @Post('additions')
  @RouteConfig({ multipart: true })
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async add(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertOwnPage(request, this.settings.publicUrl);
    const link = ownLink(request);
    if (link === undefined) return seeOther(reply, '/matters/own');
    const { fields, files, leftOut } = await multipartForm(request, FORM);
    const text = textOf(fields.text);
    const by = {
      commandId: commandIdOf(textOf(fields.commandId)),
      request: requestBytes('POST /matters/own/additions', { text, files: digestsOf(files) }),
      actor: RESIDENT,
    };
    this.#count(link);
    if (leftOut !== undefined)
      return this.#answer('additions', link, { rejected: leftOut }, text, request, reply);
    const sender = { address: request.ip, link: createHash('sha256').update(link).digest('hex') };
    const photos = await keepPhotos(this.photos, files, sender);
    const answer =
      'refused' in photos
        ? { rejected: photos.refused }
        : await this.commands.execute(
            new AddToMatter(link, { ...(text !== '' && { text }), photos: photos.ids }, by),
          );
    return this.#answer('additions', link, answer, text, request, reply);
  }

  @Post(':act')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async act(
    @Param('act') act: string,
    @Body() body: Parameters,
    @AnybodysRequest() { commandId, request: asked }: AnybodysRequestBy,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertOwnPage(request, this.settings.publicUrl);
    const link = ownLink(request);
    if (link === undefined) return seeOther(reply, '/matters/own');
    this.#count(link);
    const command = commandOf(act, link, body, { commandId, request: asked, actor: RESIDENT });
    const answer = isRejection(command) ? command : await this.commands.execute(command);
    return this.#answer(act, link, answer, textOf(body.text), request, reply);
  }

  #count(link: string): void {
    assertMayTry(this.acts, link, 'too-many-acts');
    this.acts.count(link);
  }

  /** Her page again: what was done, or what is wrong with what she typed still there. */
  async #answer(
    act: string,
    link: string,
    answer: Receipt | Rejection,
    text: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<string> {
    if (isRejection(answer)) {
      void reply.code(422);
      return this.#show(link, request, reply, { act, refused: answer.rejected, text });
    }
    if (act === 'erasures') this.#remember(request, reply, undefined);
    const query = `${act === 'erasures' ? 'erased' : act === 'codes' ? 'code' : 'done'}=1&atLeast=${answer.position}`;
    return seeOther(reply, `/matters/own?${query}`);
  }

  async #ask(request: FastifyRequest, came: OwnLinkPageProps['came']): Promise<string> {
    const { frame } = await this.frames.of(request);
    return document(OwnLinkPage, { frame, came, script: scriptOfLinks() });
  }

  async #show(
    link: string,
    request: FastifyRequest,
    reply: FastifyReply,
    outcome: OwnMatterPageProps['outcome'],
  ): Promise<string> {
    const found = await this.queries.execute(new GetOwnMatter(link));
    if (found === undefined) {
      this.#countWrong(request.ip);
      this.#remember(request, reply, undefined);
      return this.#ask(request, 'unknown');
    }
    const [{ frame }, { catalogue }] = await Promise.all([this.frames.of(request), this.catalogue.get()]);
    const { matterId, email } = found;
    const matter = found.role === 'reporter' ? found.matter : undefined;
    return document(OwnMatterPage, {
      frame,
      names: new MatterNames(catalogue, frame.language),
      matterId,
      email,
      confirmUntil: found.role === 'reporter' ? found.confirmUntil?.toISOString() : undefined,
      matter,
      asksFixed: matter !== undefined && closingOf(matter.row) !== undefined,
      commandId: randomUUID(),
      outcome,
      script: scriptOfLinks(),
    });
  }

  /** Right links are opened, however many wrong ones came from the same address. @throws Problem `too-many-links` */
  #countWrong(address: string): void {
    assertMayTry(this.wrong, address, 'too-many-links');
    this.wrong.count(address);
  }

  #remember(request: FastifyRequest, reply: FastifyReply, link: string | undefined): void {
    const https = this.settings.publicUrl?.startsWith('https:') ?? request.protocol === 'https';
    setOwnLink(reply, link, https);
  }
}

/** @throws Problem `not-found` for what nobody does */
function commandOf(
  act: string,
  link: string,
  body: Parameters,
  by: By,
): Command<Receipt | Rejection> | Rejection {
  const text = textOf(body.text);
  switch (act) {
    case 'confirmations':
      return new ConfirmMatter(link, textOf(body.code), by);
    case 'codes':
      return new AskForCode(link);
    case 'fixes': {
      if (body.fixed !== 'true' && body.fixed !== 'false') return { rejected: 'fixed-missing' };
      return new ReportFix(link, { fixed: body.fixed === 'true', ...(text !== '' && { text }) }, by);
    }
    case 'ratings': {
      const stars = Number(body.stars);
      return Number.isInteger(stars) && stars >= 1 && stars <= 5
        ? new RateMatter(link, stars, by)
        : { rejected: 'stars-missing' };
    }
    case 'erasures':
      return body.sure === '1' ? new EraseByLink(link, by) : { rejected: 'not-sure' };
    default:
      throw new Problem('not-found');
  }
}

function scriptOfLinks(): string | undefined {
  return SCRIPTS && scriptAddress(SCRIPTS.ownLink);
}
