import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AreaRow } from '../../projections/city.view.js';
import { ancestors, areaAt, areaByPabulibName, descendants } from '../../src/city/areas.js';
import { inPolygon, ringProblem, side, type Point, type Ring } from '../../src/city/geometry.js';

const name = { id: '00000000-0000-4000-8000-000000000000', commitment: 'A'.repeat(43) };

function square(west: number, south: number, east: number, north: number): Point[] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

function area(areaId: string, parent: string | undefined, ...polygons: Point[][][]): AreaRow {
  return { areaId, name, polygons: polygons as unknown as AreaRow['polygons'], ...(parent && { parent }) };
}

const areas = [
  area('city', undefined, [square(0, 0, 100, 100)]),
  area('west', 'city', [square(0, 0, 50, 100)]),
  area('east', 'city', [square(50, 0, 100, 100), square(70, 40, 80, 60)]),
  area('island', 'west', [square(10, 10, 20, 20)], [square(30, 30, 40, 40)]),
];

describe('the area of a place', () => {
  it.each([
    ['the deepest area', 15, 15, 'island'],
    ['the second polygon of an area', 35, 35, 'island'],
    ['an area around another one', 25, 25, 'west'],
    ['the area around a hole', 50, 75, 'city'],
    ['beside the hole', 39, 75, 'east'],
    ['a border belongs to the area east of it', 20, 50, 'east'],
    ['outside all', 50, 100, undefined],
  ])('%s', (_, lat, lon, expected) => {
    expect(areaAt(areas, lat, lon)?.areaId).toBe(expected);
  });

  it('does not find areas that were withdrawn', () => {
    const withdrawn = areas.map((row) =>
      row.areaId === 'island' ? { ...row, withdrawn: true as const } : row,
    );
    expect(areaAt(withdrawn, 15, 15)?.areaId).toBe('west');
  });

  it('gives every point of a city to exactly one of two halves, whatever line divides them', () => {
    const whole = 1_000;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: whole - 1 }), fc.integer({ min: 1, max: whole - 1 })), {
          maxLength: 8,
        }),
        fc.integer({ min: 0, max: whole - 1 }),
        fc.integer({ min: 0, max: whole - 1 }),
        (points, lat, lon) => {
          // A line from south to north, rising with every point so that it does not cross itself.
          const line = [...new Map(points.map((p) => [p[1], p] as const)).values()].sort(
            (a, b) => a[1] - b[1],
          );
          const border: Point[] = [[500, 0], ...line, [500, whole]];
          const west: Ring = [...border, [0, whole], [0, 0], [500, 0]];
          const east: Ring = [...border, [whole, whole], [whole, 0], [500, 0]];
          const halves = [west, east].filter((ring) => inPolygon([ring], [lon, lat]));
          expect(halves).toHaveLength(1);
        },
      ),
    );
  });

  it('is exact where products pass 2^53', () => {
    // Checked with integers of any size: the point lies one unit beside a line across half the world.
    const [a, b]: [Point, Point] = [
      [-179_999_999, -89_999_999],
      [179_999_998, 89_999_999],
    ];
    const exact = (p: Point) => {
      const value = BigInt(b[0] - a[0]) * BigInt(p[1] - a[1]) - BigInt(b[1] - a[1]) * BigInt(p[0] - a[0]);
      return value > 0n ? 1 : value < 0n ? -1 : 0;
    };
    fc.assert(
      fc.property(fc.integer({ min: -179_000_000, max: 179_000_000 }), (lon) => {
        const lat = Math.round((lon * 89_999_999) / 179_999_998.5);
        for (const p of [[lon, lat - 1] as const, [lon, lat] as const, [lon, lat + 1] as const]) {
          expect(side(a, b, p)).toBe(exact(p));
        }
      }),
    );
  });
});

describe('a ring', () => {
  it.each<[string | undefined, Point[]]>([
    [undefined, square(0, 0, 1, 1)],
    [
      'ring-too-short',
      [
        [0, 0],
        [1, 0],
        [0, 0],
      ],
    ],
    ['ring-not-closed', square(0, 0, 1, 1).slice(0, 4)],
    [
      'ring-without-area',
      [
        [0, 0],
        [1, 1],
        [2, 2],
        [0, 0],
      ],
    ],
    [
      'ring-crosses-itself',
      [
        [0, 0],
        [10, 10],
        [10, 0],
        [0, 20],
        [0, 0],
      ],
    ],
    // Two squares that meet in one corner.
    [
      undefined,
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [2, 1],
        [2, 2],
        [1, 2],
        [1, 1],
        [0, 1],
        [0, 0],
      ],
    ],
  ])('%s', (problem, ring) => {
    expect(ringProblem(ring)).toBe(problem);
  });

  it('of 2,000 points is checked, and a crossing at its far side found', () => {
    const circle: Point[] = Array.from({ length: 1_999 }, (_, i) => [
      Math.round(100_000 * Math.cos((i * 2 * Math.PI) / 1_999)),
      Math.round(100_000 * Math.sin((i * 2 * Math.PI) / 1_999)),
    ]);
    circle.push(circle[0]!);
    expect(ringProblem(circle)).toBeUndefined();
    const crossed = circle.with(1_000, circle[1_004]!).with(1_004, circle[1_000]!);
    expect(ringProblem(crossed)).toBe('ring-crosses-itself');
  });
});

describe('the tree of areas', () => {
  it('knows what lies around and within an area', () => {
    expect(ancestors(areas, 'island')).toEqual(['west', 'city']);
    expect(ancestors(areas, 'city')).toEqual([]);
    expect(descendants(areas, 'city')).toEqual(['west', 'east', 'island']);
    expect(descendants(areas, 'east')).toEqual([]);
  });

  it('ends in a cycle', () => {
    const cycle = [area('a', 'b'), area('b', 'a')];
    expect(ancestors(cycle, 'a')).toEqual(['b', 'a']);
    expect(descendants(cycle, 'a')).toEqual(['b']);
  });

  it('finds the area that a .pb file names', () => {
    const names = [
      { areaId: 'lodz', names: ['Łódź', 'Citywide'] },
      { areaId: 'bielany', names: ['Bielany'] },
    ];
    expect(areaByPabulibName(names, 'ło\u0301dz\u0301 ')).toBe('lodz');
    expect(areaByPabulibName(names, 'BIELANY')).toBe('bielany');
    expect(areaByPabulibName(names, 'Biel')).toBeUndefined();
  });
});
