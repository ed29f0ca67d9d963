/**
 * The ledger: follows the log, grows the Merkle tree over it, signs its head and shows it. Of several processes each may do so:
 * the tree grows in one transaction under one row, and only the host that has the key signs.
 *
 * In this order, so that a crash between two steps takes nothing back: tiles and size are committed; the head is signed, and
 * that is remembered outside the database; the witnesses of the policy cosign it, if there is one; the note is shown.
 */
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import type { Policy } from '../../projections/ledger/policy.js';
import { consistencyParts, inclusionParts, proofOf, type Part } from '../../projections/ledger/tree.js';
import type { GrowingTiles } from '../../projections/ledger/tiles.js';
import { writeVerifierKey } from '../../projections/ledger/verifier-key.js';
import type { EventStore } from '../event-store/event-store.js';
import { CRYPTO, EVENT_STORE, POOL, SETTINGS, WORK, type Work } from '../platform.module.js';
import type { Settings } from '../settings.js';
import { Ticks } from '../ticks.js';
import { inTransaction } from '../views/transaction.js';
import { LogKeyUnusable, makeLogKeys, readLogKeys, type LogKeys } from './log-keys.js';
import { assertOfLog, readLogPolicy } from './log-policy.js';
import { Signer, type Head, type SignedHead } from './signer.js';
import { TileStore } from './tile-store.js';
import type { ProofFrom } from './witness-client.js';
import { quorumMissing, Witnessing, type WitnessHealth } from './witnessing.js';

/** Leaves that one transaction adds. */
const STEP = 8_192;
/** A head is signed at most so often. */
const SIGN_EVERY_MS = 200;

/** What is shown to everybody. */
export interface Published {
  readonly size: bigint;
  /** A signed note (C2SP tlog-checkpoint). */
  readonly note: string;
}

export interface LedgerHealth {
  /** `waiting`: for witnesses; the last head that had enough of them is shown. */
  readonly state: 'idle' | 'following' | 'waiting' | 'halted';
  /** Why it is halted or waits: a stable code, and what to do. */
  readonly code?: string;
  readonly reason?: string;
  /** Those that are asked. */
  readonly witnesses: readonly WitnessHealth[];
  readonly size: bigint;
}

