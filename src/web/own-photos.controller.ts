/**
 * A reporter's own photos on her page. The address of one says nothing: without the cookie that her link left, under these addresses
 * alone, there is none; and nothing of it is kept on her device.
 */
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WRONG_LINKS } from '../complaints/limits.js';
import { GetOwnPhoto } from '../complaints/own-photos.queries.js';
import { safeHeaders } from '../contents/file-headers.js';
import { isUuid } from '../event-store/event-ids.js';
import { PHOTO_TYPE } from '../photos/decoder.js';
import { RateLimit } from '../rest/rate-limit.js';
import { Problem } from '../rest/problem.js';
import { assertMayTry } from '../staff/authentication.guard.js';
import { ownLink } from './own-cookie.js';

@ApiExcludeController()
@Controller('matters/own/photos')
export class OwnPhotosController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(WRONG_LINKS) private readonly wrong: RateLimit,
  ) {}

  @Get(':id')
  whole(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Uint8Array> {
    return this.#photo(id, 'whole', request, reply);
  }

  @Get(':id/preview')
  preview(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Uint8Array> {
    return this.#photo(id, 'preview', request, reply);
  }

  /** @throws Problem `not-found`, for whoever it is not */
  async #photo(
    id: string,
    size: 'whole' | 'preview',
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Uint8Array> {
    const link = ownLink(request);
    if (link === undefined || !isUuid(id)) throw new Problem('not-found');
    const found = await this.queries.execute(new GetOwnPhoto(link, id, size));
    if (found === 'link-unknown') {
      assertMayTry(this.wrong, request.ip, 'too-many-links');
      this.wrong.count(request.ip);
    }
    if (typeof found === 'string') throw new Problem('not-found');
    void reply.headers({ ...safeHeaders(`photo-${id}`, PHOTO_TYPE), 'cache-control': 'no-store' });
    return Buffer.from(found);
  }
}
