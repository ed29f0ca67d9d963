/** Where somebody was in the queue, so that every page on the way back leads there: a cookie of the desk's pages, until the browser ends. */
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

const NAME = 'concejo_queue';
const QUEUE = '/staff/matters';
/** Characters of a query: longer ones are not remembered. */
const MOST = 1_500;
/** As `URLSearchParams` writes it. */
const QUERY = /^[A-Za-z0-9=&%+._*-]*$/;

/** @param query tab, filters and order */
export function keepQueue(reply: FastifyReply, query: URLSearchParams, https: boolean): void {
  const kept = query.toString();
  if (kept.length > MOST) return;
  void reply.setCookie(NAME, kept, { path: QUEUE, httpOnly: true, sameSite: 'strict', secure: https });
}

/** The address of the queue as she left it. */
export function queueAddress({ cookies }: Pick<FastifyRequest, 'cookies'>): string {
  const kept = (cookies as Readonly<Record<string, string | undefined>> | undefined)?.[NAME] ?? '';
  return kept !== '' && kept.length <= MOST && QUERY.test(kept) ? `${QUEUE}?${kept}` : QUEUE;
}
