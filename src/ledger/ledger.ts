/**
 * The ledger: follows the log, grows the Merkle tree over it, signs its head and shows it. Of several processes each may do so:
 * the tree grows in one transaction under one row, and only the host that has the key signs. Where there are witnesses one
 * process signs and asks them, and the others read what it shows.
 *
 * In this order, so that a crash between two steps takes nothing back: tiles and size are committed; the head is signed, and
 * that is remembered outside the database; the witnesses of the policy cosign it, if there is one; the note is shown.
 */
import { setTimeout as sleep } from 'node:timers/promises';
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
import type { EventStore } from '../event-store/event-store.js';
import { CRYPTO, EVENT_STORE, POOL, SETTINGS, WORK, type Work } from '../platform.module.js';
import type { Settings } from '../settings.js';
import { Ticks } from '../ticks.js';
import { AskingLock } from './asking-lock.js';
import { HeadSigning } from './head-signing.js';
import type { LedgerHealth } from './ledger-health.js';
import { LogTrust } from './log-trust.js';
import { memoryPath } from './own-keys.js';
import { readShown, show, type Published } from './shown-head.js';
import { readSignedLast, type SignedLast } from './signer.js';
import { TileStore } from './tile-store.js';
import { quorumMissing } from './witnessing.js';

/** Leaves that one transaction adds. */
const STEP = 8_192;
/** A head is signed at most so often. */
const SIGN_EVERY_MS = 200;
/** After a failure, doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;

@Injectable()
export class Ledger implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('ledger');
  readonly tiles: TileStore;
  readonly #ticks = new Ticks(() => this.#round());
  #unsubscribe: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Nothing is signed, or tried again after a failure, before this; milliseconds of `performance.now`. */
  #notBefore = -Infinity;
  #failures = 0;
  #stopping = false;
  /** Keys and policy of the log, as every process tells them. */
  readonly trust: LogTrust;
  readonly #signing: HeadSigning;
  readonly #asking: AskingLock;
  #tree: GrowingTiles | undefined;
  #trouble: { code: string; reason: string } | undefined;
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
    const tell = (message: string) => this.log.warn(message);
    this.trust = new LogTrust(pool, store, crypto, settings, tell);
    this.#signing = new HeadSigning(crypto, store, pool, settings, this.trust, tell);
  }

  /** @throws LogPolicyUnusable before anything begins */
  async onModuleInit(): Promise<void> {
    await this.trust.witnessing();
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

  /**
   * Follows now: resolves when what the log has is in the tree, signed and shown, or when that failed. The pause between two heads
   * is waited for, that after a failure is not. Never rejects.
   */
  async now(): Promise<void> {
    // A round that is running may have read the log before.
    await this.#ticks.rest();
    while (this.#failures === 0 && this.#pauseMs() > 0) await sleep(this.#pauseMs());
    if (this.#failures > 0) this.#notBefore = -Infinity;
    await this.#ticks.now();
  }

  health(): LedgerHealth {
    const size = this.#tree?.size ?? 0n;
    const witnesses = this.trust.witnesses();
    if (this.#trouble !== undefined) return { state: 'halted', ...this.#trouble, size, witnesses };
    if (this.#isStandby) return { state: 'standby', size, witnesses };
    if (this.#waits) return { state: 'waiting', ...quorumMissing(witnesses), size, witnesses };
    return { state: this.#signing.hasBegun ? 'following' : 'idle', size, witnesses };
  }

  /** The head that everybody is shown, with its quorum where there is a policy; `undefined` before the first. */
  published(): Promise<Published | undefined> {
    return this.trust.published();
  }

  /** What a check of the heads needs: the one that is shown, accepted or not, whom to trust, and what was signed last here. */
  async heads(): Promise<{
    shown: Published | undefined;
    policy: Policy | undefined;
    signed: string | undefined;
  }> {
    const { shown } = await readShown(this.pool);
    const signed = await this.signedLast();
    const policy = await this.trust.policyHere();
    // A head that no key of this log signed is no reason to look at no signature.
    return { shown, policy: policy.logs.length === 0 ? undefined : policy, signed: signed?.note };
  }

  /** The head that this host signed last, shown or not, and when; `undefined` on one that does not sign. */
  signedLast(): Promise<SignedLast | undefined> {
    return readSignedLast(memoryPath(this.settings));
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
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#ticks.now();
    }, this.#pauseMs());
  }

  #pauseMs(): number {
    return Math.max(0, this.#notBefore - performance.now());
  }

  #pause(ms: number): void {
    this.#notBefore = performance.now() + ms;
  }

  async #round(): Promise<void> {
    if (this.#stopping || this.#pauseMs() > 0) return;
    try {
      const tree = await this.#catchUp();
      if (tree.size > 0n) await this.#show(tree);
      if (this.#trouble !== undefined) this.log.log('ledger-follows: heads are signed again');
      this.#trouble = undefined;
      this.#failures = 0;
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
    const witnesses = await this.trust.witnessing();
    await this.#signing.lookAtKeys(witnesses);
    const lost = witnesses === 'none' ? undefined : await this.#asking.take();
    this.#isStandby = witnesses !== 'none' && lost === undefined;
    if (this.#isStandby) {
      this.#pause(SIGN_EVERY_MS);
      return;
    }
    if (witnesses !== 'none' && !witnesses.mayBeEnough()) return;
    const stop = AbortSignal.any([this.#stop.signal, ...(lost === undefined ? [] : [lost])]);
    const signed = await this.#signing.sign(head, proofFrom, witnesses, stop);
    if (signed === 'shown') this.#waits = false;
    if (typeof signed === 'string') return;
    if (witnesses === 'none') {
      this.#pause(SIGN_EVERY_MS);
      return;
    }
    // Without the lock of the row: a witness may take its time.
    const note = await witnesses.cosigned(signed, proofFrom, stop);
    this.#pause(SIGN_EVERY_MS);
    if (stop.aborted) return;
    this.#waits = note === undefined;
    if (note !== undefined) await show(this.pool, { note, size: signed.size });
  }

  #isStopping(): boolean {
    return this.#stopping;
  }

  #failed(error: unknown): void {
    const known = error instanceof Error && 'code' in error;
    const code = known ? String(error.code) : 'unexpected';
    const reason = error instanceof Error ? error.message : 'unknown reason';
    if (this.#trouble?.code !== code) this.log.error(`ledger-halted: ${code}: ${reason}`);
    this.#trouble = { code, reason };
    this.#pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++));
    this.#signing.forget();
  }
}
