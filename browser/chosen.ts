/** What somebody chose to have audited, read as far as it is small; the bundle itself is read while it is audited. */
import { sha256 } from '@noble/hashes/sha2.js';
import { pairReceipts, readLeafHash } from '../projections/audit/kept-receipts.js';
import type { AuditAsked } from './audit-worker.js';

export interface Chosen {
  readonly bundle: File;
  readonly policy: File | undefined;
  readonly checkpoints: readonly File[];
  /** One a line. */
  readonly leafHashes: string;
  readonly receipts: readonly File[];
}

/** What cannot be meant: of which field, and what was given. */
export interface Refused {
  readonly refused: 'leaf-hash' | 'receipt';
  readonly given: string;
}

export async function readChosen(chosen: Chosen): Promise<Omit<AuditAsked, 'checking'> | Refused> {
  const { bundle, policy, checkpoints, receipts } = chosen;
  const leafHashes: Uint8Array[] = [];
  for (const given of chosen.leafHashes.split(/\s+/).filter((word) => word !== '')) {
    const leafHash = readLeafHash(given);
    if (leafHash === undefined) return { refused: 'leaf-hash', given };
    leafHashes.push(leafHash);
  }
  const paired = pairReceipts({ sha256 }, leafHashes, await Promise.all(receipts.map(bytesIn)));
  const [strange] = paired.strange;
  if (strange !== undefined) return { refused: 'receipt', given: receipts[strange]?.name ?? '' };
  return {
    bundle,
    ...(policy && { policy: await bytesIn(policy) }),
    older: await Promise.all(checkpoints.map(bytesIn)),
    receipts: paired.receipts,
  };
}

async function bytesIn(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}
