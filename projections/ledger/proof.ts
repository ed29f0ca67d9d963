/**
 * Receipts that verify without anybody's help: where an entry stands in the log, the inclusion proof, and the checkpoint
 * with its signatures, in one text (`.tlog-proof`).
 *
 * @see https://c2sp.org/tlog-proof
 */
import type { Crypto } from '../crypto.js';
import { leafHash } from '../hash.js';
import { fromBase64, toBase64 } from './base64.js';
import { parseDecimal, type Checkpoint } from './checkpoint.js';
import { headAndCheckpoint, parseHashLines, writeHashLines } from './hash-lines.js';
import { decodeUtf8 } from './text.js';
import type { Policy } from './policy.js';
import {
  checkCheckpoint,
  type Cosignature,
  type LogSignatureFault,
  type QuorumFault,
} from './signed-checkpoint.js';
import { verifyInclusion } from './tree.js';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';

export interface Proof {
  /** Whatever an application adds; nothing vouches for it. */
  readonly extra?: Uint8Array;
  /** Of the entry, from 0. */
  readonly index: bigint;
  /** From the leaf's sibling up to the child of the root. */
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, byte for byte. */
  readonly checkpoint: Uint8Array;
}

export type ProofFault =
  | 'proof-malformed'
  | 'proof-version-unknown'
  | 'proof-extra-malformed'
  | 'proof-index-malformed'
  | 'proof-hash-malformed';

/** @throws RangeError for a checkpoint that is not text */
export function writeProof({ extra, index, hashes, checkpoint }: Proof): string {
  const note = decodeUtf8(checkpoint);
  if (note === undefined) throw new RangeError('A checkpoint is text');
  const more = extra === undefined || extra.length === 0 ? '' : `extra ${toBase64(extra)}\n`;
  return `${FIRST_LINE}\n${more}index ${String(index)}\n${writeHashLines(hashes)}\n${note}`;
}

/** Reads the form only: nothing of it is true before `verifyProof`. */
export function parseProof(bytes: Uint8Array): Proof | ProofFault {
  const parts = headAndCheckpoint(bytes);
  if (parts === undefined) return 'proof-malformed';
  const [version, ...lines] = parts.lines;
  if (version !== FIRST_LINE) {
    return version?.startsWith('c2sp.org/tlog-proof@') === true ? 'proof-version-unknown' : 'proof-malformed';
  }
  let extra: Uint8Array | undefined;
  if (lines[0]?.startsWith('extra ') === true) {
    extra = fromBase64(lines[0].slice('extra '.length));
    // Where there is none, the line is left out.
    if (extra === undefined || extra.length === 0) return 'proof-extra-malformed';
    lines.shift();
  }
  const [, digits = ''] = /^index (.*)$/.exec(lines[0] ?? '') ?? [];
  const index = parseDecimal(digits);
  if (index === undefined) return 'proof-index-malformed';
  const hashes = parseHashLines(lines.slice(1));
  if (hashes === undefined) return 'proof-hash-malformed';
  return { ...(extra !== undefined && { extra }), index, hashes, checkpoint: parts.checkpoint };
}

/** What a proof has shown. */
export interface Included {
  readonly index: bigint;
  readonly checkpoint: Checkpoint;
  readonly cosignedBy: readonly Cosignature[];
}

export type InclusionFault =
  ProofFault | LogSignatureFault | QuorumFault | 'index-outside-tree' | 'inclusion-wrong';

/**
 * Whether an entry, told by its bytes or by its leaf hash, stands in a log of the policy, under a checkpoint that meets the
 * policy. Which index the caller expects is for it to compare.
 */
export function verifyProof(
  crypto: Pick<Crypto, 'sha256' | 'verify'>,
  entry: { readonly leaf: Uint8Array } | { readonly leafHash: Uint8Array },
  bytes: Uint8Array,
  policy: Policy,
): Included | InclusionFault {
  const proof = parseProof(bytes);
  if (typeof proof === 'string') return proof;
  const checked = checkCheckpoint(crypto, proof.checkpoint, policy);
  if (typeof checked === 'string') return checked;
  const { checkpoint, cosignedBy } = checked;
  const { index } = proof;
  if (index >= checkpoint.size) return 'index-outside-tree';
  const hash = 'leaf' in entry ? leafHash(crypto, entry.leaf) : entry.leafHash;
  if (!verifyInclusion(crypto, { index, hash }, checkpoint, proof.hashes)) return 'inclusion-wrong';
  return { index, checkpoint, cosignedBy };
}
