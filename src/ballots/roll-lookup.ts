/**
 * Finds lines of the roll for ballots and marks. Calls of the same moment share one query: under load a ballot costs a
 * fraction of a round trip. The roll is committed before voting opens, so the view is waited for up to the opening and not
 * further.
 */
import { rollKey, rollView, type RollRow } from '../../projections/roll.view.js';
import type { Views } from '../views/views.js';

/** Keys asked for in one query at most. */
const PER_QUERY = 500;
const PATIENCE_MS = 5_000;

export class RollLookup {
  readonly #keys: SharedQuery;
  readonly #pseudonyms: SharedQuery;
  /** A position that the view is known to have passed. */
  #seen = -1;

  constructor(private readonly views: Views) {
    this.#keys = new SharedQuery(async (keys) => {
      const found = await views.having(rollView, 'ballot_key', keys);
      return new Map(found.map(({ row }) => [`${row.electionId}/${row.k ?? ''}`, row]));
    });
    this.#pseudonyms = new SharedQuery((keys) => views.many(rollView, keys));
  }

  /** The line whose ballot key this is today. @throws ViewsBehind */
  async byKey(electionId: string, k: string, opened: number): Promise<RollRow | undefined> {
    await this.#fresh(opened);
    return this.#keys.get(`${electionId}/${k}`);
  }

  /** The line of a pseudonym. @throws ViewsBehind */
  async byPseudonym(electionId: string, v: string, opened: number): Promise<RollRow | undefined> {
    await this.#fresh(opened);
    return this.#pseudonyms.get(rollKey(electionId, v));
  }

  /** Waits for the view only until it has once been seen to be past the opening. */
  async #fresh(opened: number): Promise<void> {
    if (opened <= this.#seen) return;
    await this.views.atLeast(BigInt(opened), PATIENCE_MS);
    this.#seen = opened;
  }
}

interface Wanted {
  key: string;
  resolve: (row: RollRow | undefined) => void;
  reject: (error: unknown) => void;
}

/** One query for all that ask at the same moment. */
class SharedQuery {
  #waiting: Wanted[] = [];

  constructor(private readonly find: (keys: readonly string[]) => Promise<ReadonlyMap<string, RollRow>>) {}

  get(key: string): Promise<RollRow | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ key, resolve, reject }) === 1) this.#schedule();
    });
  }

  #schedule(): void {
    setImmediate(() => void this.#query());
  }

  async #query(): Promise<void> {
    const waiting = this.#waiting.splice(0, PER_QUERY);
    if (this.#waiting.length > 0) this.#schedule();
    try {
      const rows = await this.find([...new Set(waiting.map(({ key }) => key))]);
      for (const { key, resolve } of waiting) resolve(rows.get(key));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
