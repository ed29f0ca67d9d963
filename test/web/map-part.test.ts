/** What part of the world a map shows, and where places lie on it. */
import { describe, expect, it } from '@jest/globals';
import {
  bboxOf,
  boxOfPart,
  MAP_HEIGHT,
  MAP_WIDTH,
  movedPart,
  onMap,
  placeAt,
  readBbox,
  partOfBox,
  tilesOf,
  zoomedPart,
  zoomOfPart,
} from '../../src/web/map-part.js';

const CITY = { west: -6_120_000, south: 43_530_000, east: -6_060_000, north: 43_570_000 };
const part = partOfBox(CITY);

describe('a map', () => {
  it('has the whole box in it, and no more than it must', () => {
    const { west, south, east, north } = boxOfPart(part);
    expect(west < CITY.west && south < CITY.south && east > CITY.east && north > CITY.north).toBe(true);
    // It is higher than the drawing is.
    expect((north - south) / (CITY.north - CITY.south)).toBeCloseTo(1.08, 2);
  });

  it('puts the middle in the middle, north above south and west left of east', () => {
    const middle = { lat: 43_550_004, long: -6_090_000 };
    expect(onMap(part, middle).x).toBeCloseTo(MAP_WIDTH / 2, 0);
    expect(onMap(part, middle).y).toBeCloseTo(MAP_HEIGHT / 2, 0);
    expect(onMap(part, { lat: CITY.north, long: CITY.west }).x).toBeLessThan(MAP_WIDTH / 2);
    expect(onMap(part, { lat: CITY.north, long: CITY.west }).y).toBeLessThan(MAP_HEIGHT / 2);
  });

  it('is as Web Mercator has it', () => {
    // The corner of tile 14/7915/5984 of web maps.
    const corner = { lat: 43_580_391, long: -6_086_426 };
    const { x, y } = onMap(
      { left: 7_915 / 2 ** 14, top: 5_984 / 2 ** 14, scale: 1 / (256 * 2 ** 14) },
      corner,
    );
    expect(Math.abs(x) + Math.abs(y)).toBeLessThan(0.2);
  });

  it('gives back the place that was touched', () => {
    const { x, y } = onMap(part, { lat: 43_541_000, long: -6_101_000 });
    const { lat, long } = placeAt(part, x, y);
    expect(Math.abs(lat - 43_541_000)).toBeLessThan(20);
    expect(Math.abs(long + 6_101_000)).toBeLessThan(20);
  });

  it('stays where it is when its address is read again', () => {
    let read = part;
    for (let times = 0; times < 20; times++) read = partOfBox(readBbox(bboxOf(read))!, 1);
    expect(read.scale / part.scale).toBeCloseTo(1, 2);
    expect(Math.abs(read.left - part.left) / part.scale).toBeLessThan(1);
    expect(Math.abs(read.top - part.top) / part.scale).toBeLessThan(1);
  });

  it('comes closer to what is touched, goes on by units, and ends with the world', () => {
    const place = placeAt(part, 100, 50);
    const closer = zoomedPart(part, 4, 100, 50);
    expect(onMap(closer, place).x).toBeCloseTo(100, -1);
    expect(onMap(closer, place).y).toBeCloseTo(50, -1);
    expect(zoomOfPart(closer)).toBe(zoomOfPart(part) + 2);
    expect(onMap(movedPart(part, 30, -20), place)).toEqual({ x: 70, y: 70 });
    const world = zoomedPart(part, 1e-9);
    expect(world.left).toBe(0);
    expect(boxOfPart(world)).toMatchObject({ west: -180e6, east: 180e6 });
    expect(zoomOfPart(world)).toBe(0);
    expect(movedPart(world, -1e9, 1e9).left).toBe(0);
    expect(zoomOfPart(zoomedPart(part, 1e9))).toBe(20);
    expect(zoomOfPart(partOfBox({ west: 5, east: 5, south: 5, north: 5 }))).toBe(20);
  });

  it('is covered by tiles of web maps, each where it lies, and by a dozen at most', () => {
    for (const factor of [1, 1.3, 2, 3.1, 20, 1e-9]) {
      const shown = zoomedPart(part, factor);
      const tiles = tilesOf(shown);
      expect(tiles.length).toBeLessThanOrEqual(12);
      const covered = (at: 'left' | 'top') => [
        Math.min(...tiles.map((tile) => tile[at])),
        Math.max(...tiles.map((tile) => tile[at] + tile.side)),
      ];
      const [left = 0, right = 0] = covered('left');
      const [top = 0, bottom = 0] = covered('top');
      expect(left <= 0 && top <= 0 && right > MAP_WIDTH - 1 && bottom > MAP_HEIGHT - 1).toBe(true);
      for (const { z, x, y, left: at, top: down, side } of tiles) {
        expect(side).toBeLessThan(370);
        const corner = onMap(shown, placeAt({ left: x / 2 ** z, top: y / 2 ** z, scale: 1e-9 }, 0, 0));
        expect(Math.abs(corner.x - at) + Math.abs(corner.y - down)).toBeLessThan(1);
      }
    }
  });

  it.each([
    undefined,
    '',
    '1,2,3',
    '1,2,3,4,5',
    '6,0,5,1',
    '0,6,1,5',
    '0,0,181,1',
    '0,0,1,91',
    '1,1,1,1',
    ['0,0,1,1'],
    '0,0,1,x',
  ])('is none of %j', (text) => {
    expect(readBbox(text)).toBeUndefined();
  });
});
