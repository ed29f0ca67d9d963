/** What matters can be about and which states they can have, in the words of the city. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  categoriesView,
  matterStatesView,
  type CategoryRow,
  type MatterStateRow,
} from '../../projections/categories.view.js';
import { PublicContents, type Texts } from '../contents/public-contents.js';
import { everyRow } from '../views/every-row.js';
import { Views } from '../views/views.js';
import { FIRST_STATES } from './states.js';

export interface NamedCategory {
  readonly row: CategoryRow;
  /** Of everything that the row names. */
  readonly texts: ReadonlyMap<string, Texts>;
}

export type NamedState = Omit<MatterStateRow, 'name'> & { readonly name: Texts };

/** Categories in the order of the city's file, and states; withdrawn ones too. */
export class ListCategories extends Query<{
  categories: readonly NamedCategory[];
  states: readonly NamedState[];
  changed: bigint;
}> {}

@QueryHandler(ListCategories)
export class ListCategoriesHandler implements IQueryHandler<ListCategories> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
  ) {}

  async execute() {
    const last = await this.views.lastChangedOf([categoriesView, matterStatesView]);
    const rows = (await everyRow(this.views, categoriesView)).sort((a, b) => a.order - b.order);
    const states = await everyRow(this.views, matterStatesView);
    const refs = [...rows.flatMap(refsOf), ...states.map(({ name }) => name)];
    const { texts, changed } = await this.contents.see(refs);
    const described = new Map<string, NamedState>([
      ...FIRST_STATES.map((state) => [state.state, state] as const),
      ...states.map((row) => [row.state, { ...row, name: texts.get(row.name.id) ?? {} }] as const),
    ]);
    return {
      categories: rows.map((row) => ({ row, texts })),
      states: [...described.values()],
      changed: last > changed ? last : changed,
    };
  }
}

function refsOf({ name, description, notice, questions }: CategoryRow) {
  const own = [name, description, notice].flatMap((ref) => ref ?? []);
  const asked = questions.flatMap(({ text, hint, values }) => [
    text,
    ...(hint === undefined ? [] : [hint]),
    ...values.map((value) => value.name),
  ]);
  return [...own, ...asked];
}
