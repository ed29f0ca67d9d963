/** Receipts: that an event stands in the log, at which place, under which signed head. */
import { Inject, Injectable } from '@nestjs/common';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { writeProof } from '../../projections/ledger/proof.js';
import { readCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { verifyInclusion } from '../../projections/ledger/tree.js';
import type { EventStore } from '../event-store/event-store.js';
import { CRYPTO, EVENT_STORE } from '../platform.module.js';
import { Ledger } from './ledger.js';
import { TileDamaged } from './tile-store.js';

export type ReceiptNow =
  | { readonly status: 'pending'; readonly index: bigint }
  /** `proof` is the receipt as a file to keep (C2SP tlog-proof). */
  | { readonly status: 'integrated'; readonly index: bigint; readonly size: bigint; readonly proof: string };

@Injectable()
export class Receipts {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(CRYPTO) private readonly crypto: Pick<Crypto, 'sha256'>,
  ) {}

  /** The leaf hash of the event at a place of the log, base64url; `undefined` where there is none. */
  async leafHashAt(index: bigint): Promise<string | undefined> {
    const hash = await this.store.leafHashes(index - 1n, 1);
    return hash.length === 0 ? undefined : toBase64url(hash);
  }

  /** `undefined` where no event has this leaf hash. @throws TileDamaged, EngineUnavailable */
  async of(leafHash: Uint8Array): Promise<ReceiptNow | undefined> {
    // The index of a leaf is its place in the log: the log is dense, and the tree is over nothing else.
    const index = await this.store.positionOf(leafHash);
    if (index === undefined) return undefined;
    const published = await this.ledger.published();
    if (published === undefined || published.size <= index) return { status: 'pending', index };
    const { size, note } = published;
    const hashes = await this.ledger.inclusionProof(index, size);
    // A receipt is kept for years: one that proves nothing must not be given.
    const head = readCheckpoint(utf8(note));
    if (typeof head === 'string' || !verifyInclusion(this.crypto, { index, hash: leafHash }, head, hashes))
      throw new TileDamaged(`on the way from entry ${index} to the head of ${size}`);
    return {
      status: 'integrated',
      index,
      size,
      // With its leaf hash in it, so that the file can be checked alone.
      proof: writeProof({ extra: leafHash, index, hashes, checkpoint: utf8(note) }),
    };
  }
}

/** What a receipt is called as a file to keep. */
export function receiptFileName(index: bigint): string {
  return `concejo-receipt-${index}.tlog-proof`;
}
