/** The bundle of the log over HTTP, for whoever audits it elsewhere. */
import { Controller, Get, Inject, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesTag } from '../rest/conditional.js';
import { RateLimit } from '../rest/rate-limit.js';
import { ApiProblems } from '../rest/openapi.js';
import { Problem } from '../rest/problem.js';
import { assertMayTry } from '../staff/authentication.guard.js';
import { BundleFiles } from './bundle-files.js';
import '../elections/elections.problems.js';
import './ledger.problems.js';

/** Token of the limit of downloads. */
export const DOWNLOADS = Symbol('bundle downloads');
/** In a quarter of an hour, of all who share an address. */
export const MOST_DOWNLOADS = 30;
/** Each time that a bundle took so long to make counts as one download more. */
const COSTLY_MS = 3_000;

const BUNDLE_TYPE = 'application/x-tar';

@ApiTags('log')
@Controller('log')
export class BundleController {
  constructor(
    @Inject(BundleFiles) private readonly files: BundleFiles,
    @Inject(DOWNLOADS) private readonly downloads: RateLimit,
  ) {}

  @Get('bundle.tar')
  @ApiOperation({
    summary: 'Everything that an audit needs, in one file, under the head that is shown',
    description:
      'What `concejo bundle` writes; `concejo audit` and the page /audit check it. The format is in docs/auditing.md. Its ETag ' +
      'is the SHA-256 of the file.',
  })
  @ApiQuery({
    name: 'election',
    required: false,
    example: '0190f3a2-6d1e-7c44-9f0b-2c9f6b1f1a55',
    description: 'Texts and results of this election alone. The log is whole all the same.',
  })
  @ApiResponse({
    status: 200,
    description: 'A tar archive',
    content: {
      [BUNDLE_TYPE]: {
        schema: { type: 'string', format: 'binary' },
        example: 'manifest.json, checkpoint, contents/…, policy, results/…, schemas/…, tile/…, views/…',
      },
    },
  })
  @ApiProblems(
    'log-unsigned',
    'election-unknown',
    'contents-changed',
    'too-many-downloads',
    'tile-damaged',
    'overloaded',
  )
  async bundle(
    @Query('election') election: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    if (election !== undefined && (typeof election !== 'string' || !/^[0-9a-f-]{36}$/.test(election)))
      throw new Problem('election-unknown');
    assertMayTry(this.downloads, request.ip, 'too-many-downloads');
    this.downloads.count(request.ip);
    const { file, digest, tookMs } = await this.files.give(election);
    for (let ms = tookMs; ms >= COSTLY_MS; ms -= COSTLY_MS) this.downloads.count(request.ip);
    void reply.headers({ etag: `"${digest}"`, 'cache-control': 'no-cache' });
    if (matchesTag(request.headers['if-none-match'], digest)) {
      await file.give();
      void reply.code(304);
      return undefined;
    }
    return new StreamableFile(file.stream(), {
      type: BUNDLE_TYPE,
      length: file.bytes,
      disposition: 'attachment; filename="log.bundle"',
    });
  }
}
