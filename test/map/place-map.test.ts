import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PlaceMap, type Box, type Placed } from '../../src/map/place-map.js';

const GIJON = { lat: 43_545_000, long: -5_663_000 };
const CITY: Box = { west: -5_800_000, south: 43_400_000, east: -5_500_000, north: 43_600_000 };

const FILED_AT = '2026-05-01T08:00:00.000Z';

function placed(id: string, more: Partial<Placed> = {}): Placed {
  return {
    id,
    ...GIJON,
    kind: 'complaint',
    category: 'lamps',
    stateKind: 'open',
    filedAt: FILED_AT,
    ...more,
  };
}

function mapOf(...all: Placed[]): PlaceMap {
  const map = new PlaceMap();
  for (const one of all) map.put(one);
  return map;
}

const some = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 40 }).map(String),
    lat: fc.integer({ min: 43_400_000, max: 43_600_000 }),
    long: fc.integer({ min: -5_800_000, max: -5_500_000 }),
    kind: fc.constantFrom('complaint', 'suggestion'),
    category: fc.constantFrom('lamps', 'trees', 'noise'),
    stateKind: fc.constantFrom('open', 'closed', 'fixed'),
    filedAt: fc.constant(FILED_AT),
  }),
  { maxLength: 60 },
);

describe('PlaceMap', () => {
  it('shows what lies in the box, its borders included', () => {
    const map = mapOf(
      placed('in'),
      placed('border', { long: CITY.east }),
      placed('out', { long: CITY.east + 1 }),
    );
    const { matters, count } = map.in(CITY, 12);
    expect(matters.map(({ id }) => id).sort()).toEqual(['border', 'in']);
    expect(count).toBe(2);
  });

  it('moves, changes and removes', () => {
    const map = mapOf(placed('a'), placed('b'), placed('c'));
    map.put(placed('b', { stateKind: 'fixed', lat: 43_500_000 }));
    map.remove('a');
    map.remove('a');
    expect(map.size).toBe(2);
    expect(map.in(CITY, 12, { stateKinds: ['fixed'] }).matters).toEqual([
      placed('b', { stateKind: 'fixed', lat: 43_500_000 }),
    ]);
    expect(map.in(CITY, 12, { stateKinds: ['open'] }).matters.map(({ id }) => id)).toEqual(['c']);
  });

  it('gives what a plain search gives, whatever was put and removed', () => {
    fc.assert(
      fc.property(
        some,
        fc.array(fc.integer({ min: 0, max: 40 })),
        fc.constantFrom('lamps', 'none'),
        (all, gone, category) => {
          const map = mapOf(...all);
          const kept = new Map(all.map((one) => [one.id, one]));
          for (const id of gone) {
            map.remove(String(id));
            kept.delete(String(id));
          }
          const box = { ...CITY, east: -5_650_000 };
          const expected = [...kept.values()].filter(
            (one) => one.long <= box.east && one.category === category,
          );
          const shown = map.in(box, 14, { categories: [category] });
          expect(shown.matters.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort());
        },
      ),
    );
  });

  it('puts what is close together into clusters that count everybody once', () => {
    const all = Array.from({ length: 50 }, (_, i) => placed(`near-${i}`, { lat: GIJON.lat + i }));
    const map = mapOf(...all, placed('far', { lat: 43_410_000 }));
    const { matters, clusters, count } = map.in(CITY, 14, {}, 10);
    expect(count).toBe(51);
    expect(matters.map(({ id }) => id)).toEqual(['far']);
    expect(clusters.reduce((sum, cluster) => sum + cluster.count, 0)).toBe(50);
    expect(clusters[0]).toEqual({ count: 50, lat: GIJON.lat + 25, long: GIJON.long });
  });

  it('has the same clusters when the map is moved, and fewer when it is far away', () => {
    const all = Array.from({ length: 400 }, (_, i) =>
      placed(String(i), {
        lat: 43_500_000 + (i % 20) * 4_000,
        long: -5_700_000 + Math.floor(i / 20) * 4_000,
      }),
    );
    const map = mapOf(...all);
    const here = map.in(CITY, 13, {}, 10);
    const moved = map.in({ ...CITY, west: CITY.west - 12_345, north: CITY.north + 777 }, 13, {}, 10);
    expect(moved).toEqual(here);
    const far = map.in(CITY, 9, {}, 10);
    expect(far.clusters.length).toBeLessThan(here.clusters.length);
    expect(far.count).toBe(400);
  });

  it('finds what is near, nearest first, in metres', () => {
    const map = mapOf(
      placed('here'),
      placed('north', { lat: GIJON.lat + 900 }),
      placed('east', { long: GIJON.long + 900 }),
      placed('far', { lat: GIJON.lat + 9_000 }),
      placed('trees', { category: 'trees' }),
    );
    const near = map.near(GIJON, 250, 10, { categories: ['lamps'] });
    // 900 millionths of a degree: 100 m along a meridian, 72 m along the parallel of Gijón.
    expect(near.map(({ placed: { id }, metres }) => [id, metres])).toEqual([
      ['here', 0],
      ['east', 73],
      ['north', 100],
    ]);
    expect(map.near(GIJON, 250, 1, { categories: ['lamps'] })).toHaveLength(1);
  });
});
