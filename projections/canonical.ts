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
import { LongList } from './long-list.js';

export type Json = boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export const MAX_CANONICAL_BYTES = 60_000;
const MAX_DEPTH = 8;
const KEY = /^[A-Za-z0-9_]{1,64}$/;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** All of it but quotation mark and backslash. */
const NOTHING_TO_ESCAPE = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Thrown for a value or bytes that break the encoding; `code` is stable. */
export class NotCanonical extends Error {
  readonly code = 'not-canonical';
  constructor(reason: string) {
    super(reason);
    this.name = 'NotCanonical';
  }
}

/**
 * The canonical text of a value, which may stand deeper in another. @throws NotCanonical when the value is outside the encoding
 * (size is not checked).
 */
export function canonicalText(value: unknown, depth = 1): string {
  return write(value, depth, true);
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
  // Nearly everything is as it must be, which is seen without writing it once more.
  const isPlain = PRINTABLE_ASCII.test(text) && !text.includes('\\');
  if (isPlain && endOf(value, text, 0, 1) === text.length) return value as Json;
  if (canonicalText(value) !== text) throw new NotCanonical('not in canonical form');
  return value as Json;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Where the canonical text of a parsed value ends that stands at a place of a text, in which nothing is escaped; -1 where it
 * does not stand there, or where that cannot be told so simply.
 */
function endOf(value: unknown, text: string, at: number, depth: number): number {
  switch (typeof value) {
    case 'string': {
      const end = at + 1 + value.length;
      const isThere = text.charCodeAt(at) === QUOTE && text.charCodeAt(end) === QUOTE;
      return isThere && text.startsWith(value, at + 1) ? end + 1 : -1;
    }
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) return -1;
      return endOfWord(String(value), text, at);
    case 'boolean':
      return endOfWord(value ? 'true' : 'false', text, at);
    case 'object':
      if (value === null || depth > MAX_DEPTH) return -1;
      return Array.isArray(value) ? endOfList(value, text, at, depth) : endOfObject(value, text, at, depth);
    default:
      return -1;
  }
}

function endOfWord(word: string, text: string, at: number): number {
  return text.startsWith(word, at) ? at + word.length : -1;
}

function endOfList(items: readonly unknown[], text: string, at: number, depth: number): number {
  if (text.charCodeAt(at) !== LIST) return -1;
  let end = at + 1;
  for (let i = 0; i < items.length; i++) {
    if (i > 0 && text.charCodeAt(end++) !== COMMA) return -1;
    end = endOf(items[i], text, end, depth + 1);
    if (end < 0) return -1;
  }
  return text.charCodeAt(end) === LIST_END ? end + 1 : -1;
}

function endOfObject(object: object, text: string, at: number, depth: number): number {
  if (text.charCodeAt(at) !== OBJECT) return -1;
  let end = at;
  let before = '';
  // A parsed object has nothing but its own members, in the order of the text; names that are numbers come first.
  for (const key in object) {
    if (key <= before || !isKey(key)) return -1;
    if (end > at && text.charCodeAt(end) !== COMMA) return -1;
    end = endOf(key, text, end + 1, depth);
    if (end < 0 || text.charCodeAt(end) !== COLON) return -1;
    end = endOf((object as Record<string, unknown>)[key], text, end + 1, depth + 1);
    if (end < 0) return -1;
    before = key;
  }
  if (end === at) end += 1;
  return text.charCodeAt(end) === OBJECT_END ? end + 1 : -1;
}

/** Keys that were looked at: there are a few hundred of them, again and again. */
const knownKeys = new Set<string>();
const MOST_KNOWN = 1_000;

function isKey(key: string): boolean {
  if (knownKeys.has(key)) return true;
  if (!KEY.test(key) || key === '__proto__') return false;
  if (knownKeys.size < MOST_KNOWN) knownKeys.add(key);
  return true;
}

/** `limited`: to what the log allows. */
function write(value: unknown, depth: number, limited: boolean): string {
  switch (typeof value) {
    case 'string':
      if (!limited) return writeString(value);
      if (NOTHING_TO_ESCAPE.test(value)) return `"${value}"`;
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
      if (value instanceof LongList) return writeArray([...value], depth, limited);
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
  for (const key of sortedKeys(entries)) {
    if (entries[key] === undefined) continue;
    if (limited && !isKey(key)) throw new NotCanonical('a key is not allowed');
    const name = limited ? `"${key}"` : writeString(key);
    text += (text.length === 1 ? '' : ',') + name + ':' + write(entries[key], depth + 1, limited);
  }
  return text + '}';
}

function sortedKeys(entries: Record<string, unknown>): string[] {
  const keys = Object.keys(entries);
  for (let i = 1; i < keys.length; i++) if ((keys[i - 1] as string) > (keys[i] as string)) return keys.sort();
  return keys;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function asciiText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new NotCanonical('not UTF-8');
  }
}
