/** Checks 3, 6 and 30: the tree over all events, against the checkpoint, older ones, and receipts that somebody kept. */
import { equalBytes, toBase64url } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { GrowingRoot, leafHash } from '../hash.js';
import type { Findings } from './report.js';

/** What a signed head of the log says. */
export interface TreeHead {
  size: number;
  /** 32 bytes. */
  root: Uint8Array;
}

/** What somebody kept who was told that something was written: a leaf hash, with its index once that was known. */
export interface KeptReceipt {
  leafHash: Uint8Array;
  index?: number;
}

export interface TreeExpectations {
  head?: TreeHead;
  older?: readonly TreeHead[];
  receipts?: readonly KeptReceipt[];
}

export class TreeChecks {
  readonly #tree: GrowingRoot;
  readonly #older = new Map<number, Uint8Array[]>();
  readonly #receipts = new Map<string, { receipt: KeptReceipt; isFound: boolean }[]>();
  #size = 0;

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
    private readonly expected: TreeExpectations,
  ) {
    this.#tree = new GrowingRoot(crypto);
    for (const { size, root } of expected.older ?? [])
      this.#older.set(size, [...(this.#older.get(size) ?? []), root]);
    for (const receipt of expected.receipts ?? []) {
      const name = toBase64url(receipt.leafHash);
      this.#receipts.set(name, [...(this.#receipts.get(name) ?? []), { receipt, isFound: false }]);
    }
    findings.begin(3, 6);
    if (this.#receipts.size > 0) findings.begin(30);
    this.#compareOlder();
  }

  get size(): number {
    return this.#size;
  }

  root(): Uint8Array {
    return this.#tree.root();
  }

  add(leaf: Uint8Array): void {
    const hash = leafHash(this.crypto, leaf);
    this.#tree.add(hash);
    if (this.#receipts.size > 0)
      for (const kept of this.#receipts.get(toBase64url(hash)) ?? [])
        if ((kept.receipt.index ?? this.#size) === this.#size) kept.isFound = true;
    this.#size += 1;
    this.#compareOlder();
  }

  end(): void {
    const { head } = this.expected;
    if (head === undefined) this.findings.skip(3, { code: 'checkpoint-not-given' });
    else {
      this.findings.examine(3, this.#size);
      const found = toBase64url(this.root());
      const expected = toBase64url(head.root);
      if (head.size !== this.#size) {
        const sizes = { expected: String(head.size), found: String(this.#size) };
        this.findings.fail(3, { code: 'size-wrong', ...sizes });
      } else if (found !== expected) this.findings.fail(3, { code: 'root-wrong', expected, found });
    }
    // What is older than nothing is consistent with everything.
    if (this.#older.size === 0 && this.#receipts.size === 0) this.findings.examine(6);
    for (const size of this.#older.keys())
      this.findings.fail(6, { code: 'checkpoint-beyond-end', found: String(size) });
    for (const [id, kept] of this.#receipts)
      for (const { isFound, receipt } of kept) {
        this.findings.examine(30);
        if (isFound) continue;
        const place = receipt.index === undefined ? {} : { index: receipt.index };
        this.findings.fail(30, { code: 'receipt-without-event', id, ...place });
      }
  }

  #compareOlder(): void {
    const roots = this.#older.get(this.#size);
    if (roots === undefined) return;
    this.#older.delete(this.#size);
    const found = this.root();
    for (const root of roots) {
      this.findings.examine(6);
      if (equalBytes(root, found)) continue;
      const digests = { expected: toBase64url(root), found: toBase64url(found) };
      this.findings.fail(6, { code: 'other-root-at-size', index: this.#size, ...digests });
    }
  }
}
