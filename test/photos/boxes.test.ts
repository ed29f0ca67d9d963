import { describe, expect, it } from '@jest/globals';
import { MAX_BOXES, pixelBoxes, type Box } from '../../src/photos/boxes.js';

const photo = { width: 333, height: 200 };
const box = (unit: Box['unit'], left: number, top: number, width: number, height: number): Box => ({
  unit,
  left,
  top,
  width,
  height,
});

describe('boxes', () => {
  it('are in pixels, grown over the blocks that they touch and cut off at the edge', () => {
    const boxes = [
      box('pixel', 16, 32, 32, 16),
      box('pixel', 17, 31, 30, 2),
      box('pixel', -5, -5, 10, 1_000),
      box('pixel', 332, 199, 9, 9),
    ];
    expect(pixelBoxes(boxes, photo)).toEqual([
      { left: 14, top: 30, width: 36, height: 20 },
      { left: 14, top: 14, width: 36, height: 36 },
      { left: 0, top: 0, width: 18, height: 200 },
      { left: 318, top: 190, width: 15, height: 10 },
    ]);
  });

  it('or in thousandths of width and height', () => {
    // 100 ‰ of 333 is 33.3, 200 ‰ is 66.6; 500 ‰ of 200 is 100, 501 ‰ is 100.2.
    expect(pixelBoxes([box('permille', 100, 500, 100, 1)], photo)).toEqual([
      { left: 30, top: 94, width: 52, height: 20 },
    ]);
    expect(pixelBoxes([box('permille', 0, 0, 1_000, 1_000)], photo)).toEqual([{ left: 0, top: 0, ...photo }]);
  });

  it.each([
    ['box-malformed', [box('pixel', 0, 0, 0, 5)]],
    ['box-malformed', [box('pixel', 0, 0, 5, -5)]],
    ['box-malformed', [box('pixel', 333, 0, 5, 5)]],
    ['box-malformed', [box('permille', 0, 1_000, 5, 5)]],
    ['box-malformed', [box('pixel', 0.5, 0, 5, 5)]],
    ['box-malformed', [box('pixel', NaN, 0, 5, 5)]],
    ['boxes-missing', []],
    ['boxes-too-many', Array.from({ length: MAX_BOXES + 1 }, () => box('pixel', 0, 0, 1, 1))],
  ])('are refused with %s', (rejected, boxes) => {
    expect(pixelBoxes(boxes, photo)).toMatchObject({ rejected });
  });
});
