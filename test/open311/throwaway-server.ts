/**
 * A GeoReport server in memory, right by default and wrong in each way that it is told: it proves that the conformance suite
 * finds what is wrong. It has nothing of the program's own server.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { ATTRIBUTES, INSIDE, ThrowawayRequests, Wrong, type Form, type Get } from './throwaway-requests.js';
import { writeXml, type XmlNames } from './throwaway-xml.js';
import type { City } from './probe.js';

const KEY = 'throwaway-key';
/** Alters what is answered, for one thing that is wrong with a server. */
export interface Fault {
  /** What is believed instead of the truth; see where `is` asks. */
  readonly belief?: string;
  /** Alters the data of every answer, before they are written. */
  readonly data?: (data: unknown, path: string) => unknown;
  /** Alters the text of every answer. */
  readonly text?: (text: string, path: string) => string;
  /** Alters status and content type. */
  readonly head?: (head: { status: number; type: string }, path: string) => unknown;
}

export class ThrowawayServer {
  readonly #requests = new ThrowawayRequests((belief) => this.#is(belief));
  readonly #server: Server;
  #origin = '';
  fault: Fault = {};

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<ThrowawayServer> {
    const started = new ThrowawayServer();
    await new Promise<void>((resolve) => started.#server.listen(0, '127.0.0.1', resolve));
    started.#origin = `http://127.0.0.1:${(started.#server.address() as AddressInfo).port}/v2/`;
    started.#requests.photos = `${started.#origin}photo`;
    started.#requests.fill();
    return started;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  city(): City {
    return {
      baseUrl: this.#origin,
      apiKey: KEY,
      plain: 'lights',
      asking: 'poles',
      batch: 'trees',
      busy: 'litter',
      older: 'old-1',
      hidden: 'hidden-1',
      inside: INSIDE,
      outside: { lat: 40.4168, long: -3.7038 },
      now: () => new Date(),
      confirm: async () => undefined,
      release: async (id) => void (this.#requests.row(id).isPublic = true),
      close: async (id, words) =>
        this.#requests.note(this.#requests.row(id), 'FIXED', words, Date.now(), randomUUID()),
      seen: async () => undefined,
    };
  }

  #is(belief: string): boolean {
    return this.fault.belief === belief;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.#origin);
    const [path = '', format = 'xml'] = pathname.replace('/v2/', '').split(/\.(?=xml$|json$)/);
    const head = { status: 200, type: format === 'json' ? 'application/json' : 'text/xml' };
    if (path === 'photo')
      return void response
        .writeHead(200, { 'content-type': this.#is('photo is a page') ? 'text/html' : 'image/png' })
        .end('x');
    let data: unknown;
    let names: XmlNames = { root: 'errors', item: 'error' };
    try {
      const form = request.method === 'POST' ? await formOf(request) : searchParams;
      ({ data, ...names } = this.#answer(request.method ?? 'GET', decodeURIComponent(path), form));
    } catch (error) {
      const { status, message } = error instanceof Wrong ? error : new Wrong(500, String(error));
      head.status = status;
      data = [
        {
          code: this.#is('codes are its own') ? 1 : status,
          description: this.#is('words say nothing') ? 'No.' : message,
        },
      ];
    }
    head.type += '; charset=utf-8';
    this.fault.head?.(head, path);
    const told = this.fault.data?.(structuredClone(data), path) ?? data;
    const text = format === 'json' ? JSON.stringify(told) : writeXml(told, names);
    response.writeHead(head.status, { 'content-type': head.type });
    response.end(this.fault.text?.(text, path) ?? text);
  }

  #answer(method: string, path: string, form: Form): { data: unknown } & XmlNames {
    const get = (name: string) => {
      const values = form
        .getAll(name)
        .map(String)
        .slice(0, this.#is('one parameter counts') ? 1 : undefined);
      const value = values.join(',');
      return value === '' && !this.#is('empty is something') ? undefined : form.has(name) ? value : undefined;
    };
    const requests = { root: 'service_requests', item: 'request' };
    const updates = { root: 'service_request_updates', item: 'request_update' };
    const [what = '', which = ''] = path.split(/\/(.*)/s);
    switch (`${method} ${what}`) {
      case 'GET discovery':
        return { root: 'discovery', data: this.#discovery() };
      case 'GET services':
        if (which === '') return { root: 'services', item: 'service', data: this.#services(get) };
        if (which !== 'poles' && !this.#is('every service has a definition'))
          throw new Wrong(404, 'service_code unknown');
        return { root: 'service_definition', data: { service_code: which, attributes: this.#attributes() } };
      case 'POST requests':
        this.#assertKey(get);
        return { ...requests, data: [this.#requests.file(form, get)] };
      case 'GET requests':
        return {
          ...requests,
          data: this.#requests
            .list(which, get)
            .map((row) => this.#requests.shown(row, get('extensions') === 'true')),
        };
      case 'GET tokens': {
        const id = this.#requests.tokens.get(which) ?? (this.#is('any token does') ? 'old-1' : undefined);
        if (id === undefined) throw new Wrong(404, 'token unknown');
        return {
          ...requests,
          data: [{ service_request_id: this.#is('token leads astray') ? 'old-1' : id, token: which }],
        };
      }
      case 'GET servicerequestupdates':
        if (!this.#is('updates need no key')) this.#assertKey(get);
        return { ...updates, data: this.#requests.updates(get) };
      case 'POST servicerequestupdates':
        this.#assertKey(get);
        return { ...updates, data: [{ update_id: this.#requests.update(get) }] };
      default:
        if (/^POST (services|discovery)$/.test(`${method} ${what}`))
          throw new Wrong(400, 'method not allowed');
        throw new Wrong(this.#is('unknown paths are 400') ? 400 : 404, 'no such address');
    }
  }

  #assertKey(get: Get): void {
    if (get('api_key') === KEY || this.#is('keys are not asked for')) return;
    throw new Wrong(this.#is('no key is 401') ? 401 : 403, 'api_key missing or wrong');
  }

  #discovery() {
    const changeset = '2026-01-01T00:00:00Z';
    return {
      changeset,
      contact: 'Ask us',
      key_service: 'Ask us',
      endpoints: [
        {
          specification: 'http://wiki.open311.org/GeoReport_v2',
          url: this.#origin,
          changeset,
          type: 'test',
          formats: ['text/xml', 'application/json'],
        },
      ],
    };
  }

  #services(get: Get) {
    return [['lights'], ['poles'], ['trees'], ['litter']]
      .filter(
        ([code]) =>
          get('utm_source') === undefined || !this.#is('unknown parameters choose') || code === 'poles',
      )
      .map(([code = '']) => ({
        service_code: code,
        service_name: `About ${code}`,
        description: null,
        metadata: code === 'poles',
        type: code === 'trees' ? 'batch' : 'realtime',
        keywords: 'street, night',
        group: 'city',
      }));
  }

  #attributes() {
    return ATTRIBUTES.map(({ keys, ...attribute }: (typeof ATTRIBUTES)[number] & { keys?: string[] }) => ({
      ...attribute,
      ...(keys === undefined ? {} : { values: keys.map((key) => ({ key, name: key })) }),
    }));
  }
}

async function formOf(request: IncomingMessage): Promise<Form> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const type = request.headers['content-type'] ?? '';
  const body = Buffer.concat(parts);
  if (!type.startsWith('multipart/')) return new URLSearchParams(body.toString());
  return new Response(body, { headers: { 'content-type': type } }).formData();
}
