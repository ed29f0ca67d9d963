/** Where a photo is made unreadable. Pure. */
import type { Rejection } from '../event-store/command-log.js';
import type { PixelBox } from './decoder.js';

export const MAX_BOXES = 50;

/** Whole numbers, from the upper left corner: pixels of the photo as it is kept, or thousandths of its width and height. */
export interface Box {
  readonly unit: 'pixel' | 'permille';
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A photo is kept in blocks of so many pixels: one that is covered in part would still show traces of the rest. @see ITU-T T.81, annex A */
const BLOCK = 16;
/** Colours are kept at half the resolution, and run over the edge of a block by so many pixels. */
const BLEED = 2;

/**
 * The boxes in pixels, grown by what shows traces of them, and cut off at the edge of the photo.
 * Rejects with `boxes-missing`, `boxes-too-many` or, for one outside or of no size, `box-malformed`.
 */
export function pixelBoxes(
  boxes: readonly Box[],
  photo: { width: number; height: number },
): PixelBox[] | Rejection {
  if (boxes.length === 0) return { rejected: 'boxes-missing', field: 'boxes' };
  if (boxes.length > MAX_BOXES) {
    return { rejected: 'boxes-too-many', field: 'boxes', detail: { max: MAX_BOXES } };
  }
  const found: PixelBox[] = [];
  for (const [index, { unit, left, top, width, height }] of boxes.entries()) {
    const isWhole = [left, top, width, height].every(Number.isSafeInteger);
    const across = span(left, width, unit, photo.width);
    const down = span(top, height, unit, photo.height);
    if (!isWhole || across.length === 0 || down.length === 0) {
      return { rejected: 'box-malformed', field: `boxes.${index}` };
    }
    found.push({ left: across.from, top: down.from, width: across.length, height: down.length });
  }
  return found;
}

/** Where a box begins and how far it goes along one side; no length where it covers nothing. */
function span(start: number, length: number, unit: Box['unit'], side: number) {
  const scale = unit === 'pixel' ? 1 : side / 1_000;
  const [first, last] = [start * scale, (start + length) * scale];
  if (length <= 0 || first >= side || last <= 0) return { from: 0, length: 0 };
  const from = Math.max(0, Math.floor(first / BLOCK) * BLOCK - BLEED);
  const to = Math.min(side, Math.ceil(last / BLOCK) * BLOCK + BLEED);
  return { from, length: to - from };
}
