/** Previews of public photos. The photos themselves are contents, at `/api/v1/contents/:id`. */
import { Controller, Get, Inject, Param, ParseUUIDPipe, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { safeHeaders } from '../contents/file-headers.js';
import { Tagged } from '../rest/conditional.js';
import { ApiProblems } from '../rest/openapi.js';
import { Problem } from '../rest/problem.js';
import { PHOTO_TYPE } from './decoder.js';
import './photos.problems.js';
import { GetPreview } from './photos.queries.js';

@ApiTags('contents')
@Controller('api/v1/photos')
export class PhotosController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get(':id/preview')
  @ApiOperation({ summary: 'A small picture of a public photo: JPEG, 400 pixels wide at most' })
  @ApiResponse({
    status: 200,
    description: 'With the headers of a public file',
    content: { [PHOTO_TYPE]: { schema: { type: 'string' }, example: 'the bytes of a JPEG' } },
  })
  @ApiProblems('content-unknown', 'content-hidden', 'content-erased', 'views-behind')
  async preview(
    @Param('id', new ParseUUIDPipe({ exceptionFactory: () => new Problem('content-unknown') })) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const found = await this.queries.execute(new GetPreview(id));
    if (found.state === 'unknown') throw new Problem('content-unknown');
    if (found.state === 'gone') throw new Problem(found.because);
    void reply.headers(safeHeaders(`${id}-preview`, PHOTO_TYPE));
    return new Tagged<Uint8Array>(`preview-${found.commitment}`, Buffer.from(found.bytes));
  }
}
