/** The pages on which people check: the whole log, or one receipt. */
import { createHash } from 'node:crypto';
import { Controller, Get, Header, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readLeafHash } from '../../projections/audit/kept-receipts.js';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import { parseProof } from '../../projections/ledger/proof.js';
import { writePolicy } from '../../projections/ledger/policy.js';
import { Ledger } from '../ledger/ledger.js';
import '../ledger/ledger.problems.js';
import { receiptFileName, Receipts } from '../ledger/receipts.js';
import { readCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { FOR_EVER } from '../rest/conditional.js';
import { SETTINGS } from '../platform.module.js';
import { Problem } from '../rest/problem.js';
import type { Settings } from '../settings.js';
import { AuditPage } from './audit.page.js';
import { Frames } from './frames.js';
import { ReceiptPage, type Lookup } from './receipt.page.js';
import { document, HTML } from './render.js';
import { scriptAddress, SCRIPTS } from './scripts.js';
import { siteAddress } from './site-address.js';

const VARY = 'Accept-Language, Cookie';
const FILES = new Map(Object.values(SCRIPTS ?? {}).map(({ file, text }) => [file, text]));
/** Of the page that audits and of the workers that are given files: the browser lets nothing be sent anywhere. */
const NOTHING_LEAVES = "default-src 'none'; script-src 'self'; worker-src 'self'; base-uri 'none'";
/** Of the one worker that fetches the bundle: it asks this site, and is told nothing that it could send. */
const FETCHES = "default-src 'none'; connect-src 'self'; base-uri 'none'";
const PAGE_POLICY = `${NOTHING_LEAVES}; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'`;

@ApiExcludeController()
@Controller()
export class AuditPagesController {
  constructor(
    @Inject(Frames) private readonly frames: Frames,
    @Inject(Receipts) private readonly receipts: Receipts,
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  @Get('audit')
  @Header('content-type', HTML)
  @Header('vary', VARY)
  @Header('content-security-policy', PAGE_POLICY)
  async audit(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const scripts = SCRIPTS && {
      page: scriptAddress(SCRIPTS.page),
      audit: scriptAddress(SCRIPTS.audit),
      checking: scriptAddress(SCRIPTS.checking),
      bundle: scriptAddress(SCRIPTS.bundle),
    };
    const said = await this.ledger.trust.policy();
    const policy = said.logs.length === 0 ? undefined : writePolicy(said);
    const site = siteAddress(this.settings, request);
    const tag = createHash('sha256')
      .update(JSON.stringify([scripts, policy, site]))
      .digest('base64url');
    return this.frames.page(
      request,
      reply,
      () => tag,
      (frame) => document(AuditPage, { frame, scripts, site, policy }),
    );
  }

  @Get('assets/scripts/:file')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', FOR_EVER)
  script(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    const text = FILES.get(file);
    if (text === undefined) throw new Problem('not-found');
    const policy = file === SCRIPTS?.bundle.file ? FETCHES : NOTHING_LEAVES;
    void reply.header('content-security-policy', policy);
    return text;
  }

  /** `leaf`: what somebody typed. */
  @Get('receipts')
  @Header('content-type', HTML)
  @Header('vary', VARY)
  @Header('cache-control', 'no-store')
  async receiptForm(
    @Query('leaf') leaf: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const typed = typeof leaf === 'string' && leaf.trim() !== '' ? leaf.trim() : undefined;
    return this.#page(request, reply, typed);
  }

  @Get('receipts/:leafHash')
  @Header('content-type', HTML)
  @Header('vary', VARY)
  @Header('cache-control', 'no-store')
  async receipt(
    @Param('leafHash') leafHash: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.#page(request, reply, leafHash);
  }

  @Get('receipts/:leafHash/file')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-store')
  async file(
    @Param('leafHash') text: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const leafHash = readLeafHash(text);
    const receipt = leafHash && (await this.receipts.of(leafHash));
    if (receipt?.status !== 'integrated') throw new Problem('receipt-unknown');
    void reply.header('content-disposition', `attachment; filename="${receiptFileName(receipt.index)}"`);
    return receipt.proof;
  }

  async #page(request: FastifyRequest, reply: FastifyReply, typed: string | undefined): Promise<string> {
    const lookup = typed === undefined ? undefined : await this.#lookUp(typed);
    // What was asked for by its address is not there; of a form the page says what is wrong with it.
    if (lookup?.came === 'unknown') void reply.code(404);
    const { frame } = await this.frames.of(request);
    this.frames.remember(request, reply);
    return document(ReceiptPage, { frame, lookup });
  }

  async #lookUp(text: string): Promise<Lookup> {
    const leafHash = readLeafHash(text);
    if (leafHash === undefined) return { typed: text.slice(0, 100), came: 'malformed' };
    const typed = toBase64url(leafHash);
    const receipt = await this.receipts.of(leafHash);
    if (receipt === undefined) return { typed, came: 'unknown' };
    const { status: came, index } = receipt;
    return came === 'pending' ? { typed, came, index } : { typed, came, index, head: headOf(receipt.proof) };
  }
}

/** The head in a receipt that this program has just written. */
function headOf(receipt: string) {
  const proof = parseProof(utf8(receipt));
  const checkpoint = typeof proof === 'string' ? proof : readCheckpoint(proof.checkpoint);
  if (typeof checkpoint === 'string') throw new TypeError(checkpoint);
  return checkpoint;
}
