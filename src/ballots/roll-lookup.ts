/**
 * Finds lines of the roll for ballots. Calls of the same moment share one query: under load a ballot costs a fraction of a
 * round trip. The roll is committed before voting opens, so the view is waited for up to the opening and not further.
 */
import { newKeysView } from '../../projections/new-keys.view.js';
import { keyName, rollKey, rollView, type RollRow } from '../../projections/roll.view.js';
import type { Views } from '../views/views.js';

interface Wanted {
  /** As the views name it. */
  key: string;
  resolve: (row: RollRow | undefined) => void;
  reject: (error: unknown) => void;
}

/** Keys asked for in one query at most. */
const PER_QUERY = 500;
const PATIENCE_MS = 5_000;

export class RollLookup {
  #waiting: Wanted[] = [];
  #scheduled = false;
  /** A position that the view is known to have passed. */
  #seen = -1;

  constructor(private readonly views: Views) {}

  /**
   * The line that a ballot key belongs to (`projections/key-lines.ts`), be it in force or replaced. What the view says once
   * of a key it says for ever. @throws ViewsBehind
   */
  async byKey(electionId: string, k: string, opened = -1): Promise<RollRow | undefined> {
    await this.#fresh(opened);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key: keyName(electionId, k), resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => void this.#query());
    });
  }

  /** The line of a pseudonym. @throws ViewsBehind */
  async byPseudonym(electionId: string, v: string, opened: number): Promise<RollRow | undefined> {
    await this.#fresh(opened);
    return this.views.get(rollView, rollKey(electionId, v));
  }

  /** Waits until lines are found as the log has them at a position. @throws ViewsBehind */
  async atLeast(position: bigint): Promise<void> {
    await this.views.atLeast(position, PATIENCE_MS);
  }

  /** Waits for the view only until it has once been seen to be past the opening. */
  async #fresh(opened: number): Promise<void> {
    if (opened <= this.#seen) return;
    await this.atLeast(BigInt(opened));
    this.#seen = opened;
  }

  async #query(): Promise<void> {
    this.#scheduled = false;
    const waiting = this.#waiting.splice(0, PER_QUERY);
    if (this.#waiting.length > 0) {
      this.#scheduled = true;
      setImmediate(() => void this.#query());
    }
    try {
      const keys = [...new Set(waiting.map((wanted) => wanted.key))];
      const found = await this.views.having(rollView, 'listed_key', keys);
      const rows = new Map(found.map(({ row }) => [keyName(row.electionId, row.k ?? ''), row]));
      const others = keys.filter((key) => !rows.has(key));
      if (others.length > 0) for (const [key, row] of await this.#given(others)) rows.set(key, row);
      for (const wanted of waiting) wanted.resolve(rows.get(wanted.key));
    } catch (error) {
      for (const wanted of waiting) wanted.reject(error);
    }
  }

  /** The lines that replacements gave keys to. */
  async #given(keys: readonly string[]): Promise<Map<string, RollRow>> {
    const given = [...(await this.views.many(newKeysView, keys))].map(
      ([key, { electionId, v }]) => [key, rollKey(electionId, v)] as const,
    );
    if (given.length === 0) return new Map();
    const lines = await this.views.many(
      rollView,
      given.map(([, line]) => line),
    );
    const found = new Map<string, RollRow>();
    for (const [key, line] of given) {
      const row = lines.get(line);
      if (row !== undefined) found.set(key, row);
    }
    return found;
  }
}
