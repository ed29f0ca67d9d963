/** The options of every listing; the election's row says which listing is in force. */
import type { Option } from './definition.js';
import { projection } from './projection.js';

export interface OptionRow extends Option {
  electionId: string;
  listing: number;
  /** Place in the listing, from 0. */
  order: number;
}

const PER_CHUNK = 1_000;

export const optionsView = projection<OptionRow>({
  name: 'options',
  version: 1,
  on: {
    OptionsListed: {
      key: ({ data }) => data.options.map((option) => `${data.electionId}/${data.listing}/${option.id}`),
      fold: (row, { data }, index) => {
        const option = data.options[index];
        if (option === undefined) return row;
        const { electionId, listing } = data;
        return { ...option, electionId, listing, order: data.chunk * PER_CHUNK + index };
      },
    },
  },
  columns: {
    election_id: { type: 'text', value: (row) => row.electionId },
    listing: { type: 'integer', value: (row) => row.listing },
    area: { type: 'text', value: (row) => row.area },
    ordinal: { type: 'integer', value: (row) => row.order },
  },
  indexes: [['election_id', 'listing', 'ordinal']],
});
