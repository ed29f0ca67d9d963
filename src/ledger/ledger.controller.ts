/**
 * The log for whoever checks it: its signed head, its keys, its policy, its tiles and its entries, at the addresses and in the bytes that
 * readers of C2SP tlog-tiles expect.
 */
import { Controller, Get, Header, Inject, Optional, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { writePolicy } from '../../projections/ledger/policy.js';
import { existsIn, parseTilePath, type TileName } from '../../projections/ledger/tile-path.js';
import { DEMO } from '../demo-site.js';
import type { EventStore } from '../event-store/event-store.js';
import { EVENT_STORE } from '../platform.module.js';
import { FOR_EVER } from '../rest/conditional.js';
import { RateLimit } from '../rest/rate-limit.js';
import { Problem } from '../rest/problem.js';
import { assertMayTry } from '../staff/authentication.guard.js';
import { entriesOf } from './entries.js';
import { Ledger } from './ledger.js';
import './ledger.problems.js';

const TEXT = 'text/plain; charset=utf-8';
/** Token of the limit of entry bundles, each of which reads up to 256 events. */
export const BUNDLES = Symbol('entry bundles');
/** Of all who share an address: 25,600 events a second, which is more than an audit takes in. */
export const MOST_BUNDLES = 1_000;
export const BUNDLES_WINDOW_MS = 10_000;

@ApiExcludeController()
@Controller('log')
export class LedgerController {
  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(BUNDLES) private readonly bundles: RateLimit,
    @Optional() @Inject(DEMO) private readonly demo?: unknown,
  ) {}

  @Get('checkpoint')
  @Header('content-type', TEXT)
  @Header('cache-control', 'public, max-age=2')
  async checkpoint(): Promise<string> {
    const published = await this.ledger.published();
    if (published === undefined) throw new Problem('log-unsigned');
    return published.note;
  }

  @Get('vkeys')
  @Header('content-type', TEXT)
  @Header('cache-control', 'no-cache')
  async vkeys(): Promise<string> {
    const keys = await this.ledger.trust.verifierKeys();
    if (keys.length === 0) throw new Problem('log-unsigned');
    return keys.map((key) => `${key}\n`).join('');
  }

  /** Whom a reader of this log has to trust, as the log itself says it (C2SP tlog-policy). */
  @Get('policy')
  @Header('content-type', TEXT)
  @Header('cache-control', 'no-cache')
  async policy(): Promise<string> {
    const policy = await this.ledger.trust.policy();
    if (policy.logs.length === 0) throw new Problem('log-unsigned');
    return writePolicy(policy);
  }

  @Get('tile/*')
  async tile(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const name = parseTilePath(request.url.slice('/log/'.length));
    const bytes = name && (await this.#bytesOf(name, request.ip));
    if (bytes === undefined) throw new Problem('tile-unknown');
    // A demo that was reset has another log at the same address.
    const cacheControl = this.demo === undefined ? FOR_EVER : 'no-cache';
    void reply.headers({ 'content-type': 'application/octet-stream', 'cache-control': cacheControl });
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  async #bytesOf(name: TileName, address: string): Promise<Uint8Array | undefined> {
    const published = await this.ledger.published();
    if (published === undefined || !existsIn(published.size, name)) return undefined;
    const { level, index, width } = name;
    if (level !== 'entries') return this.ledger.tiles.tileOf({ level, index, width });
    assertMayTry(this.bundles, address, 'too-many-bundles');
    this.bundles.count(address);
    return entriesOf(this.store, name);
  }
}
