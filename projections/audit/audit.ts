/**
 * An audit of a log, event after event: it needs nobody's trust and nobody's server, only the bytes. It shares the folds and
 * the counting rules with the server and nothing else. `docs/auditing.md` says what every check means.
 *
 * ```
 * const audit = new Audit({ crypto, contents: 'all' });
 * audit.giveHeads({ policy, checkpoint });
 * for (const content of contents) audit.giveContent(content);
 * for await (const leaves of pages) await audit.add(leaves);
 * const report = await audit.end();
 * ```
 */
import type { Signed } from '../ballot.js';
import { toBase64url } from '../bytes.js';
import { contentsView } from '../contents.view.js';
import type { Crypto } from '../crypto.js';
import { electionsView } from '../elections.view.js';
import type { LogEvent } from '../event.js';
import { Names } from '../packed.js';
import { staffView } from '../staff.view.js';
import { actorFault, approvalTimes, areApprovalsUsed } from './actors.js';
import { bulkOf, Queue, type Bulk } from './bulk.js';
import { ContentChecks, type GivenContent } from './content-checks.js';
import { ElectionAudit, type ElectionServices } from './election-audit.js';
import { LeafCopy } from './flipped-byte.js';
import { readHeads, type SignedHeads } from './head-checks.js';
import { GivenResults } from './given-results.js';
import { knownAnswers } from './known-answers.js';
import { LogKeyChecks } from './log-key-checks.js';
import { readLeaf } from './leaf.js';
import { Findings, type AuditedLog, type Report } from './report.js';
import { TimeChecks } from './time-checks.js';
import { TreeChecks, type TreeHead } from './tree-checks.js';
import { ViewChecks } from './view-checks.js';
import { ViewRows, type ViewPart, type ViewRowsOf } from './view-rows.js';

export interface AuditOptions {
  crypto: Crypto;
  /** Where the costly part runs; on this thread if not given. */
  bulk?: Bulk;
  /** Which contents will be given; `none` leaves check 44 open as soon as anything is public. */
  contents?: 'all' | 'some' | 'none';
  /** Told of events taken until now, now and then. */
  progress?: (taken: number) => void;
  /** Off in the audit of a copy that this audit makes itself. */
  selfTest?: boolean;
}

/** Each is made whether or not the log holds anything for it; 1 has something to look at where the log came in a bundle. */
const MADE = [
  1, 2, 45, 7, 8, 9, 13, 15, 16, 20, 21, 22, 23, 24, 25, 33, 34, 35, 36, 38, 39, 40, 42, 43, 44, 49,
];
const PROGRESS_EVERY = 1_000;

export class Audit {
  readonly findings = new Findings();
  readonly #tree: TreeChecks;
  readonly #logKeys: LogKeyChecks;
  readonly #views: ViewChecks;
  readonly #viewRows: ViewRows;
  readonly #contents: ContentChecks;
  readonly #times: TimeChecks;
  readonly #elections = new Map<string, ElectionAudit>();
  readonly #results: GivenResults;
  #leafBytes = 0;
  /** Ids of events until now, and the signatures of approvals. */
  readonly #ids = new Names();
  readonly #approvals = new Set<string>();
  #log: AuditedLog = {};
  #lastAt: string | undefined;
  readonly #copy: LeafCopy | undefined;
  readonly #keys: Queue<string, { index: number; id: string }>;
  readonly #signatures: Queue<Signed, { index: number; id: string }>;
  readonly #services: ElectionServices;

