/** Who may vote, a row for each line: found by pseudonym or by the ballot key that was listed on it. */
import type { RollEntry } from './definition.js';
import { projection } from './projection.js';
import { hourOf } from './turnout.view.js';

/** The line as it was listed, and what happened to it since. */
export interface RollRow extends RollEntry {
  electionId: string;
  /** Keys that replaced the one before, in log order; whether one is this line's, `key-lines.ts` says. */
  newKeys?: readonly { k: string; at: string; position: number }[];
  /** Position of the mark for a paper ballot; whether it is valid depends on the election's windows. */
  marked?: number;
}

export function rollKey(electionId: string, v: string): string {
  return `${electionId}/${v}`;
}

/** A ballot key in an election, as the views name it. */
export function keyName(electionId: string, k: string): string {
  return `${electionId}/${k}`;
}

export const rollView = projection<RollRow>({
  name: 'roll',
  version: 2,
  on: {
    RollListed: {
      key: ({ data }) => data.entries.map((entry) => rollKey(data.electionId, entry.v)),
      fold: (row, { data }, index) =>
        row ?? { ...(data.entries[index] as RollEntry), electionId: data.electionId },
    },
    BallotKeyReplaced: {
      key: ({ data }) => rollKey(data.electionId, data.v),
      fold: (row, { data, at, position }) =>
        row && {
          ...row,
          newKeys: [...(row.newKeys ?? []), { k: data.new, at: hourOf(at), position: Number(position) }],
        },
    },
    RollMarkedPaper: {
      key: ({ data }) => rollKey(data.electionId, data.v),
      // A second mark is only taken when the first came to nothing (after a close), so the last one is the one.
      fold: (row, { position }) => row && { ...row, marked: Number(position) },
    },
  },
  columns: {
    listed_key: { type: 'text', value: (row) => row.k && keyName(row.electionId, row.k) },
  },
  indexes: [['listed_key']],
});
