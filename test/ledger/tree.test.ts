import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toHex, utf8 } from '../../projections/bytes.js';
import { leafHash, merkleRoot, nodeHash } from '../../projections/hash.js';
import {
  combine,
  consistencyParts,
  emptyRoot,
  inclusionParts,
  MAX_SIZE,
  proofOf,
  rootPart,
  verifyConsistency,
  verifyInclusion,
  type Subtree,
} from '../../projections/ledger/tree.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { MTH, PATH, PROOF } from './second-opinion.js';

const entriesOf = (size: number) => Array.from({ length: size }, (_, i) => utf8(`entry ${i}`));
const hex = (hashes: readonly Uint8Array[]) => hashes.map(toHex);

/** Hashes of full subtrees, as somebody would store them. */
class Stored {
  readonly #leaves: Uint8Array[];
  readonly #known = new Map<string, Uint8Array>();
  constructor(entries: readonly Uint8Array[]) {
    this.#leaves = entries.map((entry) => leafHash(nodeCrypto, entry));
  }
  of({ level, index }: Subtree): Uint8Array {
    const name = `${level} ${index}`;
    let hash = this.#known.get(name);
    if (hash === undefined) {
      const [start, end] = [Number(index) * 2 ** level, (Number(index) + 1) * 2 ** level];
      if (end > this.#leaves.length) throw new Error('not a full subtree');
      hash = merkleRoot(nodeCrypto, this.#leaves.slice(start, end));
      this.#known.set(name, hash);
    }
    return hash;
  }
  inclusion(index: number, size: number): Uint8Array[] {
    const parts = inclusionParts(BigInt(index), BigInt(size))!;
    return proofOf(
      nodeCrypto,
      parts,
      parts.flat().map((tree) => this.of(tree)),
    );
  }
  consistency(oldSize: number, size: number): Uint8Array[] {
    const parts = consistencyParts(BigInt(oldSize), BigInt(size))!;
    return proofOf(
      nodeCrypto,
      parts,
      parts.flat().map((tree) => this.of(tree)),
    );
  }
  tree(size: number): { size: bigint; root: Uint8Array } {
    const hashes = rootPart(BigInt(size)).map((tree) => this.of(tree));
    return { size: BigInt(size), root: combine(nodeCrypto, hashes) };
  }
  leaf(index: number): { index: bigint; hash: Uint8Array } {
    return { index: BigInt(index), hash: this.#leaves[index]! };
  }
}

/** Everything that is near a proof and is none. */
function mutations(proof: readonly Uint8Array[], at: number, bit: number): Uint8Array[][] {
  const other = new Uint8Array(32).fill(7);
  const all = [
    [...proof, other],
    [other, ...proof],
    [...proof, new Uint8Array()],
    [...proof, ...proof.slice(-1), other.subarray(1)],
  ];
  if (proof.length > 0) {
    const i = at % proof.length;
    const flipped = Uint8Array.from(proof[i]!);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    all.push(
      proof.slice(1),
      proof.slice(0, -1),
      proof.with(i, flipped),
      proof.with(i, proof[i]!.subarray(0, 31)),
      proof.with(i, Buffer.concat([proof[i]!, Buffer.alloc(1)])),
    );
  }
  return all;
}

describe('the tree', () => {
  it('of nothing has the hash of nothing for root', () => {
    expect(toHex(emptyRoot(nodeCrypto))).toBe(MTH([]).toString('hex'));
    expect(rootPart(0n)).toEqual([]);
    expect(toHex(combine(nodeCrypto, []))).toBe(MTH([]).toString('hex'));
  });

  it('gives the roots and proofs of the definition at every size up to 40', () => {
    const entries = entriesOf(40);
    const stored = new Stored(entries);
    for (let size = 1; size <= 40; size++) {
      const first = entries.slice(0, size);
      const tree = stored.tree(size);
      expect(toHex(tree.root)).toBe(MTH(first).toString('hex'));
      for (let i = 0; i < size; i++) {
        const proof = stored.inclusion(i, size);
        expect(hex(proof)).toEqual(hex(PATH(i, first)));
        expect(verifyInclusion(nodeCrypto, stored.leaf(i), tree, proof)).toBe(true);
        const proofOfOlder = stored.consistency(i + 1, size);
        expect(hex(proofOfOlder)).toEqual(hex(PROOF(i + 1, first)));
        expect(verifyConsistency(nodeCrypto, stored.tree(i + 1), tree, proofOfOlder)).toBe(true);
      }
    }
  });

  it('gives them at any size and for every index', () => {
    const entries = entriesOf(400);
    const stored = new Stored(entries);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(), (size, seed) => {
        const tree = stored.tree(size);
        const first = entries.slice(0, size);
        expect(toHex(tree.root)).toBe(MTH(first).toString('hex'));
        for (let i = 0; i < size; i++) {
          expect(verifyInclusion(nodeCrypto, stored.leaf(i), tree, stored.inclusion(i, size))).toBe(true);
          const older = stored.tree(i + 1);
          expect(verifyConsistency(nodeCrypto, older, tree, stored.consistency(i + 1, size))).toBe(true);
        }
        const one = seed % size;
        expect(hex(stored.inclusion(one, size))).toEqual(hex(PATH(one, first)));
        expect(hex(stored.consistency(one + 1, size))).toEqual(hex(PROOF(one + 1, first)));
      }),
      { numRuns: 15 },
    );
  });

  it('is not proved by anything else', () => {
    const stored = new Stored(entriesOf(300));
    const size = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), fc.nat(255), (n, pick, at, bit) => {
        const tree = stored.tree(n);
        const i = pick % n;
        const proof = stored.inclusion(i, n);
        const leaf = stored.leaf(i);
        for (const bad of mutations(proof, at, bit)) {
          expect(verifyInclusion(nodeCrypto, leaf, tree, bad)).toBe(false);
        }
        for (let other = -1; other <= n + 1; other++) {
          if (other === i) continue;
          expect(verifyInclusion(nodeCrypto, { ...leaf, index: BigInt(other) }, tree, proof)).toBe(false);
        }
        const root = Uint8Array.from(tree.root);
        root[bit >> 3]! ^= 1 << (bit & 7);
        expect(verifyInclusion(nodeCrypto, leaf, { ...tree, root }, proof)).toBe(false);
        const cut = { ...tree, root: tree.root.subarray(1) };
        expect(verifyInclusion(nodeCrypto, leaf, cut, proof)).toBe(false);

        const [oldSize, old] = [i + 1, stored.tree(i + 1)];
        const consistency = stored.consistency(oldSize, n);
        for (const bad of mutations(consistency, at, bit)) {
          expect(verifyConsistency(nodeCrypto, old, tree, bad)).toBe(false);
        }
        expect(verifyConsistency(nodeCrypto, old, { ...tree, root }, consistency)).toBe(false);
        expect(verifyConsistency(nodeCrypto, { ...old, root }, tree, consistency)).toBe(false);
        if (oldSize < n) expect(verifyConsistency(nodeCrypto, tree, old, consistency)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('is not proved under a size that has another shape', () => {
    const stored = new Stored(entriesOf(70));
    for (let n = 1; n <= 70; n++) {
      for (let i = 0; i < n; i++) {
        const proof = stored.inclusion(i, n);
        for (const size of [0n, BigInt(n) - 1n, BigInt(2 * n), BigInt(4 * n), 2n ** 62n]) {
          const tree = { ...stored.tree(n), size };
          const same = inclusionParts(BigInt(i), size);
          // A size whose proof takes the same turns cannot be told from the hashes alone: the checkpoint signs it.
          if (same?.length === proof.length) continue;
          expect(verifyInclusion(nodeCrypto, stored.leaf(i), tree, proof)).toBe(false);
        }
      }
    }
  });

  it('is not proved by more than its size has room for, were the roots made to fit', () => {
    const stored = new Stored(entriesOf(70));
    const extra = new Uint8Array(32).fill(9);
    const above = ({ size, root }: { size: bigint; root: Uint8Array }) => ({
      size,
      root: nodeHash(nodeCrypto, extra, root),
    });
    for (let n = 1; n <= 70; n++) {
      const tree = above(stored.tree(n));
      for (let i = 0; i < n; i++) {
        const longer = [...stored.inclusion(i, n), extra];
        expect(verifyInclusion(nodeCrypto, stored.leaf(i), tree, longer)).toBe(false);
        const old = above(stored.tree(i + 1));
        const consistency = [...stored.consistency(i + 1, n), extra];
        expect(verifyConsistency(nodeCrypto, old, tree, consistency)).toBe(false);
      }
    }
  });

  it('has limits', () => {
    expect(inclusionParts(0n, 0n)).toBeUndefined();
    expect(inclusionParts(5n, 5n)).toBeUndefined();
    expect(inclusionParts(-1n, 5n)).toBeUndefined();
    expect(consistencyParts(0n, 5n)).toBeUndefined();
    expect(consistencyParts(6n, 5n)).toBeUndefined();
    expect(inclusionParts(0n, MAX_SIZE)).toHaveLength(63);
    expect(consistencyParts(1n, MAX_SIZE)).toHaveLength(63);
    // Ten million leaves: few hashes are read for a receipt.
    expect(inclusionParts(9_999_999n, 10_000_000n)!.flat().length).toBeLessThan(40);
    const root = new Uint8Array(32);
    const tooLarge = { size: MAX_SIZE + 1n, root };
    expect(verifyInclusion(nodeCrypto, { index: 0n, hash: root }, tooLarge, [])).toBe(false);
    expect(verifyConsistency(nodeCrypto, tooLarge, tooLarge, [])).toBe(false);
    expect(verifyConsistency(nodeCrypto, { size: 0n, root }, { size: 0n, root }, [])).toBe(false);
  });
});

const VECTORS = new URL('../../../shared/vectors/merkle/testdata/', import.meta.url);
const files = (folder: string) =>
  existsSync(VECTORS)
    ? readdirSync(new URL(folder, VECTORS), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.json'))
        .map((file) => `${folder}/${file}`)
        .sort()
    : [];
/** Numbers as text: some pass 2^53. */
const read = (file: string) =>
  JSON.parse(
    readFileSync(new URL(file.replaceAll('%', '%25'), VECTORS), 'utf8').replace(/: (\d+)/g, ': "$1"'),
  ) as Record<string, string> & { proof: string[] | null; wantErr: boolean };
const bytes = (base64: string | undefined) => new Uint8Array(Buffer.from(base64 ?? '', 'base64'));

(existsSync(VECTORS) ? describe : describe.skip)(
  'the vectors of transparency-dev/merkle (skipped where ../shared/vectors is missing)',
  () => {
    it('are all there', () => {
      const cases = [...files('inclusion'), ...files('consistency')].map(read);
      expect(cases).toHaveLength(196);
      expect(cases.filter(({ wantErr }) => !wantErr).length).toBeGreaterThan(5);
    });

    it.each(files('inclusion'))('%s', (file) => {
      const { leafIdx, treeSize, root, leafHash: hash, proof, wantErr } = read(file);
      const leaf = { index: BigInt(leafIdx!), hash: bytes(hash) };
      const tree = { size: BigInt(treeSize!), root: bytes(root) };
      expect(verifyInclusion(nodeCrypto, leaf, tree, (proof ?? []).map(bytes))).toBe(!wantErr);
    });

    it.each(files('consistency'))('%s', (file) => {
      const { size1, size2, root1, root2, proof, wantErr } = read(file);
      const old = { size: BigInt(size1!), root: bytes(root1) };
      const tree = { size: BigInt(size2!), root: bytes(root2) };
      expect(verifyConsistency(nodeCrypto, old, tree, (proof ?? []).map(bytes))).toBe(!wantErr);
    });
  },
);
