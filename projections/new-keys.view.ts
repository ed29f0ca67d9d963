/** Ballot keys that replaced others, each with the line that it was given to first (the rule: `key-lines.ts`). */
import { projection } from './projection.js';
import { keyName } from './roll.view.js';

export interface NewKeyRow {
  electionId: string;
  v: string;
  position: number;
}

export const newKeysView = projection<NewKeyRow>({
  name: 'new_keys',
  version: 1,
  on: {
    BallotKeyReplaced: {
      key: ({ data }) => keyName(data.electionId, data.new),
      fold: (row, { data, position }) =>
        row ?? { electionId: data.electionId, v: data.v, position: Number(position) },
    },
  },
});
