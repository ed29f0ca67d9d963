/** The pages on which anybody files or joins a matter. Never kept by a browser: a form's command id is one person's. */
import { randomUUID } from 'node:crypto';
import { Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FileMatter, JoinMatter } from '../complaints/filing.commands.js';
import { FILINGS } from '../complaints/limits.js';
import { assertMayLook, LOOKS_AROUND } from '../map/looks.js';
import { FindNearMatters, FindSimilarMatters } from '../map/map.queries.js';
import { LISTENER, RESIDENT } from '../complaints/matter.js';
import type { NamedCategory } from '../categories/categories.queries.js';
import { GetMatter } from '../complaints/matters.queries.js';
import { isRejection, type By } from '../event-store/command-log.js';
import { isUuid } from '../event-store/event-ids.js';
import { MAX_PHOTO_BYTES } from '../photos/photo-kinds.js';
import { Photos } from '../photos/photos.js';
import { SETTINGS } from '../platform.module.js';
import { commandIdOf, requestBytes } from '../rest/commands.js';
import { RateLimit } from '../rest/rate-limit.js';
import { multipartForm, type FormFile } from '../rest/forms.js';
import { Problem } from '../rest/problem.js';
import type { Settings } from '../settings.js';
import type { Actor } from '../staff/actor.js';
import { assertMayTry } from '../staff/authentication.guard.js';
import { MaybeActor } from '../staff/current-actor.js';
import { assertOwnPage } from '../staff/own-page.js';
import { FiledMatterPage, type FiledMatterPageProps } from './filed-matter.page.js';
import {
  faultsOf,
  filingOf,
  isKind,
  MOST_PHOTOS,
  pointOf,
  readTyped,
  typedAgain,
  type Faults,
  type Typed,
} from './filing-form.js';
import { Frames } from './frames.js';
import { JoinMatterPage } from './join-matter.page.js';
import type { Frame } from './layout.js';
import { MatterCatalogue } from './matter-catalogue.js';
import { MatterFormPage } from './matter-form.page.js';
import { MatterNames } from './matter-names.js';
import { NearMattersPage, NearWhileTyping } from './near-matters.page.js';
import { NewMatterPage } from './new-matter.page.js';
import { document, fragment, HTML } from './render.js';
import { scriptAddress, SCRIPTS } from './scripts.js';
import { digestsOf, keepPhotos } from './sent-photos.js';
import { siteAddress } from './site-address.js';
import { type Parameters } from './page-forms.js';

/** With every question of the longest category. Bytes of 4,000 characters at most. */
const FORM = {
  fields: 200,
  fieldBytes: 20_000,
  files: MOST_PHOTOS,
  fileBytes: MAX_PHOTO_BYTES,
  forgives: true,
};
const FEW_NEAR = 3;
/** What it shows is what was typed, or a link. */
const NO_STORE = 'no-store';

