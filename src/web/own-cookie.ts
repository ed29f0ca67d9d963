/**
 * A reporter's link while she is on her page: a cookie that only forms and pages under `/matters/own` get, for half an hour,
 * that no script reads and no other site's page makes a browser send. Her link stands in no address that is sent.
 */
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

const NAME = 'concejo_matter';
const PATH = '/matters/own';
const SECONDS = 30 * 60;
const LINK = /^[A-Za-z0-9_-]{43}$/;
/** At the end of what somebody pasted: a whole address, or the link alone. */
const PASTED = /(?:^|[#/\s])([A-Za-z0-9_-]{43})\s*$/;

export function ownLink({ cookies }: FastifyRequest): string | undefined {
  const link = cookies[NAME];
  return link !== undefined && LINK.test(link) ? link : undefined;
}

/** With `undefined` takes it away. */
export function setOwnLink(reply: FastifyReply, link: string | undefined, https: boolean): void {
  void reply.setCookie(NAME, link ?? '', {
    path: PATH,
    httpOnly: true,
    sameSite: 'strict',
    secure: https,
    maxAge: link === undefined ? 0 : SECONDS,
  });
}

export function pastedLink(given: unknown): string | undefined {
  return typeof given === 'string' && given.length < 1_000 ? PASTED.exec(given)?.[1] : undefined;
}
