/**
 * Canonical JSON: RFC 8785, and on top of it what the log allows.
 *
 * Objects, arrays, printable-ASCII strings, booleans and integers of at most 2^53-1; no null, no fraction, no -0; keys
 * `^[A-Za-z0-9_]{1,64}$` and never `__proto__`; depth at most 8 (the root is 1); at most 60,000 bytes.
 * Within these limits `JSON.stringify` over sorted keys *is* RFC 8785, and no Unicode version matters.
 *
 * @see RFC 8785
 */
import { utf8 } from './bytes.js';

export type Json = boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export const MAX_CANONICAL_BYTES = 60_000;
const MAX_DEPTH = 8;
const KEY = /^[A-Za-z0-9_]{1,64}$/;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Thrown for a value or bytes that break the encoding; `code` is stable. */
export class NotCanonical extends Error {
  readonly code = 'not-canonical';
  constructor(reason: string) {
    super(reason);
    this.name = 'NotCanonical';
  }
}

/** The canonical text of a value. @throws NotCanonical when the value is outside the encoding (size is not checked). */
export function canonicalText(value: unknown): string {
  return write(value, 1, true);
}

/**
 * The canonical text of any JSON value, also of one that the log does not allow. @throws NotCanonical for what RFC 8785
 * has no text for: a lone surrogate, and whatever JSON cannot say
 */
export function jcs(value: unknown): string {
  return write(value, 1, false);
}

/** The canonical bytes of a value, at most `maxBytes`. @throws NotCanonical */
export function canonicalBytes(value: unknown, maxBytes = MAX_CANONICAL_BYTES): Uint8Array {
  const bytes = utf8(canonicalText(value));
  if (bytes.length > maxBytes) throw new NotCanonical(`${bytes.length} bytes, at most ${maxBytes} allowed`);
  return bytes;
}

/**
 * Parses strictly: the bytes must be exactly the canonical form of what they say, so that duplicate keys, spaces, odd
 * escapes and a byte-order mark all fail. @throws NotCanonical
 */
export function parseCanonical(bytes: Uint8Array, maxBytes = MAX_CANONICAL_BYTES): Json {
  if (bytes.length > maxBytes) throw new NotCanonical(`${bytes.length} bytes, at most ${maxBytes} allowed`);
  const text = asciiText(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NotCanonical('not JSON');
  }
  if (canonicalText(value) !== text) throw new NotCanonical('not in canonical form');
  return value as Json;
}

/** `limited`: to what the log allows. */
function write(value: unknown, depth: number, limited: boolean): string {
  switch (typeof value) {
    case 'string':
      if (!limited) return writeString(value);
      if (!PRINTABLE_ASCII.test(value)) throw new NotCanonical('a string is not printable ASCII');
      return JSON.stringify(value);
    case 'number':
      if (limited && (!Number.isSafeInteger(value) || Object.is(value, -0))) {
        throw new NotCanonical('a number is not an integer within 2^53-1');
      }
      if (!Number.isFinite(value)) throw new NotCanonical('a number is not finite');
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) {
        if (limited) throw new NotCanonical('null is not allowed');
        return 'null';
      }
      if (limited && depth > MAX_DEPTH) throw new NotCanonical(`deeper than ${MAX_DEPTH}`);
      return Array.isArray(value) ? writeArray(value, depth, limited) : writeObject(value, depth, limited);
    default:
      throw new NotCanonical(`${typeof value} is not allowed`);
  }
}

function writeString(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new NotCanonical('a lone surrogate');
  return JSON.stringify(text);
}

function writeArray(items: readonly unknown[], depth: number, limited: boolean): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) text += (i === 0 ? '' : ',') + write(items[i], depth + 1, limited);
  return text + ']';
}

function writeObject(object: object, depth: number, limited: boolean): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) throw new NotCanonical('not a plain object');
  const entries = object as Record<string, unknown>;
  let text = '{';
  // By UTF-16 code units, as RFC 8785 §3.2.3 sorts.
  for (const key of Object.keys(entries).sort()) {
    if (entries[key] === undefined) continue;
    if (limited && (!KEY.test(key) || key === '__proto__')) throw new NotCanonical('a key is not allowed');
    const name = limited ? `"${key}"` : writeString(key);
    text += (text.length === 1 ? '' : ',') + name + ':' + write(entries[key], depth + 1, limited);
  }
  return text + '}';
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function asciiText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new NotCanonical('not UTF-8');
  }
}
