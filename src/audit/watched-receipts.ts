/** Receipts that somebody who follows a log waits for: what was acknowledged has to be in the log in time. */
import { fromBase64url, toBase64url } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { Policy } from '../../projections/ledger/policy.js';
import { parseProof, verifyProof, type InclusionFault } from '../../projections/ledger/proof.js';
import { HASH_BYTES } from '../../projections/ledger/tree.js';
import { Alarm } from './alarm.js';
import { headSmaller, type Follower, type SeenHead } from './follower.js';
import type { Mirror } from './mirror.js';

/** As it stands in `following.json`, by leaf hash. */
export interface Watched {
  /** When it was given, as an instant: from then on the log has its time. */
  since: string;
  /** Where it stands in the log, once that was seen. */
  index?: string;
}

/** Receipts of a mirror. What changes in `list` is for the caller to write. */
export class WatchedReceipts {
  constructor(
    private readonly crypto: Crypto,
    private readonly mirror: Mirror,
    private readonly policy: Policy,
    readonly list: Record<string, Watched>,
  ) {}

  /** Those that were not seen in the log yet. */
  waiting(): Set<string> {
    return new Set(Object.keys(this.list).filter((hash) => this.list[hash]?.index === undefined));
  }

  /** @param proof what `/api/v1/receipts/…` gave, if it was kept @returns why it proves nothing, where it does not */
  async add(
    leafHash: Uint8Array,
    proof: Uint8Array | undefined,
    now: Date,
  ): Promise<InclusionFault | undefined> {
    const name = toBase64url(leafHash);
    if (proof !== undefined) {
      const shown = verifyProof(this.crypto, { leafHash }, proof, this.policy);
      if (typeof shown === 'string') return shown;
      await this.mirror.write(fileOf(name), proof);
    }
    this.list[name] ??= { since: now.toISOString() };
    return undefined;
  }

  found(places: ReadonlyMap<string, bigint>): void {
    for (const [name, index] of places) {
      const watched = this.list[name];
      if (watched !== undefined) watched.index = String(index);
    }
  }

  /** Looks for what waits in all that is mirrored. */
  async search(size: bigint): Promise<void> {
    const waiting = [...this.waiting()].flatMap((name) => {
      const hash = fromBase64url(name);
      return hash === undefined ? [] : [{ name, hash: Buffer.from(hash) }];
    });
    if (waiting.length === 0) return;
    for await (const { first, hashes } of this.mirror.leafTiles(size)) {
      const tile = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.length);
      for (const { name, hash } of waiting) {
        const at = indexIn(tile, hash);
        if (at >= 0) this.found(new Map([[name, first + BigInt(at)]]));
      }
    }
  }

  /**
   * @throws Alarm `receipt-not-in-log` for one that waits longer than `graceMs`, `head-smaller` where the log keeps back the head of
   * one for as long, `split-view` for one of another history
   */
  async check(follower: Follower, head: SeenHead, now: Date, graceMs: number): Promise<void> {
    const isLate = (since: string) => now.getTime() - Date.parse(since) >= graceMs;
    for (const [name, { since, index }] of Object.entries(this.list)) {
      const proof = await this.mirror.read(fileOf(name));
      const note = proof && parseProof(proof);
      if (note !== undefined && typeof note !== 'string') {
        const shown = follower.opened(note.checkpoint);
        if (typeof shown !== 'string') {
          await follower.compare(shown);
          if (isLate(since) && shown.checkpoint.size > head.checkpoint.size)
            throw headSmaller(head, shown, `the receipt of ${name} shows`);
        }
      }
      if (index !== undefined || !isLate(since)) continue;
      throw new Alarm(
        'receipt-not-in-log',
        `The event with the leaf hash ${name} is not among the ${String(head.checkpoint.size)} events of the log, and was waited for since ${since}.`,
        { shown: head.note, ...(proof && { receipt: proof }) },
      );
    }
  }
}

function fileOf(name: string): string {
  return `receipts/${name}.tlog-proof`;
}

function indexIn(tile: Buffer, hash: Buffer): number {
  for (let at = 0; at < tile.length; at += HASH_BYTES)
    if (hash.equals(tile.subarray(at, at + HASH_BYTES))) return at / HASH_BYTES;
  return -1;
}
