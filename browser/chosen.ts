/** What somebody chose to have checked, read as far as it is small; the bundle itself is read while it is audited. */
import { sha256 } from '@noble/hashes/sha2.js';
import { pairReceipts, readLeafHash } from '../projections/audit/kept-receipts.js';
import { utf8 } from '../projections/bytes.js';
import type { AuditAsked, ReceiptsAsked } from './audit-worker.js';

export interface Chosen {
  readonly bundle: Blob | undefined;
  readonly policy: File | undefined;
  readonly checkpoints: readonly File[];
  /** One a line. */
  readonly leafHashes: string;
  readonly receipts: readonly File[];
}

/** What cannot be meant: of which field, and what was given. */
export interface Refused {
  readonly refused: 'leaf-hash' | 'receipt' | 'nothing' | 'without-receipt';
  readonly given: string;
}

/** How every receipt begins. */
const PROOF = 'c2sp.org/tlog-proof@';

/** @param policyOfLog whom the log itself says to trust: for receipts alone, where the reader has no policy of her own */
export async function readChosen(
  chosen: Chosen,
  policyOfLog: string | undefined,
): Promise<Omit<AuditAsked, 'checking'> | ReceiptsAsked | Refused> {
  const { policy, checkpoints } = chosen;
  const { bundle, receipts } = await sorted(chosen);
  const leafHashes: Uint8Array[] = [];
  for (const given of chosen.leafHashes.split(/\s+/).filter((word) => word !== '')) {
    const leafHash = readLeafHash(given);
    if (leafHash === undefined) return { refused: 'leaf-hash', given };
    leafHashes.push(leafHash);
  }
  if (bundle === undefined && receipts.length === 0) {
    const given = chosen.leafHashes.trim();
    return given === '' ? { refused: 'nothing', given } : { refused: 'without-receipt', given };
  }
  const files = await Promise.all(receipts.map(bytesIn));
  const paired = pairReceipts({ sha256 }, leafHashes, files);
  const nameAt = (place: number) => receipts[place]?.name ?? '';
  const [strange] = paired.strange;
  // Alone, and with no leaf hash given, each is judged as it is.
  if (strange !== undefined && (bundle !== undefined || leafHashes.length > 0))
    return { refused: 'receipt', given: nameAt(strange) };
  const own = policy && (await bytesIn(policy));
  if (bundle !== undefined) {
    const older = await Promise.all(checkpoints.map(bytesIn));
    return { bundle, ...(own && { policy: own }), older, receipts: paired.receipts };
  }
  const given = own ?? (policyOfLog === undefined ? undefined : utf8(policyOfLog));
  const alone = files.map((proof, place) => {
    const pair = leafHashes.length === 0 ? undefined : paired.receipts.find((one) => one.proof === proof);
    return { name: nameAt(place), proof, ...(pair && { leafHash: pair.leafHash }) };
  });
  return { alone, ...(given && { policy: given }), isOwnPolicy: own !== undefined };
}

/** A receipt that was dropped where the bundle goes is a receipt all the same. */
async function sorted({ bundle, receipts }: Chosen): Promise<Pick<Chosen, 'bundle' | 'receipts'>> {
  if (!(bundle instanceof File)) return { bundle, receipts };
  const isReceipt = (await bundle.slice(0, PROOF.length).text()) === PROOF;
  return isReceipt ? { bundle: undefined, receipts: [bundle, ...receipts] } : { bundle, receipts };
}

async function bytesIn(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}
