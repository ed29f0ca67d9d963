/** What commands decide by: categories, states, areas, departments and the calendar, as the views say them now. */
import { categoriesView, matterStatesView, type CategoryRow } from '../../projections/categories.view.js';
import {
  areasView,
  CITY_KEY,
  cityView,
  departmentsView,
  holidaysView,
  NO_TIME_ZONE,
  type AreaRow,
} from '../../projections/city.view.js';
import { everyRow } from '../views/every-row.js';
import { Kept } from '../views/kept.js';
import type { Views } from '../views/views.js';
import { workingCalendar, type WorkingCalendar } from '../city/deadlines.js';
import { statesOf, type MatterStateRule } from './states.js';

export interface Rules {
  readonly categories: ReadonlyMap<string, CategoryRow>;
  readonly states: ReadonlyMap<string, MatterStateRule>;
  readonly areas: readonly AreaRow[];
  /** Ids of those that are not withdrawn. */
  readonly departments: ReadonlySet<string>;
  readonly calendar: WorkingCalendar;
}

const VIEWS = [categoriesView, matterStatesView, areasView, departmentsView, holidaysView, cityView];

export class RulesInForce {
  readonly #rules: Kept<Rules>;

  constructor(private readonly views: Views) {
    this.#rules = new Kept(views, VIEWS, () => this.#load());
  }

  /** Whoever was told that something is in force can go by it. @throws ViewsBehind */
  now(): Promise<Rules> {
    return this.#rules.now();
  }

  async #load(): Promise<Rules> {
    const { views } = this;
    const [categories, states, areas, departments, holidays, city] = await Promise.all([
      everyRow(views, categoriesView),
      everyRow(views, matterStatesView),
      everyRow(views, areasView),
      everyRow(views, departmentsView),
      everyRow(views, holidaysView),
      views.get(cityView, CITY_KEY),
    ]);
    return {
      categories: new Map(categories.map((row) => [row.categoryId, row])),
      states: statesOf(states),
      areas,
      departments: new Set(departments.filter((row) => !row.withdrawn).map((row) => row.departmentId)),
      calendar: workingCalendar(city?.timeZone ?? NO_TIME_ZONE, holidays),
    };
  }
}
