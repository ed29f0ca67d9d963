/** Checks 3, 6 and 30: the tree over all events, against the checkpoint, its tiles, older checkpoints and receipts. */
import { equalBytes, toBase64url } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { leafHash } from '../hash.js';
import { tilePath, type TileName } from '../ledger/tile-path.js';
import { GrowingTiles } from '../ledger/tiles.js';
import type { Findings } from './report.js';

/** What a head of the log says. */
export interface TreeHead {
  size: number;
  /** 32 bytes. */
  root: Uint8Array;
}

/** What somebody kept who was told that something was written: a leaf hash, with its index once that was known. */
export interface ExpectedReceipt {
  leafHash: Uint8Array;
  index?: number;
}

/** What the tree must be. */
export interface TreeExpectations {
  head?: TreeHead;
  older?: readonly TreeHead[];
  receipts?: readonly ExpectedReceipt[];
}

export class TreeChecks {
  readonly #tree: GrowingTiles;
  #head: TreeHead | undefined;
  readonly #older = new Map<number, Uint8Array[]>();
  readonly #receipts = new Map<string, { receipt: ExpectedReceipt; isFound: boolean }[]>();
  /** Of the tiles that were given, by their paths; one that was compared is gone. */
  readonly #tiles = new Map<string, Uint8Array>();
  #areTilesGiven = false;
  #size = 0;

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
  ) {
    this.#tree = new GrowingTiles(crypto, (tile) => this.#compareTile({ ...tile, width: 256 }, tile.bytes));
    findings.begin(3, 6);
  }

  get size(): number {
    return this.#size;
  }

  root(): Uint8Array {
    return this.#tree.root();
  }

  /** Before the first event. */
  expect({ head, older = [], receipts = [] }: TreeExpectations): void {
    this.#head = head;
    for (const { size, root } of older) this.#older.set(size, [...(this.#older.get(size) ?? []), root]);
    for (const receipt of receipts) {
      const name = toBase64url(receipt.leafHash);
      this.#receipts.set(name, [...(this.#receipts.get(name) ?? []), { receipt, isFound: false }]);
    }
    if (receipts.length > 0) this.findings.begin(30);
    this.#compareOlder();
  }

  /** A tile as it is published: of the tree that is audited, and each of them, if any is given. Before the first event. */
  giveTile(path: string, bytes: Uint8Array): void {
    this.#areTilesGiven = true;
    this.#tiles.set(path, this.crypto.sha256(bytes));
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
    this.#compareHead();
    for (const [level, bytes] of this.#tree.partials().entries()) {
      const width = bytes.length / 32;
      const index = BigInt(this.#size) >> BigInt(8 * (level + 1));
      if (width > 0) this.#compareTile({ level, index, width }, bytes);
    }
    for (const id of this.#tiles.keys()) this.findings.fail(3, { code: 'tile-of-another-tree', id });
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

  #compareHead(): void {
    if (this.#head === undefined) {
      this.findings.skip(3, { code: 'checkpoint-not-given' });
      return;
    }
    this.findings.examine(3, Math.max(1, this.#size));
    const { size, root } = this.#head;
    // A head of nothing is signed by whoever would rather show nothing; nothing of it is worth a PASS.
    if (size === 0) this.findings.skip(3, { code: 'log-empty' });
    const found = this.root();
    if (size !== this.#size)
      this.findings.fail(3, { code: 'size-wrong', expected: String(size), found: String(this.#size) });
    else if (!equalBytes(root, found))
      this.findings.fail(3, { code: 'root-wrong', expected: toBase64url(root), found: toBase64url(found) });
  }

  #compareTile(name: TileName, bytes: Uint8Array): void {
    if (!this.#areTilesGiven) return;
    const path = tilePath(name);
    const given = this.#tiles.get(path);
    this.#tiles.delete(path);
    if (given === undefined) this.findings.fail(3, { code: 'tile-missing', id: path });
    else if (!equalBytes(given, this.crypto.sha256(bytes)))
      this.findings.fail(3, { code: 'tile-wrong', id: path });
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
