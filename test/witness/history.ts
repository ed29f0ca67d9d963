/** Histories of a made-up log, and what it asks a witness: roots and proofs by their definitions. */
import { utf8 } from '../../projections/bytes.js';
import { MTH, PROOF } from '../ledger/second-opinion.js';
import { checkpointBy, logSigner, ORIGIN, type Signer } from '../ledger/signers.js';

export class History {
  constructor(
    /** Of two logs that differ in it, entries differ from `common` on. */
    private readonly name = 'a',
    private readonly common = 0,
    readonly log: Signer = logSigner(),
    private readonly origin = ORIGIN,
  ) {}

  entries(size: number): Uint8Array[] {
    return Array.from({ length: size }, (_, i) => utf8(`${i < this.common ? '' : this.name} ${i}`));
  }

  root(size: number): Buffer {
    return MTH(this.entries(size));
  }

  checkpoint(size: number, signers: readonly Signer[] = [this.log]): string {
    const head = { size: BigInt(size), root: this.root(size) };
    return Buffer.from(checkpointBy(signers, head, this.origin)).toString();
  }

  proof(from: number, size: number): string[] {
    return from === 0 || from > size
      ? []
      : PROOF(from, this.entries(size)).map((hash) => hash.toString('base64'));
  }

  /** The body of `add-checkpoint`, as the specification writes it. */
  request(from: number, size: number, proof = this.proof(from, size)): string {
    return `old ${from}\n${proof.map((line) => `${line}\n`).join('')}\n${this.checkpoint(size)}`;
  }
}
