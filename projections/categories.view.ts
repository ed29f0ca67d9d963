/** What a city takes matters about and the states that they can have, as they are described today. */
import type { DataOf } from './events/catalogue.js';
import { projection } from './projection.js';

export type CategoryRow = DataOf<'CategoryDescribed'>;
/** With the position at which it was first described: the order of the city's file, to whose end later ones come. */
export type PlacedCategory = CategoryRow & { readonly order: number };
export type MatterStateRow = DataOf<'MatterStateDescribed'>;

export const categoriesView = projection<PlacedCategory>({
  name: 'categories',
  version: 2,
  on: {
    CategoryDescribed: {
      key: ({ data }) => data.categoryId,
      fold: (row, { data, position }) => ({ ...data, order: row?.order ?? Number(position) }),
    },
  },
});

export const matterStatesView = projection<MatterStateRow>({
  name: 'matter_states',
  version: 1,
  on: { MatterStateDescribed: { key: ({ data }) => data.state, fold: (_, { data }) => data } },
});
