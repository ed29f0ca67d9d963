import { describe, expect, it } from '@jest/globals';
import { fileProblem, MAX_FILE_BYTES, sniffMediaType } from '../../src/contents/file.js';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('a file', () => {
  it.each([
    ['image/png', png],
    ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10])],
    ['image/webp', Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1')],
    ['application/pdf', Buffer.from('%PDF-1.7\n')],
    [undefined, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    [undefined, Buffer.from('RIFF\x10\0\0\0WAVEfmt ', 'latin1')],
    [undefined, Buffer.from([0xff])],
  ])('is told by its first bytes: %s', (mediaType, bytes) => {
    expect(sniffMediaType(bytes)).toBe(mediaType);
  });

  it.each<[string | undefined, string, Uint8Array]>([
    [undefined, 'image/png', png],
    ['file-empty', 'image/png', new Uint8Array()],
    ['file-too-large', 'image/png', Buffer.concat([png, Buffer.alloc(MAX_FILE_BYTES)])],
    ['file-type-not-allowed', 'text/html', Buffer.from('<html>')],
    ['file-type-not-allowed', 'text/html', png],
    ['file-type-not-allowed', 'image/png', Buffer.from('<html>')],
    ['file-type-mismatch', 'image/jpeg', png],
  ])('%s for %s', (rejected, mediaType, bytes) => {
    expect(fileProblem({ mediaType, bytes })?.rejected).toBe(rejected);
  });
});
