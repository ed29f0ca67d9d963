/**
 * A reader of tlog-tiles logs, written from the specifications alone (RFC 9162, C2SP signed-note, tlog-checkpoint, tlog-tiles,
 * tlog-proof) and sharing nothing with the program: it fetches, and believes only what it computes itself.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';

export interface Head {
  origin: string;
  size: number;
  root: Buffer;
}

const sha256 = (...parts: readonly Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafHash = (entry: Buffer) => sha256(Buffer.from([0]), entry);

/** MTH of RFC 9162 §2.1.1, as it is defined. */
export function treeHash(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0] as Buffer;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return sha256(Buffer.from([1]), treeHash(hashes.slice(0, split)), treeHash(hashes.slice(split)));
}

/** The root that an inclusion proof leads to, from the leaf up: RFC 9162 §2.1.3.2. */
function rootFromProof(index: number, size: number, leaf: Buffer, proof: readonly Buffer[]): Buffer {
  const climb = (at: number, of: number, path: readonly Buffer[]): Buffer => {
    if (of === 1) {
      if (path.length > 0) throw new Error('proof too long');
      return leaf;
    }
    let split = 1;
    while (split * 2 < of) split *= 2;
    const sibling = path.at(-1);
    if (sibling === undefined) throw new Error('proof too short');
    const below = path.slice(0, -1);
    return at < split
      ? sha256(Buffer.from([1]), climb(at, split, below), sibling)
      : sha256(Buffer.from([1]), sibling, climb(at - split, of - split, below));
  };
  return climb(index, size, proof);
}

export class TlogReader {
  constructor(
    private readonly prefix: string,
    private readonly vkey: string,
  ) {}

  async head(): Promise<Head> {
    return this.readNote(await (await this.#get('/checkpoint')).text());
  }

  /** A checkpoint whose signature by the key was verified. */
  readNote(note: string): Head {
    const end = note.lastIndexOf('\n\n');
    const text = note.slice(0, end + 1);
    const [, name, id, key] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(this.vkey) ?? [];
    const material = Buffer.from(key ?? '', 'base64');
    if (material[0] !== 1) throw new Error('not an Ed25519 key');
    const expectedId = sha256(Buffer.from(`${name}\n`), material)
      .subarray(0, 4)
      .toString('hex');
    if (expectedId !== id) throw new Error('key id');
    const publicKey = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: material.subarray(1).toString('base64url') },
      format: 'jwk',
    });
    const signed = note
      .slice(end + 2)
      .split('\n')
      .map((line) => /^\u2014 (\S+) (\S+)$/.exec(line))
      .some((match) => {
        const bytes = Buffer.from(match?.[2] ?? '', 'base64');
        return (
          match?.[1] === name &&
          bytes.subarray(0, 4).toString('hex') === id &&
          verify(null, Buffer.from(text), publicKey, bytes.subarray(4))
        );
      });
    if (!signed) throw new Error('no good signature');
    const [origin = '', size = '', root = ''] = text.split('\n');
    if (origin !== name) throw new Error('another origin');
    return { origin, size: Number(size), root: Buffer.from(root, 'base64') };
  }

  /** All entries of a tree of a size, out of its bundles. */
  async entries(size: number): Promise<Buffer[]> {
    const entries: Buffer[] = [];
    for (let n = 0; n * 256 < size; n++) {
      const width = Math.min(256, size - n * 256);
      const bundle = await this.#tile('entries', n, width);
      const before = entries.length;
      for (let at = 0; at < bundle.length;) {
        const length = bundle.readUInt16BE(at);
        entries.push(bundle.subarray(at + 2, at + 2 + length));
        at += 2 + length;
      }
      if (entries.length - before !== width)
        throw new Error(`bundle ${n} has ${entries.length - before} entries`);
    }
    return entries;
  }

  /** Every tile of every level, each checked against the hashes of the level below; the root out of the last ones. */
  async treeOf(size: number): Promise<{ root: Buffer; leaves: Buffer[] }> {
    let level = 0;
    let leaves: Buffer[] | undefined;
    let below: Buffer[] = [];
    for (let count = size; count > 0; count = Math.floor(count / 256), level++) {
      const hashes: Buffer[] = [];
      for (let n = 0; n * 256 < count; n++) {
        const width = Math.min(256, count - n * 256);
        const tile = await this.#tile(level, n, width);
        if (tile.length !== width * 32) throw new Error(`tile ${level}/${n} has ${tile.length} bytes`);
        for (let i = 0; i < width; i++) hashes.push(tile.subarray(i * 32, i * 32 + 32));
      }
      for (const [i, hash] of level === 0 ? [] : hashes.entries()) {
        if (!treeHash(below.slice(i * 256, i * 256 + 256)).equals(hash))
          throw new Error(`tile of level ${level}`);
      }
      leaves ??= hashes;
      below = hashes;
    }
    return { root: treeHash(leaves ?? []), leaves: leaves ?? [] };
  }

  /** Verifies a tlog-proof of an entry's leaf hash; its index and its head. */
  readProof(text: string, leaf: Buffer): { index: number; head: Head } {
    const end = text.indexOf('\n\n');
    const [version, ...lines] = text.slice(0, end).split('\n');
    // A line for applications, which a reader may pass over.
    const [place = '', ...hashes] = lines[0]?.startsWith('extra ') === true ? lines.slice(1) : lines;
    if (version !== 'c2sp.org/tlog-proof@v1') throw new Error('version');
    const index = Number(/^index (\d+)$/.exec(place)?.[1]);
    const head = this.readNote(text.slice(end + 2));
    const root = rootFromProof(
      index,
      head.size,
      leaf,
      hashes.map((hash) => Buffer.from(hash, 'base64')),
    );
    if (!root.equals(head.root)) throw new Error('proof leads to another root');
    return { index, head };
  }

  leafHash(entry: Buffer): Buffer {
    return leafHash(entry);
  }

  async #tile(level: number | 'entries', n: number, width: number): Promise<Buffer> {
    const digits = String(n).padStart(Math.ceil(String(n).length / 3) * 3, '0');
    const groups = digits.match(/.{3}/g) ?? [];
    const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
    const partial = width < 256 ? `.p/${width}` : '';
    return Buffer.from(await (await this.#get(`/tile/${level}/${path}${partial}`)).arrayBuffer());
  }

  async #get(path: string): Promise<Response> {
    const response = await fetch(this.prefix + path);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response;
  }
}
