/** Every ballot that was cast, by its id: where it stands in the log, and whether it was annulled. Never what it says. */
import { projection } from './projection.js';
import { rollKey } from './roll.view.js';

export interface BallotRow {
  electionId: string;
  v: string;
  /** The ballot key it is signed with. */
  k: string;
  n: number;
  /** Full hour in which it was cast. */
  at: string;
  position: number;
  /** The act that annulled it. */
  annulled?: string;
}

export const ballotsView = projection<BallotRow>({
  name: 'ballots',
  version: 2,
  on: {
    BallotCast: {
      key: ({ data }) => data.id,
      fold: (row, { data, at, position }) =>
        row ?? {
          electionId: data.electionId,
          v: data.v,
          k: data.ballot.k,
          n: data.ballot.n,
          at,
          position: Number(position),
        },
    },
    BallotsAnnulled: {
      key: ({ data }) => data.ids,
      fold: (row, { data }) => row && (row.annulled === undefined ? { ...row, annulled: data.actId } : row),
    },
  },
  columns: {
    voter: { type: 'text', value: (row) => rollKey(row.electionId, row.v) },
  },
  indexes: [['voter']],
});
