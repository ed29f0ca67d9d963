/**
 * The log for whoever checks it: its signed head, its keys, its tiles and its entries, at the addresses and in the bytes that
 * readers of C2SP tlog-tiles expect.
 */
import { Controller, Get, Header, Inject, Optional, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { existsIn, parseTilePath, type TileName } from '../../projections/ledger/tile-path.js';
import { DEMO } from '../demo/demo.js';
import type { EventStore } from '../event-store/event-store.js';
import { EVENT_STORE } from '../platform.module.js';
import { FOR_EVER } from '../rest/conditional.js';
import { Problem } from '../rest/problem.js';
import { entriesOf } from './bundle.js';
import { Ledger } from './ledger.js';
import './ledger.problems.js';

const TEXT = 'text/plain; charset=utf-8';

@ApiExcludeController()
@Controller('log')
export class LedgerController {
  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(EVENT_STORE) private readonly store: EventStore,
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
  vkeys(): string {
    const keys = this.ledger.verifierKeys();
    if (keys.length === 0) throw new Problem('log-unsigned');
    return keys.map((key) => `${key}\n`).join('');
  }

  @Get('tile/*')
  async tile(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const name = parseTilePath(request.url.slice('/log/'.length));
    const bytes = name && (await this.#bytesOf(name));
    if (bytes === undefined) throw new Problem('tile-unknown');
    // A demo that was reset has another log at the same address.
    const cacheControl = this.demo === undefined ? FOR_EVER : 'no-cache';
    void reply.headers({ 'content-type': 'application/octet-stream', 'cache-control': cacheControl });
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  async #bytesOf(name: TileName): Promise<Uint8Array | undefined> {
    const published = await this.ledger.published();
    if (published === undefined || !existsIn(published.size, name)) return undefined;
    const { level, index, width } = name;
    return level === 'entries' ? entriesOf(this.store, name) : this.ledger.tiles.tile(level, index, width);
  }
}
