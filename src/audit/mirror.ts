/**
 * A mirror of a log in a folder, in the layout of C2SP tlog-tiles: whoever serves the folder under `/log` serves the log.
 * `checkpoint` is written last of all, so that everything under it is there after a crash at any moment; what lies beyond it
 * was not proved yet. Beside it: `checkpoints/` with every head that was seen, `evidence/`, `policy`, `following.json`.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toHex } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { Checkpoint } from '../../projections/ledger/checkpoint.js';
import { tileLevels, tilePath, widthIn, type TileName } from '../../projections/ledger/tile-path.js';
import { GrowingTiles, hashAt, placeOf } from '../../projections/ledger/tiles.js';
import { combine, HASH_BYTES, rootPart } from '../../projections/ledger/tree.js';
import { replaceFile } from '../replace-file.js';
import { syncFolder } from '../sync-folder.js';

/** The folder does not hold what its own checkpoint says. */
export class MirrorDamaged extends Error {
  readonly code = 'mirror-damaged';
  constructor(what: string) {
    super(
      `${what} is missing or damaged. Keep the folder for its checkpoints and evidence, and follow into a new one.`,
    );
    this.name = 'MirrorDamaged';
  }
}

export class Mirror {
  constructor(
    readonly folder: string,
    private readonly crypto: Pick<Crypto, 'sha256'>,
  ) {}

  /** A file of the folder; `undefined` where there is none. */
  async read(path: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(join(this.folder, path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Whole or not at all, and durable with the folders that it is in when it resolves. */
  async write(path: string, bytes: Uint8Array | string): Promise<void> {
    const target = join(this.folder, path);
    const made = await mkdir(dirname(target), { recursive: true });
    await replaceFile(target, bytes, 0o644);
    if (made === undefined) return;
    for (let folder = dirname(target); folder.length >= made.length; folder = dirname(folder))
      await syncFolder(dirname(folder));
  }

  /** Keeps a head that was seen: once for its size and root, whatever else a log writes under it each time. */
  async keep({ size, root }: Pick<Checkpoint, 'size' | 'root'>, note: Uint8Array): Promise<void> {
    const path = `checkpoints/${String(size)}-${toHex(root).slice(0, 16)}`;
    if ((await this.read(path)) === undefined) await this.write(path, note);
  }

  /** From now on the mirror is that of this head. Everything under it is there. */
  async advance(note: Uint8Array): Promise<void> {
    await this.write('checkpoint', note);
  }

  /** Partial tiles of a size that were filled since. Only of the tiles that a tree of the size has at its edge. */
  async forget(size: bigint, now: bigint): Promise<void> {
    for (const { level, full, partial } of tileLevels(size)) {
      if (partial === 0 || widthIn(now, level, full) === partial) continue;
      const names: TileName[] = [{ level, index: full, width: partial }];
      if (level === 0) names.push({ level: 'entries', index: full, width: partial });
      for (const name of names) await rm(join(this.folder, tilePath(name)), { force: true });
    }
  }

  /** The tree of a size whose tiles are all here, ready to grow. @throws MirrorDamaged */
  async tree(size: bigint, onFull?: ConstructorParameters<typeof GrowingTiles>[1]): Promise<GrowingTiles> {
    const partials: Uint8Array[] = [];
    for (const { level, full, partial } of tileLevels(size)) {
      const name = { level, index: full, width: partial };
      partials.push(partial === 0 ? new Uint8Array() : await this.#tile(name));
    }
    const tree = GrowingTiles.from(this.crypto, size, partials, onFull);
    if (tree === undefined) throw new MirrorDamaged(`A tile of the tree of ${String(size)} events`);
    return tree;
  }

  /** The root that the mirrored tree of `size` had at an older size. @throws MirrorDamaged */
  async rootAt(older: bigint, size: bigint): Promise<Uint8Array> {
    const hashes: Uint8Array[] = [];
    for (const subtree of rootPart(older)) {
      const place = placeOf(subtree, size);
      const hash = hashAt(this.crypto, await this.#tile(place.tile), place);
      if (hash === undefined) throw new MirrorDamaged(tilePath(place.tile));
      hashes.push(hash);
    }
    return combine(this.crypto, hashes);
  }

  /** The leaf hashes of a mirrored tree, tile by tile from its first. @throws MirrorDamaged */
  async *leafTiles(size: bigint): AsyncGenerator<{ readonly first: bigint; readonly hashes: Uint8Array }> {
    for (let index = 0n; widthIn(size, 0, index) > 0; index++) {
      const hashes = await this.#tile({ level: 0, index, width: widthIn(size, 0, index) });
      yield { first: index * 256n, hashes };
    }
  }

  async #tile(name: TileName): Promise<Uint8Array> {
    const bytes = await this.read(tilePath(name));
    if (bytes?.length !== name.width * HASH_BYTES) throw new MirrorDamaged(tilePath(name));
    return bytes;
  }
}
