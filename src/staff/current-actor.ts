/** Parameters of handlers that say who asks and under which command id. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { commandIdOf, requestBytes } from '../rest/commands.js';
import type { Actor } from './actor.js';
import { actorOf, signInNeeded } from './authentication.guard.js';

/** Who a command is from, its id, and the bytes of the request, by which a repeated one is recognised. */
export interface RequestBy {
  readonly commandId: string;
  readonly actor: Actor;
  readonly request: Uint8Array;
}

/** The same of anybody; `actor` is a member of staff, or nobody whom the server knows. */
export type AnybodysRequestBy = Omit<RequestBy, 'actor'> & { readonly actor: Actor | undefined };

/** `@CurrentActor() actor: Actor`. @throws Problem `sign-in-needed` for nobody */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  return someone(requestOf(context));
});

/** `@MaybeActor() actor: Actor | undefined` */
export const MaybeActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor | undefined => {
  return actorOf(requestOf(context));
});

/**
 * `@CurrentRequest() by: RequestBy`: who, the `Idempotency-Key`, and what was asked.
 * @throws Problem `sign-in-needed`, `idempotency-key-required`
 */
export const CurrentRequest = createParamDecorator((_: unknown, context: ExecutionContext): RequestBy => {
  const request = requestOf(context);
  return { actor: someone(request), ...askedBy(request) };
});

/**
 * `@AnybodysRequest() by: AnybodysRequestBy`: the `Idempotency-Key` and what was asked, and who where it is staff: for what
 * anybody may do. @throws Problem `idempotency-key-required`
 */
export const AnybodysRequest = createParamDecorator(
  (_: unknown, context: ExecutionContext): AnybodysRequestBy => {
    const request = requestOf(context);
    return { actor: actorOf(request), ...askedBy(request) };
  },
);

function askedBy(request: FastifyRequest): Pick<RequestBy, 'commandId' | 'request'> {
  const header = request.headers['idempotency-key'];
  // A form cannot send headers: its hidden field says the same.
  const { commandId } = (request.body ?? {}) as { commandId?: unknown };
  const given = header ?? commandId;
  return {
    commandId: commandIdOf(typeof given === 'string' ? given : undefined),
    request: requestBytes(`${request.method} ${request.url.split('?', 1)[0] ?? ''}`, sentBody(request.body)),
  };
}

function sentBody(body: unknown): unknown {
  return Buffer.isBuffer(body) ? body.toString('base64') : body;
}

function someone(request: FastifyRequest): Actor {
  const actor = actorOf(request);
  if (actor === undefined) throw signInNeeded();
  return actor;
}

function requestOf(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>();
}
