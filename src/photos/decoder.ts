/**
 * Pictures decoded and made anew: turned as the camera was held, in sRGB, no larger than is shown, as JPEG, with nothing
 * beside the pixels. What does the work is libvips, on threads of its own; who calls bounds how many.
 */
import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import type { Rejection } from '../event-store/command-log.js';

/** Of a photo on its longer side, and of a preview in width. */
export const MAX_SIDE = 2_048;
export const PREVIEW_WIDTH = 400;
/** Of what is sent: decoding takes some ten bytes of memory for each. Photos of telephones have 12 or 24 million. */
export const MAX_PIXELS = 32_000_000;
export const PHOTO_TYPE = 'image/jpeg';

/** libvips stops by itself after so long; what it does not look up from, the caller's deadline covers. */
const DECODE_SECONDS = 5;
const PHOTO_QUALITY = 82;
const PREVIEW_QUALITY = 70;
/** Of a preview on its longer side: a ribbon is not made a ribbon of any length. */
const PREVIEW_HEIGHT = 2 * PREVIEW_WIDTH;

// What was decoded is not held any longer than it is needed, and one picture does not take all processors.
sharp.cache(false);
sharp.concurrency(1);
// Nothing but the kinds that are taken can reach a decoder, whatever the first bytes pretended.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
});

export interface Picture {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** In pixels, within the picture. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** @returns width and height before it is turned. Rejects with `photo-damaged` or `photo-too-many-pixels` */
export async function sizeOf(bytes: Uint8Array): Promise<{ width: number; height: number } | Rejection> {
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (width * height <= MAX_PIXELS) return { width, height };
    return { rejected: 'photo-too-many-pixels', detail: { max: MAX_PIXELS / 1_000_000 } };
  } catch {
    return { rejected: 'photo-damaged' };
  }
}

/**
 * A photo from any picture of a kind that is taken, with these boxes painted black. Boxes are of the picture as it is shown.
 * Rejects with `photo-damaged`, `photo-too-many-pixels` or `photo-too-costly`.
 */
export async function remake(
  bytes: Uint8Array,
  boxes: readonly PixelBox[] = [],
): Promise<Picture | Rejection> {
  const size = await sizeOf(bytes);
  if ('rejected' in size) return size;
  const picture = decoded(bytes)
    .autoOrient()
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#fff' })
    .composite(boxes.map(blackBox));
  return encoded(picture, PHOTO_QUALITY);
}

/** A preview of a photo that `remake` made. Rejects as `remake`. */
export function preview(photo: Uint8Array): Promise<Picture | Rejection> {
  const picture = decoded(photo).resize({
    width: PREVIEW_WIDTH,
    height: PREVIEW_HEIGHT,
    fit: 'inside',
    withoutEnlargement: true,
  });
  return encoded(picture, PREVIEW_QUALITY);
}

function decoded(bytes: Uint8Array): Sharp {
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 }).timeout({
    seconds: DECODE_SECONDS,
  });
}

/** Without a word about metadata none is written, and colours are those of sRGB. */
async function encoded(picture: Sharp, quality: number): Promise<Picture | Rejection> {
  try {
    const { data, info } = await picture.jpeg({ quality }).toBuffer({ resolveWithObject: true });
    return { bytes: data, width: info.width, height: info.height };
  } catch (error) {
    const isTimeout = error instanceof Error && error.message.startsWith('timeout');
    return { rejected: isTimeout ? 'photo-too-costly' : 'photo-damaged' };
  }
}

function blackBox({ left, top, width, height }: PixelBox): OverlayOptions {
  return { input: { create: { width, height, channels: 3, background: '#000' } }, left, top };
}
