/** Bytes and their texts: base64url without padding (RFC 4648 §5) and lower-case hex. */

const encoder = new TextEncoder();

/** Bytes of one buffer that many small results share: a buffer of its own costs each far more than its bytes. */
const SLAB_BYTES = 65_536;
/** Longer results have a buffer of their own, so that one that is kept keeps little else alive. */
const LONGEST_SHARED = 4_096;
/** Up to here the engine keeps bytes inside the object, which is cheapest. */
const LONGEST_INSIDE = 64;
let slab = new Uint8Array(SLAB_BYTES);
let used = 0;

/** New bytes, all zero; small ones share memory. */
export function allocate(length: number): Uint8Array {
  if (length <= LONGEST_INSIDE || length > LONGEST_SHARED) return new Uint8Array(length);
  if (used + length > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  used += length;
  return slab.subarray(used - length, used);
}

export function utf8(text: string): Uint8Array {
  const bytes = allocate(text.length);
  const { read, written } = encoder.encodeInto(text, bytes);
  // All ASCII, as nearly everything here.
  return read === text.length && written === text.length ? bytes : encoder.encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = allocate(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Big-endian unsigned 32 bits, as lengths are written before hashed parts. */
export function u32be(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
}

/** As `u32be`, into bytes that are there. */
export function putU32be(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE64URL = /^[A-Za-z0-9_-]*$/;
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const decoder = new TextDecoder();

/** base64url without padding. */
export function toBase64url(bytes: Uint8Array): string {
  const { length } = bytes;
  const text = allocate(Math.ceil((length * 4) / 3));
  let at = 0;
  for (let i = 0; i < length; i += 3) {
    const left = length - i;
    const a = bytes[i] as number;
    const b = left > 1 ? (bytes[i + 1] as number) : 0;
    const c = left > 2 ? (bytes[i + 2] as number) : 0;
    text[at++] = CODES[a >> 2] as number;
    text[at++] = CODES[((a & 3) << 4) | (b >> 4)] as number;
    if (left > 1) text[at++] = CODES[((b & 15) << 2) | (c >> 6)] as number;
    if (left > 2) text[at++] = CODES[c & 63] as number;
  }
  return decoder.decode(text);
}

/** Whether `fromBase64url` would take a text, without decoding it. */
export function isBase64url(text: string): boolean {
  if (!BASE64URL.test(text)) return false;
  const tail = text.length % 4;
  if (tail === 0) return true;
  const last = VALUES[text.charCodeAt(text.length - 1)] as number;
  return tail === 2 ? (last & 15) === 0 : tail === 3 && (last & 3) === 0;
}

/** Decodes strictly: padding, foreign characters and stray bits at the end are refused with `undefined`. */
export function fromBase64url(text: string): Uint8Array | undefined {
  const tail = text.length % 4;
  if (tail === 1) return undefined;
  const bytes = allocate(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? (VALUES[code] as number) : -1;
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 0xff;
    }
  }
  return (bits & ((1 << held) - 1)) === 0 ? bytes : undefined;
}

/** Bytes of base64url that was checked before. @throws TypeError for a programming error */
export function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64url(text);
  if (bytes === undefined) throw new TypeError('not base64url');
  return bytes;
}

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Byte order, as views are sorted for their digest. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Six bytes from a place on as a number, with zeros behind the end: in byte order as far as they go. */
export function startOf(bytes: Uint8Array, from = 0): number {
  let start = 0;
  for (let i = from; i < from + 6; i++) start = start * 256 + (bytes[i] ?? 0);
  return start;
}
