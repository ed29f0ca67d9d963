/** Every hash of the log, with its domain: no two things of different kinds can have the same one. */
import { allocate, concat, putU32be, u32be, utf8 } from './bytes.js';
import { canonicalBytes } from './canonical.js';
import type { Crypto } from './crypto.js';

type Sha256 = Pick<Crypto, 'sha256'>;

/** `SHA-256(u32be(len T) || T || (u32be(len p) || p)…)` with `T = "concejo/v1/" + tag`. 32 bytes. */
export function taggedHash(crypto: Sha256, tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return crypto.sha256(framed(tag, ...parts));
}

/** What a tagged hash is made over: the tag and every part, each behind its length, so that no two lists of parts are alike. */
export function framed(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const head = headOf(tag);
  let { length } = head;
  for (const part of parts) length += 4 + part.length;
  const whole = allocate(length);
  whole.set(head);
  let at = head.length;
  for (const part of parts) {
    putU32be(whole, at, part.length);
    whole.set(part, at + 4);
    at += 4 + part.length;
  }
  return whole;
}

/** Tags with their lengths: a dozen words of this program, each made once. */
const heads = new Map<string, Uint8Array>();

function headOf(tag: string): Uint8Array {
  let head = heads.get(tag);
  if (head === undefined) {
    const name = utf8(`concejo/v1/${tag}`);
    head = concat(u32be(name.length), name);
    heads.set(tag, head);
  }
  return head;
}

/** What an Ed25519 signature of this project covers: `UTF8("concejo/v1/<tag>") || 00 || JCS(object)`. */
export function signedMessage(tag: string, object: unknown): Uint8Array {
  return signedBytes(tag, canonicalBytes(object));
}

/** As `signedMessage`, of an object whose canonical bytes are there. */
export function signedBytes(tag: string, canonical: Uint8Array): Uint8Array {
  return concat(utf8(`concejo/v1/${tag}`), new Uint8Array(1), canonical);
}

/** What is hashed next. Hashing keeps nothing of it, so that one block does for all. */
let scratch = new Uint8Array(4_096);
const LEAF = 0;
const NODE = 1;

/** @see RFC 9162 §2.1.1 */
export function leafHash(crypto: Sha256, leaf: Uint8Array): Uint8Array {
  const length = 1 + leaf.length;
  if (length > scratch.length) scratch = new Uint8Array(2 * length);
  scratch[0] = LEAF;
  scratch.set(leaf, 1);
  return crypto.sha256(scratch.subarray(0, length));
}

/** @see RFC 9162 §2.1.1 */
export function nodeHash(crypto: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  const length = 1 + left.length + right.length;
  if (length > scratch.length) scratch = new Uint8Array(2 * length);
  scratch[0] = NODE;
  scratch.set(left, 1);
  scratch.set(right, 1 + left.length);
  return crypto.sha256(scratch.subarray(0, length));
}

/** Merkle root over leaf hashes in order; the root of nothing is SHA-256 of nothing. @see RFC 9162 §2.1.1 */
export function merkleRoot(crypto: Sha256, hashes: Iterable<Uint8Array>): Uint8Array {
  const tree = new GrowingRoot(crypto);
  for (const hash of hashes) tree.add(hash);
  return tree.root();
}

/** The Merkle root of leaf hashes that come one after another, for those who cannot wait for all of them. */
export class GrowingRoot {
  /** The roots of full subtrees, as binary digits of the count: memory stays logarithmic. */
  readonly #stack: { size: number; hash: Uint8Array }[] = [];

  constructor(private readonly crypto: Sha256) {}

  add(hash: Uint8Array): void {
    let node = { size: 1, hash };
    let top = this.#stack.at(-1);
    while (top?.size === node.size) {
      node = { size: node.size * 2, hash: nodeHash(this.crypto, top.hash, node.hash) };
      this.#stack.pop();
      top = this.#stack.at(-1);
    }
    this.#stack.push(node);
  }

  /** The root over all that were added until now; more may be added afterwards. */
  root(): Uint8Array {
    const last = this.#stack.at(-1);
    if (last === undefined) return this.crypto.sha256(new Uint8Array());
    return this.#stack
      .slice(0, -1)
      .reduceRight((right, { hash }) => nodeHash(this.crypto, hash, right), last.hash);
  }
}
