/**
 * Which part of the world a map shows, and where a place lies on it: Web Mercator (EPSG:3857) cut to a drawing of fixed size.
 * Pure; the server and the browser draw with it.
 */

/** Of every drawing of a map, in its own units: about a pixel each on a desk, less on a phone. */
export const MAP_WIDTH = 480;
export const MAP_HEIGHT = 360;

/** Microdegrees, WGS 84. */
export interface MapPoint {
  readonly lat: number;
  readonly long: number;
}

/** Borders in microdegrees. */
export interface MapBox {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** In parts of the world, which is 1 wide and 1 high from its north-west: the upper left corner, and the length of one unit. */
export interface MapPart {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

const { PI, sin, atan, sinh, log, log2, min, max, round, floor } = Math;

/** Levels of zoom of web maps: at 0 the world is 256 units wide. */
const MOST_ZOOM = 20;
const MOST_TILE_ZOOM = 19;
const NEAREST = 1 / (256 * 2 ** MOST_ZOOM);
const FARTHEST = 1 / MAP_WIDTH;
/** Room around what is to be seen. */
const MARGIN = 1.08;
/** Degrees with at most seven decimals, as the API takes them. */
const DEGREES = '-?\\d{1,3}(?:\\.\\d{1,7})?';
const BBOX = new RegExp(`^${DEGREES}(?:,${DEGREES}){3}$`);

/** The least part of the world that has the whole box in it; of one place the closest there is. */
export function partOfBox({ west, south, east, north }: MapBox, margin = MARGIN): MapPart {
  const [from, to] = [worldOf({ lat: north, long: west }), worldOf({ lat: south, long: east })];
  const scale = max((to.x - from.x) / MAP_WIDTH, (to.y - from.y) / MAP_HEIGHT) * margin;
  return around((from.x + to.x) / 2, (from.y + to.y) / 2, scale);
}

export function boxOfPart({ left, top, scale }: MapPart): MapBox {
  const from = placeOf(left, top);
  const to = placeOf(left + scale * MAP_WIDTH, top + scale * MAP_HEIGHT);
  return { west: from.long, north: from.lat, east: to.long, south: to.lat };
}

/** The level of web maps that is nearest and no larger: 0 to 20. */
export function zoomOfPart({ scale }: MapPart): number {
  return min(max(floor(log2(1 / (256 * scale)) + 1e-9), 0), MOST_ZOOM);
}

/** Where a place lies on the drawing, to a tenth of a unit; it may lie outside. */
export function onMap(part: MapPart, point: MapPoint): { x: number; y: number } {
  const { x, y } = worldOf(point);
  return { x: tenth((x - part.left) / part.scale), y: tenth((y - part.top) / part.scale) };
}

/** The place at a point of the drawing. */
export function placeAt({ left, top, scale }: MapPart, x: number, y: number): MapPoint {
  return placeOf(left + x * scale, top + y * scale);
}

/** @param x how far to the east, in units of the drawing @param y how far to the south */
export function movedPart({ left, top, scale }: MapPart, x: number, y: number): MapPart {
  return around(left + (x + MAP_WIDTH / 2) * scale, top + (y + MAP_HEIGHT / 2) * scale, scale);
}

/** @param factor 2 shows half as much in each direction @param x what stays where it is */
export function zoomedPart(
  { left, top, scale }: MapPart,
  factor: number,
  x = MAP_WIDTH / 2,
  y = MAP_HEIGHT / 2,
): MapPart {
  const next = within(scale / factor, NEAREST, FARTHEST);
  return around(
    left + x * scale + (MAP_WIDTH / 2 - x) * next,
    top + y * scale + (MAP_HEIGHT / 2 - y) * next,
    next,
  );
}

/** A picture of a web map, and where it lies on the drawing. */
export interface Tile {
  readonly z: number;
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** Of web maps, 256 pixels wide: a dozen at most, drawn at about their size. */
export function tilesOf({ left, top, scale }: MapPart): Tile[] {
  const z = within(round(log2(1 / (256 * scale))), 0, MOST_TILE_ZOOM);
  const count = 2 ** z;
  const side = 1 / (count * scale);
  const tiles: Tile[] = [];
  for (let y = floor(top * count); y < min((top + scale * MAP_HEIGHT) * count, count); y++) {
    for (let x = floor(left * count); x < min((left + scale * MAP_WIDTH) * count, count); x++) {
      const [at, down] = [(x / count - left) / scale, (y / count - top) / scale];
      tiles.push({ z, x, y, left: tenth(at), top: tenth(down), side: tenth(side) });
    }
  }
  return tiles;
}

/** `west,south,east,north` in degrees, as an address and the API have it; to a metre. */
export function bboxOf(part: MapPart): string {
  const { west, south, east, north } = boxOfPart(part);
  return [west, south, east, north].map((one) => String(round(one / 10) / 1e5)).join(',');
}

/** `undefined` for what is no box, is turned round, has no size, or is not on the earth. */
export function readBbox(text: unknown): MapBox | undefined {
  if (typeof text !== 'string' || !BBOX.test(text)) return undefined;
  const [west = 0, south = 0, east = 0, north = 0] = text.split(',').map((one) => round(Number(one) * 1e6));
  const isOnEarth = west >= -180e6 && east <= 180e6 && south >= -90e6 && north <= 90e6;
  return west < east && south < north && isOnEarth ? { west, south, east, north } : undefined;
}

/** With its middle there, as far as the world goes. */
function around(x: number, y: number, wanted: number): MapPart {
  const scale = within(wanted, NEAREST, FARTHEST);
  const [wide, tall] = [scale * MAP_WIDTH, scale * MAP_HEIGHT];
  return { left: within(x - wide / 2, 0, 1 - wide), top: within(y - tall / 2, 0, 1 - tall), scale };
}

export function worldOf({ lat, long }: MapPoint): { x: number; y: number } {
  const sine = within(sin((lat / 1e6) * (PI / 180)), -0.9999, 0.9999);
  return { x: (long / 1e6 + 180) / 360, y: 0.5 - log((1 + sine) / (1 - sine)) / (4 * PI) };
}

function placeOf(x: number, y: number): MapPoint {
  const lat = (atan(sinh(PI * (1 - 2 * y))) * 180) / PI;
  return { lat: round(lat * 1e6), long: round((x * 360 - 180) * 1e6) };
}

function within(value: number, least: number, most: number): number {
  return min(max(value, least), most);
}

function tenth(value: number): number {
  return round(value * 10) / 10;
}
