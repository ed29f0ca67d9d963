/**
 * What a log asks a witness and what it is answered, as messages: transport and state are others' business.
 *
 * @see https://c2sp.org/tlog-witness (add-checkpoint)
 */
import { parseDecimal } from './checkpoint.js';
import { headAndCheckpoint, MAX_PROOF_HASHES, parseHashLines, writeHashLines } from './hash-lines.js';
import { decodeUtf8 } from './text.js';

/** The content type of the answer 409, whose body is the size that the witness cosigned last (`parseConflict`). */
export const CONFLICT_TYPE = 'text/x.tlog.size';

export interface AddCheckpoint {
  /** The size that the witness is thought to have cosigned last; 0 for none. */
  readonly oldSize: bigint;
  /** From that size to the checkpoint's; none where it is 0. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, byte for byte. */
  readonly checkpoint: Uint8Array;
}

/** @throws RangeError for a checkpoint that is not text, and for more hashes than a proof has */
export function writeAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  const note = decodeUtf8(checkpoint);
  if (note === undefined || proof.length > MAX_PROOF_HASHES)
    throw new RangeError('Not a request to a witness');
  return `old ${String(oldSize)}\n${writeHashLines(proof)}\n${note}`;
}

/** Reads the form only. */
export function parseAddCheckpoint(bytes: Uint8Array): AddCheckpoint | 'request-malformed' {
  const parts = headAndCheckpoint(bytes);
  if (parts === undefined) return 'request-malformed';
  const [first = '', ...lines] = parts.lines;
  const [, digits = ''] = /^old (.*)$/.exec(first) ?? [];
  const oldSize = parseDecimal(digits);
  const proof = parseHashLines(lines);
  if (oldSize === undefined || proof === undefined) return 'request-malformed';
  return { oldSize, proof, checkpoint: parts.checkpoint };
}

/** The body of the answer 409 (`text/x.tlog.size`): the size that the witness cosigned last. */
export function writeConflict(size: bigint): string {
  return `${String(size)}\n`;
}

/** Reads it; `undefined` for anything else. */
export function parseConflict(bytes: Uint8Array): bigint | undefined {
  const text = decodeUtf8(bytes);
  return text?.endsWith('\n') === true ? parseDecimal(text.slice(0, -1)) : undefined;
}
