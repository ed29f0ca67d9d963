import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, toHex, utf8 } from '../../projections/bytes.js';
import { leafHash, merkleRoot } from '../../projections/hash.js';
import { parseCheckpoint } from '../../projections/ledger/checkpoint.js';
import { parseNote, type Note } from '../../projections/ledger/note.js';
import {
  bundlesOf,
  existsIn,
  parseTilePath,
  tileLevels,
  tilePath,
  tilesOf,
  widthIn,
  type TileName,
} from '../../projections/ledger/tile-path.js';
import {
  GrowingTiles,
  hashAt,
  parseEntryBundle,
  placeOf,
  tileHashes,
  writeEntryBundle,
} from '../../projections/ledger/tiles.js';
import {
  combine,
  inclusionParts,
  proofOf,
  rootPart,
  verifyInclusion,
} from '../../projections/ledger/tree.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { MTH } from './second-opinion.js';

describe('names of tiles', () => {
  it.each<[string, TileName]>([
    ['tile/0/000', { level: 0, index: 0n, width: 256 }],
    ['tile/1/x001/x234/067', { level: 1, index: 1_234_067n, width: 256 }],
    ['tile/63/999.p/1', { level: 63, index: 999n, width: 1 }],
    ['tile/0/x001/000.p/255', { level: 0, index: 1000n, width: 255 }],
    ['tile/entries/x123/456', { level: 'entries', index: 123_456n, width: 256 }],
  ])('%s', (path, tile) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it('come back, whichever tile', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.nat(63), fc.constant('entries' as const)),
        fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }),
        fc.integer({ min: 1, max: 256 }),
        (level, index, width) => {
          const tile = { level, index, width };
          expect(parseTilePath(tilePath(tile))).toEqual(tile);
        },
      ),
    );
  });

  it.each([
    '',
    'tile',
    'tile/0',
    'tile/0/',
    '/tile/0/000',
    'tile/0/000/',
    'tile//000',
    'tile/00/000',
    'tile/01/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/0/x000/000',
    'tile/0/x000/001',
    'tile/0/001/234',
    'tile/0/x001/x234',
    'tile/0/X001/234',
    'tile/0/000.p',
    'tile/0/000.p/',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/256',
    'tile/0/000.p/257',
    'tile/0/000.p/1/2',
    'tile/0/000.q/1',
    'tile/0/000?x',
    'tile/0/000\n',
    'tile/0/../000',
    '../tile/0/000',
    'tile/0/000/../000',
    './tile/0/000',
    'tile/0//000',
    'tile\\0\\000',
    'tile/%30/000',
    'tile/0/٠٠٠',
    'tile/Entries/000',
    'tile/data/000',
    'tile/0/x001/x001/x001/x001/x001/x001/001',
    'TILE/0/000',
  ])('%j is none', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it('of a size are those of the example', () => {
    expect(tileLevels(70_000n)).toEqual([
      { level: 0, full: 273n, partial: 112 },
      { level: 1, full: 1n, partial: 17 },
      { level: 2, full: 0n, partial: 1 },
    ]);
    expect(tileLevels(256n)).toEqual([
      { level: 0, full: 1n, partial: 0 },
      { level: 1, full: 0n, partial: 1 },
    ]);
    expect(tileLevels(0n)).toEqual([]);
    expect([...tilesOf(70_000n)]).toHaveLength(273 + 1 + 1 + 1 + 1);
    expect([...tilesOf(70_000n)].at(-1)).toEqual({ level: 2, index: 0n, width: 1 });
    expect([...bundlesOf(257n)].map(tilePath)).toEqual(['tile/entries/000', 'tile/entries/001.p/1']);
    expect([...bundlesOf(0n)]).toEqual([]);
  });

  it('tell which exist', () => {
    expect(widthIn(70_000n, 0, 273n)).toBe(112);
    expect(widthIn(70_000n, 0, 274n)).toBe(0);
    expect(widthIn(70_000n, 0, -1n)).toBe(0);
    expect(widthIn(70_000n, 'entries', 272n)).toBe(256);
    expect(widthIn(70_000n, 3, 0n)).toBe(0);
    expect(existsIn(70_000n, { level: 0, index: 273n, width: 112 })).toBe(true);
    expect(existsIn(70_000n, { level: 0, index: 273n, width: 5 })).toBe(true);
    expect(existsIn(70_000n, { level: 0, index: 273n, width: 113 })).toBe(false);
    expect(existsIn(70_000n, { level: 2, index: 0n, width: 256 })).toBe(false);
    expect(existsIn(70_000n, { level: 63, index: 0n, width: 1 })).toBe(false);
    for (const tile of tilesOf(70_000n)) expect(existsIn(70_000n, tile)).toBe(true);
  });
});

