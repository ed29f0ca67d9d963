/** What commands decide by: categories, states, areas, departments and the calendar, as the views say them now. */
import { categoriesView, matterStatesView, type CategoryRow } from '../../projections/categories.view.js';
import {
  areasView,
  CITY_KEY,
  cityView,
  departmentsView,
  holidaysView,
  type AreaRow,
} from '../../projections/city.view.js';
import { everyRow } from '../views/every-row.js';
import type { Views } from '../views/views.js';
import { workingCalendar, type WorkingCalendar } from './deadlines.js';
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
/** Before a city was described. */
const NO_TIME_ZONE = 'UTC';

export class RulesInForce {
  #read: Promise<Rules> | undefined;
  /** Position of the last event that what was read goes by. */
  #readAt: bigint | undefined;

  constructor(private readonly views: Views) {}

  /** Read again only where something was described anew: whoever was told that it is in force can go by it. @throws ViewsBehind */
  async now(): Promise<Rules> {
    const changed = await this.views.lastChangedOf(VIEWS);
    if (this.#read !== undefined && this.#readAt === changed) return this.#read;
    this.#readAt = changed;
    const reading = this.#load();
    this.#read = reading;
    // Whoever waits is told; the next one tries again.
    reading.catch(() => {
      if (this.#read === reading) this.#read = undefined;
    });
    return reading;
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