  constructor(private readonly options: AuditOptions) {
    const { crypto, bulk = bulkOf(crypto), selfTest = true } = options;
    const { findings } = this;
    findings.begin(...MADE);
    this.#tree = new TreeChecks(crypto, findings);
    this.#logKeys = new LogKeyChecks(crypto, findings);
    this.#views = new ViewChecks(crypto, findings);
    this.#results = new GivenResults(crypto);
    this.#viewRows = new ViewRows(crypto, findings);
    this.#times = new TimeChecks(findings);
    this.#contents = new ContentChecks(crypto, findings, options.contents ?? 'none');
    this.#keys = new Queue(
      (keys) => bulk.areKeys(keys),
      (place) => findings.fail(15, { code: 'key-unsound', ...place }),
    );
    this.#signatures = new Queue(
      (signed) => bulk.areSigned(signed),
      (place) => findings.fail(22, { code: 'signature-wrong', ...place }),
    );
    this.#services = {
      crypto,
      bulk,
      findings,
      askKey: (key, index) => {
        findings.examine(15);
        this.#keys.add(key, { index, id: key });
      },
      askSignature: (signed, place) => this.#signatures.add(signed, place),
      resultOf: (digest) => this.#results.take(digest),
    };
    if (selfTest) {
      this.#copy = new LeafCopy(crypto);
      knownAnswers(crypto, findings);
    }
  }

  /** What is signed, and what somebody kept. Before the first event. */
  giveHeads(heads: SignedHeads): void {
    const { expectations, log, signedBy } = readHeads(this.options.crypto, this.findings, heads);
    this.#tree.expect(expectations);
    this.#logKeys.expect(signedBy);
    this.#log = log;
  }

  /** A tile of the tree that is audited. Before the first event, and then all of them. */
  giveTile(path: string, bytes: Uint8Array): void {
    this.#tree.giveTile(path, bytes);
  }

  /** As the option `contents`, where it is known later; of `some` those of an election must be there. */
  expectContents(scope: 'all' | 'some', electionId?: string): void {
    this.#contents.expect(scope, electionId);
  }

  /** A content that somebody says is public. At any time before the end. */
  giveContent(content: GivenContent): void {
    this.#contents.give(content);
  }

  /** A content that was public at the end of this log, and that is kept from everybody since: it cannot be checked. */
  missContent(id: string): void {
    this.#contents.miss(id);
  }

  /** Ids of the contents that are public by the events taken until now. */
  publicContents(): string[] {
    return [...this.#views.rows(contentsView)]
      .filter(([, { state }]) => state === 'released')
      .map(([id]) => id);
  }

  /** The result, canonical JSON, that a count in the log names by this digest. Before that count is reached. */
  giveResult(outputDigest: string, bytes: Uint8Array): void {
    this.#results.give(outputDigest, bytes);
  }

  /** Rows of a published view, part by part. After the last event. */
  giveViewPart(part: ViewPart): void {
    this.#viewRows.give(part, this.#published());
  }

  /** Takes the next events, in the order of the log from its first. Wait for it before the next call. */
  async add(leaves: readonly Uint8Array[]): Promise<void> {
    for (const leaf of leaves) {
      const index = this.#tree.size;
      this.#tree.add(leaf);
      this.#copy?.add(leaf);
      this.#leafBytes += leaf.length;
      const read = readLeaf(leaf, index);
      for (const check of [2, 45]) this.findings.examine(check);
      if ('finding' in read) this.findings.fail(read.check, read.finding);
      else {
        const later = this.#see(read.event, index);
        if (later !== undefined) await later;
      }
      const crowded = this.#keys.crowded() ?? this.#signatures.crowded();
      if (crowded !== undefined) await crowded;
      if (index % PROGRESS_EVERY === 0) this.options.progress?.(index);
    }
  }

  /** Whether anything was said of an election until now. */
  hasElection(electionId: string): boolean {
    return this.#elections.has(electionId);
  }

  async end(): Promise<Report> {
    await this.#keys.end();
    await this.#signatures.end();
    for (const election of this.#elections.values()) election.end();
    for (const id of this.#results.left()) this.findings.fail(39, { code: 'result-of-no-count', id });
    this.#views.end();
    this.#viewRows.end(this.#published());
    this.#contents.end(this.#views.rows(contentsView));
    this.#tree.end();
    this.#logKeys.end();
    const root = this.#tree.root();
    await this.#copy?.check(root, this.findings, (leaves, head) => this.#auditCopy(leaves, head));
    this.options.progress?.(this.#tree.size);
    const log = { ...this.#log, ...(this.#lastAt !== undefined && { lastAt: this.#lastAt }) };
    return this.findings.report(this.#tree.size, toBase64url(root), log);
  }

  #published(): ViewRowsOf {
    return { published: (id) => this.#views.published(id), bytes: this.#leafBytes };
  }

  async #auditCopy(leaves: readonly Uint8Array[], head: TreeHead): Promise<Report> {
    const { crypto, bulk } = this.options;
    const audit = new Audit({ crypto, ...(bulk && { bulk }), selfTest: false });
    audit.#tree.expect({ head });
    await audit.add(leaves);
    return audit.end();
  }

  /** No log makes an audit stop: what no fold can take is a fault of the log. @returns what to wait for, if anything */
  #see(event: LogEvent, index: number): Promise<void> | undefined {
    const known = this.#ids.size;
    if (this.#ids.add(event.id) < known)
      this.findings.fail(2, { code: 'event-repeated', index, id: event.id });
    this.#lastAt = event.at;
    try {
      const counted = this.#check(event);
      if (counted !== undefined) return this.#seeCounted(event, counted);
      this.#views.see(event);
    } catch (error) {
      this.#notUnderstood(event, error);
    }
    return undefined;
  }

  async #seeCounted(event: LogEvent, counted: Promise<void>): Promise<void> {
    try {
      await counted;
      this.#views.see(event);
    } catch (error) {
      this.#notUnderstood(event, error);
    }
  }

  #notUnderstood({ position, id }: LogEvent, error: unknown): void {
    if (!(error instanceof Error)) throw error;
    this.findings.fail(2, { code: 'event-not-understood', index: Number(position), id });
  }

  #check(event: LogEvent): Promise<void> | undefined {
    const { crypto } = this.options;
    const fault = actorFault(crypto, event, (actorId) => this.#views.row(staffView, actorId));
    this.findings.examine(7);
    if (fault !== undefined) this.findings.fail(7, fault);
    const times = approvalTimes(event);
    if (times !== undefined) this.findings.warn(7, times);
    if (areApprovalsUsed(event, this.#approvals))
      this.findings.fail(7, { code: 'act-repeated', index: Number(event.position), id: event.id });
    this.#logKeys.see(event);
    this.#contents.see(event);
    const electionId = 'electionId' in event.data ? event.data.electionId : undefined;
    const row = electionId === undefined ? undefined : this.#views.row(electionsView, electionId);
    const counted = electionId === undefined ? undefined : this.#electionOf(electionId).see(event, row);
    this.#times.see(event, row);
    return counted;
  }

  #electionOf(electionId: string): ElectionAudit {
    let election = this.#elections.get(electionId);
    if (election === undefined) {
      election = new ElectionAudit(electionId, this.#services);
      this.#elections.set(electionId, election);
    }
    return election;
  }
}
