/** The audit of a bundle: what it holds goes where it belongs, and check 1 says whether it is what its manifest names. */
import { equalBytes, fromBase64url, utf8 } from '../bytes.js';
import { catalogue } from '../events/catalogue.js';
import { schemaFileName, schemaText } from '../events/json-schema.js';
import { TILE_WIDTH } from '../ledger/tile-path.js';
import { parseEntryBundle } from '../ledger/tiles.js';
import { readCheckpoint } from '../ledger/signed-checkpoint.js';
import { Audit, type AuditOptions } from './audit.js';
import { BadBundle, readBundle, type BundlePart, type Manifest } from './bundle.js';
import type { SignedHeads } from './head-checks.js';
import type { Report } from './report.js';
import { BadArchive } from './tar.js';

export interface BundleAuditOptions extends Omit<AuditOptions, 'contents' | 'progress'> {
  /** Told of events taken until now, of how many the manifest says there are. */
  progress?: (taken: number, of: number) => void;
  /** The reader's own policy; without it the bundle's own is taken, which the report says. */
  policy?: Uint8Array;
  /** Checkpoints and receipts that somebody kept. */
  older?: SignedHeads['older'];
  receipts?: SignedHeads['receipts'];
}

/** Audits a bundle as it comes. Whatever is wrong with it is in the report; nothing of it makes this throw. */
export async function auditBundle(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: BundleAuditOptions,
): Promise<Report> {
  const audit = new BundleAudit(options);
  try {
    for await (const part of readBundle(options.crypto, chunks)) await audit.take(part);
  } catch (error) {
    if (!(error instanceof BadBundle || error instanceof BadArchive)) throw error;
    audit.broken(error);
  }
  return audit.end();
}

/** Tens of thousands of them. */
const MOST_OLDER_BYTES = 16_000_000;

class BundleAudit {
  readonly #audit: Audit;
  #manifest: Manifest | undefined;
  #checkpoint: Uint8Array | undefined;
  #policy: Uint8Array | undefined;
  readonly #older: Uint8Array[] = [];
  #olderBytes = 0;
  #haveLeavesBegun = false;
  #nextBundle = 0n;

  constructor(private readonly options: BundleAuditOptions) {
    const { crypto, bulk, progress } = options;
    this.#audit = new Audit({
      crypto,
      ...(bulk && { bulk }),
      progress: (taken) => progress?.(taken, this.#manifest?.size ?? taken),
    });
  }

  async take(part: BundlePart): Promise<void> {
    const { findings } = this.#audit;
    findings.examine(1);
    if ('manifest' in part) {
      this.#manifest = part.manifest;
      const { election } = part.manifest;
      this.#audit.expectContents(election === undefined ? 'all' : 'some', election);
      return;
    }
    const { listed, kind, bytes, digestWrong } = part;
    if (digestWrong)
      findings.fail(1, { code: 'file-digest-wrong', id: listed.name, expected: listed.sha256 });
    switch (kind.kind) {
      case 'checkpoint':
        this.#checkpoint = bytes;
        return;
      case 'older-checkpoint':
        // They are held until the policy is there, which says who must have signed them.
        this.#olderBytes += bytes.length;
        if (this.#olderBytes <= MOST_OLDER_BYTES) this.#older.push(bytes);
        else findings.fail(1, { code: 'checkpoints-too-large', id: listed.name });
        return;
      case 'policy':
        this.#policy = bytes;
        return;
      case 'content':
        this.#audit.giveContent({
          id: kind.id,
          bytes,
          salt: fromBase64url(listed.salt ?? '') ?? new Uint8Array(),
        });
        return;
      case 'result':
        this.#audit.giveResult(kind.digest, bytes);
        return;
      case 'tile':
        this.#audit.giveTile(kind.path, bytes);
        return;
      case 'entries':
        await this.#entries(kind, bytes, listed.name);
        return;
      case 'view':
        this.#audit.giveViewPart({ ...kind, bytes });
        return;
      case 'schema':
        // For whoever reads a bundle with other tools: they must not be told otherwise than the auditor.
        if (!equalBytes(bytes, schemaOf(listed.name) ?? bytes))
          findings.fail(1, { code: 'schema-not-of-type', id: listed.name });
        return;
      default:
        kind satisfies never;
    }
  }

  /** The bundle cannot be read any further. */
  broken(error: BadBundle | BadArchive): void {
    const id = error instanceof BadBundle ? error.file : error.member;
    this.#audit.findings.fail(1, { code: error.code, ...(id !== undefined && { id }) });
  }

  async end(): Promise<Report> {
    this.#begin();
    const report = await this.#audit.end();
    const { findings } = this.#audit;
    const stated = this.#manifest;
    const origin = this.#originOfCheckpoint();
    if (stated !== undefined && origin !== undefined && stated.origin !== origin)
      findings.fail(1, { code: 'manifest-of-another-log', expected: stated.origin, found: origin });
    if (stated?.election !== undefined && !this.#audit.hasElection(stated.election))
      findings.fail(1, { code: 'election-unknown', id: stated.election });
    if (stated !== undefined && (stated.size !== report.size || stated.root !== report.root)) {
      const expected = `${stated.size} ${stated.root}`;
      findings.fail(1, { code: 'manifest-of-another-log', expected, found: `${report.size} ${report.root}` });
    }
    return findings.report(report.size, report.root, report.log);
  }

  #originOfCheckpoint(): string | undefined {
    const checkpoint = this.#checkpoint && readCheckpoint(this.#checkpoint);
    return checkpoint === undefined || typeof checkpoint === 'string' ? undefined : checkpoint.origin;
  }

  async #entries(
    { index, width }: { index: bigint; width: number },
    bytes: Uint8Array,
    name: string,
  ): Promise<void> {
    this.#begin();
    const entries = parseEntryBundle(bytes, width);
    if (typeof entries === 'string') this.#audit.findings.fail(2, { code: entries, id: name });
    else if (index !== this.#nextBundle) this.#audit.findings.fail(1, { code: 'entries-missing', id: name });
    else await this.#audit.add(entries);
    // After a partial one there can be no other.
    this.#nextBundle = width === TILE_WIDTH ? index + 1n : -1n;
  }

  /** Everything that stands before the entries is there. */
  #begin(): void {
    if (this.#haveLeavesBegun) return;
    this.#haveLeavesBegun = true;
    const { policy, older = [], receipts } = this.options;
    const bytes = policy ?? this.#policy;
    this.#audit.giveHeads({
      ...(bytes && { policy: { bytes, own: policy !== undefined } }),
      ...(this.#checkpoint && { checkpoint: this.#checkpoint }),
      older: [...this.#older, ...older],
      ...(receipts && { receipts }),
    });
  }
}

/** The schema that a file of a bundle must be; `undefined` for a type or a version that this program does not know. */
function schemaOf(name: string): Uint8Array | undefined {
  const type = Object.values(catalogue).find((one) => `schemas/${schemaFileName(one)}` === name);
  return type && utf8(schemaText(type));
}
