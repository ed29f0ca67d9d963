/** The city as it is described today: one row for itself, and one for each area, department and year of holidays. */
import type { DataOf } from './events/catalogue.js';
import { projection } from './projection.js';

export type CityRow = DataOf<'CityDescribed'>;
export type AreaRow = DataOf<'AreaDescribed'>;
export type DepartmentRow = DataOf<'DepartmentDescribed'>;
export type HolidaysRow = DataOf<'HolidaysDeclared'>;

/** The key of the only row of `cityView`. */
export const CITY_KEY = 'city';
/** Of a city that was not described yet. */
export const NO_TIME_ZONE = 'UTC';

export const cityView = projection<CityRow>({
  name: 'city',
  version: 1,
  on: { CityDescribed: { key: () => CITY_KEY, fold: (_, { data }) => data } },
});

export const areasView = projection<AreaRow>({
  name: 'areas',
  version: 1,
  on: { AreaDescribed: { key: ({ data }) => data.areaId, fold: (_, { data }) => data } },
});

export const departmentsView = projection<DepartmentRow>({
  name: 'departments',
  version: 1,
  on: { DepartmentDescribed: { key: ({ data }) => data.departmentId, fold: (_, { data }) => data } },
});

/** Keyed by the year. */
export const holidaysView = projection<HolidaysRow>({
  name: 'holidays',
  version: 1,
  on: { HolidaysDeclared: { key: ({ data }) => String(data.year), fold: (_, { data }) => data } },
});
