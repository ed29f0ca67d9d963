/** Answers in the format that the address names, refusals among them. */
import { Catch, Inject, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics/metrics.js';
import { METRICS } from '../platform.module.js';
import { Tagged } from '../rest/conditional.js';
import { Problem } from '../rest/problem.js';
import { problemFrom } from '../rest/unexpected.js';
import { writeXml, type Value } from './xml.js';

export type Format = 'xml' | 'json';

const TYPES: Readonly<Record<Format, string>> = {
  xml: 'text/xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
};
/** What the specification calls the fields that the rules of matters speak of. */
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/^answers\.(.+)$/, 'attribute[$1]'],
  [/^place$/, 'lat, long'],
  [/^reporter\.(\w+)$/, '$1'],
  [/^(text|words)(\..*)?$/, 'description'],
  [/^category$/, 'service_code'],
  [/^photos\.(\d+)$/, 'photo'],
  [/^happenedAt$/, 'updated_datetime'],
];

/** XML for whatever is not JSON: it is what every client must be able to read. */
export function formatOf(url: string): Format {
  return /\.json(\?|$)/.test(url) ? 'json' : 'xml';
}

/** The body in its format, with its type. `root` is the name of the document in XML. */
export function answer(request: FastifyRequest, reply: FastifyReply, root: string, data: Value): string {
  const format = formatOf(request.url);
  void reply.type(TYPES[format]);
  return format === 'json' ? JSON.stringify(data) : writeXml(root, data);
}

/** As `answer`, for whoever has the same already nothing. */
export function tagged(
  request: FastifyRequest,
  reply: FastifyReply,
  root: string,
  { tag, data }: { tag: string; data: Value },
): Tagged<string> {
  return new Tagged(`${tag}.${formatOf(request.url)}`, answer(request, reply, root, data));
}

/** Every error as the specification has it: 404, 403 or 400, and 5xx where the program itself is to blame. */
@Catch()
export class Open311Filter implements ExceptionFilter {
  readonly #log = new Logger('open311');

  constructor(@Inject(METRICS) private readonly metrics: Metrics) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemFrom(error) ?? new Problem('internal');
    this.metrics.refused(problem.code);
    if (problem.code === 'internal') {
      this.#log.error(
        error instanceof Error ? error.message : 'not an error',
        error instanceof Error ? error.stack : undefined,
      );
    }
    const status = statusOf(problem.status);
    const { detail, field } = problem.body();
    const named = field === undefined ? detail : `${fieldName(field)}: ${detail}`;
    void reply
      .code(status)
      .headers({ 'cache-control': 'no-store', ...problem.headers })
      .send(answer(request, reply, 'errors', [{ code: status, description: named }]));
  }
}

function statusOf(status: number): number {
  return status === 404 || status === 403 || status >= 500 ? status : 400;
}

function fieldName(field: string): string {
  for (const [ours, theirs] of FIELDS) {
    if (ours.test(field)) return field.replace(ours, theirs);
  }
  return field;
}