describe('entry bundles', () => {
  it('come back', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (entries) => {
        const read = parseEntryBundle(writeEntryBundle(entries), entries.length);
        expect(Array.isArray(read) && read.map(toHex)).toEqual(entries.map(toHex));
      }),
    );
  });

  it('are refused unless they are exactly so many entries', () => {
    const bundle = writeEntryBundle([utf8('a'), utf8(''), utf8('bc')]);
    expect(toHex(bundle)).toBe('000161000000026263');
    expect(parseEntryBundle(bundle, 2)).toBe('entry-bundle-width-wrong');
    expect(parseEntryBundle(bundle, 4)).toBe('entry-bundle-width-wrong');
    expect(parseEntryBundle(new Uint8Array(), 1)).toBe('entry-bundle-width-wrong');
    expect(parseEntryBundle(bundle.subarray(0, -1), 3)).toBe('entry-bundle-cut');
    expect(parseEntryBundle(bundle.subarray(0, -3), 3)).toBe('entry-bundle-cut');
    expect(parseEntryBundle(concat(bundle, new Uint8Array(1)), 3)).toBe('entry-bundle-cut');
    const long = writeEntryBundle([new Uint8Array(60_001)]);
    expect(parseEntryBundle(long, 1)).toBe('entry-too-long');
    expect(parseEntryBundle(long, 1, 65_535)).toHaveLength(1);
    expect(parseEntryBundle(writeEntryBundle([new Uint8Array(60_000)]), 1)).toHaveLength(1);
    expect(() => writeEntryBundle([new Uint8Array(65_536)])).toThrow(RangeError);
  });
});

const SIZE = 66_500;
const leaves = Array.from({ length: SIZE }, (_, i) => leafHash(nodeCrypto, utf8(`entry ${i}`)));

