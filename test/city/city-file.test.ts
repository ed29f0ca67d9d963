import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseCityFile, readCity } from '../../src/city/city-file.js';

type Json = Record<string, unknown>;

const example: unknown = JSON.parse(readFileSync('docs/city.example.json', 'utf8'));

function read(file: unknown) {
  return readCity(JSON.parse(JSON.stringify(file)));
}

const square = {
  type: 'Polygon',
  coordinates: [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
    ],
  ],
};

function minimal() {
  return {
    city: { name: { es: 'Valdeejemplo' }, timeZone: 'Europe/Madrid', languages: ['es'] } as Json,
    areas: [
      { id: 'city', name: { es: 'Todo' }, geometry: square },
      { id: 'hill', parent: 'city', name: { es: 'Cuesta' }, pabulib: ['Cuesta'] },
    ] as Json[],
    polygons: undefined as unknown,
    departments: [{ id: 'works', name: { es: 'Obras' } }] as Json[],
    holidays: { calendar: 'local', years: { '2026': ['2026-12-08', '2026-01-01'] } } as unknown,
  };
}

describe('a city file', () => {
  it('of the documentation is read', () => {
    const found = readCity(example);
    if (!('city' in found)) throw new Error(JSON.stringify(found));
    const { city } = found;
    expect(city.areas.map((area) => [area.id, area.parent, area.polygons.length])).toEqual([
      ['city', undefined, 1],
      ['harbour', 'city', 1],
      ['hill', 'city', 1],
      ['hill/old-school', 'hill', 0],
    ]);
    expect(city.areas[2]?.polygons[0]?.[1]?.[0]).toEqual([-6_060_000, 43_540_000]);
    expect(city.holidays.map((year) => year.year)).toEqual([2026, 2027]);
    expect(city.timeZone).toBe('Europe/Madrid');
  });

  it('puts parents before children and days in order', () => {
    const file = minimal();
    file.areas.reverse();
    expect(read(file)).toMatchObject({
      city: { areas: [{ id: 'city' }, { id: 'hill' }], holidays: [{ days: ['2026-01-01', '2026-12-08'] }] },
    });
  });

  it.each<[code: string, field: string, change: (file: ReturnType<typeof minimal>) => void]>([
    ['field-missing', 'city', (f) => delete (f as Json).city],
    ['field-unknown', 'city.timezone', (f) => (f.city.timezone = 'x')],
    ['time-zone-unknown', 'city.timeZone', (f) => (f.city.timeZone = 'Europe/Gijon')],
    ['language-invalid', 'city.languages.0', (f) => (f.city.languages = ['Spanish'])],
    ['languages-missing', 'city.languages', (f) => (f.city.languages = [])],
    ['text-expected', 'city.timeZone', (f) => (f.city.timeZone = 1)],
    ['text-control-character', 'city.name.es', (f) => (f.city.name = { es: 'a\u0007' })],
    ['text-empty', 'areas.1.name.es', (f) => (f.areas[1]!.name = { es: ' ' })],
    ['list-expected', 'areas', (f) => ((f as Json).areas = {})],
    ['object-expected', 'areas.1', (f) => ((f.areas as unknown[])[1] = 'hill')],
    ['id-invalid', 'areas.1.id', (f) => (f.areas[1]!.id = 'La Cuesta')],
    [
      'area-id-repeated',
      'areas.2.id',
      (f) => f.areas.push({ id: 'hill', parent: 'city', name: { es: 'x' } }),
    ],
    ['area-root-missing', 'areas', (f) => (f.areas[0]!.parent = 'hill')],
    ['area-tree-cycle', 'areas.1.parent', (f) => (f.areas[1]!.parent = 'hill')],
    ['area-roots-several', 'areas.1', (f) => delete f.areas[1]!.parent],
    ['area-parent-unknown', 'areas.1.parent', (f) => (f.areas[1]!.parent = 'cuesta')],
    ['geojson-not-polygons', 'areas.0.geometry.type', (f) => (f.areas[0]!.geometry = { type: 'Point' })],
    [
      'position-invalid',
      'areas.0.geometry.coordinates.0.1',
      (f) =>
        spoil(f, [
          [0, 0],
          [181, 0],
          [1, 1],
          [0, 0],
        ]),
    ],
    [
      'ring-not-closed',
      'areas.0.geometry.coordinates.0',
      (f) =>
        spoil(f, [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ]),
    ],
    [
      'ring-too-short',
      'areas.0.geometry.coordinates.0',
      (f) =>
        spoil(f, [
          [0, 0],
          [1, 0],
          [0, 0],
        ]),
    ],
    ['polygon-of-no-area', 'polygons.features.0.geometry', (f) => (f.polygons = features('nowhere'))],
    ['geometry-repeated', 'areas.0.geometry', (f) => (f.polygons = features('city'))],
    ['polygon-repeated', 'polygons.features.1.id', (f) => (f.polygons = features('hill', 'hill'))],
    ['geojson-not-features', 'polygons.type', (f) => (f.polygons = { features: [] })],
    [
      'department-id-repeated',
      'departments.1.id',
      (f) => f.departments.push({ id: 'works', name: { es: 'x' } }),
    ],
    ['day-invalid', 'holidays.years.2026.0', (f) => (f.holidays = holidays('2026', '2026-02-30'))],
    ['day-of-other-year', 'holidays.years.2026.0', (f) => (f.holidays = holidays('2026', '2025-01-01'))],
    [
      'day-repeated',
      'holidays.years.2026.1',
      (f) => (f.holidays = holidays('2026', '2026-01-01', '2026-01-01')),
    ],
    ['year-invalid', 'holidays.years.26', (f) => (f.holidays = holidays('26'))],
    ['code-invalid', 'holidays.calendar', (f) => (f.holidays = { calendar: 'El local', years: {} })],
  ])('refuses with %s at %s', (code, field, change) => {
    const file = minimal();
    change(file);
    const found = read(file);
    expect('problems' in found ? found.problems : []).toContainEqual({ code, field });
  });

  it('refuses two areas that a .pb file could not tell apart', () => {
    const file = minimal();
    file.areas[0]!.pabulib = ['CUESTA '];
    expect(read(file)).toEqual({
      problems: [{ code: 'pabulib-name-repeated', field: 'areas.1.pabulib.0' }],
    });
  });

  it('refuses a shape that no event can hold', () => {
    const file = minimal();
    const ring = (west: number) => {
      const points: number[][] = Array.from({ length: 1_900 }, (_, i) => [
        -100.123456 - west + Math.cos((i * 2 * Math.PI) / 1_900),
        43.123456 + Math.sin((i * 2 * Math.PI) / 1_900),
      ]);
      return [[...points, points[0]]];
    };
    file.areas[0]!.geometry = { type: 'MultiPolygon', coordinates: [ring(0), ring(3)] };
    expect(read(file)).toEqual({ problems: [{ code: 'polygon-too-large', field: 'areas.0.geometry' }] });
  });

  it.each([
    ['file-not-json', Buffer.from('{"city": ')],
    ['file-not-json', Buffer.from([0x22, 0xff, 0x22])],
  ])('refuses bytes with %s', (code, bytes) => {
    expect(parseCityFile(bytes)).toEqual({ problems: [{ code, field: '' }] });
  });

  it.each([[[]], ['city'], [null]])('refuses JSON that is no object: %j', (file) => {
    expect(readCity(file)).toMatchObject({
      problems: expect.arrayContaining([{ code: 'object-expected', field: '' }]) as unknown,
    });
  });

  it('names every problem at once', () => {
    const file = minimal();
    file.city.timeZone = 'Moon/Sea';
    file.areas[1]!.parent = 'nowhere';
    expect(read(file)).toEqual({
      problems: [
        { code: 'time-zone-unknown', field: 'city.timeZone' },
        { code: 'area-parent-unknown', field: 'areas.1.parent' },
      ],
    });
  });
});

function spoil(file: ReturnType<typeof minimal>, ring: number[][]) {
  file.areas[0]!.geometry = { type: 'Polygon', coordinates: [ring] };
}

function features(...ids: string[]) {
  return {
    type: 'FeatureCollection',
    features: ids.map((id) => ({ type: 'Feature', id, geometry: square })),
  };
}

function holidays(year: string, ...days: string[]) {
  return { calendar: 'local', years: { [year]: days } };
}