@ApiExcludeController()
@Controller('matters')
export class FilingPagesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(MatterCatalogue) private readonly catalogue: MatterCatalogue,
    @Inject(Photos) private readonly photos: Photos,
    @Inject(FILINGS) private readonly filings: RateLimit,
    @Inject(LOOKS_AROUND) private readonly looks: RateLimit,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  @Get('new')
  @Header('content-type', HTML)
  @Header('cache-control', NO_STORE)
  async begin(
    @Query() { kind, category: id }: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { frame, names } = await this.#names(request);
    this.frames.remember(request, reply);
    const chosen = isKind(kind) ? kind : 'complaint';
    const category = categoryIn(names, id);
    if (!category?.row.kinds.includes(chosen)) return document(NewMatterPage, { frame, names, kind: chosen });
    const typed = readTyped({ kind: chosen, category: category.row.categoryId, commandId: randomUUID() });
    return this.#form(frame, names, category, typed, {});
  }

  @Post('new')
  @RouteConfig({ multipart: true })
  @Header('content-type', HTML)
  @Header('cache-control', NO_STORE)
  async file(
    @MaybeActor() actor: Actor | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertOwnPage(request, this.settings.publicUrl);
    const { fields, files, leftOut } = await multipartForm(request, FORM);
    const sent = readTyped(fields);
    const { frame, names } = await this.#names(request);
    const category = categoryIn(names, sent.category);
    if (category === undefined) {
      void reply.code(422);
      return document(NewMatterPage, { frame, names, kind: isKind(sent.kind) ? sent.kind : 'complaint' });
    }
    const wrong = (typed: Typed, faults: Faults) => {
      void reply.code(422);
      return this.#form(frame, names, category, typedAgain(typed, faults), faults);
    };
    const by = this.#by(actor, request, sent, files);
    const early = filingOf(sent, frame.language);
    if ('faults' in early) return wrong(sent, early.faults);
    const isOther = fields.isOther === '1';
    if (!isOther) assertMayLook(this.looks, request.ip);
    const photos = await keepPhotos(this.photos, files, { address: request.ip });
    if ('refused' in photos) return wrong(sent, { photos: photos.refused });
    const all = [...sent.photos, ...photos.ids];
    const typed = { ...sent, photos: all.slice(0, MOST_PHOTOS) };
    const left = leftOut ?? (all.length > MOST_PHOTOS ? 'files-too-many' : undefined);
    if (left !== undefined) return wrong(typed, { photos: left });
    const near = isOther ? [] : await this.#near(typed);
    if (near.length > 0) {
      void reply.code(200);
      return document(NearMattersPage, { frame, names, near, typed });
    }
    this.#count(by, request);
    const filing = { ...early, photos: typed.photos };
    const filed = await this.commands.execute(new FileMatter(filing, by, { sender: request.ip }));
    if (isRejection(filed)) return wrong(typed, faultsOf(filed));
    void reply.code(201);
    const { matterId, link, confirmUntil } = filed;
    const site = this.#site(request);
    const code = codeFor(early.reporter?.email, confirmUntil);
    return document(FiledMatterPage, { frame, matterId, link, site, hasJoined: false, code });
  }

  /** What is near of what is being typed: a piece of a page. */
  @Post('new/near')
  @HttpCode(200)
  @Header('content-type', HTML)
  @Header('cache-control', NO_STORE)
  async near(@Req() request: FastifyRequest): Promise<string> {
    assertOwnPage(request, this.settings.publicUrl);
    assertMayLook(this.looks, request.ip);
    const typed = readTyped((request.body ?? {}) as Parameters);
    const { frame, names } = await this.#names(request);
    return fragment(NearWhileTyping, { frame, names, near: await this.#near(typed) });
  }

  @Get(':id/join')
  @Header('content-type', HTML)
  @Header('cache-control', NO_STORE)
  async joinForm(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const matter = await this.#matter(id);
    const { frame, names } = await this.#names(request);
    this.frames.remember(request, reply);
    const commandId = randomUUID();
    return document(JoinMatterPage, { frame, names, matter, commandId, email: '', refused: undefined });
  }

  @Post(':id/joinings')
  @Header('content-type', HTML)
  @Header('cache-control', NO_STORE)
  async join(
    @Param('id') id: string,
    @MaybeActor() actor: Actor | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    assertOwnPage(request, this.settings.publicUrl);
    const matter = await this.#matter(id);
    const { email, commandId } = readTyped((request.body ?? {}) as Parameters);
    const { frame, names } = await this.#names(request);
    const by = this.#by(actor, request, { email, commandId }, []);
    const contact = { language: frame.language, ...(email.trim() !== '' && { email: email.trim() }) };
    this.#count(by, request);
    const joined = await this.commands.execute(new JoinMatter(id, contact, by));
    if (isRejection(joined)) {
      void reply.code(422);
      return document(JoinMatterPage, { frame, names, matter, commandId, email, refused: joined.rejected });
    }
    void reply.code(201);
    const { link } = joined;
    const site = this.#site(request);
    const code = codeFor(contact.email, undefined);
    return document(FiledMatterPage, { frame, matterId: id, link, site, hasJoined: true, code });
  }

  async #names(request: FastifyRequest): Promise<{ frame: Frame; names: MatterNames }> {
    const [{ frame }, { catalogue }] = await Promise.all([this.frames.of(request), this.catalogue.get()]);
    return { frame, names: new MatterNames(catalogue, frame.language) };
  }

  async #matter(id: string) {
    const found = isUuid(id) ? await this.queries.execute(new GetMatter(id)) : undefined;
    if (found === undefined) throw new Problem('matter-unknown');
    return found.matter;
  }

  #form(frame: Frame, names: MatterNames, category: NamedCategory, typed: Typed, faults: Faults): string {
    const script = SCRIPTS && scriptAddress(SCRIPTS.filing);
    return document(MatterFormPage, { frame, names, category, typed, faults, script });
  }

  /** As over REST: a listener files for others, anybody else is a resident and has a limit. @throws Problem */
  #by(
    actor: Actor | undefined,
    request: FastifyRequest,
    typed: Partial<Typed> & Pick<Typed, 'commandId'>,
    files: readonly FormFile[],
  ): By {
    const { commandId, ...said } = typed;
    const address = `${request.method} ${request.url.split('?', 1)[0] ?? ''}`;
    const asked = {
      commandId: commandIdOf(commandId),
      request: requestBytes(address, { ...said, files: digestsOf(files) }),
    };
    if (actor?.roles.includes(LISTENER) === true) return { ...asked, actor };
    assertMayTry(this.filings, request.ip, 'too-many-matters');
    return { ...asked, actor: RESIDENT };
  }

  /** What a form was refused for before anything was asked to be done does not count. */
  #count({ actor }: By, { ip }: FastifyRequest): void {
    if (actor.id === RESIDENT.id) this.filings.count(ip);
  }

  /** By a point; without one by what was said of the place and of the matter, since an address is not looked up. */
  async #near(typed: Typed) {
    const { category, text, address, area, isPrivate } = typed;
    if (isPrivate) return [];
    const point = pointOf(typed);
    const near = await this.queries.execute(
      point === undefined
        ? new FindSimilarMatters({ address, ...(area !== '' && { area }) }, category, text)
        : new FindNearMatters(point, category, text),
    );
    return near.slice(0, FEW_NEAR).map((one) => ({ ...one, commandId: randomUUID() }));
  }

  #site(request: FastifyRequest): string {
    return siteAddress(this.settings, request);
  }
}

/** Whether a code is on its way, and until when it must be entered. */
function codeFor(email: string | undefined, confirmUntil: Date | undefined): FiledMatterPageProps['code'] {
  if (email === undefined) return undefined;
  return confirmUntil === undefined ? 'sent' : { until: confirmUntil.toISOString() };
}

function categoryIn(names: MatterNames, id: unknown): NamedCategory | undefined {
  return names.catalogue.categories.find(({ row }) => row.categoryId === id && !row.withdrawn);
}
