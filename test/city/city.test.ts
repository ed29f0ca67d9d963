import { describe, expect, it } from '@jest/globals';
import type { AreaRow } from '../../projections/city.view.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import { decide, differences, evolve, NO_CITY, type WantedCity } from '../../src/city/city.js';

const name = { id: '6e5a0a2e-5f5e-4b7e-9f0e-2f1d6b1c0a11', commitment: 'A'.repeat(43) };
const other = { id: '6e5a0a2e-5f5e-4b7e-9f0e-2f1d6b1c0a12', commitment: 'B'.repeat(43) };

const wanted: WantedCity = {
  city: { name, timeZone: 'Europe/Madrid', languages: ['es'] },
  areas: [
    { areaId: 'city', name, polygons: [] },
    { areaId: 'hill', parent: 'city', name, polygons: [] },
  ],
  departments: [{ departmentId: 'works', name }],
  holidays: [{ year: 2026, days: ['2026-01-01'], calendar: 'local' }],
};

function given(...events: NewEvent[]) {
  return events.reduce((state, event) => evolve(state, event as LogEvent), NO_CITY);
}

const described = given(...differences(NO_CITY, wanted));

describe('a city', () => {
  it('is described by one event for each thing, parents first', () => {
    expect(decide(NO_CITY, wanted)).toEqual([
      { type: 'CityDescribed', data: wanted.city },
      { type: 'AreaDescribed', data: wanted.areas[0] },
      { type: 'AreaDescribed', data: wanted.areas[1] },
      { type: 'DepartmentDescribed', data: wanted.departments[0] },
      { type: 'HolidaysDeclared', data: wanted.holidays[0] },
    ]);
  });

  it('that is what the log says changes nothing', () => {
    expect(decide(described, wanted)).toEqual({ rejected: 'city-unchanged' });
  });

  it('is described anew only where it differs', () => {
    const hill: AreaRow = { areaId: 'hill', parent: 'city', name: other, polygons: [] };
    const then = decide(described, { ...wanted, areas: [wanted.areas[0]!, hill] });
    expect(then).toEqual([{ type: 'AreaDescribed', data: hill }]);
  });

  it('withdraws what is not wanted any more, once, and brings it back', () => {
    const less = { ...wanted, areas: wanted.areas.slice(0, 1), departments: [], holidays: [] };
    const then = differences(described, less);
    expect(then).toEqual([
      { type: 'AreaDescribed', data: { ...wanted.areas[1], withdrawn: true } },
      { type: 'DepartmentDescribed', data: { ...wanted.departments[0], withdrawn: true } },
    ]);
    const withdrawn = then.reduce((state, event) => evolve(state, event as LogEvent), described);
    expect(differences(withdrawn, less)).toEqual([]);
    expect(differences(withdrawn, wanted)).toEqual([
      { type: 'AreaDescribed', data: wanted.areas[1] },
      { type: 'DepartmentDescribed', data: wanted.departments[0] },
    ]);
  });

  it('of many large areas takes several appends, and each fits', () => {
    const ring = Array.from({ length: 1_900 }, (_, i): [number, number] => [
      -100_000_000 - i,
      43_000_000 + i,
    ]);
    const areas: AreaRow[] = Array.from({ length: 50 }, (_, i) => ({
      areaId: `a${i}`,
      name,
      polygons: [[ring]],
    }));
    const large = { ...wanted, areas };
    let state = NO_CITY;
    let appends = 0;
    for (let some = decide(state, large); !('rejected' in some); some = decide(state, large)) {
      const bytes = some.reduce((sum, event) => sum + JSON.stringify(event.data).length + 400, 0);
      expect(bytes).toBeLessThan(1_000_000);
      state = some.reduce((s, event) => evolve(s, event as LogEvent), state);
      appends++;
    }
    expect(appends).toBe(3);
    expect(state.areas.size).toBe(50);
  });

  it('evolves without changing the state before', () => {
    const before = given({ type: 'AreaDescribed', data: wanted.areas[0]! });
    evolve(before, { type: 'AreaDescribed', data: wanted.areas[1]! } as LogEvent);
    expect([...before.areas.keys()]).toEqual(['city']);
  });
});
