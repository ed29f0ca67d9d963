/** The rows of one view as an audit folds them: of a view with many rows each is kept as bytes. */
import { compareBytes, putU32be, startOf, toBase64url, utf8 } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { framed, GrowingRoot } from '../hash.js';
import { LongList } from '../long-list.js';
import { Arena, CHUNK_BYTES, Names } from '../packed.js';
import { label, rowHash, type Projection } from '../projection.js';
import { MOST_TEXT_BYTES, RowBytes } from './row-bytes.js';

/** What is kept of a row: where its bytes are, or the row itself; nothing where there is none. */
export type Cell = unknown;

/** The rows of a view for those who know what they are. */
export interface RowsOf<Row> extends Iterable<[key: string, row: Row]> {
  readonly size: number;
  get(key: string): Row | undefined;
}

/** Below so many rows nothing is gained. */
const PACKED_FROM = 1_000;
/** Bytes of rows that were replaced are given back when there may be so many of them, and more of them than of others. */
const WORTH_MOVING = 16_000_000;
const HEAD = 2;
const HASH_BYTES = 32;
const LONG_LIST = 100;
/** What an element of a row's lists weighs against a row. */
const WEIGHT_OF_ELEMENT = 1 / 16;

export class FoldedRows {
  readonly #names = new Names();
  /** By the number of a key. */
  readonly #cells: Cell[] = [];
  #arena = new Arena();
  /** Bytes of rows that are no more, or that somebody keeps elsewhere for a while. */
  #past = 0;
  readonly #rowBytes = new RowBytes();
  #size = 0;
  /** Numbers of keys in byte order, as long as no key was added. */
  #order = new Uint32Array();
  /** By the number of a key, the hash of its row as a digest made it, and whether it is that of the row there is. */
  #hashes = new Uint8Array();
  #isHashed = new Uint8Array();
  #hashed = 0;

  constructor(
    private readonly view: Projection,
    private readonly packedFrom = PACKED_FROM,
  ) {}

  /** Rows there are. */
  get size(): number {
    return this.#size;
  }

