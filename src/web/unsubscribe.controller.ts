/**
 * Ends the mails about a matter to one person. Opening the address asks, since programs that look mail over open every link; a POST does it,
 * also that which mail programs send for her (RFC 8058).
 */
import { Controller, Get, Header, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { MatterSubscriptions } from '../complaints/matter-subscriptions.js';
import { Frames } from './frames.js';
import { document, HTML } from './render.js';
import { UnsubscribePage } from './unsubscribe.page.js';

@ApiExcludeController()
@Controller('unsubscribe/:token')
export class UnsubscribeController {
  constructor(
    @Inject(Frames) private readonly frames: Frames,
    @Inject(MatterSubscriptions) private readonly subscriptions: MatterSubscriptions,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async ask(@Param('token') token: string, @Req() request: FastifyRequest): Promise<string> {
    const { frame } = await this.frames.of(request);
    const state = this.subscriptions.isOurs(token) ? 'asked' : 'unknown';
    return document(UnsubscribePage, { frame, token, state });
  }

  @Post()
  @HttpCode(200)
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async end(@Param('token') token: string, @Req() request: FastifyRequest): Promise<string> {
    const { frame } = await this.frames.of(request);
    const state = (await this.subscriptions.end(token)) ? 'done' : 'unknown';
    return document(UnsubscribePage, { frame, token, state });
  }
}
