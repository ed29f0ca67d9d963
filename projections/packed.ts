/**
 * Millions of small things in a few blocks of memory: as objects and strings each would cost several times its bytes, and the
 * collector would walk over all of them again and again.
 */

export const CHUNK_BYTES = 1_048_576;
/** Of the first chunk: many hold little, and a whole one for each would be most of what a small audit does. */
const FIRST_BYTES = 16_384;
const NOTHING = new Uint8Array();
const decoder = new TextDecoder();
const { floor, imul } = Math;

/** Bytes that are only ever added, found again by the place at which they were put. */
export class Arena {
  readonly #chunks: Uint8Array[] = [];
  /** Of the last chunk, and its length. */
  #used = CHUNK_BYTES;
  #length = CHUNK_BYTES;
  #bytes = 0;

  /** Bytes put until now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Room for so many bytes, all zero, to be filled where `at` finds them. @returns their place */
  room(length: number): number {
    this.#bytes += length;
    if (length > CHUNK_BYTES) return this.#ownChunk(length);
    if (this.#used + length > this.#length) {
      this.#length = this.#chunks.length === 0 && length <= FIRST_BYTES ? FIRST_BYTES : CHUNK_BYTES;
      this.#chunks.push(new Uint8Array(this.#length));
      this.#used = 0;
    }
    this.#used += length;
    return this.#chunks.length * CHUNK_BYTES - CHUNK_BYTES + this.#used - length;
  }

  /** A longer thing takes the places of as many chunks as it is long. */
  #ownChunk(length: number): number {
    const place = this.#chunks.length * CHUNK_BYTES;
    this.#chunks.push(new Uint8Array(length));
    for (let end = CHUNK_BYTES; end < length; end += CHUNK_BYTES) this.#chunks.push(NOTHING);
    this.#used = this.#length = CHUNK_BYTES;
    return place;
  }

  /** @returns the place of the bytes */
  put(bytes: Uint8Array): number {
    const place = this.room(bytes.length);
    this.chunkOf(place).set(bytes, place % CHUNK_BYTES);
    return place;
  }

  /** The bytes at a place, not a copy. */
  at(place: number, length: number): Uint8Array {
    const start = place % CHUNK_BYTES;
    return this.chunkOf(place).subarray(start, start + length);
  }

  /** The chunk that holds a place, where it stands at `place % CHUNK_BYTES`; for those who cannot afford `at`. */
  chunkOf(place: number): Uint8Array {
    return this.#chunks[floor(place / CHUNK_BYTES)] ?? NOTHING;
  }
}

/** A number for each of 0, 1, 2 …; 0 where none was set. */
export class Numbers {
  #values: Float64Array | Int32Array | Uint32Array;

  /** @param kind of the numbers: whole ones of 32 bits take half the memory */
  constructor(
    private readonly kind:
      Float64ArrayConstructor | Int32ArrayConstructor | Uint32ArrayConstructor = Float64Array,
  ) {
    this.#values = new kind(256);
  }

  get(index: number): number {
    return this.#values[index] ?? 0;
  }

  set(index: number, value: number): void {
    if (index >= this.#values.length) this.#grow(index);
    this.#values[index] = value;
  }

  #grow(index: number): void {
    const before = this.#values;
    this.#values = new this.kind(Math.max(index + 1, Math.ceil(before.length * 1.5)));
    this.#values.set(before);
  }
}

/** Drawn anew in each process, so that nobody can choose names that all fall together. */
const SEED = draw();
const FACTOR = draw() | 1;

function draw(): number {
  return floor(Math.random() * 0x1_0000_0000) | 0;
}

/** Bytes of a length. */
const HEAD = 3;

/** ASCII texts (ids, keys, pseudonyms), each known by a number: 0 for the first, then 1 and so on. */
export class Names {
  readonly #arena = new Arena();
  /** Where the text of each number is, behind its length in three bytes. */
  readonly #places = new Numbers(Uint32Array);
  /** Numbers + 1 by their hashes, a power of two of them, at most three quarters of them taken. */
  #table = new Int32Array(512);
  #size = 0;
  /** What was found last: whoever sees an event asks for the same few names again and again. */
  #lastText: string | undefined;
  #lastNumber = -1;

  get size(): number {
    return this.#size;
  }

