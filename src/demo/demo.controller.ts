/** What only a demo can: move its clock and begin anew. Its page (`src/web`) also signs in as anybody. */
import { Body, Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assertOwnPage } from '../staff/own-page.js';
import { DEMO, type Demo } from '../demo-site.js';
import { moveClockByHand } from './move-clock.js';

class Advance {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(24 * 365)
  hours: number;
}

@Controller('demo')
export class DemoController {
  constructor(
    @Inject(DEMO) private readonly demo: Demo,
    @Inject(ModuleRef) private readonly modules: ModuleRef,
  ) {}

  @Post('clock')
  async advance(
    @Body() { hours }: Advance,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    assertOwnPage(request, undefined);
    await moveClockByHand(this.modules, () => this.demo.advance(hours));
    await reply.redirect('/demo', 303);
  }

  @Post('reset')
  async reset(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    assertOwnPage(request, undefined);
    await reply.redirect('/demo?resetting=1', 303);
    this.demo.reset();
  }
}
