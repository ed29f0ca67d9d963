/** Makes a problem of any error: of this program, of Fastify and NestJS, of the database; or says that it is a bug. */
import { HttpException } from '@nestjs/common';
import { Problem } from './problem.js';
import { isRegistered } from './problems.js';

const BY_FASTIFY_CODE: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type-unsupported',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed-json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed-json',
};

const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'sign-in-needed',
  403: 'role-missing',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'body-too-large',
  415: 'media-type-unsupported',
  503: 'shutting-down',
};

/** PostgreSQL was asked for a text with a character that it does not keep, such as U+0000. */
const NO_CHARACTER = '22021';

/** Classes and states of PostgreSQL that mean "not now", and the same of the connection. */
const UNREACHABLE = /^(08...|57P0[123]|53...|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT)$/;
/** What node-postgres says without a code. */
const UNREACHABLE_MESSAGE =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Cannot use a pool after)/;

/** `undefined`: nobody expected this error, and nothing of it may be shown. */
export function problemFrom(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error)) return undefined;
  const { code, status, retryAfter } = factsOf(error);
  if (code !== undefined && isRegistered(code)) {
    return new Problem(
      code,
      retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } },
    );
  }
  const known = code === undefined ? undefined : BY_FASTIFY_CODE[code];
  if (known !== undefined) return new Problem(known);
  if (code === NO_CHARACTER) return new Problem('bad-request');
  if (error instanceof SyntaxError && status === 400) return new Problem('malformed-json');
  if (error instanceof HttpException || status !== undefined) return fromStatus(status);
  const away = code === undefined ? UNREACHABLE_MESSAGE.test(error.message) : UNREACHABLE.test(code);
  return away && !isFileError(error)
    ? new Problem('engine-unavailable', { headers: { 'retry-after': '1' } })
    : undefined;
}

function fromStatus(status: number | undefined): Problem | undefined {
  if (status === undefined || status < 400) return undefined;
  const code = BY_STATUS[status] ?? (status < 500 ? 'bad-request' : undefined);
  return code === undefined
    ? undefined
    : new Problem(code, status === 503 ? { headers: { 'retry-after': '1' } } : {});
}

function factsOf(error: Error): { code?: string; status?: number; retryAfter?: number } {
  const { code, statusCode, retryAfterSeconds } = error as Error & Record<string, unknown>;
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof retryAfterSeconds === 'number' ? { retryAfter: retryAfterSeconds } : {}),
  };
}

/** ENOENT of a socket is a server that is away; of a file it is a bug. */
function isFileError(error: Error): boolean {
  return 'path' in error && (error as { syscall?: string }).syscall !== 'connect';
}
