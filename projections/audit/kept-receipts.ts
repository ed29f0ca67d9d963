/** Receipts that somebody kept: which file is of which leaf hash. */
import { fromBase64url } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { parseProof } from '../ledger/proof.js';
import { ownLeafHash } from '../ledger/receipt-verdict.js';
import { verifyInclusion } from '../ledger/tree.js';
import { readCheckpoint } from '../ledger/signed-checkpoint.js';

export interface KeptReceipt {
  leafHash: Uint8Array;
  proof?: Uint8Array;
}

/** 32 bytes of base64url, with white space around; `undefined` for anything else. */
export function readLeafHash(text: string): Uint8Array | undefined {
  const leafHash = fromBase64url(text.trim());
  return leafHash?.length === 32 ? leafHash : undefined;
}

/**
 * Puts every file with the leaf hash whose inclusion it shows; where none is given, with the one that it names itself. Whether anybody signed what it shows is for the audit to say.
 * @returns the receipts, and the places of files that show none of these leaf hashes
 */
export function pairReceipts(
  crypto: Pick<Crypto, 'sha256'>,
  leafHashes: readonly Uint8Array[],
  files: readonly Uint8Array[],
): { receipts: readonly KeptReceipt[]; strange: readonly number[] } {
  const receipts: KeptReceipt[] = leafHashes.map((leafHash) => ({ leafHash }));
  const strange: number[] = [];
  for (const [place, proof] of files.entries()) {
    const own = leafHashes.length === 0 ? named(proof) : receipts;
    const shown = own.find(({ leafHash }) => shows(crypto, proof, leafHash));
    if (shown === undefined) {
      strange.push(place);
      continue;
    }
    // Somebody may have kept several of one event, under heads that exclude each other.
    if (shown.proof !== undefined) receipts.push({ leafHash: shown.leafHash, proof });
    else if (own !== receipts) receipts.push({ ...shown, proof });
    else shown.proof = proof;
  }
  return { receipts, strange };
}

function named(bytes: Uint8Array): KeptReceipt[] {
  const proof = parseProof(bytes);
  const leafHash = typeof proof === 'string' ? undefined : ownLeafHash(proof);
  return leafHash === undefined ? [] : [{ leafHash }];
}

function shows(crypto: Pick<Crypto, 'sha256'>, bytes: Uint8Array, hash: Uint8Array): boolean {
  const proof = parseProof(bytes);
  if (typeof proof === 'string') return false;
  const checkpoint = readCheckpoint(proof.checkpoint);
  if (typeof checkpoint === 'string') return false;
  const { index, hashes } = proof;
  return index < checkpoint.size && verifyInclusion(crypto, { index, hash }, checkpoint, hashes);
}
