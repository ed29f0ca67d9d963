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
