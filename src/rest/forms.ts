/**
 * Forms with files. `@RouteConfig({ multipart: true })` at a handler lets `multipart/form-data` in; the handler reads it with
 * `multipartForm`, which takes a plain form as well. Files are held in memory and never beyond their limits: of one file, of
 * all forms, and of those from one network.
 */
import { finished } from 'node:stream/promises';
import { fastifyMultipart, type MultipartFile, type MultipartValue } from '@fastify/multipart';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Overloaded } from '../event-store/event-store.js';
import { networkOf } from './rate-limit.js';
import './forms.problems.js';
import { whenOver } from './over.js';
import { Problem } from './problem.js';

export interface FormLimits {
  /** Values, whether each has a name of its own or not. */
  readonly fields: number;
  /** Of one value, UTF-8. */
  readonly fieldBytes: number;
  /** File inputs, those that are left empty included. */
  readonly files: number;
  readonly fileBytes: number;
  /** Of a page's own form, so that it can be shown again: more files, or larger ones, are read to their end, kept nowhere, and told. */
  readonly forgives?: boolean;
  /** For the whole form; a minute and a half by default. */
  readonly ms?: number;
}

/** What its sender calls a file is not kept: it may be a name. */
export interface FormFile {
  readonly field: string;
  /** As its sender declares it. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface Form {
  /** A name that comes several times has a list, in order. No prototype. */
  readonly fields: Readonly<Record<string, string | string[]>>;
  /** In order; an input without a file is none. */
  readonly files: readonly FormFile[];
  /** Of a file that was left out, where the limits forgive it. */
  readonly leftOut?: 'file-too-large' | 'files-too-many';
}

/** Bytes of forms that are held at once: of all, which is half of the room that bodies have (`LoadLimits`), and of those from one network. */
export interface HeldLimits {
  readonly all: number;
  readonly network: number;
}

export const HELD_LIMITS: HeldLimits = { all: 128_000_000, network: 40_000_000 };

/** Less than a request may take at all (`REQUEST_MS`), so that its sender hears why. A photo of 5 MB at half a megabit a second. */
const FORM_MS = 90_000;
/** What a form may have that is forgiven: as much as somebody sends who chose a handful of photos as her phone took them. */
const FORGIVEN_FILES = 20;
const FORGIVEN_BYTES = 60_000_000;
const MAX_NAME_BYTES = 200;
/** Of one part's own head and boundary, at most. */
const PART_BYTES = 2_000;
const PLAIN_FORM = 'application/x-www-form-urlencoded';

/** Bytes of forms whose requests are not yet answered. */
class Held {
  #all = 0;
  readonly #networks = new Map<string, number>();

  constructor(private readonly limits: HeldLimits) {}

  /** @throws Overloaded, and then they are not counted */
  take(network: string, bytes: number): void {
    const ofNetwork = (this.#networks.get(network) ?? 0) + bytes;
    if (this.#all + bytes > this.limits.all || ofNetwork > this.limits.network) throw new Overloaded();
    this.#all += bytes;
    this.#networks.set(network, ofNetwork);
  }

  release(network: string, bytes: number): void {
    this.#all -= bytes;
    const left = (this.#networks.get(network) ?? 0) - bytes;
    if (left > 0) this.#networks.set(network, left);
    else this.#networks.delete(network);
  }
}

/**
 * The server to which the reader of forms adds itself, all but its hooks: they clear away files that it saved on the disk, which
 * nothing here lets it do, and would make every request of the program wait.
 */
function withoutHooks(fastify: object): FastifyInstance {
  return Object.create(fastify, { addHook: { value: () => fastify } }) as FastifyInstance;
}

function assertNoError(error?: Error): void {
  if (error !== undefined) throw error;
}

/** Counts bytes for a request until it is answered. */
const takes = new WeakMap<FastifyRequest, (bytes: number) => void>();

/** Reads forms with files at the addresses that take them; elsewhere they are answered 415. Must be called before routes are added. */
export function readForms(app: NestFastifyApplication, limits = HELD_LIMITS): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastifyMultipart(withoutHooks(fastify), {}, assertNoError);
  const held = new Held(limits);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!/^multipart\//i.test(request.headers['content-type'] ?? '') || request.is404) {
      done();
      return;
    }
    if ((request.routeOptions.config as { multipart?: boolean }).multipart !== true) {
      done(new Problem('media-type-unsupported'));
      return;
    }
    const network = networkOf(request.ip);
    let taken = 0;
    let isOver = false;
    takes.set(request, (bytes) => {
      if (isOver) return;
      held.take(network, bytes);
      taken += bytes;
    });
    whenOver(request, reply, () => {
      isOver = true;
      held.release(network, taken);
    });
    // Whoever counts its bytes meanwhile does not set it flowing: it waits until the handler reads it.
    request.raw.pause();
    done();
  });
}

/**
 * The fields and files of a form of either kind.
 * @throws Problem `media-type-unsupported`, `form-malformed`, `form-too-many-parts`, `form-field-too-long`, `file-too-large`,
 * `form-too-slow`; Overloaded
 */
