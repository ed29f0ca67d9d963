/** Conditional GET: a handler returns what it would show together with a tag that changes when it does. @see RFC 9110 §13 */
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, switchMap, type Observable } from 'rxjs';

/** The client asks every time, and is mostly answered 304. */
const REVALIDATE = 'no-cache';

/** For what never changes at its address: nobody asks twice. */
export const FOR_EVER = 'public, max-age=31536000, immutable';

/** What a GET handler returns so that whoever has the same already is answered 304, without making the body. */
export class Tagged<T> {
  constructor(
    /**
     * From the last event that changed what is shown (`Views.lastChanged`), asked before it was read; printable ASCII without
     * quotes.
     */
    readonly tag: string,
    readonly body: T | (() => T | Promise<T>),
    readonly cacheControl: string = REVALIDATE,
  ) {
    if (!/^[\x21\x23-\x7e]+$/.test(tag))
      throw new RangeError('A tag is printable ASCII without spaces and quotes');
  }
}

/** Whether `If-None-Match` has a tag; weak comparison. @see RFC 9110 §13.1.2 */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((given) => given.trim().replace(/^W\//, '') === `"${tag}"`);
}

/** Answers `Tagged`; leaves everything else alone. */
export class ConditionalInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(switchMap((result: unknown) => from(answer(context, result))));
  }
}

async function answer(context: ExecutionContext, result: unknown): Promise<unknown> {
  if (!(result instanceof Tagged)) return result;
  const { tag, body, cacheControl } = result as Tagged<unknown>;
  const http = context.switchToHttp();
  const reply = http.getResponse<FastifyReply>();
  // Weak: a proxy may compress what we send.
  void reply.headers({ etag: `W/"${tag}"`, 'cache-control': cacheControl });
  if (matchesTag(http.getRequest<FastifyRequest>().headers['if-none-match'], tag)) {
    void reply.code(304);
    return undefined;
  }
  return typeof body === 'function' ? await (body as () => unknown)() : body;
}
