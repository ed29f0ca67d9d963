/**
 * The names of tiles and entry bundles, as addresses and in bundles: `tile/0/x001/234/067.p/12`, `tile/entries/000`.
 *
 * @see https://c2sp.org/tlog-tiles
 */

/** How many hashes a full tile has, and entries a full bundle. */
export const TILE_WIDTH = 256;
/** How many levels of the tree one level of tiles spans. */
export const TILE_HEIGHT = 8;

export interface TileName {
  /** The level of tiles, from 0 with the leaf hashes to 63, or the entries themselves. */
  readonly level: number | 'entries';
  /** Its place within the level, from 0. */
  readonly index: bigint;
  /** How much of it there is, 1 to 256. */
  readonly width: number;
}

export function tilePath({ level, index, width }: TileName): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const place = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${String(level)}/${place}${width === TILE_WIDTH ? '' : `.p/${String(width)}`}`;
}

/** Reads exactly what `tilePath` writes and nothing else, so that no name leads anywhere else. */
export function parseTilePath(path: string): TileName | undefined {
  const match = /^tile\/([0-9]{1,2}|entries)\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/.exec(
    path,
  );
  const [, level, place, partial] = match ?? [];
  if (level === undefined || place === undefined) return undefined;
  const tile: TileName = {
    level: level === 'entries' ? level : Number(level),
    index: BigInt(place.replace(/[x/]/g, '')),
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  };
  if (tile.width === 0 || (partial !== undefined && tile.width >= TILE_WIDTH)) return undefined;
  if (tile.level !== 'entries' && tile.level > 63) return undefined;
  return tilePath(tile) === path ? tile : undefined;
}

/** How wide a tile is in a tree of a size: 0 where it has none. */
export function widthIn(size: bigint, level: number | 'entries', index: bigint): number {
  const hashes = hashesOn(level, size);
  const before = index * BigInt(TILE_WIDTH);
  if (index < 0n || hashes <= before) return 0;
  return hashes - before >= BigInt(TILE_WIDTH) ? TILE_WIDTH : Number(hashes - before);
}

/** Whether a tree of a size, or a smaller one before it, has a tile of exactly this width. */
export function existsIn(size: bigint, { level, index, width }: TileName): boolean {
  return width > 0 && width <= widthIn(size, level, index);
}

/** What of each level a tree of a size has: full tiles, and the width of the partial one after them (0: none). */
export interface TileLevel {
  readonly level: number;
  readonly full: bigint;
  readonly partial: number;
}

/** Every level of tiles of a tree, from the leaf hashes up; the entry bundles are as those of level 0. */
export function tileLevels(size: bigint): TileLevel[] {
  const levels: TileLevel[] = [];
  for (let level = 0; hashesOn(level, size) > 0n; level++) {
    const hashes = hashesOn(level, size);
    levels.push({
      level,
      full: hashes / BigInt(TILE_WIDTH),
      partial: Number(hashes % BigInt(TILE_WIDTH)),
    });
  }
  return levels;
}

/** Every tile of hashes that a tree of a size consists of, level by level; one by one, since there may be many. */
export function* tilesOf(size: bigint): Generator<TileName & { readonly level: number }> {
  for (const { level, full, partial } of tileLevels(size)) {
    for (let index = 0n; index < full; index++) yield { level, index, width: TILE_WIDTH };
    if (partial > 0) yield { level, index: full, width: partial };
  }
}

/** Every entry bundle of a tree of a size, in order. */
export function* bundlesOf(size: bigint): Generator<TileName & { readonly level: 'entries' }> {
  const full = size / BigInt(TILE_WIDTH);
  for (let index = 0n; index < full; index++) yield { level: 'entries', index, width: TILE_WIDTH };
  const partial = Number(size % BigInt(TILE_WIDTH));
  if (partial > 0) yield { level: 'entries', index: full, width: partial };
}

function hashesOn(level: number | 'entries', size: bigint): bigint {
  return level === 'entries' ? size : size >> BigInt(TILE_HEIGHT * level);
}
