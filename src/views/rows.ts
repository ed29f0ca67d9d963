/** The rows of one view while events are folded: loaded where they exist, changed in memory, then written. */
import type { LogEvent } from '../../projections/event.js';
import { label, foldRow, touchedKeys } from '../../projections/projection.js';
import { addInto, type Sums } from '../../projections/sums.js';
import type { AnyProjection } from './table.js';

export interface HeldRow {
  /** `undefined`: deleted, or not there. */
  row: unknown;
  /** Position of the last event that changed it. */
  changedAt: bigint;
  /** The row as the table has it; `undefined` where it has none of this key. */
  stored: unknown;
  dirty: boolean;
}

/** A fold threw: a bug in this version of the view, which no retry can heal. */
export class PoisonedFold extends Error {
  readonly code = 'fold-poisoned';
  constructor(
    readonly view: string,
    readonly position: bigint,
    cause: unknown,
  ) {
    super(`View ${view} cannot fold the event at position ${position}: ${String(cause)}`, { cause });
    this.name = 'PoisonedFold';
  }
}

export class ViewRows {
  readonly held = new Map<string, HeldRow>();
  /** Position of the last event that changed any row; -1n when none did yet. */
  changedAt: bigint;
  /** How many held rows must be written. */
  dirty = 0;

  constructor(
    readonly view: AnyProjection,
    changedAt = -1n,
  ) {
    this.changedAt = changedAt;
  }

  /** The keys that an event touches. @throws PoisonedFold */
  touched(event: LogEvent): readonly string[] {
    try {
      return touchedKeys(this.view, event);
    } catch (error) {
      throw new PoisonedFold(label(this.view), event.position, error);
    }
  }

  /** Puts in a row as the table has it. */
  loaded(key: string, row: unknown, changedAt: bigint): void {
    this.held.set(key, { row, changedAt, stored: row, dirty: false });
  }

  /**
   * Folds an event. All rows that it touches must be held, unless the table does not have them. A fold that gives back
   * the very row it was given has changed nothing. @throws PoisonedFold
   */
  fold(event: LogEvent): void {
    const keys = this.touched(event);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      const held = this.held.get(key);
      const before = held?.row;
      let after: unknown;
      try {
        after = foldRow(this.view, before, event, index);
      } catch (error) {
        throw new PoisonedFold(label(this.view), event.position, error);
      }
      if (after === before) continue;
      this.changedAt = event.position;
      if (held === undefined) {
        this.held.set(key, { row: after, changedAt: event.position, stored: undefined, dirty: true });
        this.dirty++;
      } else {
        held.row = after;
        held.changedAt = event.position;
        if (!held.dirty) {
          held.dirty = true;
          this.dirty++;
        }
      }
    }
  }

  /** What must be written, by what has to be done with it. */
  changes(): { insert: [string, HeldRow][]; update: [string, HeldRow][]; remove: string[] } {
    const changes = {
      insert: [] as [string, HeldRow][],
      update: [] as [string, HeldRow][],
      remove: [] as string[],
    };
    for (const entry of this.held) {
      const [key, held] = entry;
      if (!held.dirty) continue;
      if (held.row !== undefined) (held.stored === undefined ? changes.insert : changes.update).push(entry);
      else if (held.stored !== undefined) changes.remove.push(key);
    }
    return changes;
  }

  /** What must be added to the sums over all rows. @throws PoisonedFold */
  movedSums(): Sums {
    const moved: Sums = new Map();
    const { sums } = this.view;
    if (sums === undefined) return moved;
    for (const { row, stored, dirty, changedAt } of this.held.values()) {
      if (!dirty) continue;
      try {
        if (stored !== undefined) addInto(moved, sums(stored), -1);
        if (row !== undefined) addInto(moved, sums(row));
      } catch (error) {
        throw new PoisonedFold(label(this.view), changedAt, error);
      }
    }
    return moved;
  }

  /** Forgets all rows, once they are written. */
  clear(): void {
    this.held.clear();
    this.dirty = 0;
  }
}
