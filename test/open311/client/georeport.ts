/**
 * A client of Open311 GeoReport v2 and of mySociety's `servicerequestupdates`, written from the texts of both and sharing no
 * code with a server. It asks for XML by default, as FixMyStreet does, joins endpoint and path without a slash, and follows a
 * token until it leads to an id.
 * @see https://wiki.open311.org/GeoReport_v2/
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Discovery,
  Filed,
  GeoReportError,
  RequestUpdate,
  Service,
  ServiceDefinition,
  ServiceRequest,
  UpdateFiled,
} from './answers.js';
import {
  attributeFields,
  fieldsOf,
  multipart,
  urlencoded,
  type Answers,
  type Fields,
  type Lists,
  type Photo,
} from './forms.js';
import { readSpark } from './spark.js';

export type Format = 'xml' | 'json';
type Values = Readonly<Record<string, string | number | undefined>>;

/** An answer of any status. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** As JSON has it; `undefined` where the text is neither JSON nor XML, and `unreadable` says why. */
  readonly data: unknown;
  readonly unreadable?: string;
}

/** The server refused. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly errors: readonly GeoReportError[],
  ) {
    super(errors.map(({ code, description }) => `${code}: ${description}`).join('; '));
  }
}

export interface Filing {
  readonly fields: Values;
  readonly answers?: Answers;
  readonly lists?: Lists;
  readonly photos?: readonly Photo[];
}

export interface ClientOptions {
  readonly format?: Format;
  readonly apiKey?: string;
  readonly jurisdiction?: string;
}

/** FixMyStreet asks five times, with two seconds between. */
const TOKEN_TRIES = 5;

export class GeoReport {
  readonly format: Format;

  /** @param endpoint with a slash at its end */
  constructor(
    private readonly endpoint: string,
    private readonly options: ClientOptions = {},
    private readonly tokenPauseMs = 2_000,
  ) {
    this.format = options.format ?? 'xml';
  }

  async discovery(): Promise<Discovery> {
    return taken(await this.get('discovery'));
  }

  async services(query: Values = {}): Promise<Service[]> {
    return taken(await this.get('services', query));
  }

  async definition(code: string): Promise<ServiceDefinition> {
    return taken(await this.get(`services/${code}`));
  }

  /** Files a request and follows its token, where it gets one. */
  async file(filing: Filing): Promise<Filed> {
    const [filed = {}] = taken<Filed[]>(await this.postRequest(filing));
    if (filed.token === undefined) return filed;
    return { ...filed, service_request_id: await this.idOf(filed.token) };
  }

  /** @throws Error when the token leads to no id in time */
  async idOf(token: string): Promise<string> {
    for (let tries = 0; tries < TOKEN_TRIES; tries++) {
      if (tries > 0) await sleep(this.tokenPauseMs);
      const reply = await this.get(`tokens/${token}`);
      const [found] = reply.status === 200 ? taken<Filed[]>(reply) : [];
      if (found?.service_request_id) return found.service_request_id;
    }
    throw new Error('The token led to no request');
  }

  async requests(query: Values = {}): Promise<ServiceRequest[]> {
    return taken(await this.get('requests', query));
  }

  async request(id: string, query: Values = {}): Promise<ServiceRequest> {
    const [found] = taken<ServiceRequest[]>(await this.get(`requests/${id}`, query));
    if (found === undefined) throw new Error('A list of one is empty');
    return found;
  }

  async updates(query: Values = {}): Promise<RequestUpdate[]> {
    return taken(await this.get('servicerequestupdates', { api_key: this.options.apiKey ?? '', ...query }));
  }

  /** Answers the update's id. */
  async postUpdate(fields: Values): Promise<UpdateFiled> {
    const [filed = {}] = taken<UpdateFiled[]>(await this.post('servicerequestupdates', fieldsOf(fields)));
    return filed;
  }

  /** The POST of a request, whatever its answer is. */
  postRequest({ fields, answers = {}, lists, photos = [] }: Filing): Promise<Reply> {
    return this.post('requests', [...fieldsOf(fields), ...attributeFields(answers, lists)], photos);
  }

  get(path: string, query: Values | Fields = {}, headers: Record<string, string> = {}): Promise<Reply> {
    const fields = [...this.#always(), ...(isFields(query) ? query : fieldsOf(query))];
    const search = fields.length === 0 ? '' : `?${urlencoded(fields)}`;
    return this.#ask(`${path}.${this.format}${search}`, { headers });
  }

  /** With the client's key, unless `api_key` is among the fields. */
  post(path: string, given: Fields, photos: readonly Photo[] = []): Promise<Reply> {
    const { apiKey } = this.options;
    const key: Fields =
      apiKey === undefined || given.some(([name]) => name === 'api_key') ? [] : [['api_key', apiKey]];
    const fields = [...key, ...this.#always(), ...given];
    if (photos.length > 0)
      return this.#ask(`${path}.${this.format}`, { method: 'POST', body: multipart(fields, photos) });
    return this.#ask(`${path}.${this.format}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: urlencoded(fields),
    });
  }

  #always(): Fields {
    const { jurisdiction } = this.options;
    return jurisdiction === undefined ? [] : [['jurisdiction_id', jurisdiction]];
  }

  async #ask(path: string, init: RequestInit): Promise<Reply> {
    const response = await fetch(this.endpoint + path, init);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { status, headers } = response;
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      try {
        const data = this.format === 'json' ? (JSON.parse(text) as unknown) : readSpark(text);
        return { status, headers, text, data };
      } catch (error) {
        return { status, headers, text, data: undefined, unreadable: (error as Error).message };
      }
    } catch {
      return { status, headers, text: '', data: undefined, unreadable: 'not UTF-8' };
    }
  }
}

/** FixMyStreet takes any 2xx for a success. @throws Refused */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- what a server answers is for its schemas to say
function taken<T>(reply: Reply): T {
  if (reply.unreadable !== undefined) throw new Error(`${reply.status}, and ${reply.unreadable}`);
  if (reply.status < 200 || reply.status > 299)
    throw new Refused(reply.status, reply.data as GeoReportError[]);
  return reply.data as T;
}

function isFields(query: Values | Fields): query is Fields {
  return Array.isArray(query);
}
