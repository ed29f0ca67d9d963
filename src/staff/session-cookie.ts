/** The session as a cookie: only this site's own pages send it, no script reads it. */
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_SECONDS } from './sessions.js';

const NAME = 'concejo_session';
/** Browsers take a cookie with this prefix only by https and from this very host. @see RFC 6265bis §4.1.3.2 */
const SECURE_NAME = `__Host-${NAME}`;

/** Value of the session's cookie. */
export function sessionCookie(request: FastifyRequest): string | undefined {
  return request.cookies[SECURE_NAME] ?? request.cookies[NAME];
}

/** Sets the cookie; with `undefined` takes it away. */
export function setSessionCookie(reply: FastifyReply, value: string | undefined, https: boolean): void {
  void reply.setCookie(https ? SECURE_NAME : NAME, value ?? '', {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: https,
    maxAge: value === undefined ? 0 : SESSION_SECONDS,
  });
}
