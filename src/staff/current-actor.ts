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
  const header = request.headers['idempotency-key'];
  // A form cannot send headers: its hidden field says the same.
  const { commandId } = (request.body ?? {}) as { commandId?: unknown };
  const given = header ?? commandId;
  return {
    actor: someone(request),
    commandId: commandIdOf(typeof given === 'string' ? given : undefined),
    request: requestBytes(`${request.method} ${request.url.split('?', 1)[0] ?? ''}`, sentBody(request.body)),
  };
});

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
