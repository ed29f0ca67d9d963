/** Results of counts that were given to an audit: of most of them their hash is all that is needed. */
import type { Crypto } from '../crypto.js';

/** Of all results together: what is beyond is compared and, where it differs, not read. */
const MOST_BYTES = 64_000_000;

export interface GivenResult {
  /** Of its bytes. */
  readonly sha256: Uint8Array;
  /** Absent where they are too many to be kept until the count comes. */
  readonly bytes?: Uint8Array;
}

export class GivenResults {
  readonly #given = new Map<string, GivenResult>();
  #bytes = 0;

  constructor(private readonly crypto: Pick<Crypto, 'sha256'>) {}

  give(outputDigest: string, bytes: Uint8Array): void {
    this.take(outputDigest);
    const isKept = this.#bytes + bytes.length <= MOST_BYTES;
    if (isKept) this.#bytes += bytes.length;
    this.#given.set(outputDigest, { sha256: this.crypto.sha256(bytes), ...(isKept && { bytes }) });
  }

  /** The one of a digest, which is given no more. */
  take(outputDigest: string): GivenResult | undefined {
    const given = this.#given.get(outputDigest);
    this.#given.delete(outputDigest);
    this.#bytes -= given?.bytes?.length ?? 0;
    return given;
  }

  /** Digests of those that were not taken. */
  left(): Iterable<string> {
    return this.#given.keys();
  }
}
