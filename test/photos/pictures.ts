/** Real pictures, made here, and what is not one. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

export const RED = { r: 220, g: 20, b: 20 };
export const BLUE = { r: 20, g: 20, b: 220 };

/** The left half red and the right half blue. */
export function halves(width: number, height: number) {
  const right = { create: { width: width / 2, height, channels: 3, background: BLUE } } as const;
  return sharp({ create: { width, height, channels: 3, background: RED } }).composite([
    { input: right, left: width / 2, top: 0 },
  ]);
}

/** A JPEG as a telephone makes one that is held upright: lying on its side, with orientation, place, XMP, IPTC, a comment and a profile. */
export async function telephonePhoto(width = 64, height = 32): Promise<Buffer> {
  const jpeg = await halves(width, height)
    .withExif({
      IFD0: { Make: 'Secretphone' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '43/1 32/1 0/1',
        GPSLongitudeRef: 'W',
        GPSLongitude: '5/1 39/1 0/1',
      },
    })
    .withMetadata({ orientation: 6, icc: 'p3' })
    .jpeg({ quality: 95 })
    .toBuffer();
  const xmp = `http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/">secret-xmp</x:xmpmeta>`;
  const iptc = 'Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10\x1c\x02\x74\0\x0bsecret-iptc';
  return withSegments(jpeg, [
    [0xe1, xmp],
    [0xed, iptc],
    [0xfe, 'secret-comment'],
  ]);
}

/** A JPEG with these segments after its start. */
export function withSegments(jpeg: Buffer, segments: readonly (readonly [marker: number, data: string])[]) {
  const more = segments.map(([marker, data]) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, Buffer.from(data, 'latin1')]);
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...more, jpeg.subarray(2)]);
}

/** The markers of a JPEG up to its pixels. */
export function markersOf(jpeg: Uint8Array): string[] {
  const bytes = Buffer.from(jpeg);
  const markers: string[] = [];
  for (let at = 2; at < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    markers.push(bytes.readUInt16BE(at).toString(16));
    if (bytes.readUInt16BE(at) === 0xffda) return markers;
  }
  throw new Error('A JPEG without pixels');
}

/** Noise as a sensor has it, which compresses badly; lying on its side. As it is by default, a JPEG of 4.8 MB. */
export function largePhoto(width = 4032, height = 3024, quality = 94): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  return sharp({ create: { width, height, channels: 3, background: '#888', noise } })
    .blur(1)
    .withMetadata({ orientation: 6 })
    .jpeg({ quality })
    .toBuffer();
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A whole PNG of one bit a pixel, all black: some hundred kilobytes for a milliard of pixels. @see https://www.w3.org/TR/png-3/ */
export function bomb(side: number, ...beside: [type: string, data: Buffer][]): Buffer {
  const head = Buffer.from('0000000000000000010000000000', 'hex').subarray(0, 13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    ...beside.map(([type, data]) => chunk(type, data)),
    chunk('IDAT', deflateSync(Buffer.alloc(side * (Math.ceil(side / 8) + 1)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const HEIC = Buffer.from('\0\0\0\x24ftypheic\0\0\0\0mif1MiHEmiafMiHBheic\0\0\0\0meta', 'latin1');
export const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
export const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Red, green and blue of one pixel. */
export async function pixelAt(picture: Uint8Array, left: number, top: number): Promise<number[]> {
  const one = sharp(picture).extract({ left, top, width: 1, height: 1 });
  return [...(await one.raw().toBuffer())];
}
