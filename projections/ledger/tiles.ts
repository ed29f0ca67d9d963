/**
 * What tiles and entry bundles hold, and how the tree is read from them and grows in them.
 *
 * @see https://c2sp.org/tlog-tiles
 */
import { concat } from '../bytes.js';
import { MAX_CANONICAL_BYTES } from '../canonical.js';
import type { Crypto } from '../crypto.js';
import { nodeHash } from '../hash.js';
import { TILE_HEIGHT, TILE_WIDTH, widthIn, type TileName } from './tile-path.js';
import { combine, HASH_BYTES, type Subtree } from './tree.js';

type Sha256 = Pick<Crypto, 'sha256'>;

/** Where the hash of a full subtree is to be had: the tile, and which of its hashes (one or more) make it. */
export interface TilePlace {
  readonly tile: TileName & { readonly level: number };
  readonly first: number;
  readonly count: number;
}

/** The tile of a subtree, as wide as it is in a tree of a size that has the subtree. */
export function placeOf({ level, index }: Subtree, size: bigint): TilePlace {
  const within = level % TILE_HEIGHT;
  const tileLevel = (level - within) / TILE_HEIGHT;
  const at = index << BigInt(within);
  const tileIndex = at / BigInt(TILE_WIDTH);
  return {
    tile: { level: tileLevel, index: tileIndex, width: widthIn(size, tileLevel, tileIndex) },
    first: Number(at % BigInt(TILE_WIDTH)),
    count: 2 ** within,
  };
}

/** The hash at a place of a tile, read or computed from the tile's bytes; `undefined` where these do not reach so far. */
export function hashAt(
  crypto: Sha256,
  tile: Uint8Array,
  { first, count }: Pick<TilePlace, 'first' | 'count'>,
): Uint8Array | undefined {
  const end = (first + count) * HASH_BYTES;
  return tile.length < end ? undefined : fullRoot(crypto, tile.subarray(first * HASH_BYTES, end));
}

/** The hashes of a tile of a width; `undefined` for another length. */
export function tileHashes(tile: Uint8Array, width: number): Uint8Array[] | undefined {
  if (tile.length !== width * HASH_BYTES) return undefined;
  return Array.from({ length: width }, (_, i) => tile.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

/** One bundle of entries: each behind its length in two bytes. @throws RangeError for an entry above 65,535 bytes */
export function writeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concat(
    ...entries.flatMap((entry) => {
      if (entry.length > 0xffff) throw new RangeError(`An entry of ${entry.length} bytes`);
      return [new Uint8Array([entry.length >>> 8, entry.length & 0xff]), entry];
    }),
  );
}

export type EntryBundleFault = 'entry-bundle-cut' | 'entry-bundle-width-wrong' | 'entry-too-long';

/** The entries of a bundle of a width, in order, as parts of its bytes. */
export function parseEntryBundle(
  bundle: Uint8Array,
  width: number,
  maxBytes = MAX_CANONICAL_BYTES,
): Uint8Array[] | EntryBundleFault {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length;) {
    const [high, low] = [bundle[at], bundle[at + 1]];
    if (high === undefined || low === undefined) return 'entry-bundle-cut';
    const start = at + 2;
    at = start + high * 256 + low;
    if (at > bundle.length) return 'entry-bundle-cut';
    if (at - start > maxBytes) return 'entry-too-long';
    if (entries.push(bundle.subarray(start, at)) > width) return 'entry-bundle-width-wrong';
  }
  return entries.length === width ? entries : 'entry-bundle-width-wrong';
}

/** A full tile with its place. */
export interface FullTile {
  readonly level: number;
  readonly index: bigint;
  readonly bytes: Uint8Array;
}

/**
 * The right edge of a growing tree in tiles: one partial tile a level, so that memory stays logarithmic. What becomes full
 * is handed out once and kept no longer.
 */
export class GrowingTiles {
  #size = 0n;
  /** The partial tile of each level, in room for a full one. */
  readonly #edge: { bytes: Uint8Array; width: number }[] = [];

  constructor(
    private readonly crypto: Sha256,
    private readonly onFull?: (tile: FullTile) => void,
  ) {}

  /**
   * Goes on from a tree of a size, with the bytes of its partial tiles from level 0 up (empty where a level has none).
   * `undefined` where their lengths are not those of the size.
   */
  static from(
    crypto: Sha256,
    size: bigint,
    partials: readonly Uint8Array[],
    onFull?: (tile: FullTile) => void,
  ): GrowingTiles | undefined {
    const tiles = new GrowingTiles(crypto, onFull);
    tiles.#size = size;
    let level = 0;
    for (let hashes = size; hashes > 0n; hashes /= BigInt(TILE_WIDTH)) {
      const width = Number(hashes % BigInt(TILE_WIDTH));
      const partial = partials[level++];
      if (partial?.length !== width * HASH_BYTES) return undefined;
      const bytes = new Uint8Array(TILE_WIDTH * HASH_BYTES);
      bytes.set(partial);
      tiles.#edge.push({ bytes, width });
    }
    return partials.length === level ? tiles : undefined;
  }

  get size(): bigint {
    return this.#size;
  }

  /** Takes the next leaf's hash. */
  add(leafHash: Uint8Array): void {
    this.#size++;
    let hash = leafHash;
    for (let level = 0; ; level++) {
      const edge = (this.#edge[level] ??= { bytes: new Uint8Array(TILE_WIDTH * HASH_BYTES), width: 0 });
      edge.bytes.set(hash, edge.width * HASH_BYTES);
      if (++edge.width < TILE_WIDTH) return;
      hash = fullRoot(this.crypto, edge.bytes);
      const index = (this.#size >> BigInt(TILE_HEIGHT * (level + 1))) - 1n;
      this.onFull?.({ level, index, bytes: edge.bytes });
      this.#edge[level] = { bytes: new Uint8Array(TILE_WIDTH * HASH_BYTES), width: 0 };
    }
  }

  /** A copy of every level's partial tile, from level 0 up, empty where a level has none: what `from` takes. */
  partials(): Uint8Array[] {
    return this.#edge.map(({ bytes, width }) => bytes.slice(0, width * HASH_BYTES));
  }

  root(): Uint8Array {
    const hashes: Uint8Array[] = [];
    for (const { bytes, width } of this.#edge.toReversed()) {
      let at = 0;
      for (let count = TILE_WIDTH / 2; count >= 1; count /= 2) {
        if ((width & count) === 0) continue;
        hashes.push(fullRoot(this.crypto, bytes.subarray(at * HASH_BYTES, (at + count) * HASH_BYTES)));
        at += count;
      }
    }
    return combine(this.crypto, hashes);
  }
}

/** The root over a power of two of hashes that lie one behind the other. */
function fullRoot(crypto: Sha256, hashes: Uint8Array): Uint8Array {
  // Not `slice`: that of a Node buffer shares its memory, and what was given would be written over.
  const level = new Uint8Array(hashes);
  if (hashes.length === HASH_BYTES) return level;
  for (let length = hashes.length; length > HASH_BYTES; length /= 2) {
    for (let at = 0; at < length; at += 2 * HASH_BYTES) {
      const right = at + HASH_BYTES;
      level.set(
        nodeHash(crypto, level.subarray(at, right), level.subarray(right, right + HASH_BYTES)),
        at / 2,
      );
    }
  }
  return level.slice(0, HASH_BYTES);
}
