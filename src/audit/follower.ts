/**
 * Follows a log into a mirror: every new head is verified, everything under it is fetched and hashed again onto the tree that
 * is mirrored already, and its root must come out. Nothing of a head is believed before that.
 */
import { equalBytes, toBase64url } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { leafHash } from '../../projections/hash.js';
import type { Checkpoint } from '../../projections/ledger/checkpoint.js';
import { parseNote } from '../../projections/ledger/note.js';
import type { Policy } from '../../projections/ledger/policy.js';
import { checkCheckpoint, openCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { TILE_WIDTH, tileLevels, tilePath, type TileName } from '../../projections/ledger/tile-path.js';
import { hashAt, parseEntryBundle, placeOf, type FullTile } from '../../projections/ledger/tiles.js';
import { combine, HASH_BYTES, rootPart } from '../../projections/ledger/tree.js';
import { Alarm } from './alarm.js';
import { bundlesFrom, Differs, Growth } from './growth.js';
import { inOrder } from './in-order.js';
import { MirrorDamaged, type Mirror } from './mirror.js';
import { LogUnreadable } from './patient-fetch.js';
import type { RemoteLog } from './remote-log.js';

const AT_ONCE = 4;

export interface SeenHead {
  readonly checkpoint: Checkpoint;
  /** As it was signed. */
  readonly note: Uint8Array;
}

/** `older`: a head from before, which caches may show for a moment. */
export interface Seen {
  readonly kind: 'new' | 'same' | 'older';
  readonly head: SeenHead;
  /** Events that came with it. */
  readonly added: bigint;
  /** Where the leaf hashes that were asked for stand, of those that came with it. */
  readonly found: ReadonlyMap<string, bigint>;
}

export interface FollowerParts {
  readonly crypto: Crypto;
  readonly log: RemoteLog;
  readonly mirror: Mirror;
  readonly policy: Policy;
  readonly onProgress?: (done: bigint, of: bigint) => void;
}

export class Follower {
  constructor(private readonly parts: FollowerParts) {}

  /** The head of the mirror; `undefined` for an empty one. @throws MirrorDamaged */
  async head(): Promise<SeenHead | undefined> {
    const { crypto, mirror, policy } = this.parts;
    const note = await mirror.read('checkpoint');
    if (note === undefined) return undefined;
    const opened = openCheckpoint(crypto, note, policy);
    if (typeof opened === 'string') {
      throw new MirrorDamaged(
        `The checkpoint of ${mirror.folder} is not of a log of the policy (${opened}); it`,
      );
    }
    return { checkpoint: opened.checkpoint, note };
  }

  /** Looks at the log once. @param watched leaf hashes, base64url @throws Alarm, LogUnreadable, MirrorDamaged */
  async look(watched: ReadonlySet<string> = new Set()): Promise<Seen> {
    const { log, mirror } = this.parts;
    const last = await this.head();
    const head = this.#verified(await log.checkpoint(), last);
    const { size } = head.checkpoint;
    const before = last?.checkpoint.size ?? 0n;
    if (last !== undefined && size <= before) {
      await this.compare(head);
      if (size < before) return { kind: 'older', head, added: 0n, found: new Map() };
      await mirror.keep(head.checkpoint, head.note);
      return { kind: 'same', head, added: 0n, found: new Map() };
    }
    const found = await this.#fetch(last, head, watched);
    await mirror.keep(head.checkpoint, head.note);
    await mirror.advance(head.note);
    await mirror.forget(before, size);
    return { kind: 'new', head, added: size - before, found };
  }

  /** Holds a head of at most the mirror's size against the mirror. @throws Alarm `split-view`, MirrorDamaged */
  async compare(seen: SeenHead): Promise<void> {
    const { mirror } = this.parts;
    const last = await this.head();
    const { size, root } = seen.checkpoint;
    if (last === undefined || size > last.checkpoint.size || size === 0n) return;
    const mirrored =
      size === last.checkpoint.size ? last.checkpoint.root : await mirror.rootAt(size, last.checkpoint.size);
    if (!equalBytes(mirrored, root)) throw this.#split(last, seen);
  }

  /** A head that somebody else saw. @returns why it is none of this log's, where it is not */
  opened(note: Uint8Array): SeenHead | string {
    const opened = openCheckpoint(this.parts.crypto, note, this.parts.policy);
    return typeof opened === 'string' ? opened : { checkpoint: opened.checkpoint, note };
  }

  #verified(note: Uint8Array, last: SeenHead | undefined): SeenHead {
    const { crypto, policy, log } = this.parts;
    if (typeof parseNote(note) === 'string') {
      throw new LogUnreadable(
        'answer-of-another-kind',
        `${log.site.href}log/checkpoint shows no signed note. Is it the address of a Concejo site?`,
      );
    }
    const evidence = { ...(last && { known: last.note }), shown: note };
    const opened = openCheckpoint(crypto, note, policy);
    if (typeof opened === 'string') {
      throw new Alarm(
        'head-not-signed',
        `The log shows a head that is not signed as your policy asks (${opened}).`,
        evidence,
      );
    }
    const { checkpoint } = opened;
    if (last !== undefined && last.checkpoint.origin !== checkpoint.origin) {
      const names = `${checkpoint.origin} instead of ${last.checkpoint.origin}`;
      throw new Alarm('head-not-signed', `The log shows the head of another one, ${names}.`, evidence);
    }
    const checked = checkCheckpoint(crypto, note, policy);
    if (typeof checked === 'string') {
      const size = String(checkpoint.size);
      throw new Alarm(
        'head-without-quorum',
        `The head of ${size} events has not the quorum of your policy (${checked}).`,
        evidence,
      );
    }
    return { checkpoint, note };
  }

  /** Everything under a head that the mirror does not have. @returns where watched leaves stand in it */
  async #fetch(
    last: SeenHead | undefined,
    head: SeenHead,
    watched: ReadonlySet<string>,
  ): Promise<Map<string, bigint>> {
    const before = new Growth(watched, 'with-files');
    try {
      return await this.#grow(before, last, head);
    } catch (error) {
      if (!(error instanceof Differs)) throw error;
      if (!before.hasUsedFiles) throw await this.#diagnosis(error, last, head);
    }
    // Files that were fetched before a crash, or under a head that came to nothing, may be of another history.
    try {
      return await this.#grow(new Growth(watched, 'afresh'), last, head);
    } catch (error) {
      throw error instanceof Differs ? await this.#diagnosis(error, last, head) : error;
    }
  }

  /** Adds bundle after bundle to the mirrored tree, until it is that of the head. @throws Differs */
  async #grow(
    growth: Growth,
    last: SeenHead | undefined,
    { checkpoint }: SeenHead,
  ): Promise<Map<string, bigint>> {
    const { mirror, onProgress } = this.parts;
    const { size, root } = checkpoint;
    const full: FullTile[] = [];
    const tree = await mirror.tree(last?.checkpoint.size ?? 0n, (tile) => full.push(tile));
    if (last !== undefined && !equalBytes(tree.root(), last.checkpoint.root))
      throw new MirrorDamaged('A tile at the edge');
    const edge = tree.partials()[0] ?? new Uint8Array();
    const names = bundlesFrom(tree.size / BigInt(TILE_WIDTH), size);
    const bundles = inOrder(names, AT_ONCE, (name) => this.#bundle(name, growth));
    for await (const { name, hashes, bytes } of bundles) {
      const first = name.index * BigInt(TILE_WIDTH);
      const known = Number(tree.size - first);
      if (known > 0 && !equalBytes(hashes.subarray(0, known * HASH_BYTES), edge))
        throw new Differs('entry-not-in-tree', 'entries that were mirrored are others');
      for (let at = known; at < name.width; at++) {
        const hash = hashes.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES);
        growth.see(hash, first + BigInt(at));
        tree.add(hash);
      }
      await mirror.write(tilePath(name), bytes);
      await mirror.write(tilePath({ ...name, level: 0 }), hashes);
      for (const { level, index, bytes: made } of full.splice(0))
        if (level > 0) await this.#compareTile({ level, index, width: TILE_WIDTH }, made);
      onProgress?.(tree.size, size);
    }
    if (!equalBytes(tree.root(), root))
      throw new Differs('tree-not-as-signed', 'its tiles make another root');
    const partials = tree.partials();
    for (const { level, full: index, partial } of tileLevels(size))
      if (level > 0 && partial > 0)
        await this.#compareTile({ level, index, width: partial }, partials[level] ?? new Uint8Array());
    return growth.found;
  }

  /** A bundle whose entries are those of the tile of level 0. */
  async #bundle(
    name: TileName,
    growth: Growth,
  ): Promise<{ name: TileName; bytes: Uint8Array; hashes: Uint8Array }> {
    const { mirror } = this.parts;
    const [path, tilesPath] = [tilePath(name), tilePath({ ...name, level: 0 })];
    if (growth.files === 'with-files' && name.width === TILE_WIDTH) {
      const [bytes, tile] = [await mirror.read(path), await mirror.read(tilesPath)];
      const hashes = bytes && this.#hashesOf(bytes, name.width);
      if (bytes !== undefined && hashes !== undefined && tile !== undefined && equalBytes(hashes, tile)) {
        growth.hasUsedFiles = true;
        return { name, bytes, hashes };
      }
    }
    const [bytes, tile] = await Promise.all([this.#ofLog(name), this.#ofLog({ ...name, level: 0 })]);
    const hashes = this.#hashesOf(bytes, name.width);
    const files = { [path]: bytes, [tilesPath]: tile };
    if (hashes === undefined)
      throw new Differs('entry-not-in-tree', `${path} is no bundle of entries`, files);
    if (!equalBytes(hashes, tile))
      throw new Differs('entry-not-in-tree', `${path} has not the hashes of ${tilesPath}`, files);
    return { name, bytes, hashes };
  }

  #hashesOf(bundle: Uint8Array, width: number): Uint8Array | undefined {
    const entries = parseEntryBundle(bundle, width);
    if (typeof entries === 'string') return undefined;
    const hashes = new Uint8Array(width * HASH_BYTES);
    entries.forEach((entry, at) => hashes.set(leafHash(this.parts.crypto, entry), at * HASH_BYTES));
    return hashes;
  }

  async #compareTile(name: TileName, made: Uint8Array): Promise<void> {
    const { mirror } = this.parts;
    const path = tilePath(name);
    const kept = await mirror.read(path);
    if (kept !== undefined && equalBytes(kept, made)) return;
    const shown = await this.#ofLog(name);
    if (!equalBytes(shown, made))
      throw new Differs('tile-wrong', `${path} is not made of its entries`, { [path]: shown });
    await mirror.write(path, made);
  }

  async #ofLog(name: TileName): Promise<Uint8Array> {
    const bytes = await this.parts.log.tile(name);
    if (bytes === undefined) throw new Differs('tile-missing', `${tilePath(name)} is not there`);
    return bytes;
  }

  /**
   * Whether what differs is another history: then the tiles of the log make the new root, and at the size of the mirror another
   * one than was signed before.
   */
  async #diagnosis(differs: Differs, last: SeenHead | undefined, head: SeenHead): Promise<Alarm> {
    const { size, root } = head.checkpoint;
    if (last !== undefined && last.checkpoint.size > 0n) {
      const now = await this.#shownRoot(size, size);
      const then = await this.#shownRoot(last.checkpoint.size, size);
      const isTree = now !== undefined && equalBytes(now, root);
      if (isTree && then !== undefined && !equalBytes(then, last.checkpoint.root))
        return this.#split(last, head);
    }
    const what = `The log shows a head of ${String(size)} events, and ${differs.message} under it.`;
    return new Alarm(differs.code, what, {
      ...(last && { known: last.note }),
      shown: head.note,
      ...differs.files,
    });
  }

  /** The root at a size as the tiles of the log say it now; `undefined` where they say none. */
  async #shownRoot(at: bigint, size: bigint): Promise<Uint8Array | undefined> {
    const hashes: Uint8Array[] = [];
    try {
      for (const subtree of rootPart(at)) {
        const place = placeOf(subtree, size);
        const tile = await this.parts.log.tile(place.tile);
        const hash = tile && hashAt(this.parts.crypto, tile, place);
        if (hash === undefined) return undefined;
        hashes.push(hash);
      }
    } catch (error) {
      // That something differs is known already: a log cannot keep it quiet by not answering any more.
      if (error instanceof LogUnreadable) return undefined;
      throw error;
    }
    return combine(this.parts.crypto, hashes);
  }

  #split(known: SeenHead, shown: SeenHead): Alarm {
    const told = ({ checkpoint: { size, root } }: SeenHead) =>
      `${String(size)} events under ${toBase64url(root)}`;
    return new Alarm(
      'split-view',
      `Two heads of ${known.checkpoint.origin} exclude each other: ${told(known)}, and ${told(shown)}.`,
      {
        known: known.note,
        shown: shown.note,
      },
    );
  }
}

/** For a log that does not come back to a head that somebody has. */
export function headSmaller(shown: SeenHead, known: SeenHead | undefined, who: string): Alarm {
  const sizes = `${String(shown.checkpoint.size)} events, and ${who} ${String(known?.checkpoint.size ?? 0n)}`;
  return new Alarm('head-smaller', `The log goes on showing a head of ${sizes}.`, {
    shown: shown.note,
    ...(known && { known: known.note }),
  });
}
