/** What the log says of the city, and what must be appended so that it says what a file says. Pure. */
import { canonicalText } from '../../projections/canonical.js';
import {
  areasView,
  CITY_KEY,
  cityView,
  departmentsView,
  holidaysView,
  type AreaRow,
  type CityRow,
  type DepartmentRow,
  type HolidaysRow,
} from '../../projections/city.view.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import { foldRow, touchedKeys, type Projection } from '../../projections/projection.js';
import type { Rejection } from '../event-store/command-log.js';

export interface CityState {
  readonly city: ReadonlyMap<string, CityRow>;
  readonly areas: ReadonlyMap<string, AreaRow>;
  readonly departments: ReadonlyMap<string, DepartmentRow>;
  readonly holidays: ReadonlyMap<string, HolidaysRow>;
}

export const NO_CITY: CityState = {
  city: new Map(),
  areas: new Map(),
  departments: new Map(),
  holidays: new Map(),
};

/** The very folds of the views. */
export function evolve(state: CityState, event: LogEvent): CityState {
  return {
    city: folded(cityView, state.city, event),
    areas: folded(areasView, state.areas, event),
    departments: folded(departmentsView, state.departments, event),
    holidays: folded(holidaysView, state.holidays, event),
  };
}

function folded<Row>(
  view: Projection<Row>,
  rows: ReadonlyMap<string, Row>,
  event: LogEvent,
): ReadonlyMap<string, Row> {
  let next: Map<string, Row> | undefined;
  for (const [index, key] of touchedKeys(view, event).entries()) {
    next ??= new Map(rows);
    const row = foldRow(view, next.get(key), event, index);
    if (row !== undefined) next.set(key, row);
  }
  return next ?? rows;
}

/** A city as it should be: what a file says, with its words written as contents. Parents come before their children. */
export interface WantedCity {
  city: CityRow;
  areas: readonly AreaRow[];
  departments: readonly DepartmentRow[];
  holidays: readonly HolidaysRow[];
}

/** Limits of one append, below those of the store. */
const MAX_EVENTS = 400;
const MAX_BYTES = 900_000;
/** What a leaf holds beside its data, at most. */
const ENVELOPE_BYTES = 600;

/**
 * The events that lead from what the log says to what is wanted: what differs is described anew, areas and departments
 * that are not wanted any more are withdrawn (they stay described, since older things name them), years of holidays that
 * are not wanted stay.
 */
export function differences(state: CityState, wanted: WantedCity): NewEvent[] {
  const events: NewEvent[] = [];
  if (!same(state.city.get(CITY_KEY), wanted.city)) events.push({ type: 'CityDescribed', data: wanted.city });
  for (const data of wanted.areas) {
    if (!same(state.areas.get(data.areaId), data)) events.push({ type: 'AreaDescribed', data });
  }
  const areaIds = new Set(wanted.areas.map((area) => area.areaId));
  for (const area of state.areas.values()) {
    if (areaIds.has(area.areaId) || area.withdrawn) continue;
    events.push({ type: 'AreaDescribed', data: { ...area, withdrawn: true } });
  }
  for (const data of wanted.departments) {
    if (!same(state.departments.get(data.departmentId), data)) {
      events.push({ type: 'DepartmentDescribed', data });
    }
  }
  const departmentIds = new Set(wanted.departments.map((department) => department.departmentId));
  for (const department of state.departments.values()) {
    if (departmentIds.has(department.departmentId) || department.withdrawn) continue;
    events.push({ type: 'DepartmentDescribed', data: { ...department, withdrawn: true } });
  }
  for (const data of wanted.holidays) {
    if (!same(state.holidays.get(String(data.year)), data)) events.push({ type: 'HolidaysDeclared', data });
  }
  return events;
}

/** As many of the differences as one append takes, in order; `city-unchanged` when there are none. */
export function decide(state: CityState, wanted: WantedCity): NewEvent[] | Rejection {
  const some: NewEvent[] = [];
  let bytes = 0;
  for (const event of differences(state, wanted)) {
    bytes += canonicalText(event.data).length + ENVELOPE_BYTES;
    if (some.length === MAX_EVENTS || bytes > MAX_BYTES) break;
    some.push(event);
  }
  return some.length === 0 ? { rejected: 'city-unchanged' } : some;
}

function same(one: unknown, other: unknown): boolean {
  return one !== undefined && canonicalText(one) === canonicalText(other);
}
