/**
 * `?atLeast=POSITION` on a read: waits until what is shown has come to the position that a write answered, so that whoever
 * wrote sees it.
 */
import { Inject, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { from, switchMap, type Observable } from 'rxjs';
import { Views } from '../views/views.js';
import { Problem } from './problem.js';

const WAIT_MS = 5_000;
const MAX_POSITION = 2n ** 63n - 1n;

export class AtLeastInterceptor implements NestInterceptor {
  constructor(@Inject(Views) private readonly views: Views) {}

  /** @throws ViewsBehind when it takes longer than five seconds */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context
      .switchToHttp()
      .getRequest<FastifyRequest<{ Querystring?: Record<string, unknown> }>>();
    const wanted = request.query?.atLeast;
    if (wanted === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return next.handle();
    return from(this.views.atLeast(positionFrom(wanted), WAIT_MS)).pipe(switchMap(() => next.handle()));
  }
}

/** A position as it stands in JSON and addresses: decimal, since it may pass 2^53. @throws Problem `invalid-input` */
export function positionFrom(text: unknown): bigint {
  const position = typeof text === 'string' && /^\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (position !== undefined && position <= MAX_POSITION) return position;
  const message = 'must be a position of the log: digits only';
  throw new Problem('invalid-input', {
    field: 'atLeast',
    errors: [{ field: 'atLeast', code: 'position', message }],
  });
}
