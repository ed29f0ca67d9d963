/** What a city takes matters about and the states that they can have, as they are described today. */
import type { DataOf } from './events/catalogue.js';
import { projection } from './projection.js';

export type CategoryRow = DataOf<'CategoryDescribed'>;
export type MatterStateRow = DataOf<'MatterStateDescribed'>;

export const categoriesView = projection<CategoryRow>({
  name: 'categories',
  version: 1,
  on: { CategoryDescribed: { key: ({ data }) => data.categoryId, fold: (_, { data }) => data } },
});

export const matterStatesView = projection<MatterStateRow>({
  name: 'matter_states',
  version: 1,
  on: { MatterStateDescribed: { key: ({ data }) => data.state, fold: (_, { data }) => data } },
});
