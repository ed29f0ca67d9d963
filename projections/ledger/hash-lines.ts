/** The shape that proofs and requests to witnesses share: lines, hashes, an empty line, a checkpoint as it was signed. */
import { utf8 } from '../bytes.js';
import { fromBase64, toBase64 } from './base64.js';
import { textOf } from './text.js';
import { HASH_BYTES } from './tree.js';

/** No proof of a tree of at most 2^63-1 leaves is longer. */
export const MAX_PROOF_HASHES = 63;
/** A checkpoint, the longest proof before it, and room for what an application adds. */
const MAX_BYTES = 1_100_000;

/** The lines before the first empty one, and the bytes after it; `undefined` where there is none. */
export function headAndCheckpoint(
  bytes: Uint8Array,
): { readonly lines: string[]; readonly checkpoint: Uint8Array } | undefined {
  if (bytes.length > MAX_BYTES) return undefined;
  const text = textOf(bytes);
  const end = text?.indexOf('\n\n') ?? -1;
  if (text === undefined || end < 0) return undefined;
  return { lines: text.slice(0, end).split('\n'), checkpoint: utf8(text.slice(end + 2)) };
}

/** A proof of one hash a line; `undefined` for anything else, and for more than any proof has. */
export function parseHashLines(lines: readonly string[]): Uint8Array[] | undefined {
  if (lines.length > MAX_PROOF_HASHES) return undefined;
  const hashes = lines.flatMap((line) => fromBase64(line) ?? []);
  return hashes.length === lines.length && hashes.every((hash) => hash.length === HASH_BYTES)
    ? hashes
    : undefined;
}

export function writeHashLines(hashes: readonly Uint8Array[]): string {
  return hashes.map((hash) => `${toBase64(hash)}\n`).join('');
}