@Injectable()
export class Ledger implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('ledger');
  readonly tiles: TileStore;
  readonly #ticks = new Ticks(() => this.#round());
  #unsubscribe: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #signedAt = -Infinity;
  #stopping = false;
  #keys: LogKeys | undefined;
  #signer: Signer | undefined;
  #tree: GrowingTiles | undefined;
  #trouble: { code: string; reason: string } | undefined;
  /** `undefined`: not read yet; `none`: there is no policy. */
  #witnessing: Promise<Witnessing | 'none'> | undefined;
  /** The same, as far as it is known. */
  #witnesses: Witnessing | undefined;
  #waits = false;
  readonly #stop = new AbortController();

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(WORK) private readonly work: Work,
  ) {
    this.tiles = new TileStore(pool, crypto);
  }

  /** @throws LogPolicyUnusable before anything begins */
  async onModuleInit(): Promise<void> {
    await this.#policyWitnesses();
  }

  onApplicationBootstrap(): void {
    if (this.work === 'once') return;
    this.#ticks.start();
    this.#unsubscribe = this.store.onAppended(() => this.#soon());
    this.#soon();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.#unsubscribe?.();
    await this.#ticks.stop();
  }

  /** Follows now: resolves when what the log had before is in the tree, signed and shown, or when that failed. Never rejects. */
  now(): Promise<void> {
    return this.#ticks.now();
  }

  health(): LedgerHealth {
    const size = this.#tree?.size ?? 0n;
    const witnesses = this.#witnesses?.health() ?? [];
    if (this.#trouble !== undefined) return { state: 'halted', ...this.#trouble, size, witnesses };
    if (this.#waits) return { state: 'waiting', ...quorumMissing(witnesses), size, witnesses };
    return { state: this.#signer === undefined ? 'idle' : 'following', size, witnesses };
  }

  /** The head that everybody is shown, with its quorum where there is a policy; `undefined` before the first. */
  async published(): Promise<Published | undefined> {
    const witnesses = await this.#policyWitnesses();
    const shown = publishedIn(await this.pool.query(PUBLISHED));
    return witnesses === 'none' || witnesses.accepts(shown?.note) ? shown : undefined;
  }

  /** The keys that a reader checks heads with, as lines; none on a host that does not sign. */
  verifierKeys(): string[] {
    return this.#keys?.verifiers.map(writeVerifierKey) ?? [];
  }

  /** Whom a reader of this log has to trust, as the log itself says it. */
  policy(): Policy {
    if (this.#witnesses !== undefined) return this.#witnesses.policy;
    const logs = this.#keys?.verifiers.map((key) => ({ key })) ?? [];
    return { logs, witnesses: [], groups: [], quorum: 'none' };
  }

  /** @throws TileDamaged; RangeError outside the tree */
  async inclusionProof(index: bigint, size: bigint): Promise<Uint8Array[]> {
    return this.#proof(inclusionParts(index, size), size);
  }

  /** @throws TileDamaged; RangeError outside the tree */
  async consistencyProof(oldSize: bigint, size: bigint): Promise<Uint8Array[]> {
    return this.#proof(consistencyParts(oldSize, size), size);
  }

  async #proof(parts: readonly Part[] | undefined, size: bigint): Promise<Uint8Array[]> {
    if (parts === undefined) throw new RangeError('No such proof in a tree of this size');
    return proofOf(this.crypto, parts, await this.tiles.subtrees(parts.flat(), size));
  }

  #soon(): void {
    if (this.#stopping || this.#timer !== undefined) return;
    const wait = Math.max(0, this.#signedAt + SIGN_EVERY_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#ticks.now();
    }, wait);
  }

  async #round(): Promise<void> {
    if (this.#stopping || performance.now() < this.#signedAt + SIGN_EVERY_MS) return;
    try {
      const tree = await this.#catchUp();
      if (tree.size > 0n) await this.#show(tree);
      if (this.#trouble !== undefined) this.log.log('ledger-follows: heads are signed again');
      this.#trouble = undefined;
    } catch (error) {
      // Whatever was half done is read again.
      this.#tree = undefined;
      if (!this.#isStopping()) this.#failed(error);
    }
  }

  /** All that the log has is in the tree when this resolves. */
  async #catchUp(): Promise<GrowingTiles> {
    let tree = (this.#tree ??= await this.tiles.tree());
    while (!this.#isStopping()) {
      const hashes = await this.store.leafHashes(tree.size - 1n, STEP);
      if (hashes.length === 0) break;
      tree = this.#tree = await this.tiles.extend(tree, hashes);
    }
    return tree;
  }

  async #show(tree: GrowingTiles): Promise<void> {
    const head = { size: tree.size, root: tree.root() };
    const proofFrom = (size: bigint) => this.consistencyProof(size, head.size);
    const witnesses = await this.#policyWitnesses();
    if (witnesses !== 'none' && !witnesses.mayBeEnough()) return;
    const signed = await this.#sign(head, proofFrom, witnesses);
    if (signed === 'shown') this.#waits = false;
    if (typeof signed === 'string' || witnesses === 'none') return;
    // Under no lock: a witness may take its time.
    const note = await witnesses.cosigned(signed, proofFrom, this.#stop.signal);
    this.#signedAt = performance.now();
    if (this.#stopping) return;
    this.#waits = note === undefined;
    if (note !== undefined) await this.pool.query(SHOW, [note, signed.size]);
  }

  /**
   * Signs a head, and without witnesses shows it. Under the row's lock, so that of several processes with the key one signs at a
   * time, and none an older head than another has. `shown`: there is nothing to do.
   */
  #sign(
    head: Head,
    proofFrom: ProofFrom,
    witnesses: Witnessing | 'none',
  ): Promise<SignedHead | 'shown' | 'behind'> {
    return inTransaction(this.pool, async (client) => {
      const rows = await client.query<Row>(`${PUBLISHED} for update`);
      if (BigInt(rows.rows[0]?.size ?? 0) > head.size) return 'behind';
      const shown = publishedIn(rows);
      // Signed by another process meanwhile, or by one that was killed before it was shown.
      if (witnesses !== 'none' || shown?.note !== this.#signer?.signed?.note) this.#signer = undefined;
      const signer = (this.#signer ??= await this.#openSigner(shown, witnesses));
      const signed = await signer.sign(head, proofFrom);
      const isShown = textIn(signed.note) === textIn(shown?.note);
      if (isShown && (witnesses === 'none' || witnesses.accepts(shown?.note))) return 'shown';
      if (witnesses === 'none') {
        this.#signedAt = performance.now();
        await client.query(SHOW, [signed.note, signed.size]);
      }
      return signed;
    });
  }

  /** @param shown the head that everybody is shown */
  async #openSigner(shown: Published | undefined, witnesses: Witnessing | 'none'): Promise<Signer> {
    const keys = (this.#keys ??= await this.#openKeys(shown));
    if (witnesses !== 'none') assertOfLog(witnesses.policy, keys.verifiers);
    const memory = join(this.settings.data, 'secrets', 'log-signed');
    return Signer.open(this.crypto, keys, memory, shown?.note);
  }

  /** The key of a log that was never signed is made; one that was lost is not. */
  async #openKeys(shown: Published | undefined): Promise<LogKeys> {
    const { logKey, logOrigin, publicUrl } = this.settings;
    const keys = await readLogKeys(this.crypto, logKey);
    if (keys !== undefined) return keys;
    if (shown !== undefined) {
      throw new LogKeyUnusable(`is not at ${logKey}: bring it back from where you keep it (CONCEJO_LOG_KEY)`);
    }
    const host = publicUrl === undefined ? 'localhost' : new URL(publicUrl).host;
    return makeLogKeys(this.crypto, logKey, logOrigin ?? `${host}/log/${randomBytes(4).toString('hex')}`);
  }

  #isStopping(): boolean {
    return this.#stopping;
  }

  #policyWitnesses(): Promise<Witnessing | 'none'> {
    this.#witnessing ??= this.#readPolicy().catch((error: unknown) => {
      this.#witnessing = undefined;
      throw error;
    });
    return this.#witnessing;
  }

  async #readPolicy(): Promise<Witnessing | 'none'> {
    const { logPolicy } = this.settings;
    if (logPolicy === undefined) return 'none';
    const policy = await readLogPolicy(this.crypto, logPolicy);
    return (this.#witnesses = new Witnessing(this.crypto, policy, (message) => this.log.warn(message)));
  }

  #failed(error: unknown): void {
    const known = error instanceof Error && 'code' in error;
    const code = known ? String(error.code) : 'unexpected';
    const reason = error instanceof Error ? error.message : 'unknown reason';
    if (this.#trouble?.code !== code) this.log.error(`ledger-halted: ${code}: ${reason}`);
    this.#trouble = { code, reason };
    // Whoever brings back a file or the right database need not start the program anew.
    this.#signer = this.#keys = undefined;
  }
}

const PUBLISHED = 'select size, published, published_size from ledger_head';
/** Never an older one. */
const SHOW = 'update ledger_head set published = $1, published_size = $2 where published_size <= $2';

/** What was signed, without who signed it. */
function textIn(note: string | undefined): string | undefined {
  return note?.slice(0, note.lastIndexOf('\n\n'));
}

interface Row {
  size: string | bigint;
  published: string | null;
  published_size: string | bigint;
}

function publishedIn({ rows }: { rows: Row[] }): Published | undefined {
  const [row] = rows;
  return row === undefined || row.published === null
    ? undefined
    : { size: BigInt(row.published_size), note: row.published };
}
