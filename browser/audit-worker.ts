/** Audits a bundle, or judges receipts alone, beside the page: the code of the command line, on the files that somebody chose. */
import { auditBundle } from '../projections/audit/audit-bundle.js';
import type { KeptReceipt } from '../projections/audit/kept-receipts.js';
import type { Report } from '../projections/audit/report.js';
import { toBase64url } from '../projections/bytes.js';
import { parsePolicy } from '../projections/ledger/policy.js';
import { parseProof } from '../projections/ledger/proof.js';
import { judgeReceipt, ownLeafHash, type ReceiptVerdict } from '../projections/ledger/receipt-verdict.js';
import { startChecking } from './checking.js';
import { browserCrypto } from './crypto.js';

export interface AuditAsked {
  readonly bundle: Blob;
  readonly policy?: Uint8Array;
  readonly older: readonly Uint8Array[];
  readonly receipts: readonly KeptReceipt[];
  /** The address of the script for the costly part. */
  readonly checking: string;
}

/** Receipts without a log. */
export interface ReceiptsAsked {
  readonly alone: readonly {
    readonly name: string;
    readonly proof: Uint8Array;
    readonly leafHash?: Uint8Array;
  }[];
  /** The reader's own, or the one that the log itself gives. */
  readonly policy?: Uint8Array;
  readonly isOwnPolicy: boolean;
}

export interface JudgedReceipt {
  readonly name: string;
  readonly judged: ReceiptVerdict;
  /** base64url */
  readonly leafHash: string | undefined;
  /** The leaf hash comes from the file itself. */
  readonly isOwnHash: boolean;
}

export type AuditTold =
  | { readonly taken: number; readonly of: number }
  | { readonly report: Report; readonly seconds: number }
  | { readonly receipts: readonly JudgedReceipt[]; readonly isOwnPolicy: boolean }
  | { readonly policyWrong: string; readonly line: number }
  /** The file could not be read to its end, or a worker broke. */
  | { readonly broke: string };

async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array> {
  const reader = blob.stream().getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

async function audit({ bundle, checking, ...kept }: AuditAsked): Promise<AuditTold> {
  const started = performance.now();
  const report = await auditBundle(chunksOf(bundle), {
    crypto: browserCrypto,
    bulk: startChecking(checking),
    ...kept,
    progress: (taken, of) => postMessage({ taken, of } satisfies AuditTold),
  });
  return { report, seconds: (performance.now() - started) / 1_000 };
}

function judge({ alone, policy: text, isOwnPolicy }: ReceiptsAsked): AuditTold {
  const policy = text && parsePolicy(browserCrypto, text);
  if (policy !== undefined && 'refused' in policy) return { policyWrong: policy.refused, line: policy.line };
  const receipts = alone.map(({ name, proof: bytes, leafHash: given }): JudgedReceipt => {
    const proof = parseProof(bytes);
    const leafHash = given ?? (typeof proof === 'string' ? undefined : ownLeafHash(proof));
    return {
      name,
      judged: judgeReceipt(browserCrypto, bytes, { leafHash, policy }),
      leafHash: leafHash && toBase64url(leafHash),
      isOwnHash: given === undefined,
    };
  });
  return { receipts, isOwnPolicy };
}

onmessage = ({ data }: MessageEvent<AuditAsked | ReceiptsAsked>) => {
  const told = 'alone' in data ? Promise.resolve(data).then(judge) : audit(data);
  told.then(
    (end) => postMessage(end),
    (error: unknown) => postMessage({ broke: String(error) } satisfies AuditTold),
  );
};
