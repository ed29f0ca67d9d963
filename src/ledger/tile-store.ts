/** The tiles of the tree in PostgreSQL: grown in one transaction with the size, read for proofs and for everybody. */
import type { ClientBase, Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import { tileLevels } from '../../projections/ledger/tile-path.js';
import { GrowingTiles, hashAt, placeOf, type FullTile } from '../../projections/ledger/tiles.js';
import { HASH_BYTES, type Subtree } from '../../projections/ledger/tree.js';
import { inTransaction } from '../postgres/transaction.js';

type Place = Pick<FullTile, 'level' | 'index'>;

/** A tile that must be there and is not, or not as it must be: `concejo doctor` makes it again from the events. */
export class TileDamaged extends Error {
  readonly code = 'tile-damaged';
  /** @param where which tile, or between what it stands */
  constructor(where: string | Place) {
    const tile = typeof where === 'string' ? where : `of level ${where.level}, number ${where.index}`;
    super(`A tile ${tile}, is missing or damaged. concejo doctor --repair makes it again.`);
    this.name = 'TileDamaged';
  }
}

const SIZE = 'select size from ledger_head';

const WRITE = {
  name: 'ledger-write',
  text: `insert into ledger_tiles (level, index, hashes)
    select * from unnest($1::smallint[], $2::bigint[], $3::bytea[])
    on conflict (level, index) do update set hashes = excluded.hashes`,
};

const READ = {
  name: 'ledger-tiles',
  text: `select t.level, t.index, t.hashes from ledger_tiles t
    join unnest($1::smallint[], $2::bigint[]) as wanted (level, index) using (level, index)`,
};

type Int8 = string | bigint;

export class TileStore {
  constructor(
    private readonly pool: Pool,
    private readonly crypto: Pick<Crypto, 'sha256'>,
  ) {}

  /** Leaves of the tree as it stands. */
  async size(): Promise<bigint> {
    return sizeIn(await this.pool.query(SIZE));
  }

  /** The tree as it stands, ready to grow. @throws TileDamaged */
  tree(): Promise<GrowingTiles> {
    return inTransaction(this.pool, async (client) => this.#tree(client, sizeIn(await client.query(SIZE))));
  }

  /**
   * Grows the tree, if it is still the one that stands; what is given stays as it is.
   * @param leafHashes end to end, 32 bytes each
   * @returns the tree after; the one that stands, with nothing written, where another process was faster @throws TileDamaged
   */
  extend(tree: GrowingTiles, leafHashes: Uint8Array): Promise<GrowingTiles> {
    return inTransaction(this.pool, async (client) => {
      const size = sizeIn(await client.query(`${SIZE} for update`));
      if (size !== tree.size) return this.#tree(client, size);
      const full: FullTile[] = [];
      const grown = GrowingTiles.from(this.crypto, size, tree.partials(), (tile) => full.push(tile));
      if (grown === undefined) throw new TypeError('A tree that does not fit its own size');
      for (let at = 0; at < leafHashes.length; at += HASH_BYTES) {
        grown.add(leafHashes.subarray(at, at + HASH_BYTES));
      }
      await writeTiles(client, [...full, ...partialsOf(grown)]);
      await client.query('update ledger_head set size = $1', [grown.size]);
      return grown;
    });
  }

  /** Writes tiles over what is there: only for those that were computed from the events. */
  replace(tiles: readonly FullTile[]): Promise<void> {
    return inTransaction(this.pool, (client) => writeTiles(client, tiles));
  }

  /** The first `width` hashes of a tile, end to end; `undefined` where the tree does not have them. */
  async tile(level: number, index: bigint, width: number): Promise<Uint8Array | undefined> {
    return (await this.tilesAt([{ level, index, width }]))[0];
  }

  /** The same of a tile that the tree must have. @throws TileDamaged */
  async tileOf({ level, index, width }: Place & { width: number }): Promise<Uint8Array> {
    const bytes = await this.tile(level, index, width);
    if (bytes === undefined) throw new TileDamaged({ level, index });
    return bytes;
  }

  /** Of each of these tiles its first hashes, end to end; `undefined` where the tree does not have them. One question. */
  async tilesAt(wanted: readonly (Place & { width: number })[]): Promise<(Uint8Array | undefined)[]> {
    const found = await readTiles(this.pool, wanted);
    return wanted.map(({ width, ...place }) => {
      const hashes = found.get(nameOf(place));
      return hashes === undefined || hashes.length < width * HASH_BYTES
        ? undefined
        : hashes.subarray(0, width * HASH_BYTES);
    });
  }

  /** Hashes of full subtrees of a tree of a size, in the order asked. @throws TileDamaged */
  async subtrees(subtrees: readonly Subtree[], size: bigint): Promise<Uint8Array[]> {
    const places = subtrees.map((subtree) => placeOf(subtree, size));
    const tiles = await readTiles(
      this.pool,
      places.map(({ tile }) => tile),
    );
    return places.map((place) => {
      const bytes = tiles.get(nameOf(place.tile));
      const hash = bytes && hashAt(this.crypto, bytes, place);
      if (hash === undefined) throw new TileDamaged(place.tile);
      return hash;
    });
  }

  async #tree(client: ClientBase, size: bigint): Promise<GrowingTiles> {
    const levels = tileLevels(size).map(({ level, full, partial }) => ({
      level,
      index: full,
      width: partial,
    }));
    const found = await readTiles(
      client,
      levels.filter(({ width }) => width > 0),
    );
    const partials = levels.map((place) => {
      if (place.width === 0) return new Uint8Array();
      const hashes = found.get(nameOf(place));
      if (hashes?.length !== place.width * HASH_BYTES) throw new TileDamaged(place);
      return hashes;
    });
    const tree = GrowingTiles.from(this.crypto, size, partials);
    if (tree === undefined) throw new TypeError('These are not the partial tiles of that size');
    return tree;
  }
}

/** The partial tile of each level that has one. */
export function partialsOf(tree: GrowingTiles): FullTile[] {
  const partials = tree.partials();
  return tileLevels(tree.size)
    .filter(({ partial }) => partial > 0)
    .map(({ level, full }) => ({ level, index: full, bytes: partials[level] ?? new Uint8Array() }));
}

/** Part of a transaction that sets the size as well, or that knows it. */
export async function writeTiles(client: ClientBase, tiles: readonly FullTile[]): Promise<void> {
  const values = [
    tiles.map(({ level }) => level),
    tiles.map(({ index }) => index),
    tiles.map(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
  ];
  await client.query({ ...WRITE, values });
}

async function readTiles(
  client: ClientBase | Pool,
  wanted: readonly Place[],
): Promise<Map<string, Uint8Array>> {
  const places = [...new Map(wanted.map((place) => [nameOf(place), place])).values()];
  if (places.length === 0) return new Map();
  const { rows } = await client.query<{ level: number; index: Int8; hashes: Buffer }>({
    ...READ,
    values: [places.map(({ level }) => level), places.map(({ index }) => index)],
  });
  return new Map(rows.map(({ level, index, hashes }) => [nameOf({ level, index: BigInt(index) }), hashes]));
}

function sizeIn({ rows }: { rows: { size: Int8 }[] }): bigint {
  return BigInt(rows[0]?.size ?? 0);
}

function nameOf({ level, index }: Place): string {
  return `${level}/${index}`;
}
