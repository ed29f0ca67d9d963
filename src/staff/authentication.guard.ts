/**
 * Finds out who asks, from `Authorization: Bearer <key>` or the session cookie. Nobody is refused for being nobody: a
 * handler that needs somebody takes `@CurrentActor()` or `@CurrentRequest()`, and `decide` says what she may do.
 */
import { Inject, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SETTINGS } from '../platform.module.js';
import { RateLimit } from '../rest/rate-limit.js';
import { Problem } from '../rest/problem.js';
import type { Settings } from '../settings.js';
import type { Actor } from './actor.js';
import { StaffDirectory } from './directory.js';
import { assertOwnPage } from './own-page.js';
import { sessionCookie } from './session-cookie.js';
import { StaffSessions } from './sessions.js';

const actors = new WeakMap<FastifyRequest, Actor>();
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Who asks; `undefined` for nobody that the server knows. */
export function actorOf(request: FastifyRequest): Actor | undefined {
  return actors.get(request);
}

export class AuthenticationGuard implements CanActivate {
  constructor(
    @Inject(StaffDirectory) private readonly directory: StaffDirectory,
    @Inject(StaffSessions) private readonly sessions: StaffSessions,
    @Inject(RateLimit) private readonly limit: RateLimit,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    this.#identify(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }

  /** For what comes before guards do. @throws Problem `sign-in-needed` for nobody, and as the guard does */
  assertSomeone(request: FastifyRequest): void {
    if (this.#identify(request) === undefined) throw signInNeeded();
  }

  #identify(request: FastifyRequest): Actor | undefined {
    const actor = this.#byKey(request) ?? this.#bySession(request);
    if (actor !== undefined) actors.set(request, actor);
    return actor;
  }

  #byKey(request: FastifyRequest): Actor | undefined {
    const header = request.headers.authorization;
    if (header === undefined) return undefined;
    assertMayTry(this.limit, request.ip);
    const key = /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(header)?.[1];
    const known = key === undefined ? undefined : this.directory.byKey(key);
    if (known !== undefined) return known.actor;
    this.limit.count(request.ip);
    throw new Problem('key-unknown', { headers: { 'www-authenticate': 'Bearer' } });
  }

  #bySession(request: FastifyRequest): Actor | undefined {
    const cookie = sessionCookie(request);
    const actor = cookie === undefined ? undefined : this.sessions.read(cookie);
    // A cookie comes along by itself, also with what another site makes the browser send.
    if (actor !== undefined && !SAFE.has(request.method)) assertOwnPage(request, this.settings.publicUrl);
    return actor;
  }
}

export function signInNeeded(): Problem {
  return new Problem('sign-in-needed', { headers: { 'www-authenticate': 'Bearer' } });
}

/** @param code of the problem that an address with too many failures is answered @throws Problem */
export function assertMayTry(limit: RateLimit, address: string, code = 'too-many-attempts'): void {
  const wait = limit.waitSeconds(address);
  if (wait > 0) throw new Problem(code, { headers: { 'retry-after': String(wait) } });
}
