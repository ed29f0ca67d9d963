/** GeoJSON polygons to and from integer microdegrees. @see RFC 7946 §3.1 */
import type { Fields } from './fields.js';
import { ringProblem, type Point, type Polygon, type Ring } from './geometry.js';

const MAX_POLYGONS = 100;
const MAX_RINGS = 50;
const MAX_POINTS = 2_000;
const PER_DEGREE = 1_000_000;

/** The polygons of a Polygon or MultiPolygon in degrees, rounded to a millionth (11 cm at most). */
export function readPolygons(fields: Fields, value: unknown, field: string): Polygon[] {
  const geometry = fields.object(value, field, ['type', 'coordinates', 'bbox']);
  const at = `${field}.coordinates`;
  switch (geometry.type) {
    case 'Polygon':
      return [readPolygon(fields, geometry.coordinates, at)];
    case 'MultiPolygon':
      return fields
        .list(geometry.coordinates, at, MAX_POLYGONS)
        .map((polygon, index) => readPolygon(fields, polygon, `${at}.${index}`));
    default:
      fields.problem('geojson-not-polygons', `${field}.type`);
      return [];
  }
}

function readPolygon(fields: Fields, value: unknown, field: string): Polygon {
  const rings = fields.list(value, field, MAX_RINGS);
  if (Array.isArray(value) && value.length === 0) fields.problem('polygon-empty', field);
  return rings.map((ring, index) => readRing(fields, ring, `${field}.${index}`));
}

function readRing(fields: Fields, value: unknown, field: string): Ring {
  const before = fields.problems.length;
  const ring: Point[] = [];
  for (const [index, position] of fields.list(value, field, MAX_POINTS).entries()) {
    const point = readPoint(position);
    if (point === undefined) {
      fields.problem('position-invalid', `${field}.${index}`);
      return [];
    }
    const last = ring.at(-1);
    // Points closer than the grid fall together.
    if (last?.[0] !== point[0] || last[1] !== point[1]) ring.push(point);
  }
  const problem = fields.problems.length === before ? ringProblem(ring) : undefined;
  if (problem !== undefined) fields.problem(problem, field);
  return ring;
}

/** Longitude and latitude; an altitude is left out. */
function readPoint(position: unknown): Point | undefined {
  if (!Array.isArray(position) || position.length < 2 || position.length > 3) return undefined;
  const [lon, lat] = position as unknown[];
  if (typeof lon !== 'number' || typeof lat !== 'number') return undefined;
  if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90)) return undefined;
  // Adding zero turns -0 into 0, which canonical JSON needs.
  return [Math.round(lon * PER_DEGREE) + 0, Math.round(lat * PER_DEGREE) + 0];
}

export interface MultiPolygon {
  type: 'MultiPolygon';
  coordinates: [lon: number, lat: number][][][];
}

/** Polygons in degrees. */
export function toGeoJson(polygons: readonly Polygon[]): MultiPolygon {
  return {
    type: 'MultiPolygon',
    coordinates: polygons.map((polygon) =>
      polygon.map((ring) => ring.map(([lon, lat]) => [lon / PER_DEGREE, lat / PER_DEGREE])),
    ),
  };
}
