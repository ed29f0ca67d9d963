/** What the pages of matters need beside matters: categories, states, areas, departments and the days on which the city works. */
import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import {
  GetCity,
  GetHolidays,
  ListAreas,
  ListDepartments,
  type Listed,
  type Named,
} from '../city/city.queries.js';
import type { AreaRow, DepartmentRow } from '../../projections/city.view.js';
import type { Clock } from '../clock.js';
import { workingCalendar, type WorkingCalendar } from '../complaints/deadlines.js';
import { ListCategories, type NamedCategory, type NamedState } from '../complaints/matters.queries.js';
import { CLOCK } from '../platform.module.js';

export interface Catalogue {
  readonly categories: readonly NamedCategory[];
  readonly states: readonly NamedState[];
  readonly areas: Listed<AreaRow>['rows'];
  readonly departments: readonly Named<DepartmentRow>[];
  readonly calendar: WorkingCalendar;
}

/** Deadlines end three months later at most, and stand or move within the years around. */
const YEARS_AROUND = [-1, 0, 1];

@Injectable()
export class MatterCatalogue {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `tag` changes when any of it does. */
  async get(): Promise<{ catalogue: Catalogue; tag: string }> {
    const year = this.clock.now().getUTCFullYear();
    const [city, named, areas, departments, ...years] = await Promise.all([
      this.queries.execute(new GetCity()),
      this.queries.execute(new ListCategories()),
      this.queries.execute(new ListAreas()),
      this.queries.execute(new ListDepartments()),
      ...YEARS_AROUND.map((more) => this.queries.execute(new GetHolidays(year + more))),
    ]);
    const declared = years.flatMap((found) => (found === undefined ? [] : [found]));
    const { categories, states } = named;
    const catalogue: Catalogue = {
      categories,
      states,
      areas: areas.rows,
      departments: departments.rows,
      calendar: workingCalendar(
        city?.row.timeZone ?? 'Europe/Madrid',
        declared.map(({ row }) => row),
      ),
    };
    const changes = [named, areas, departments, ...declared].map(({ changed }) => changed);
    return { catalogue, tag: changes.join('-') };
  }
}