describe('tiles that grow', () => {
  /** All tiles ever full, and the partial ones of the size. */
  const grown = (size: number) => {
    const files = new Map<string, Uint8Array>();
    const tiles = new GrowingTiles(nodeCrypto, ({ bytes, ...name }) =>
      files.set(tilePath({ ...name, width: 256 }), bytes),
    );
    for (const hash of leaves.slice(0, size)) tiles.add(hash);
    for (const [level, bytes] of tiles.partials().entries()) {
      const index = BigInt(size) >> BigInt(8 * (level + 1));
      if (bytes.length > 0) files.set(tilePath({ level, index, width: bytes.length / 32 }), bytes);
    }
    return { files, tiles };
  };

  it('hold the hashes that the specification puts into them', () => {
    const { files, tiles } = grown(SIZE);
    expect(tiles.size).toBe(BigInt(SIZE));
    expect([...files.keys()].sort()).toEqual([...tilesOf(BigInt(SIZE))].map(tilePath).sort());
    for (const tile of tilesOf(BigInt(SIZE))) {
      const hashes = tileHashes(files.get(tilePath(tile))!, tile.width)!;
      const span = 256 ** tile.level;
      for (const [i, hash] of hashes.entries()) {
        const start = (Number(tile.index) * 256 + i) * span;
        expect(toHex(hash)).toBe(toHex(merkleRoot(nodeCrypto, leaves.slice(start, start + span))));
      }
    }
    expect(toHex(tiles.root())).toBe(toHex(merkleRoot(nodeCrypto, leaves)));
  });

  it('give roots and proofs', () => {
    const { files, tiles } = grown(SIZE);
    const size = BigInt(SIZE);
    const read = (subtree: Parameters<typeof placeOf>[0]) => {
      const place = placeOf(subtree, size);
      return hashAt(nodeCrypto, files.get(tilePath(place.tile))!, place)!;
    };
    const root = combine(nodeCrypto, rootPart(size).map(read));
    expect(toHex(root)).toBe(toHex(tiles.root()));
    fc.assert(
      fc.property(fc.nat(SIZE - 1), (i) => {
        const index = BigInt(i);
        const parts = inclusionParts(index, size)!;
        const proof = proofOf(nodeCrypto, parts, parts.flat().map(read));
        expect(verifyInclusion(nodeCrypto, { index, hash: leaves[i]! }, { size, root }, proof)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('go on from where they were, to the same', () => {
    fc.assert(
      fc.property(fc.nat(1200), fc.nat(600), (before, more) => {
        const whole = grown(before + more);
        const { tiles } = grown(before);
        const seen: string[] = [];
        const again = GrowingTiles.from(nodeCrypto, BigInt(before), tiles.partials(), (tile) =>
          seen.push(tilePath({ ...tile, width: 256 })),
        )!;
        expect(toHex(again.root())).toBe(toHex(tiles.root()));
        for (const hash of leaves.slice(before, before + more)) again.add(hash);
        expect(toHex(again.root())).toBe(toHex(merkleRoot(nodeCrypto, leaves.slice(0, before + more))));
        expect(again.partials().map(toHex)).toEqual(whole.tiles.partials().map(toHex));
        for (const path of seen) expect(whole.files.has(path)).toBe(true);
        expect(again.size).toBe(BigInt(before + more));
      }),
      { numRuns: 25 },
    );
    expect(toHex(new GrowingTiles(nodeCrypto).root())).toBe(MTH([]).toString('hex'));
  });

  it('do not go on from other lengths', () => {
    const partials = grown(300).tiles.partials();
    expect(GrowingTiles.from(nodeCrypto, 299n, partials)).toBeUndefined();
    expect(GrowingTiles.from(nodeCrypto, 300n, partials.slice(1))).toBeUndefined();
    expect(GrowingTiles.from(nodeCrypto, 300n, [...partials, new Uint8Array()])).toBeUndefined();
    expect(GrowingTiles.from(nodeCrypto, 0n, [])?.size).toBe(0n);
  });

  it('are of their width or none', () => {
    expect(tileHashes(new Uint8Array(64), 2)).toHaveLength(2);
    expect(tileHashes(new Uint8Array(63), 2)).toBeUndefined();
    expect(tileHashes(new Uint8Array(65), 2)).toBeUndefined();
    expect(hashAt(nodeCrypto, new Uint8Array(63), { first: 0, count: 2 })).toBeUndefined();
  });
});

const LOG = new URL('../../../shared/vectors/tlog-tiles/testdata/log/', import.meta.url);
(existsSync(LOG) ? it : it.skip)(
  'a log of another implementation is read (skipped without ../shared/vectors)',
  () => {
    for (let size = 1; size <= 15; size++) {
      const tiles = new GrowingTiles(nodeCrypto);
      for (const name of bundlesOf(BigInt(size))) {
        const entries = parseEntryBundle(readFileSync(new URL(tilePath(name), LOG)), name.width);
        if (!Array.isArray(entries)) throw new Error(entries);
        for (const entry of entries) tiles.add(leafHash(nodeCrypto, entry));
      }
      const { text } = parseNote(readFileSync(new URL(`checkpoint.${size}`, LOG))) as Note;
      expect(parseCheckpoint(text)).toMatchObject({ size: BigInt(size) });
      expect(toHex(tiles.root())).toBe(toHex((parseCheckpoint(text) as { root: Uint8Array }).root));
      for (const name of tilesOf(BigInt(size))) {
        expect(readFileSync(new URL(tilePath(name), LOG)).toString('hex')).toBe(
          toHex(tiles.partials()[name.level]!),
        );
      }
    }
  },
);
