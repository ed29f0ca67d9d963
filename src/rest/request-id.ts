/** A number for every request, on each line that the program's log has of it and in its answer (`X-Request-Id`). */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const HEADER = 'x-request-id';
const current = new AsyncLocalStorage<string>();

/** Of the request that is being answered; `undefined` outside of one. */
export function currentRequestId(): string | undefined {
  return current.getStore();
}

/**
 * Makes the number, or takes that of the proxy in front, if it may be believed: a caller's own would let her write into the log.
 * As `genReqId` of Fastify.
 */
export function requestIdOf(trustProxy: boolean): (request: Pick<IncomingMessage, 'headers'>) => string {
  return ({ headers }) => {
    const given = headers[HEADER];
    return trustProxy && typeof given === 'string' && /^[A-Za-z0-9-]{8,64}$/.test(given)
      ? given
      : randomUUID();
  };
}

export function nameRequests(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header(HEADER, request.id);
    done();
  });
  // Not before the body is read: what reads it runs in the connection's context.
  fastify.addHook('preValidation', (request, _reply, done) => {
    current.run(request.id, done);
  });
}
