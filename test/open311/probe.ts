/** What the checks of the conformance suite share: the city that they ask, and what an answer must look like. */
import type { Filed, GeoReportError, ServiceDefinition, ServiceRequest } from './client/answers.js';
import { attributeFields, fieldsOf, type Answers, type Fields } from './client/forms.js';
import { GeoReport, type Filing, type Format, type Reply } from './client/georeport.js';
import { wrongInJson, wrongInXml, type Answer } from './schemas/check.js';

interface Point {
  readonly lat: number;
  readonly long: number;
}

/** A started server, and what only those who set it up know of it and can do there. */
export interface City {
  /** With a slash at its end. */
  readonly baseUrl: string;
  /** A key that may file, and whose updates move a request's state. */
  readonly apiKey: string;
  /** Code of a service without questions that answers a request with its id. */
  readonly plain: string;
  /** Code of a service with a required question and one of each datatype. */
  readonly asking: string;
  /** Code of a service that answers a request with a token, where there is one. */
  readonly batch: string;
  /** Code of a service with more than 1,000 public requests of the last 90 days, some open and some closed. */
  readonly busy: string;
  /** Id of a public request of `plain` that was made more than 90 days ago. */
  readonly older: string;
  /** Id of a request that its reporter wants seen by staff alone. */
  readonly hidden: string;
  readonly inside: Point;
  readonly outside: Point;
  /** By the city's own clock. */
  now(): Date;
  /** What who made a request does before her token leads anywhere: she confirms her address. */
  confirm(token: string): Promise<void>;
  /** Makes a request public. */
  release(id: string): Promise<void>;
  /** Answers and closes a request as fixed, with these words. */
  close(id: string, words: string): Promise<void>;
  /** Resolves when what was written is read. */
  seen(): Promise<void>;
}

export interface Check {
  readonly name: string;
  run(): Promise<void>;
}

export const MAX_DESCRIPTION = 4_000;
export const DAY_MS = 86_400_000;
const TYPES: Readonly<Record<Format, string>> = {
  xml: 'text/xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** Fails the check with what was found. */
export function claim(holds: boolean, found: string): asserts holds {
  if (!holds) throw new Error(found);
}

export class Probe {
  readonly client: GeoReport;
  #filed = 0;

  constructor(
    readonly city: City,
    readonly format: Format,
  ) {
    this.client = this.with(city.apiKey);
  }

  /** A client with another key, or with none. */
  with(apiKey?: string): GeoReport {
    const { city, format } = this;
    return new GeoReport(city.baseUrl, { format, ...(apiKey === undefined ? {} : { apiKey }) }, 50);
  }

  /** A client that asks for the other format. */
  other(): GeoReport {
    return new GeoReport(this.city.baseUrl, { format: this.format === 'xml' ? 'json' : 'xml' });
  }

  /** Words that no other request has. */
  words(): string {
    this.#filed++;
    return `Farola apagada ${this.format} ${this.#filed} ${Math.random().toString(36).slice(2)}`;
  }

  /** A complete form for the service without questions. */
  form(more: Readonly<Record<string, string | number | undefined>> = {}): Fields {
    const { city } = this;
    return fieldsOf({ service_code: city.plain, ...city.inside, description: this.words(), ...more });
  }

  post(fields: Fields): Promise<Reply> {
    return this.client.post('requests', fields);
  }

  /** The form must be taken. Answers the id that it got, also by way of a token. */
  async file(filing: Fields | Filing = this.form()): Promise<string> {
    const reply = 'fields' in filing ? await this.client.postRequest(filing) : await this.post(filing);
    const [{ service_request_id: id, token } = {}] = await this.shaped<Filed[]>('filed', reply);
    await this.city.seen();
    return id ?? this.client.idOf(token ?? '');
  }

  /** A public request. */
  async released(filing: Fields | Filing = this.form()): Promise<string> {
    const id = await this.file(filing);
    await this.city.release(id);
    await this.city.seen();
    return id;
  }

  async requests(query: Readonly<Record<string, string | number>>): Promise<ServiceRequest[]> {
    return this.shaped<ServiceRequest[]>('requests', await this.client.get('requests', query));
  }

  async request(id: string): Promise<ServiceRequest> {
    const [found, ...more] = await this.shaped<ServiceRequest[]>(
      'requests',
      await this.client.get(`requests/${id}`),
    );
    claim(found !== undefined && more.length === 0, 'is not a list of one');
    return found;
  }

  async definition(code: string): Promise<ServiceDefinition> {
    return this.shaped('service-definition', await this.client.get(`services/${code}`));
  }

  /** A good answer for each question that needs one, and for those that are named. */
  answers({ attributes }: ServiceDefinition, also: readonly string[] = []): Answers {
    const asked = attributes.filter(
      ({ variable, required, code }) => variable && (required || also.includes(code)),
    );
    return Object.fromEntries(
      asked.map(({ code, datatype, values }) => {
        if (datatype === 'number') return [code, '7'];
        if (datatype === 'datetime') return [code, this.city.now().toISOString()];
        return [code, values?.[0]?.key ?? 'Junto al portal'];
      }),
    );
  }

  /** A form for the service with questions. */
  asked(answers: Answers, more: Fields = []): Fields {
    return [...this.form({ service_code: this.city.asking }), ...attributeFields(answers), ...more];
  }

  /** That this is the answer, in this format, to the letter. */
  async shaped<T>(answer: Answer, reply: Reply, status = 200): Promise<T> {
    const { format } = this;
    claim(reply.status === status, `answers ${reply.status}, not ${status}: ${reply.text.slice(0, 300)}`);
    const type = reply.headers.get('content-type');
    claim(type?.toLowerCase() === TYPES[format], `is sent as ${type ?? 'nothing'}`);
    claim(reply.unreadable === undefined, `cannot be read: ${reply.unreadable ?? ''}`);
    if (format === 'xml') {
      claim(/^<\?xml version="1\.0" encoding="utf-8" ?\?>/i.test(reply.text), 'has no XML declaration');
    }
    const wrong = format === 'xml' ? await wrongInXml(answer, reply.text) : '';
    claim(wrong === '', `is no ${answer}: ${wrong}`);
    // What XML says is the same, read as JSON.
    const same = wrongInJson(answer, reply.data);
    claim(same === '', `is no ${answer}: ${same}`);
    return reply.data as T;
  }

  /** That this is a refusal, with a code and words that say what is wrong. */
  async refused(reply: Reply, status: 400 | 403 | 404, names?: string): Promise<void> {
    const errors = await this.shaped<GeoReportError[]>('errors', reply, status);
    for (const { code } of errors) claim(code === status, `says ${code} with the status ${status}`);
    if (names === undefined) return;
    const said = errors.map(({ description }) => description).join(' ');
    claim(said.includes(names), `does not say that it is ${names}: ${said}`);
  }
}
