/** Pictures made anew: what is in them, what is not, and what is never decoded. */
import { describe, expect, it } from '@jest/globals';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { MAX_SIDE, preview, remake, type Picture } from '../../src/photos/decoder.js';
import { photoProblem } from '../../src/photos/photo-kinds.js';
import type { Rejection } from '../../src/event-store/command-log.js';
import { accepted } from '../contents/world.js';
import {
  bomb,
  GIF,
  halves,
  HEIC,
  largePhoto,
  markersOf,
  pixelAt,
  RED,
  SVG,
  telephonePhoto,
  withSegments,
} from './pictures.js';

async function made(bytes: Uint8Array): Promise<Picture> {
  return accepted<Picture>(await remake(bytes));
}

function rejected(answer: object): string | undefined {
  return (answer as Partial<Rejection>).rejected;
}

function expectNear(pixel: number[], { r, g, b }: { r: number; g: number; b: number }, most = 12): void {
  for (const [index, value] of [r, g, b].entries()) {
    expect(Math.abs((pixel[index] ?? NaN) - value)).toBeLessThanOrEqual(most);
  }
}

describe('a photo that is made anew', () => {
  it('is turned as the camera was held', async () => {
    const { bytes, width, height } = await made(await telephonePhoto(64, 32));
    expect([width, height]).toEqual([32, 64]);
    // What was left is above.
    expectNear(await pixelAt(bytes, 16, 8), RED);
    expect((await sharp(bytes).metadata()).orientation).toBeUndefined();
  });

  it('has pixels and nothing else: no place, no device, no words, no profile', async () => {
    const sent = await telephonePhoto();
    for (const secret of ['Secretphone', 'secret-xmp', 'secret-iptc', 'secret-comment', 'ICC_PROFILE']) {
      expect([secret, sent.includes(secret)]).toEqual([secret, true]);
      expect([secret, Buffer.from((await made(sent)).bytes).includes(secret)]).toEqual([secret, false]);
    }
    const { bytes } = await made(sent);
    // Quantisation, frame, Huffman tables and scan, and at most the head of JFIF.
    for (const marker of markersOf(bytes)) expect(marker).toMatch(/^ff(e0|db|c0|c4|da)$/);
    const small = accepted<Picture>(await preview(bytes));
    for (const marker of markersOf(small.bytes)) expect(marker).toMatch(/^ff(e0|db|c0|c4|da)$/);
  });

  it('has the colours of its profile in sRGB', async () => {
    const sent = await sharp({ create: { width: 16, height: 16, channels: 3, background: RED } })
      .withIccProfile('p3')
      .png()
      .toBuffer();
    // In Display P3 the same red has other numbers.
    const raw = await sharp(sent, { ignoreIcc: true }).raw().toBuffer();
    expect(Math.abs((raw[0] ?? 0) - RED.r)).toBeGreaterThan(12);
    expectNear(await pixelAt((await made(sent)).bytes, 8, 8), RED);
  });

  it.each([
    [
      'a PNG that is transparent',
      () => sharp({ create: { width: 8, height: 8, channels: 4, background: '#0000' } }).png(),
    ],
    ['a WebP', () => halves(8, 8).webp()],
    ['sixteen bits a colour', () => halves(8, 8).toColourspace('rgb16').png()],
    ['grey', () => halves(8, 8).greyscale().jpeg()],
    ['CMYK', () => halves(8, 8).toColourspace('cmyk').jpeg()],
  ])('may have been %s', async (_, sent) => {
    const { bytes } = await made(await sent().toBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({
      format: 'jpeg',
      width: 8,
      height: 8,
      depth: 'uchar',
    });
  });

  it('shows white where it was transparent', async () => {
    const glass = sharp({ create: { width: 8, height: 8, channels: 4, background: '#0000' } });
    expectNear(await pixelAt((await made(await glass.png().toBuffer())).bytes, 4, 4), {
      r: 255,
      g: 255,
      b: 255,
    });
  });

  it('is 2,048 pixels at most on its longer side, and its preview 400 wide', async () => {
    const { bytes, width, height } = await made(await halves(3_000, 1_500).jpeg().toBuffer());
    expect([width, height]).toEqual([MAX_SIDE, MAX_SIDE / 2]);
    const small = accepted<Picture>(await preview(bytes));
    expect([small.width, small.height]).toEqual([400, 200]);
    // What is small stays so.
    const little = await made(await halves(100, 50).jpeg().toBuffer());
    expect([little.width, little.height]).toEqual([100, 50]);
  });

  it('has nothing of what else its file was: a page, an archive, a program', async () => {
    const jpeg = await halves(64, 64).jpeg().toBuffer();
    const also = '<script>alert(1)</script><?php system($_GET[0]);PK\x03\x04';
    for (const sent of [Buffer.concat([jpeg, Buffer.from(also)]), withSegments(jpeg, [[0xfe, also]])]) {
      expect(sent.includes('<script>')).toBe(true);
      const { bytes } = await made(sent);
      for (const part of ['<script>', '<?php', 'PK\x03\x04'])
        expect(Buffer.from(bytes).includes(part)).toBe(false);
    }
  });

  it('leaves the program free to do other things meanwhile', async () => {
    const sent = await largePhoto(2_400, 1_800);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await made(sent);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });
});

describe('what cannot be a photo', () => {
  it('is refused by its pixels before any is decoded', async () => {
    const sent = bomb(30_000);
    expect(sent.length).toBeLessThan(200_000);
    const before = process.memoryUsage().rss;
    expect(await remake(sent)).toEqual({ rejected: 'photo-too-many-pixels', detail: { max: 32 } });
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
    // Of a size that is taken, the same is a picture.
    expect(await made(bomb(500))).toMatchObject({ width: 500, height: 500 });
  });

  it('is refused by the pixels that it claims', async () => {
    const jpeg = await halves(64, 64).jpeg().toBuffer();
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg.writeUInt16BE(30_000, frame + 5);
    jpeg.writeUInt16BE(30_000, frame + 7);
    expect(rejected(await remake(jpeg))).toBe('photo-too-many-pixels');
  });

  it('does not unpack words that are far larger than they look', async () => {
    const words = deflateSync(Buffer.alloc(200_000_000));
    const before = process.memoryUsage().rss;
    await remake(bomb(64, ['zTXt', Buffer.concat([Buffer.from('Comment\0\0'), words])]));
    await remake(bomb(64, ['iCCP', Buffer.concat([Buffer.from('p\0\0'), words])]));
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  it('is damaged where it ends early, or is not what it begins as', async () => {
    const jpeg = await largePhoto(800, 600);
    const small = await largePhoto(400, 300);
    const [png, webp] = [await sharp(small).png().toBuffer(), await sharp(small).webp().toBuffer()];
    for (const [index, sent] of [
      jpeg.subarray(0, jpeg.length / 2),
      jpeg.subarray(0, jpeg.length - 200),
      png.subarray(0, png.length / 2),
      webp.subarray(0, webp.length / 2),
      Buffer.concat([jpeg.subarray(0, 3), Buffer.from('not a photo at all')]),
      Buffer.concat([png.subarray(0, 8), SVG]),
    ].entries()) {
      expect([index, rejected(await remake(sent))]).toEqual([index, 'photo-damaged']);
    }
  });

  it('reaches no decoder, whatever it is', async () => {
    for (const sent of [SVG, GIF, HEIC, Buffer.from('%PDF-1.7\n')]) {
      expect(rejected(await remake(sent))).toBe('photo-damaged');
    }
    // GIF and SVG are read where nobody forbids it: this program has no decoder for them any more.
    await expect(sharp(GIF).metadata()).rejects.toThrow();
    await expect(sharp(SVG).metadata()).rejects.toThrow();
  });
});

describe('the kind of a photo', () => {
  const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10]);
  const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

  it.each<[string | undefined, string | undefined, Uint8Array]>([
    [undefined, 'image/jpeg', jpeg],
    [undefined, 'image/jpg', jpeg],
    [undefined, 'IMAGE/PNG; name=x', png],
    [undefined, undefined, png],
    [undefined, 'application/octet-stream', png],
    ['file-type-mismatch', 'image/jpeg', png],
    ['file-type-mismatch', 'text/html', png],
    ['file-empty', 'image/jpeg', new Uint8Array()],
    ['file-too-large', 'image/jpeg', Buffer.concat([jpeg, Buffer.alloc(6_000_000)])],
    ['photo-is-heic', 'image/heic', HEIC],
    ['photo-is-heic', 'image/jpeg', HEIC],
    ['photo-type-not-allowed', 'image/avif', Buffer.from('\0\0\0\x1cftypavif\0\0\0\0', 'latin1')],
    ['photo-type-not-allowed', 'image/gif', GIF],
    ['photo-type-not-allowed', 'image/svg+xml', SVG],
    ['photo-type-not-allowed', 'image/png', SVG],
    ['photo-type-not-allowed', 'application/pdf', Buffer.from('%PDF-1.7\n')],
  ])('%s for %s', (expected, mediaType, bytes) => {
    const problem = photoProblem({ bytes, ...(mediaType !== undefined && { mediaType }) });
    expect(problem?.rejected).toBe(expected);
  });
});
