/** Signing in and out. A browser's form is sent on to a page; a program gets JSON. The form itself is a page of `src/web`. */
import { Body, Controller, Delete, Get, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SETTINGS } from '../platform.module.js';
import { wantsPage } from '../rest/error-pages.js';
import { RateLimit } from '../rest/rate-limit.js';
import { ApiAnswer, ApiProblems } from '../rest/openapi.js';
import { Problem } from '../rest/problem.js';
import type { Settings } from '../settings.js';
import type { Actor } from './actor.js';
import { assertMayTry } from './authentication.guard.js';
import { CurrentActor } from './current-actor.js';
import { assertOwnPage } from './own-page.js';
import { setSessionCookie } from './session-cookie.js';
import { StaffSessions } from './sessions.js';

class SignIn {
  @IsString()
  @MaxLength(200)
  key: string;

  /** Where to go on: a path of this site. */
  @IsOptional()
  @Matches(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}$/, { message: 'next must be a path of this site' })
  next?: string;
}

/** Who is signed in. */
export class WhoAmI {
  @ApiProperty({ example: 'admin-1' })
  id: string;
  @ApiProperty({ example: ['administrator'], type: [String] })
  roles: readonly string[];
}

@ApiTags('staff')
@Controller()
export class SessionController {
  constructor(
    @Inject(StaffSessions) private readonly sessions: StaffSessions,
    @Inject(RateLimit) private readonly limit: RateLimit,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  /** A wrong key in a form leads back to the form, with `?failed=1` and where she wanted to go. */
  @Post('session')
  async signIn(
    @Body() { key, next }: SignIn,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Nobody shall be signed in to somebody else's session without noticing.
    if (isFromBrowser(request)) assertOwnPage(request, this.settings.publicUrl);
    assertMayTry(this.limit, request.ip);
    const session = this.sessions.open(key.trim());
    if (session === undefined) {
      this.limit.count(request.ip);
      if (!wantsPage(request)) throw new Problem('key-unknown');
      const query = new URLSearchParams({ failed: '1', ...(next !== undefined && { next }) });
      await reply.redirect(`/session?${query}`, 303);
      return;
    }
    this.limit.succeeded(request.ip);
    setSessionCookie(reply, session.cookie, this.#isHttps(request));
    if (wantsPage(request)) {
      await reply.redirect(next ?? '/staff', 303);
      return;
    }
    const { id, roles } = session.actor;
    await reply
      .code(200)
      .header('cache-control', 'no-store')
      .send({ id, roles, expiresAt: session.expiresAt.toISOString() });
  }

  @Delete('session')
  @HttpCode(204)
  signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    setSessionCookie(reply, undefined, this.#isHttps(request));
  }

  /** As a form can only POST. */
  @Post('session/end')
  async signOutByForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    setSessionCookie(reply, undefined, this.#isHttps(request));
    await reply.redirect('/', 303);
  }

  @Get('api/v1/session')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Who am I' })
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiProblems('sign-in-needed', 'key-unknown', 'too-many-attempts')
  @ApiAnswer({ schema: WhoAmI, example: { id: 'admin-1', roles: ['administrator'] } })
  whoAmI(@CurrentActor() { id, roles }: Actor): WhoAmI {
    return { id, roles };
  }

  #isHttps(request: FastifyRequest): boolean {
    return this.settings.publicUrl?.startsWith('https:') ?? request.protocol === 'https';
  }
}

function isFromBrowser({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-site'] !== undefined || headers.origin !== undefined;
}
