/** Who may vote, a row for each line: found by pseudonym or by the ballot key that is good for it today. */
import type { RollEntry } from './definition.js';
import { projection } from './projection.js';

export interface RollRow extends RollEntry {
  electionId: string;
  /** Position of the mark for a paper ballot; whether it is valid depends on the election's windows. */
  marked?: number;
}

export function rollKey(electionId: string, v: string): string {
  return `${electionId}/${v}`;
}

export const rollView = projection<RollRow>({
  name: 'roll',
  version: 1,
  on: {
    RollListed: {
      key: ({ data }) => data.entries.map((entry) => rollKey(data.electionId, entry.v)),
      fold: (row, { data }, index) =>
        row ?? { ...(data.entries[index] as RollEntry), electionId: data.electionId },
    },
    BallotKeyReplaced: {
      key: ({ data }) => rollKey(data.electionId, data.v),
      fold: (row, { data }) => row && { ...row, k: data.new },
    },
    RollMarkedPaper: {
      key: ({ data }) => rollKey(data.electionId, data.v),
      // A second mark is only taken when the first came to nothing (after a close), so the last one is the one.
      fold: (row, { position }) => row && { ...row, marked: Number(position) },
    },
  },
  columns: {
    ballot_key: { type: 'text', value: (row) => row.k && `${row.electionId}/${row.k}` },
  },
  indexes: [['ballot_key']],
});
