/** What a receipt shows by itself, with nothing but the policy of whoever reads it. */
import { toBase64url } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import type { Checkpoint } from './checkpoint.js';
import type { Policy } from './policy.js';
import { parseProof, verifyProof, type Proof } from './proof.js';
import { checkCheckpoint, readCheckpoint } from './signed-checkpoint.js';
import { verifyInclusion } from './tree.js';

/** Where the receipt says that the entry stands. */
interface Place {
  readonly origin: string;
  /** From 0. */
  readonly index: string;
  /** Entries under the head. */
  readonly size: string;
  readonly root: string;
}

/** The same words as the audit has: whether it holds, and whether everything could be looked at. */
export type ReceiptVerdict =
  | ({ readonly verdict: 'PASS'; readonly cosignedBy: readonly string[] } & Place)
  | ({
      readonly verdict: 'NOT-CHECKED';
      readonly code: 'policy-not-given' | 'leaf-hash-not-given';
    } & Place)
  | { readonly verdict: 'FAIL'; readonly code: string };

/** The leaf hash that a receipt says it is of; nothing vouches for it but that the inclusion comes out. */
export function ownLeafHash({ extra }: Pick<Proof, 'extra'>): Uint8Array | undefined {
  return extra?.length === 32 ? extra : undefined;
}

/**
 * @param trusted.leafHash of the entry; without it the one that the receipt names itself
 * @param trusted.policy without it nobody looks at who signed
 */
export function judgeReceipt(
  crypto: Pick<Crypto, 'sha256' | 'verify'>,
  bytes: Uint8Array,
  trusted: { readonly leafHash?: Uint8Array | undefined; readonly policy?: Policy | undefined },
): ReceiptVerdict {
  const proof = parseProof(bytes);
  if (typeof proof === 'string') return { verdict: 'FAIL', code: proof };
  const { policy, leafHash = ownLeafHash(proof) } = trusted;
  if (policy !== undefined && leafHash !== undefined) {
    const shown = verifyProof(crypto, { leafHash }, bytes, policy);
    if (typeof shown === 'string') return { verdict: 'FAIL', code: shown };
    const cosignedBy = shown.cosignedBy.map(({ witness }) => witness);
    return { verdict: 'PASS', ...placeOf(shown.index, shown.checkpoint), cosignedBy };
  }
  const checkpoint =
    policy === undefined ? readCheckpoint(proof.checkpoint) : signedHead(crypto, proof.checkpoint, policy);
  if (typeof checkpoint === 'string') return { verdict: 'FAIL', code: checkpoint };
  const { index, hashes } = proof;
  if (index >= checkpoint.size) return { verdict: 'FAIL', code: 'index-outside-tree' };
  const place = placeOf(index, checkpoint);
  if (leafHash === undefined) return { verdict: 'NOT-CHECKED', code: 'leaf-hash-not-given', ...place };
  if (!verifyInclusion(crypto, { index, hash: leafHash }, checkpoint, hashes))
    return { verdict: 'FAIL', code: 'inclusion-wrong' };
  return { verdict: 'NOT-CHECKED', code: 'policy-not-given', ...place };
}

function signedHead(
  crypto: Pick<Crypto, 'sha256' | 'verify'>,
  bytes: Uint8Array,
  policy: Policy,
): Checkpoint | string {
  const checked = checkCheckpoint(crypto, bytes, policy);
  return typeof checked === 'string' ? checked : checked.checkpoint;
}

function placeOf(index: bigint, { origin, size, root }: Checkpoint): Place {
  return { origin, index: String(index), size: String(size), root: toBase64url(root) };
}
