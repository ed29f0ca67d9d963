/**
 * Finds lines of the roll for ballots and marks. Calls of the same moment share one query: under load a ballot costs a
 * fraction of a round trip. The roll is committed before voting opens, so the view is waited for up to the opening and not
 * further.
 */
import { newKeysView } from '../../projections/new-keys.view.js';
import { keyName, rollKey, rollView, type RollRow } from '../../projections/roll.view.js';
import type { ViewReader } from '../views/view-reader.js';

/** Keys asked for in one query at most. */
const PER_QUERY = 500;
const PATIENCE_MS = 5_000;

export class RollLookup {
  readonly #keys: SharedQuery;
  readonly #pseudonyms: SharedQuery;
  /** A position that the view is known to have passed. */
  #seen = -1;

  constructor(private readonly views: Pick<ViewReader, 'having' | 'many' | 'atLeast'>) {
    this.#keys = new SharedQuery((keys) => this.#ofKeys(keys));
    this.#pseudonyms = new SharedQuery((keys) => views.many(rollView, keys));
  }

  /**
   * The line that a ballot key belongs to (`projections/key-lines.ts`), be it in force or replaced. What the view says once
   * of a key it says for ever. @throws ViewsBehind
   */
  async byKey(electionId: string, k: string, opened = -1): Promise<RollRow | undefined> {
    await this.#fresh(opened);
    return this.#keys.get(keyName(electionId, k));
  }

  /** The line of a pseudonym. @throws ViewsBehind */
  async byPseudonym(electionId: string, v: string, opened: number): Promise<RollRow | undefined> {
    await this.#fresh(opened);
    return this.#pseudonyms.get(rollKey(electionId, v));
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

  async #ofKeys(keys: readonly string[]): Promise<Map<string, RollRow>> {
    const found = await this.views.having(rollView, 'listed_key', keys);
    const rows = new Map(found.map(({ row }) => [keyName(row.electionId, row.k ?? ''), row]));
    const others = keys.filter((key) => !rows.has(key));
    if (others.length > 0) for (const [key, row] of await this.#given(others)) rows.set(key, row);
    return rows;
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