  get(key: string): unknown {
    return this.row(this.#cells[this.#names.find(key)]);
  }

  /** The number under which a key is known from now on. */
  numberOf(key: string): number {
    const number = this.#names.add(key);
    if (number === this.#cells.length) this.#cells.push(undefined);
    return number;
  }

  cell(number: number): Cell {
    return this.#cells[number];
  }

  /** What was hashed for digests until now, in short rows. */
  get hashed(): number {
    return this.#hashed;
  }

  /** Puts back what was there. */
  setCell(number: number, cell: Cell): void {
    this.#isHashed[number] = 0;
    this.#size += (cell === undefined ? 0 : 1) - (this.#cells[number] === undefined ? 0 : 1);
    this.#cells[number] = cell;
  }

  /** `undefined` for no row. */
  set(number: number, row: unknown): void {
    this.#past += this.#bytesOf(this.#cells[number]);
    this.setCell(number, this.#names.size > this.packedFrom ? this.#packed(row) : row);
  }

  /** What to keep of a cell for a while: bytes also of a row that is none yet, where they are few. */
  past(cell: Cell): Cell {
    if (typeof cell === 'number') return cell;
    const packed = this.#packed(cell);
    this.#past += this.#bytesOf(packed);
    return packed;
  }

  #packed(row: unknown): Cell {
    if (hasLongList(row)) return row;
    const bytes = this.#rowBytes.write(row);
    return bytes === undefined ? row : this.#put(bytes);
  }

  #bytesOf(cell: Cell): number {
    return typeof cell === 'number' ? HEAD + bytesIn(this.#arena, cell).length : 0;
  }

  *[Symbol.iterator](): Generator<[key: string, row: unknown]> {
    for (const [number, cell] of this.#cells.entries())
      if (cell !== undefined) yield [this.#names.text(number), this.row(cell)];
  }

  /** The digest of the view as `viewDigest` makes it, base64url. A row is hashed once, until it changes. */
  digest(crypto: Pick<Crypto, 'sha256'>): string {
    this.#makeRoomForHashes();
    const root = new GrowingRoot(crypto);
    const hashOf = this.#hashing(crypto);
    for (const number of this.#inOrder()) {
      const cell = this.#cells[number];
      if (cell === undefined) continue;
      const kept = this.#hashes.subarray(number * HASH_BYTES, (number + 1) * HASH_BYTES);
      if (this.#isHashed[number] === 0) {
        kept.set(
          typeof cell === 'number'
            ? hashOf(number, cell)
            : rowHash(crypto, this.view, this.#names.text(number), cell),
        );
        this.#isHashed[number] = 1;
        this.#hashed += weightOf(cell);
      }
      root.add(kept);
    }
    return toBase64url(root.root());
  }

  #makeRoomForHashes(): void {
    const { size } = this.#names;
    if (this.#isHashed.length >= size) return;
    const [hashes, isHashed] = [this.#hashes, this.#isHashed];
    const room = Math.max(size, Math.ceil(isHashed.length * 1.5));
    this.#hashes = new Uint8Array(room * HASH_BYTES);
    this.#hashes.set(hashes);
    this.#isHashed = new Uint8Array(room);
    this.#isHashed.set(isHashed);
  }

  /** Whether much of the memory may be of rows that nobody can ask for any more. */
  get isWorthMoving(): boolean {
    return this.#past > WORTH_MOVING && 2 * this.#past > this.#arena.bytes;
  }

  /** Gives back what no row needs. Cells that are kept elsewhere must be replaced by what the answer makes of each. */
  move(): (cell: Cell) => Cell {
    const before = this.#arena;
    this.#arena = new Arena();
    const moved = (cell: Cell) => (typeof cell === 'number' ? this.#put(bytesIn(before, cell)) : cell);
    for (const [number, cell] of this.#cells.entries()) this.#cells[number] = moved(cell);
    this.#past = 0;
    return moved;
  }

  #put(bytes: Uint8Array): number {
    const place = this.#arena.room(HEAD + bytes.length);
    const room = this.#arena.at(place, HEAD + bytes.length);
    room[0] = bytes.length >> 8;
    room[1] = bytes.length;
    room.set(bytes, HEAD);
    return place;
  }

  /** The row of a cell; one that is kept as bytes is another object each time. */
  row(cell: Cell): unknown {
    return typeof cell === 'number' ? this.#rowBytes.read(this.#arena.chunkOf(cell), startIn(cell)) : cell;
  }

  /** As `rowHash`, of the row at a place, in memory that is used again for each. */
  #hashing(crypto: Pick<Crypto, 'sha256'>): (number: number, place: number) => Uint8Array {
    const head = framed('row', utf8(label(this.view)));
    let scratch = new Uint8Array();
    return (number, place) => {
      const keyBytes = this.#names.lengthOf(number);
      const most = head.length + 4 + keyBytes + 4 + MOST_TEXT_BYTES;
      if (scratch.length < most) {
        scratch = new Uint8Array(2 * most);
        scratch.set(head);
      }
      putU32be(scratch, head.length, keyBytes);
      const textAt = this.#names.copy(number, scratch, head.length + 4) + 4;
      const end = this.#rowBytes.putText(this.#arena.chunkOf(place), startIn(place), scratch, textAt);
      putU32be(scratch, textAt - 4, end - textAt);
      return crypto.sha256(scratch.subarray(0, end));
    };
  }

  #inOrder(): Uint32Array {
    const { size } = this.#names;
    if (this.#order.length === size) return this.#order;
    const names = this.#names;
    const shared = size === 0 ? 0 : sharedStart(names);
    // What follows on the shared start decides nearly always; comparing numbers is faster than comparing bytes.
    const starts = Float64Array.from({ length: size }, (_, number) => startOf(names.bytes(number), shared));
    this.#order = Uint32Array.from({ length: size }, (_, number) => number).sort(
      (a, b) => (starts[a] as number) - (starts[b] as number) || compareBytes(names.bytes(a), names.bytes(b)),
    );
    return this.#order;
  }
}

/** A row whose lists grow and grow is not written anew with each change. */
function hasLongList(cell: Cell): boolean {
  if (typeof cell !== 'object' || cell === null) return false;
  for (const part of Object.values(cell) as unknown[])
    if (part instanceof LongList || (Array.isArray(part) && part.length > LONG_LIST)) return true;
  return false;
}

/**
 * How much a row is, in short rows; of bytes in an arena one.
 * @param most counted of a long list, most of which is shared with what became of it
 */
export function weightOf(cell: Cell, most = Infinity): number {
  if (typeof cell !== 'object' || cell === null) return 1;
  let elements = 0;
  for (const part of Object.values(cell) as unknown[])
    if (part instanceof LongList) elements += Math.min(part.length, most);
    else if (Array.isArray(part)) elements += part.length;
  return 1 + elements * WEIGHT_OF_ELEMENT;
}

function bytesIn(arena: Arena, place: number): Uint8Array {
  const head = arena.at(place, HEAD);
  return arena.at(place + HEAD, ((head[0] as number) << 8) | (head[1] as number));
}

/** Where a row's bytes begin in their chunk. */
function startIn(place: number): number {
  return (place % CHUNK_BYTES) + HEAD;
}

/** How many bytes all names begin with. */
function sharedStart(names: Names): number {
  const first = names.bytes(0);
  let shared = first.length;
  for (let number = 1; number < names.size; number++) {
    const name = names.bytes(number);
    let same = 0;
    while (same < shared && name[same] === first[same]) same += 1;
    shared = same;
  }
  return shared;
}
