/** Audits a bundle beside the page: the code of the command line, on the file that somebody chose. */
import { auditBundle } from '../projections/audit/audit-bundle.js';
import type { Report } from '../projections/audit/report.js';
import { startChecking } from './checking.js';
import { browserCrypto } from './crypto.js';

export interface AuditAsked {
  readonly bundle: Blob;
  readonly policy?: Uint8Array;
  readonly older: readonly Uint8Array[];
  readonly receipts: readonly { leafHash: Uint8Array; proof?: Uint8Array }[];
  /** The address of the script for the costly part. */
  readonly checking: string;
}

export type AuditTold =
  | { readonly taken: number; readonly of: number }
  | { readonly report: Report; readonly seconds: number }
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

onmessage = ({ data }: MessageEvent<AuditAsked>) => {
  audit(data).then(
    (told) => postMessage(told),
    (error: unknown) => postMessage({ broke: String(error) } satisfies AuditTold),
  );
};
