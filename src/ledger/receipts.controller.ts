/** Receipts over REST, as JSON and as a file to keep. */
import { Controller, Get, Header, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { fromBase64url } from '../../projections/bytes.js';
import { closed } from '../../projections/events/schema.js';
import { ApiAnswer, ApiProblems } from '../rest/openapi.js';
import { Problem } from '../rest/problem.js';
import './ledger.problems.js';
import { receiptFileName, Receipts, type ReceiptNow } from './receipts.js';

const PROOF_TYPE = 'text/plain; charset=utf-8';
const LEAF_HASH = 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M';

const ReceiptAnswer = {
  schema: closed({
    status: Type.Union([Type.Literal('pending'), Type.Literal('integrated')], {
      description: 'pending: in the log, and not under a signed head yet. Ask again in a second',
    }),
    leafHash: Type.String({ description: 'SHA-256 over a byte 00 and the event’s bytes, base64url' }),
    index: Type.String({ pattern: '^\\d{1,19}$', description: 'Its place in the log, from 0' }),
    size: Type.Optional(Type.String({ pattern: '^\\d{1,19}$', description: 'Events under the signed head' })),
    proof: Type.Optional(
      Type.String({
        description: 'The receipt to keep: C2SP tlog-proof, which programs verify without this server',
      }),
    ),
  }),
  example: {
    status: 'integrated',
    leafHash: LEAF_HASH,
    index: '1041',
    size: '1042',
    proof:
      'c2sp.org/tlog-proof@v1\nextra q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M=\nindex 1041\n4XWXhV/lF82J8ogMXI5wQV9q6tECULTR6S4ANlXx9do=\n\nvota.example.org/log\n1042\nq5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M=\n\n— vota.example.org/log 8J4kuQ==\n',
  },
};

@ApiTags('log')
@Controller('api/v1/receipts')
export class ReceiptsController {
  constructor(@Inject(Receipts) private readonly receipts: Receipts) {}

  @Get(':leafHash')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'The receipt of an event: that it is in the log. Of a ballot never what it says.',
    description:
      'As JSON, or with `Accept: text/plain` the receipt alone, as a file to keep. How to verify it without this server: docs/auditing.md.',
  })
  @ApiParam({
    name: 'leafHash',
    example: LEAF_HASH,
    description: 'What the answer to a write calls leafHash',
  })
  @ApiAnswer(ReceiptAnswer)
  @ApiProblems('receipt-unknown', 'tile-damaged')
  async receipt(
    @Param('leafHash') leafHash: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const receipt = await this.#of(leafHash);
    void reply.header('vary', 'accept');
    if (receipt.status === 'integrated' && wantsText(request.headers.accept)) {
      void reply.headers({
        'content-type': PROOF_TYPE,
        'content-disposition': `attachment; filename="${receiptFileName(receipt.index)}"`,
      });
      return receipt.proof;
    }
    const { status, index } = receipt;
    if (status === 'pending') return { status, leafHash, index: String(index) };
    return { status, leafHash, index: String(index), size: String(receipt.size), proof: receipt.proof };
  }

  async #of(text: string): Promise<ReceiptNow> {
    const leafHash = fromBase64url(text);
    const receipt = leafHash?.length === 32 ? await this.receipts.of(leafHash) : undefined;
    if (receipt === undefined) throw new Problem('receipt-unknown');
    return receipt;
  }
}

/** Text only where it is asked for by name, before JSON. */
function wantsText(accept = ''): boolean {
  const json = accept.indexOf('application/json');
  const text = accept.indexOf('text/plain');
  return text >= 0 && (json < 0 || text < json);
}
