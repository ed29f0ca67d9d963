/**
 * Finds lines of the roll for ballots. Calls of the same moment share one query: under load a ballot costs a fraction of a
 * round trip. The roll is committed before voting opens, so the view is waited for up to the opening and not further.
 */
import { rollKey, rollView, type RollRow } from '../../projections/roll.view.js';
import type { Views } from '../views/views.js';

interface Wanted {
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

  /** The line whose ballot key this is today. @throws ViewsBehind */
  async byKey(electionId: string, k: string, opened: number): Promise<RollRow | undefined> {
    await this.#fresh(opened);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key: `${electionId}/${k}`, resolve, reject });
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

  /** Waits for the view only until it has once been seen to be past the opening. */
  async #fresh(opened: number): Promise<void> {
    if (opened <= this.#seen) return;
    await this.views.atLeast(BigInt(opened), PATIENCE_MS);
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
      const found = await this.views.having(rollView, 'ballot_key', keys);
      const rows = new Map(found.map(({ row }) => [`${row.electionId}/${row.k ?? ''}`, row]));
      for (const wanted of waiting) wanted.resolve(rows.get(wanted.key));
    } catch (error) {
      for (const wanted of waiting) wanted.reject(error);
    }
  }
}
