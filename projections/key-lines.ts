/**
 * Whose a ballot key is, and the rule that no ballot counts under two lines: a key belongs to the line of the roll on which
 * it is listed, and any other key to the line that a replacement gave it to first, from there on. Under another line the
 * same key has no effect. The order of the log decides, so everybody who folds it comes to the same.
 */
export class KeyLines {
  readonly #listed = new Map<string, string>();
  readonly #given = new Map<string, string>();

  /** The key stands on the roll as it was listed. */
  list(key: string, line: string): void {
    if (!this.#listed.has(key)) this.#listed.set(key, line);
  }

  /** A replacement gives the key to a line. */
  give(key: string, line: string): void {
    if (!this.#given.has(key)) this.#given.set(key, line);
  }

  /** The line of a key, by what was listed and given until now. */
  lineOf(key: string): string | undefined {
    return this.#listed.get(key) ?? this.#given.get(key);
  }
}