  /** The number of a text, a new one for a new text. @throws RangeError for anything but ASCII, or above 16 million characters */
  add(text: string): number {
    if (text === this.#lastText) return this.#lastNumber;
    const slot = this.#slotOf(text);
    const found = (this.#table[slot] as number) - 1;
    if (found >= 0) return this.#found(text, found);
    const number = this.#size;
    this.#places.set(number, this.#put(text));
    this.#size += 1;
    this.#table[slot] = number + 1;
    if (this.#size * 4 > this.#table.length * 3) this.#grow();
    return this.#found(text, number);
  }

  /** -1 for a text that was not added. */
  find(text: string): number {
    if (text === this.#lastText) return this.#lastNumber;
    const found = (this.#table[this.#slotOf(text)] as number) - 1;
    return found < 0 ? -1 : this.#found(text, found);
  }

  has(text: string): boolean {
    return this.find(text) >= 0;
  }

  /** @throws RangeError for a number that no text has */
  text(number: number): string {
    return decoder.decode(this.bytes(number));
  }

  /** The text as bytes, not a copy. @throws RangeError for a number that no text has */
  bytes(number: number): Uint8Array {
    if (!(number >= 0 && number < this.#size)) throw new RangeError(`No name has the number ${number}`);
    const place = this.#places.get(number);
    const chunk = this.#arena.chunkOf(place);
    const at = place % CHUNK_BYTES;
    return chunk.subarray(at + HEAD, at + HEAD + lengthAt(chunk, at));
  }

  /** Writes the text of a number. @returns where it ends */
  copy(number: number, target: Uint8Array, at: number): number {
    const place = this.#places.get(number);
    const chunk = this.#arena.chunkOf(place);
    const start = (place % CHUNK_BYTES) + HEAD;
    const length = lengthAt(chunk, start - HEAD);
    for (let i = 0; i < length; i++) target[at + i] = chunk[start + i] as number;
    return at + length;
  }

  lengthOf(number: number): number {
    const place = this.#places.get(number);
    return lengthAt(this.#arena.chunkOf(place), place % CHUNK_BYTES);
  }

  #found(text: string, number: number): number {
    this.#lastText = text;
    this.#lastNumber = number;
    return number;
  }

  #put(text: string): number {
    const { length } = text;
    if (length >= 0x100_0000) throw new RangeError(`A name of ${length} characters`);
    for (let i = 0; i < length; i++)
      if (text.charCodeAt(i) > 0x7f) throw new RangeError('A name that is not ASCII');
    const place = this.#arena.room(HEAD + length);
    if (place > 0xffff_ffff) throw new RangeError('Names of more than four gigabytes');
    const chunk = this.#arena.chunkOf(place);
    let at = place % CHUNK_BYTES;
    chunk[at++] = length >> 16;
    chunk[at++] = length >> 8;
    chunk[at++] = length;
    for (let i = 0; i < length; i++) chunk[at++] = text.charCodeAt(i);
    return place;
  }

  /** Where a text stands in the table, or would. */
  #slotOf(text: string): number {
    const mask = this.#table.length - 1;
    let hash = SEED;
    for (let i = 0; i < text.length; i++) hash = imul(hash ^ text.charCodeAt(i), FACTOR);
    let slot = mixed(hash) & mask;
    for (;;) {
      const number = (this.#table[slot] as number) - 1;
      if (number < 0 || this.#is(number, text)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #is(number: number, text: string): boolean {
    const place = this.#places.get(number);
    const chunk = this.#arena.chunkOf(place);
    const at = place % CHUNK_BYTES;
    if (lengthAt(chunk, at) !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (chunk[at + HEAD + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  #hashOf(number: number): number {
    const place = this.#places.get(number);
    const chunk = this.#arena.chunkOf(place);
    const start = (place % CHUNK_BYTES) + HEAD;
    const end = start + lengthAt(chunk, start - HEAD);
    let hash = SEED;
    for (let i = start; i < end; i++) hash = imul(hash ^ (chunk[i] as number), FACTOR);
    return hash;
  }

  #grow(): void {
    const table = new Int32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let slot = mixed(this.#hashOf(number)) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = number + 1;
    }
    this.#table = table;
  }
}

function lengthAt(chunk: Uint8Array, at: number): number {
  return ((chunk[at] as number) << 16) | ((chunk[at + 1] as number) << 8) | (chunk[at + 2] as number);
}

/** Every bit of a hash in the lowest ones. */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = imul(bits, 0x45d9f3b);
  return bits ^ (bits >>> 15);
}
