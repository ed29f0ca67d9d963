/** What the pages of matters need beside matters: categories, states, areas, departments and the days on which the city works. */
import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { categoriesView, matterStatesView } from '../../projections/categories.view.js';
import {
  areasView,
  cityView,
  departmentsView,
  holidaysView,
  type AreaRow,
  type DepartmentRow,
} from '../../projections/city.view.js';
import { contentsView } from '../../projections/contents.view.js';
import { ListAreas, ListDepartments, type Named } from '../city/city.queries.js';
import type { WorkingCalendar } from '../city/deadlines.js';
import { ListCategories, type NamedCategory, type NamedState } from '../categories/categories.queries.js';
import { RulesInForce } from '../categories/rules-in-force.js';
import { Kept } from '../views/kept.js';
import { Views } from '../views/views.js';

export interface Catalogue {
  readonly categories: readonly NamedCategory[];
  readonly states: readonly NamedState[];
  readonly areas: readonly Named<AreaRow>[];
  readonly departments: readonly Named<DepartmentRow>[];
  readonly calendar: WorkingCalendar;
}

interface TaggedCatalogue {
  readonly catalogue: Catalogue;
  /** Changes when any of it does. */
  readonly tag: string;
}

/** The words of names are contents: one that is hidden or erased is gone from the next page. */
const VIEWS = [
  categoriesView,
  matterStatesView,
  areasView,
  departmentsView,
  holidaysView,
  cityView,
  contentsView,
];

@Injectable()
export class MatterCatalogue {
  readonly #catalogue: Kept<TaggedCatalogue>;

  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
    @Inject(Views) private readonly views: Views,
  ) {
    this.#catalogue = new Kept(views, VIEWS, () => this.#read());
  }

  /** @throws ViewsBehind */
  get(): Promise<TaggedCatalogue> {
    return this.#catalogue.now();
  }

  async #read(): Promise<TaggedCatalogue> {
    const calendarChanged = await this.views.lastChangedOf([holidaysView, cityView]);
    const [named, areas, departments, { calendar }] = await Promise.all([
      this.queries.execute(new ListCategories()),
      this.queries.execute(new ListAreas()),
      this.queries.execute(new ListDepartments()),
      this.rules.now(),
    ]);
    const { categories, states } = named;
    const catalogue: Catalogue = {
      categories,
      states,
      areas: areas.rows,
      departments: departments.rows,
      calendar,
    };
    const changes = [named, areas, departments].map(({ changed }) => changed);
    return { catalogue, tag: [...changes, calendarChanged].join('-') };
  }
}