export async function multipartForm(request: FastifyRequest, limits: FormLimits): Promise<Form> {
  const take = takes.get(request);
  if (take === undefined || !request.isMultipart()) return plainForm(request, limits);
  const most =
    (limits.forgives === true ? FORGIVEN_BYTES : 0) +
    limits.fields * limits.fieldBytes +
    limits.files * limits.fileBytes +
    (limits.fields + limits.files + 1) * PART_BYTES;
  if (Number(request.headers['content-length'] ?? 0) > most) throw new Problem('body-too-large');

  let timer: NodeJS.Timeout | undefined;
  try {
    const form = readParts(request, limits, take);
    const over = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(tooSlow()), limits.ms ?? FORM_MS);
      let read = 0;
      // What is forgiven is counted nowhere else.
      request.raw.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > most) reject(new Problem('body-too-large'));
      });
    });
    return await Promise.race([over, form]);
  } catch (error) {
    // What is still to come goes nowhere, and its sender can hear the answer.
    request.raw.unpipe();
    request.raw.resume();
    throw problemOf(error);
  } finally {
    clearTimeout(timer);
  }
}

async function readParts(
  request: FastifyRequest,
  limits: FormLimits,
  take: (bytes: number) => void,
): Promise<Form> {
  const fields = noFields();
  const files: FormFile[] = [];
  const mostFiles = limits.forgives === true ? FORGIVEN_FILES : limits.files;
  let leftOut: Form['leftOut'];
  const parts = request.parts({
    limits: {
      fields: limits.fields,
      fieldSize: limits.fieldBytes,
      files: mostFiles,
      fileSize: limits.fileBytes,
      parts: limits.fields + mostFiles,
    },
    // Told by `truncated`, with the name of the field.
    throwFileSizeLimit: false,
  } as Parameters<FastifyRequest['parts']>[0]);
  for await (const part of parts) {
    assertName(part.fieldname);
    if (part.type === 'field') {
      const value = valueOf(part, limits);
      take(part.fieldname.length + value.length);
      addField(fields, part.fieldname, value);
    } else if (limits.forgives === true && files.length === limits.files && part.filename) {
      leftOut ??= 'files-too-many';
      await drained(part);
    } else {
      const bytes = await bytesOf(part, limits, take);
      if (bytes === undefined) {
        leftOut = 'file-too-large';
        continue;
      }
      if (bytes.length > 0 || part.filename) {
        files.push({ field: part.fieldname, mediaType: part.mimetype, bytes });
      }
    }
  }
  return { fields, files, ...(leftOut !== undefined && { leftOut }) };
}

function valueOf(part: MultipartValue, limits: FormLimits): string {
  const { fieldname: field, value } = part;
  // What says that it is JSON was parsed.
  if (typeof value !== 'string') throw new Problem('form-malformed');
  if (part.valueTruncated) throw tooLong(field, limits);
  return value;
}

/** Nothing of a file that is too large, where that is forgiven: the reader then goes on to its end by itself. */
async function bytesOf(
  { file, fieldname: field }: MultipartFile,
  { fileBytes: max, forgives = false }: FormLimits,
  take: (bytes: number) => void,
): Promise<Uint8Array | undefined> {
  const tooLarge = new Problem('file-too-large', { field, parameters: { max } });
  if (file.truncated && !forgives) throw tooLarge;
  // At once: what is over the limit may go on for ever.
  if (!forgives) file.once('limit', () => file.destroy(tooLarge));
  const chunks: Buffer[] = [];
  for await (const chunk of file as AsyncIterable<Buffer>) {
    take(chunk.length);
    chunks.push(chunk);
  }
  return file.truncated ? undefined : Buffer.concat(chunks);
}

async function drained({ file }: MultipartFile): Promise<void> {
  file.resume();
  await finished(file, { cleanup: true });
}

/** As NestJS has read it: within `MAX_BODY_BYTES`. */
function plainForm(request: FastifyRequest, limits: FormLimits): Form {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== PLAIN_FORM) throw new Problem('media-type-unsupported');
  const fields = noFields();
  let count = 0;
  for (const [field, given] of Object.entries(request.body as Form['fields'])) {
    assertName(field);
    for (const value of Array.isArray(given) ? given : [given]) {
      if (++count > limits.fields) throw new Problem('form-too-many-parts');
      if (Buffer.byteLength(value) > limits.fieldBytes) throw tooLong(field, limits);
      addField(fields, field, value);
    }
  }
  return { fields, files: [] };
}

function assertName(name: string): void {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw new Problem('form-malformed');
}

function noFields(): Record<string, string | string[]> {
  return Object.create(null) as Record<string, string | string[]>;
}

function addField(fields: Record<string, string | string[]>, name: string, value: string): void {
  const known = fields[name];
  if (known === undefined) fields[name] = value;
  else if (Array.isArray(known)) known.push(value);
  else fields[name] = [known, value];
}

function tooLong(field: string, { fieldBytes: max }: FormLimits): Problem {
  return new Problem('form-field-too-long', { field, parameters: { max } });
}

function tooSlow(): Problem {
  return new Problem('form-too-slow', { headers: { connection: 'close' } });
}

/** What the reader says of a form that is not one, or too much of one. */
function problemOf(error: unknown): unknown {
  if (error instanceof Problem || error instanceof Overloaded) return error;
  const { code } = error as { code?: string };
  if (/^FST_(PARTS|FILES|FIELDS)_LIMIT$/.test(code ?? '')) return new Problem('form-too-many-parts');
  // Without a code: the boundary is missing, a part ends early, a head is no head.
  return new Problem('form-malformed');
}
