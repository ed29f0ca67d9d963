/**
 * Rows of a view as bytes: a few dozen each where the objects would take hundreds. A row is the number of its shape (its
 * member names) and, member after member, its value's canonical text: by number where few values come again and again, as they
 * are where nearly each is another.
 */
import { canonicalText, NotCanonical } from '../canonical.js';
import { utf8 } from '../bytes.js';

/** Of the bytes and of the canonical text: rows above are kept as objects. */
export const MOST_TEXT_BYTES = 1_024;
const MOST_SHAPES = 255;
/** Numbered values of a member; 0 stands before a value that is written out. */
const MOST_VALUES = 255;
/** A member that has used up its numbers within so many rows has values of its own in each: they are not looked up any more. */
const ROWS_TO_TELL = 1_000;

interface Member {
  /** `{"name":` or `,"name":`. */
  head: Uint8Array;
  name: string;
  numbers: Map<string, number>;
  values: Uint8Array[];
  isLookedUp: boolean;
}

interface Shape {
  number: number;
  /** In canonical order. */
  members: readonly Member[];
  rows: number;
}

const decoder = new TextDecoder();
const CLOSE = 0x7d;

export class RowBytes {
  readonly #shapes: Shape[] = [];
  readonly #byNames = new Map<string, Shape>();
  readonly #scratch = new Uint8Array(MOST_TEXT_BYTES);

  /** The bytes of a row, good until the next call; `undefined` for one that is too long, or that is no canonical JSON object. */
  write(row: unknown): Uint8Array | undefined {
    if (typeof row !== 'object' || row === null) return undefined;
    try {
      const shape = this.#shapeOf(row as Record<string, unknown>);
      return shape && this.#write(shape, row as Record<string, unknown>);
    } catch (error) {
      if (error instanceof NotCanonical) return undefined;
      throw error;
    }
  }

  /** The row whose bytes begin at a place. */
  read(bytes: Uint8Array, start: number): unknown {
    const text = this.#scratch;
    return JSON.parse(decoder.decode(text.subarray(0, this.putText(bytes, start, text, 0))));
  }

  /** Writes the canonical text of the row whose bytes begin at a place, at most 1,024 bytes. @returns where it ends */
  putText(bytes: Uint8Array, start: number, target: Uint8Array, at: number): number {
    const shape = this.#shapes[bytes[start] as number] as Shape;
    let from = start + 1;
    let to = at;
    for (const { head, values } of shape.members) {
      for (const byte of head) target[to++] = byte;
      const number = bytes[from++] as number;
      if (number > 0) {
        const value = values[number - 1] as Uint8Array;
        for (const byte of value) target[to++] = byte;
        continue;
      }
      const length = ((bytes[from] as number) << 8) | (bytes[from + 1] as number);
      from += 2;
      for (let i = 0; i < length; i++) target[to++] = bytes[from++] as number;
    }
    target[to++] = CLOSE;
    return to;
  }

  #write({ number, members }: Shape, row: Record<string, unknown>): Uint8Array | undefined {
    const scratch = this.#scratch;
    let at = 0;
    let textBytes = 1;
    scratch[at++] = number;
    for (const member of members) {
      const text = canonicalText(row[member.name], 2);
      textBytes += member.head.length + text.length;
      if (textBytes > MOST_TEXT_BYTES || at + text.length + 3 > MOST_TEXT_BYTES) return undefined;
      const value = member.isLookedUp ? this.#numberOf(member, text) : 0;
      scratch[at++] = value;
      if (value > 0) continue;
      scratch[at++] = text.length >> 8;
      scratch[at++] = text.length;
      // Canonical text is ASCII.
      for (let i = 0; i < text.length; i++) scratch[at++] = text.charCodeAt(i);
    }
    return scratch.subarray(0, at);
  }

  #numberOf({ numbers, values }: Member, text: string): number {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    if (values.length === MOST_VALUES) return 0;
    const number = values.push(utf8(text));
    numbers.set(text, number);
    return number;
  }

  #shapeOf(row: Record<string, unknown>): Shape | undefined {
    const names = Object.keys(row);
    let name = '';
    for (const one of names) if (row[one] !== undefined) name += `${one},`;
    let shape = this.#byNames.get(name);
    if (shape === undefined) {
      shape = this.#newShape(row);
      if (shape === undefined) return undefined;
      this.#byNames.set(name, shape);
    }
    shape.rows += 1;
    if (shape.rows === ROWS_TO_TELL)
      for (const member of shape.members) member.isLookedUp = member.values.length < MOST_VALUES;
    return shape;
  }

  /** @throws NotCanonical */
  #newShape(row: Record<string, unknown>): Shape | undefined {
    // Whether it is a plain object, and its names are allowed.
    canonicalText(row);
    const names = Object.keys(row).filter((name) => row[name] !== undefined);
    if (this.#shapes.length === MOST_SHAPES || names.length === 0) return undefined;
    const members = names.sort().map((name, index): Member => {
      const head = utf8(`${index === 0 ? '{' : ','}"${name}":`);
      return { head, name, numbers: new Map(), values: [], isLookedUp: true };
    });
    const shape = { number: this.#shapes.length, members, rows: 0 };
    this.#shapes.push(shape);
    return shape;
  }
}
