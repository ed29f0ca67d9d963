/** Open311 GeoReport v2 with mySociety's updates, at `/open311/v2/`. @see docs/open311.md */
import { All, Controller, Get, HttpCode, Inject, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import { MAX_PHOTO_BYTES } from '../photos/photo-kinds.js';
import { CLOCK, SETTINGS } from '../platform.module.js';
import { multipartForm, type FormLimits } from '../rest/forms.js';
import { Problem } from '../rest/problem.js';
import type { Settings } from '../settings.js';
import { answer, Open311Filter, tagged } from './answering.js';
import { Open311Clients } from './clients.js';
import { Intake } from './intake.js';
import { byIds, listingOf, updateSpanOf, type Listing } from './listing.js';
import { bareRequestJson, definitionJson, requestJson, serviceJson } from './open311.js';
import './open311.problems.js';
import { FindRequests, ListServices, ListUpdates, type AnyRequest } from './open311.queries.js';
import type { Open311Setting } from './open311-setting.js';
import { Parameters, type Given } from './parameters.js';
import type { Words } from './open311.js';
import type { Value } from './xml.js';

const SPECIFICATION = 'http://wiki.open311.org/GeoReport_v2';
const FORMATS = ['text/xml', 'application/json'];
const CHANGESET_DIGITS = 12;
const MAX_PHOTOS = 10;
const FORM: FormLimits = { fields: 200, fieldBytes: 40_000, files: MAX_PHOTOS, fileBytes: MAX_PHOTO_BYTES };
/** Addresses that take another method, or need a name. */
const KNOWN =
  /^\/open311\/v2\/(?:discovery|services|requests|tokens|servicerequestupdates)(?:\/[^/?]+)?\.(?:xml|json)(?:\?|$)/;
const NO_FILES: FormLimits = { ...FORM, files: 0 };

@ApiExcludeController()
@UseFilters(Open311Filter)
@Controller('open311/v2')
export class Open311Controller {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Intake) private readonly intake: Intake,
    @Inject(Open311Clients) private readonly clients: Open311Clients,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get(['discovery.xml', 'discovery.json'])
  async discovery(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const { contact, keyService, type } = this.#setting();
    this.clients.countRead(request.ip);
    const { changed } = await this.queries.execute(new ListServices());
    // Positions of the log, which grow: sortable, as it must be.
    const changeset = String(changed < 0n ? 0n : changed).padStart(CHANGESET_DIGITS, '0');
    const url = `${this.#origin(request)}/open311/v2/`;
    const endpoint = { specification: SPECIFICATION, url, changeset, type, formats: FORMATS };
    const data = { changeset, contact, key_service: keyService, endpoints: [endpoint] };
    return tagged(request, reply, 'discovery', { tag: tagOf(data), data });
  }

  @Get(['services.xml', 'services.json'])
  async services(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    this.#setting();
    this.clients.countRead(request.ip);
    const { found, words } = await this.queries.execute(new ListServices());
    const data = found.map((service) => serviceJson(service, words));
    return tagged(request, reply, 'services', { tag: tagOf(data), data });
  }

  @Get('services/:file')
  async definition(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    this.#setting();
    this.clients.countRead(request.ip);
    const code = nameIn(request);
    const { found, words } = await this.queries.execute(new ListServices());
    const service = found.find(({ row }) => row.categoryId === code);
    if (service === undefined) throw new Problem('open311-service-unknown', { field: 'service_code' });
    const data = definitionJson(service.row, words);
    return tagged(request, reply, 'service_definition', { tag: tagOf(data), data });
  }

  @Get(['requests.xml', 'requests.json'])
  async requests(
    @Query() query: Given,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.#setting();
    this.clients.countRead(request.ip);
    const parameters = new Parameters(query);
    const listing = listingOf(parameters, this.clock.now().getTime());
    const data = await this.#told(listing, parameters, request);
    return tagged(request, reply, 'service_requests', { tag: tagOf(data), data });
  }

  @Get('requests/:file')
  async request(
    @Query() query: Given,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.#setting();
    this.clients.countRead(request.ip);
    const data = await this.#told(byIds([nameIn(request)]), new Parameters(query), request);
    if (data.length === 0) throw new Problem('open311-request-unknown', { field: 'service_request_id' });
    return tagged(request, reply, 'service_requests', { tag: tagOf(data), data });
  }

  /** Photos come as files of a `multipart/form-data`, whatever their fields are called. */
  @Post(['requests.xml', 'requests.json'])
  @HttpCode(200)
  @RouteConfig({ multipart: true })
  async file(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    this.#setting();
    const { fields, files } = await multipartForm(request, FORM);
    const client = this.#client(fields, request);
    this.clients.countWrite(client);
    const { matterId, category } = await this.intake.file(fields, files, client);
    const { words } = await this.queries.execute(new ListServices());
    const id = category.confirm ? { token: matterId } : { service_request_id: matterId };
    const filed = { ...id, service_notice: words(category.notice) ?? null, account_id: null };
    return answer(request, reply, 'service_requests', [filed]);
  }

  /** A token is of a service that asks who files to confirm her address first, and leads to its request from then on. */
  @Get('tokens/:file')
  async token(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    this.#setting();
    this.clients.countRead(request.ip);
    const token = nameIn(request);
    const { found } = await this.queries.execute(new FindRequests(byIds([token]), ''));
    const [one] = found;
    const isConfirmed =
      one !== undefined && ('shown' in one || one.bare.row.confirmed === true || !one.bare.category.confirm);
    if (!isConfirmed) throw new Problem('open311-token-unknown', { field: 'token' });
    return answer(request, reply, 'service_requests', [{ service_request_id: token, token }]);
  }

  @Get(['servicerequestupdates.xml', 'servicerequestupdates.json'])
  async updates(
    @Query() query: Given,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.#setting();
    this.clients.countRead(request.ip);
    this.#client(query, request);
    const span = updateSpanOf(new Parameters(query), this.clock.now().getTime());
    const data = await this.queries.execute(new ListUpdates(span));
    return tagged(request, reply, 'service_request_updates', {
      tag: tagOf(data),
      data: data,
    });
  }

  @Post(['servicerequestupdates.xml', 'servicerequestupdates.json'])
  @HttpCode(200)
  @RouteConfig({ multipart: true })
  async update(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    this.#setting();
    const { fields } = await multipartForm(request, NO_FILES);
    const client = this.#client(fields, request);
    this.clients.countWrite(client);
    const update_id = await this.intake.update(fields, client);
    return answer(request, reply, 'service_request_updates', [{ update_id }]);
  }

  @All('*')
  unknown(@Req() { url }: FastifyRequest): never {
    throw new Problem(KNOWN.test(url) ? 'open311-method-wrong' : 'open311-address-unknown');
  }

  /** @throws Problem `open311-off` */
  #setting(): Open311Setting {
    const { open311 } = this.settings;
    if (open311 === undefined) throw new Problem('open311-off');
    return open311;
  }

  #client(given: Given, request: FastifyRequest) {
    return this.clients.client(new Parameters(given).text('api_key'), request.ip);
  }

  async #told(listing: Listing, parameters: Parameters, request: FastifyRequest): Promise<Value[]> {
    const extended = parameters.text('extensions') === 'true';
    const { found, words } = await this.queries.execute(new FindRequests(listing, this.#origin(request)));
    return found.map((one) => requestOf(one, words, extended));
  }

  #origin({ protocol, host }: FastifyRequest): string {
    return (
      this.settings.publicUrl ??
      `${protocol}://${/^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(host) ? host : 'localhost'}`
    );
  }
}

function requestOf(one: AnyRequest, words: Words, extended: boolean): Value {
  return 'shown' in one
    ? requestJson(one.shown, words, extended)
    : bareRequestJson(one.bare, words, extended);
}

/** `12` of `/open311/v2/requests/12.xml`. @throws Problem `open311-address-unknown` for another format */
function nameIn({ params }: FastifyRequest): string {
  const [, name] = /^(.+)\.(?:xml|json)$/.exec((params as { file: string }).file) ?? [];
  if (name === undefined) throw new Problem('open311-address-unknown');
  return name;
}

/** The bytes decide: what is told comes from several views. */
function tagOf(data: Value): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('base64url').slice(0, 27);
}
