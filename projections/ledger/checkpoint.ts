/**
 * What a log signs: origin, size and root of its tree as the text of a note.
 *
 * @see https://c2sp.org/tlog-checkpoint
 */
import { fromBase64, toBase64 } from './base64.js';
import { HASH_BYTES, MAX_SIZE } from './tree.js';

export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  /** Lines after these, opaque; this project writes none. */
  readonly extensions: readonly string[];
}

export type CheckpointFault =
  'checkpoint-lines-wrong' | 'checkpoint-size-malformed' | 'checkpoint-root-malformed';

/** Reads the text of a note, with its last newline. */
export function parseCheckpoint(text: string): Checkpoint | CheckpointFault {
  if (!text.endsWith('\n')) return 'checkpoint-lines-wrong';
  const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n');
  if (origin === undefined || size === undefined || root === undefined) return 'checkpoint-lines-wrong';
  if (origin === '' || extensions.includes('')) return 'checkpoint-lines-wrong';
  const leaves = parseDecimal(size);
  if (leaves === undefined) return 'checkpoint-size-malformed';
  const hash = fromBase64(root);
  if (hash?.length !== HASH_BYTES) return 'checkpoint-root-malformed';
  return { origin, size: leaves, root: hash, extensions };
}

export function writeCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  return [origin, String(size), toBase64(root), ...extensions].map((line) => `${line}\n`).join('');
}

/** A number from 0 to 2^63-1 in ASCII digits without leading zeros, as all these formats write numbers. */
export function parseDecimal(text: string): bigint | undefined {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value <= MAX_SIZE ? value : undefined;
}
