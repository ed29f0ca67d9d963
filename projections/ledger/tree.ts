/**
 * The Merkle tree of the log as arithmetic: which hashes a root or a proof is made of, so that a caller can read them from
 * wherever they are stored, how they are put together, and how a proof is checked. Sizes and indices count leaves.
 *
 * @see RFC 9162 §2.1
 */
import { equalBytes } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { nodeHash } from '../hash.js';

type Sha256 = Pick<Crypto, 'sha256'>;

export const HASH_BYTES = 32;

/** No tree is larger: its proofs have at most 63 hashes. */
export const MAX_SIZE = 2n ** 63n - 1n;

/** A full subtree over the leaves from `index * 2^level` to `(index + 1) * 2^level`: its hash never changes again. */
export interface Subtree {
  readonly level: number;
  readonly index: bigint;
}

/** The full subtrees, from left to right, whose hashes make one hash of a proof. */
export type Part = readonly Subtree[];

/** The root of nothing: SHA-256 of nothing. */
export function emptyRoot(crypto: Sha256): Uint8Array {
  return crypto.sha256(new Uint8Array());
}

/** The full subtrees that the root of a tree is made of, none for an empty one. */
export function rootPart(size: bigint): Part {
  return partOf(0n, size);
}

/** What the inclusion proof of a leaf is made of, from the leaf's sibling upwards; `undefined` outside the tree. */
export function inclusionParts(index: bigint, size: bigint): Part[] | undefined {
  if (index < 0n || index >= size) return undefined;
  const parts: Part[] = [];
  let start = 0n;
  let end = size;
  while (end - start > 1n) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      parts.push(partOf(middle, end));
      end = middle;
    } else {
      parts.push(partOf(start, middle));
      start = middle;
    }
  }
  return parts.reverse();
}

/** What the proof is made of that a tree of `size` begins with that of `oldSize`; `undefined` unless 0 < `oldSize` <= `size`. */
export function consistencyParts(oldSize: bigint, size: bigint): Part[] | undefined {
  if (oldSize <= 0n || oldSize > size) return undefined;
  const parts: Part[] = [];
  let start = 0n;
  let end = size;
  while (end !== oldSize) {
    const middle = start + splitOf(end - start);
    if (oldSize <= middle) {
      parts.push(partOf(middle, end));
      end = middle;
    } else {
      parts.push(partOf(start, middle));
      start = middle;
    }
  }
  // What the old tree consists of alone is known to whoever holds its root.
  if (start !== 0n) parts.push(partOf(start, end));
  return parts.reverse();
}

/** One hash out of those of a part's subtrees, in their order; of none, the root of nothing. */
export function combine(crypto: Sha256, hashes: readonly Uint8Array[]): Uint8Array {
  const last = hashes.at(-1);
  if (last === undefined) return emptyRoot(crypto);
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(crypto, left, right), last);
}

/** A proof out of the hashes of all its parts' subtrees (`parts.flat()`), in their order. */
export function proofOf(crypto: Sha256, parts: readonly Part[], hashes: readonly Uint8Array[]): Uint8Array[] {
  let at = 0;
  return parts.map((part) => combine(crypto, hashes.slice(at, (at += part.length))));
}

/** Whether a leaf stands at an index of the tree with a root. @see RFC 9162 §2.1.3.2 */
export function verifyInclusion(
  crypto: Sha256,
  leaf: { readonly index: bigint; readonly hash: Uint8Array },
  tree: { readonly size: bigint; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (leaf.index < 0n || leaf.index >= tree.size || tree.size > MAX_SIZE) return false;
  if (!areHashes([leaf.hash, ...proof])) return false;
  const climb = new Climb(leaf.index, tree.size - 1n);
  let { hash } = leaf;
  for (const sibling of proof) {
    if (climb.isAtRoot) return false;
    hash = climb.next() === 'left' ? nodeHash(crypto, sibling, hash) : nodeHash(crypto, hash, sibling);
  }
  return climb.isAtRoot && equalBytes(hash, tree.root);
}

/**
 * Whether a tree begins with an older one. The older one is not empty: everything begins with nothing, and there is no
 * proof to check. @see RFC 9162 §2.1.4.2
 */
export function verifyConsistency(
  crypto: Sha256,
  old: { readonly size: bigint; readonly root: Uint8Array },
  tree: { readonly size: bigint; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (old.size <= 0n || old.size > tree.size || tree.size > MAX_SIZE) return false;
  if (old.size === tree.size) return proof.length === 0 && equalBytes(old.root, tree.root);
  if (!areHashes([old.root, ...proof])) return false;
  let place = old.size - 1n;
  let last = tree.size - 1n;
  while ((place & 1n) === 1n) {
    place >>= 1n;
    last >>= 1n;
  }
  // A full old tree is the first hash itself, and the proof leaves it out.
  const [first, ...rest] = place === 0n ? [old.root, ...proof] : proof;
  if (first === undefined || rest.length === 0) return false;
  const climb = new Climb(place, last);
  let oldHash = first;
  let hash = first;
  for (const sibling of rest) {
    if (climb.isAtRoot) return false;
    if (climb.next() === 'left') {
      oldHash = nodeHash(crypto, sibling, oldHash);
      hash = nodeHash(crypto, sibling, hash);
    } else hash = nodeHash(crypto, hash, sibling);
  }
  return climb.isAtRoot && equalBytes(oldHash, old.root) && equalBytes(hash, tree.root);
}

/** The way of a subtree up to the root: `place` is its place on its level, from 0, and `last` that of the level's last. */
class Climb {
  constructor(
    private place: bigint,
    private last: bigint,
  ) {}

  get isAtRoot(): boolean {
    return this.last === 0n;
  }

  /** Goes up to the next parent of two, and says on which side the sibling was. */
  next(): 'left' | 'right' {
    const side = (this.place & 1n) === 1n || this.place === this.last ? 'left' : 'right';
    // A subtree without a sibling stands for itself on the levels above.
    if (side === 'left') while ((this.place & 1n) === 0n && this.place !== 0n) this.#up();
    this.#up();
    return side;
  }

  #up(): void {
    this.place >>= 1n;
    this.last >>= 1n;
  }
}

/** The full subtrees over leaves from `start` to `end`, where `start` is a multiple of every power of two that fits. */
function partOf(start: bigint, end: bigint): Part {
  const part: Subtree[] = [];
  let at = start;
  while (at < end) {
    const level = levelWithin(end - at);
    part.push({ level, index: at >> BigInt(level) });
    at += 1n << BigInt(level);
  }
  return part;
}

/** The largest power of two below `count`, which is above 1. @see RFC 9162 §2.1.1 */
function splitOf(count: bigint): bigint {
  return 1n << BigInt(levelWithin(count - 1n));
}

/** The exponent of the largest power of two that is at most `count`, which is above 0. */
function levelWithin(count: bigint): number {
  return count.toString(2).length - 1;
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === HASH_BYTES);
}
