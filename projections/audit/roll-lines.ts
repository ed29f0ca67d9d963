/** The lines of an election's roll, for checks 13 to 25 and 42: a few numbers each. */
import type { ElectionNames } from '../key-lines.js';
import { Names, Numbers } from '../packed.js';

/** The lines of the roll as their voters' streams left them, by the number of a pseudonym. */
export class Lines {
  /** Number of its group + 1, also of a line without a key. */
  readonly #groups = new Numbers(Int32Array);
  readonly #groupNames = new Names();
  readonly #keys = new Numbers(Int32Array);
  readonly #ns = new Numbers(Int32Array);
  readonly #lasts = new Numbers(Int32Array);
  readonly #marks = new Numbers();

  constructor(private readonly names: ElectionNames) {}

  /** The number of a line; `undefined` for a pseudonym that is not on the roll. */
  find(v: string): number | undefined {
    const line = this.names.lines.find(v);
    return this.#groups.get(line) === 0 ? undefined : line;
  }

  list(v: string, key: string | undefined, group: string): void {
    const line = this.names.lines.add(v);
    this.#groups.set(line, this.#groupNames.add(group) + 1);
    this.setKey(line, key);
  }

  isOfGroup(line: number, group: string): boolean {
    return isAt(this.#groups, line, this.#groupNames.find(group));
  }

  /** Whether it votes with this key now; with none on paper only. */
  hasKey(line: number, key: string | undefined): boolean {
    return key === undefined ? this.#keys.get(line) === 0 : isAt(this.#keys, line, this.names.keys.find(key));
  }

  setKey(line: number, key: string | undefined): void {
    this.#keys.set(line, key === undefined ? 0 : this.names.keys.add(key) + 1);
  }

  /** The number of the voter's last ballot in her sequence; 0 before her first. */
  nOf(line: number): number {
    return this.#ns.get(line);
  }

  /** Whether this was the id of the voter's last ballot; `undefined` before her first. */
  isLast(line: number, id: string | undefined): boolean {
    return id === undefined
      ? this.#lasts.get(line) === 0
      : isAt(this.#lasts, line, this.names.ballots.find(id));
  }

  setLast(line: number, n: number, id: string): void {
    this.#ns.set(line, n);
    this.#lasts.set(line, this.names.ballots.add(id) + 1);
  }

  /** Position of the last mark for paper. */
  markOf(line: number): number | undefined {
    const mark = this.#marks.get(line);
    return mark === 0 ? undefined : mark - 1;
  }

  mark(line: number, position: number): void {
    this.#marks.set(line, position + 1);
  }
}

/** Whether a table says this number (+ 1) at a place; nothing says the number of a text that nobody knows. */
function isAt(table: Numbers, place: number, number: number): boolean {
  return number >= 0 && table.get(place) === number + 1;
}
