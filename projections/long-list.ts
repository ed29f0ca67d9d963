/**
 * Lists to which folds append. A short one is an array; a long one shares with the list that it grew out of nearly all that
 * they have in common, so that a history of a million entries is not copied for each of them. None of them ever changes.
 */

/** What both kinds can do. */
export interface List<T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T | undefined;
  map<U>(change: (item: T, index: number) => U): U[];
  flatMap<U>(change: (item: T, index: number) => U | readonly U[]): U[];
  find(isIt: (item: T, index: number) => boolean): T | undefined;
  some(isOne: (item: T, index: number) => boolean): boolean;
}

/** An array up to so many items. */
export const SHORT = 100;
/** Bits of an index that choose the branch at each level of a long list, and branches there are. */
const BITS = 5;
const WIDTH = 1 << BITS;

/** The list with one item more. */
export function appended<T>(list: List<T>, item: T): List<T> {
  return list.length < SHORT ? [...list, item] : LongList.of(list).with(list.length, item);
}

/** The list with another item at a place where there is one; a negative place counts from the end. */
export function replaced<T>(list: List<T>, place: number, item: T): List<T> {
  const index = place < 0 ? place + list.length : place;
  return list instanceof LongList ? (list as LongList<T>).with(index, item) : [...list].with(index, item);
}

type Branch = readonly unknown[];

/** A tree whose leaves hold the items in order, 32 each. */
export class LongList<T> implements List<T> {
  private constructor(
    private readonly root: Branch,
    /** Levels below the root. */
    private readonly height: number,
    readonly length: number,
  ) {}

  static of<T>(list: List<T>): LongList<T> {
    if (list instanceof LongList) return list as LongList<T>;
    let made = new LongList<T>([], 0, 0);
    for (const item of list) made = made.with(made.length, item);
    return made;
  }

  at(index: number): T | undefined {
    const place = index < 0 ? index + this.length : index;
    if (place < 0 || place >= this.length) return undefined;
    let branch = this.root;
    for (let level = this.height; level > 0; level--) branch = branch[slot(place, level)] as Branch;
    return branch[slot(place, 0)] as T;
  }

  /** With another item at a place, or one more at the end. */
  with(place: number, item: T): LongList<T> {
    const length = Math.max(this.length, place + 1);
    const isFull = length > WIDTH ** (this.height + 1);
    const [root, height] = isFull ? [[this.root], this.height + 1] : [this.root, this.height];
    return new LongList(put(root, height, place, item), height, length);
  }

  *[Symbol.iterator](): Generator<T> {
    for (let place = 0; place < this.length; place++) yield this.at(place) as T;
  }

  map<U>(change: (item: T, index: number) => U): U[] {
    return Array.from(this, change);
  }

  flatMap<U>(change: (item: T, index: number) => U | readonly U[]): U[] {
    return this.map(change).flat() as U[];
  }

  find(isIt: (item: T, index: number) => boolean): T | undefined {
    let index = 0;
    for (const item of this) if (isIt(item, index++)) return item;
    return undefined;
  }

  some(isOne: (item: T, index: number) => boolean): boolean {
    let index = 0;
    for (const item of this) if (isOne(item, index++)) return true;
    return false;
  }

  toJSON(): T[] {
    return [...this];
  }
}

function slot(place: number, level: number): number {
  return (place >> (BITS * level)) & (WIDTH - 1);
}

function put(branch: Branch, level: number, place: number, item: unknown): Branch {
  const copy = branch.slice();
  const at = slot(place, level);
  copy[at] = level === 0 ? item : put((copy[at] as Branch | undefined) ?? [], level - 1, place, item);
  return copy;
}
