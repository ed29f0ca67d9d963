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
import type { Projection } from '../../projections/projection.js';
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

/** So long the same answer is given: what a city describes anew need not hold within the moment. */
const GOOD_MS = 200;
const PAGE = 1_000;
/** Before a city was described. */
const NO_TIME_ZONE = 'UTC';

export class RulesInForce {
  #read: Promise<Rules> | undefined;
  #readAt = -Infinity;

  constructor(private readonly views: Views) {}

  /** @throws ViewsBehind */
  async now(): Promise<Rules> {
    const now = performance.now();
    if (this.#read === undefined || now - this.#readAt > GOOD_MS) {
      this.#readAt = now;
      this.#read = this.#load();
      // Whoever waits is told; the next one tries again.
      this.#read.catch(() => (this.#read = undefined));
    }
    return this.#read;
  }

  async #load(): Promise<Rules> {
    const [categories, states, areas, departments, holidays, city] = await Promise.all([
      this.#all(categoriesView),
      this.#all(matterStatesView),
      this.#all(areasView),
      this.#all(departmentsView),
      this.#all(holidaysView),
      this.views.get(cityView, CITY_KEY),
    ]);
    return {
      categories: new Map(categories.map((row) => [row.categoryId, row])),
      states: statesOf(states),
      areas,
      departments: new Set(departments.filter((row) => !row.withdrawn).map((row) => row.departmentId)),
      calendar: workingCalendar(city?.timeZone ?? NO_TIME_ZONE, holidays),
    };
  }

  async #all<Row>(view: Projection<Row>): Promise<Row[]> {
    const rows: Row[] = [];
    let after: string | undefined;
    do {
      const page = await this.views.list(view, { limit: PAGE, ...(after !== undefined && { after }) });
      for (const { row } of page.rows) rows.push(row);
      after = page.next;
    } while (after !== undefined);
    return rows;
  }
}
