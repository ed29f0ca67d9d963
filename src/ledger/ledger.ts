/**
 * The ledger: follows the log, grows the Merkle tree over it, signs its head and shows it. Of several processes each may do so:
 * the tree grows in one transaction under one row, and only the host that has the key signs. Where there are witnesses one
 * process signs and asks them, and the others read what it shows.
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
import { inTransaction } from '../postgres/transaction.js';
import type { LedgerHealth } from './ledger-health.js';
import { AskingLock } from './asking-lock.js';
import { assertOfLog, readLogPolicy } from './log-policy.js';
import { memoryPath, OwnKeys } from './own-keys.js';
import { readShown, show, type Published } from './shown-head.js';
import { readSignedLast, type Head, type SignedHead, type SignedLast, type Signer } from './signer.js';
import { TileStore } from './tile-store.js';
import type { ProofFrom } from './witness-client.js';
import { quorumMissing, Witnessing } from './witnessing.js';

/** Leaves that one transaction adds. */
const STEP = 8_192;
/** A head is signed at most so often. */
const SIGN_EVERY_MS = 200;

@Injectable()
export class Ledger implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('ledger');
  readonly tiles: TileStore;
  readonly #ticks = new Ticks(() => this.#round());
  #unsubscribe: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #signedAt = -Infinity;
  #stopping = false;
  readonly #keys: OwnKeys;
  readonly #asking: AskingLock;
  #signer: Signer | undefined;
  #tree: GrowingTiles | undefined;
  #trouble: { code: string; reason: string } | undefined;
  /** `undefined`: not read yet; `none`: there is no policy. */
  #witnessing: Promise<Witnessing | 'none'> | undefined;
  /** The same, as far as it is known. */
  #witnesses: Witnessing | undefined;
  #waits = false;
  #isStandby = false;
  readonly #stop = new AbortController();

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(WORK) private readonly work: Work,
  ) {
    this.tiles = new TileStore(pool, crypto);
    this.#asking = new AskingLock(pool);
    this.#keys = new OwnKeys(crypto, store, settings, (message) => this.log.warn(message));
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
    await this.#asking.release();
  }

  /** Follows now: resolves when what the log had before is in the tree, signed and shown, or when that failed. Never rejects. */
  now(): Promise<void> {
    return this.#ticks.now();
  }

  health(): LedgerHealth {
    const size = this.#tree?.size ?? 0n;
    const witnesses = this.#witnesses?.health() ?? [];
    if (this.#trouble !== undefined) return { state: 'halted', ...this.#trouble, size, witnesses };
    if (this.#isStandby) return { state: 'standby', size, witnesses };
    if (this.#waits) return { state: 'waiting', ...quorumMissing(witnesses), size, witnesses };
    return { state: this.#signer === undefined ? 'idle' : 'following', size, witnesses };
  }

  /** The head that everybody is shown, with its quorum where there is a policy; `undefined` before the first. */
  async published(): Promise<Published | undefined> {
    const witnesses = await this.#policyWitnesses();
    const { shown } = await readShown(this.pool);
    return witnesses === 'none' || witnesses.accepts(shown?.note) ? shown : undefined;
  }

  /** The keys that sign, which a reader checks heads with, as lines; none on a host that does not know them. */
  verifierKeys(): string[] {
    return this.#keys.verifiers().map(writeVerifierKey);
  }

  /** What a check of the heads needs: the one that is shown, accepted or not, whom to trust, and what was signed last here. */
  async heads(): Promise<{
    shown: Published | undefined;
    policy: Policy | undefined;
    signed: string | undefined;
  }> {
    const { shown } = await readShown(this.pool);
    const signed = await this.signedLast();
    await this.#lookAtKeys(await this.#policyWitnesses());
    await this.#keys.learnFirst(shown);
    const said = this.policy();
    // A head that no key of this log signed is no reason to look at no signature.
    const logs = said.logs.length > 0 ? said.logs : (await this.#keys.here()).map((key) => ({ key }));
    return { shown, policy: logs.length === 0 ? undefined : { ...said, logs }, signed: signed?.note };
  }

  /** The head that this host signed last, shown or not, and when; `undefined` on one that does not sign. */
  signedLast(): Promise<SignedLast | undefined> {
    return readSignedLast(memoryPath(this.settings));
  }

  /** Whom a reader of this log has to trust, as the log itself says it. */
  policy(): Policy {
    const given = this.#witnesses?.policy;
    const keys = this.#keys.verifiers();
    const logs = keys.length === 0 ? (given?.logs ?? []) : keys.map((key) => ({ key }));
    return { witnesses: [], groups: [], quorum: 'none', ...given, logs };
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
    await this.#lookAtKeys(witnesses);
    const lost = witnesses === 'none' ? undefined : await this.#asking.take();
    this.#isStandby = witnesses !== 'none' && lost === undefined;
    if (this.#isStandby) {
      this.#signedAt = performance.now();
      await this.#keys.learnFirst((await readShown(this.pool)).shown);
      return;
    }
    if (witnesses !== 'none' && !witnesses.mayBeEnough()) return;
    const signed = await this.#sign(head, proofFrom, witnesses);
    if (signed === 'shown') this.#waits = false;
    if (typeof signed === 'string' || witnesses === 'none') return;
    // Without the lock of the row: a witness may take its time.
    const stop = AbortSignal.any([this.#stop.signal, ...(lost === undefined ? [] : [lost])]);
    const note = await witnesses.cosigned(signed, proofFrom, stop);
    this.#signedAt = performance.now();
    if (stop.aborted) return;
    this.#waits = note === undefined;
    if (note !== undefined) await show(this.pool, { note, size: signed.size });
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
      const { size, shown } = await readShown(client, true);
      if (size > head.size) return 'behind';
      // Signed by another process meanwhile, or by one that was killed before it was shown.
      if (witnesses !== 'none' || shown?.note !== this.#signer?.signed?.note) this.#signer = undefined;
      const signer = (this.#signer ??= await this.#openSigner(shown, witnesses));
      const signed = await signer.sign(head, proofFrom, this.#keys.register);
      const isShown = textIn(signed.note) === textIn(shown?.note);
      if (isShown && (witnesses === 'none' || witnesses.accepts(shown?.note))) return 'shown';
      if (witnesses === 'none') {
        this.#signedAt = performance.now();
        await show(client, signed);
      }
      return signed;
    });
  }

  /** @param shown the head that everybody is shown */
  async #openSigner(shown: Published | undefined, witnesses: Witnessing | 'none'): Promise<Signer> {
    const signer = await this.#keys.signer(shown);
    if (witnesses !== 'none') {
      assertOfLog(witnesses.policy, this.#keys.ever());
      witnesses.knowKeys(this.#keys.verifiers());
    }
    return signer;
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
    this.#witnesses = new Witnessing(this.crypto, policy, (message) => this.log.warn(message));
    await this.#lookAtKeys(this.#witnesses);
    return this.#witnesses;
  }

  /** A key that was announced or retired meanwhile signs from now on, or no longer. */
  async #lookAtKeys(witnesses: Witnessing | 'none'): Promise<void> {
    const before = this.verifierKeys().join();
    await this.#keys.look();
    const keys = this.#keys.verifiers();
    if (this.verifierKeys().join() !== before) this.#signer = undefined;
    if (witnesses !== 'none') witnesses.knowKeys(keys);
  }

  #failed(error: unknown): void {
    const known = error instanceof Error && 'code' in error;
    const code = known ? String(error.code) : 'unexpected';
    const reason = error instanceof Error ? error.message : 'unknown reason';
    if (this.#trouble?.code !== code) this.log.error(`ledger-halted: ${code}: ${reason}`);
    this.#trouble = { code, reason };
    // Whoever brings back a file or the right database need not start the program anew.
    this.#signer = undefined;
    this.#keys.forget();
  }
}

/** What was signed, without who signed it. */
function textIn(note: string | undefined): string | undefined {
  return note?.slice(0, note.lastIndexOf('\n\n'));
}
