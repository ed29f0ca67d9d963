/**
 * Whose a ballot key is, and the rule that no ballot counts under two lines: a key belongs to the line of the roll on which
 * it is listed, and any other key to the line that a replacement gave it to first, from there on. Under another line the
 * same key has no effect. The order of the log decides, so everybody who folds it comes to the same.
 */
import { Names, Numbers } from './packed.js';

/** What the log of an election names again and again. Whoever keeps tables by these numbers may share it: it says nothing. */
export interface ElectionNames {
  /** Pseudonyms of the lines of the roll. */
  readonly lines: Names;
  readonly keys: Names;
  readonly ballots: Names;
}

export function electionNames(): ElectionNames {
  return { lines: new Names(), keys: new Names(), ballots: new Names() };
}

export class KeyLines {
  /** Number of the line + 1, by the number of the key. */
  readonly #listed = new Numbers(Int32Array);
  readonly #given = new Numbers(Int32Array);

  constructor(private readonly names: Pick<ElectionNames, 'lines' | 'keys'>) {}

  /** The key stands on the roll as it was listed. */
  list(key: string, line: string): void {
    this.#put(this.#listed, key, line);
  }

  /** A replacement gives the key to a line. */
  give(key: string, line: string): void {
    this.#put(this.#given, key, line);
  }

  /** Whether a key is a line's, by what was listed and given until now. */
  isOf(key: string, line: string): boolean {
    const found = this.#lineOf(key);
    return found > 0 && found === this.names.lines.find(line) + 1;
  }

  /** Whether a key is anybody's. */
  has(key: string): boolean {
    return this.#lineOf(key) > 0;
  }

  #put(lines: Numbers, key: string, line: string): void {
    const number = this.names.keys.add(key);
    if (lines.get(number) === 0) lines.set(number, this.names.lines.add(line) + 1);
  }

  #lineOf(key: string): number {
    const number = this.names.keys.find(key);
    return number < 0 ? 0 : this.#listed.get(number) || this.#given.get(number);
  }
}
