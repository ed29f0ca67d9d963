/** Numbers that look random and are the same for a seed, on every machine. */

export class Random {
  #state: number;

  /** @param seed whole, below 2^32 */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 (inclusive) to 1. @see Steele, Lea, Flood (2014), Fast Splittable Pseudorandom Number Generators: its 32-bit mixer */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  }

  /** Whole, from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** @throws RangeError for an empty list */
  of<T>(items: readonly T[]): T {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new RangeError('Nothing to choose from');
    return item;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Another row of numbers, which takes none of this one's. */
  fork(name: number): Random {
    return new Random(Math.imul(this.#state ^ name, 0x01000193) + name);
  }
}
