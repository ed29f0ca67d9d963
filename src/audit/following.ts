/** Follows a log into a mirror: looks again and again, and raises an alarm when the log takes something back or keeps quiet. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Crypto } from '../../projections/crypto.js';
import { Alarm } from './alarm.js';
import { Follower, headSmaller, type Seen, type SeenHead } from './follower.js';
import { FollowingRefused, keepState, policyOf, stateOf, type FollowingState } from './following-folder.js';
import type { Mirror } from './mirror.js';
import { LogUnreadable } from './patient-fetch.js';
import { RemoteLog } from './remote-log.js';
import { WatchedReceipts } from './watched-receipts.js';

const SOON_MS = 2_000;
const LONGEST_TIMER_MS = 2_000_000_000;
/** That the log cannot be read is said again so often. */
const REMIND_MS = 3_600_000;

/** Milliseconds. */
export interface Periods {
  readonly interval: number;
  /** For a receipt to become an entry. */
  readonly grace: number;
  /** Caches may show an older head for some seconds, and other processes of the log too. */
  readonly patience: number;
  /** 0: for ever. */
  readonly silence: number;
}

/** A file that was given, as it was named. */
interface Given {
  readonly name: string;
}

export interface FollowingOptions {
  readonly periods: Periods;
  /** One look, and an end. */
  readonly isOnce: boolean;
  readonly policy: (Given & { readonly bytes: Uint8Array }) | undefined;
  readonly receipts: readonly (Given & { readonly leafHash: Uint8Array; readonly proof?: Uint8Array })[];
  /** Checkpoints that somebody else saw: following ends when all were compared. */
  readonly checkpoints: readonly (Given & { readonly note: Uint8Array })[];
}

/** Who hears how it goes. */
export interface FollowingListener {
  fetched(done: number, of: number): void;
  /** What was fetched last is whole, or given up. */
  fetchedAll(): void;
  grown(head: SeenHead, added: bigint, waiting: number): void;
  /** What somebody else saw is the beginning of this log. */
  compared(name: string, size: bigint): void;
  troubled(message: string): void;
  /** The keys come from the log itself, and are kept at this path. */
  tookOwnPolicy(path: string): void;
}

export class Following {
  #olderSince: number | undefined;
  #aheadSince: number | undefined;

  private constructor(
    private readonly mirror: Mirror,
    private readonly follower: Follower,
    private readonly receipts: WatchedReceipts,
    private readonly state: FollowingState,
    private readonly options: FollowingOptions,
    private readonly signal: AbortSignal,
    private readonly listener: FollowingListener,
    private readonly seen: readonly (Given & { readonly head: SeenHead })[],
  ) {}

  /** @param url to follow; the folder's own by default @throws FollowingRefused, LogUnreadable, MirrorDamaged */
  static async begin(
    crypto: Crypto,
    mirror: Mirror,
    url: string | undefined,
    options: FollowingOptions,
    listener: FollowingListener,
    signal: AbortSignal,
  ): Promise<Following> {
    const state = await stateOf(mirror, url);
    const log = new RemoteLog(state.url, { signal });
    const { policy, from } = await policyOf(crypto, mirror, log, options.policy);
    if (from !== undefined) listener.tookOwnPolicy(from);
    const onProgress = (done: bigint, of: bigint) => listener.fetched(Number(done), Number(of));
    const follower = new Follower({ crypto, log, mirror, policy, onProgress });
    const receipts = new WatchedReceipts(crypto, mirror, policy, state.receipts);
    for (const { name, leafHash, proof } of options.receipts) {
      const fault = await receipts.add(leafHash, proof, new Date());
      if (fault !== undefined)
        throw new FollowingRefused('receipt-wrong', `${name} is no receipt of this log: ${fault}.`);
    }
    await keepState(mirror, state);
    const seen = options.checkpoints.map(({ name, note }) => {
      const head = follower.opened(note);
      if (typeof head === 'string')
        throw new FollowingRefused(
          'checkpoint-of-another-log',
          `${name} is no checkpoint that this log has signed: ${head}.`,
        );
      return { name, head };
    });
    return new Following(mirror, follower, receipts, state, options, signal, listener, seen);
  }

  /** Until it is asked to stop, or is done. @throws Alarm, LogUnreadable, MirrorDamaged */
  async run(): Promise<void> {
    const known = await this.follower.head();
    if (known !== undefined) {
      await this.receipts.search(known.checkpoint.size);
      await keepState(this.mirror, this.state);
    }
    const isOnce = this.options.isOnce || this.seen.length > 0;
    // What the mirror has already is compared without the log.
    if (this.seen.length > 0 && (await this.#haveCompared(known))) return;
    const { interval, patience } = this.options.periods;
    let trouble: { readonly message: string; readonly at: number } | undefined;
    for (;;) {
      try {
        const seen = await this.#lookInTime();
        trouble = undefined;
        await this.#checkSilence('');
        const isDone = this.seen.length === 0 || (await this.#haveCompared(seen.head));
        if (isOnce && isDone && this.#olderSince === undefined) return;
      } catch (error) {
        if (!(error instanceof LogUnreadable)) throw error;
        await this.#checkSilence(error.message);
        if (isOnce) throw error;
        const now = performance.now();
        if (trouble?.message !== error.message || now - trouble.at > REMIND_MS) {
          this.listener.troubled(error.message);
          trouble = { message: error.message, at: now };
        }
      }
      const soon = Math.min(SOON_MS, Math.max(100, patience / 4));
      const ms = this.#olderSince === undefined && !isOnce ? interval : soon;
      await sleep(ms, undefined, { signal: this.signal });
    }
  }

  /** A look, which a log that answers slowly enough would never let end. @throws Alarm `log-silent` */
  async #lookInTime(): Promise<Seen> {
    const { silence } = this.options.periods;
    const look = this.#look();
    if (silence === 0) return look;
    const ended = new AbortController();
    const tooLong = sleep(Math.min(silence, LONGEST_TIMER_MS), undefined, { signal: ended.signal });
    try {
      const seen = await Promise.race([look, tooLong]);
      if (seen !== undefined) return seen;
      // Nobody waits for it any more.
      look.catch(() => undefined);
      throw await this.#silent('It answers too slowly to be looked at.');
    } finally {
      ended.abort();
      tooLong.catch(() => undefined);
    }
  }

  /** @param why of the last look, where it came to nothing @throws Alarm `log-silent` */
  async #checkSilence(why: string): Promise<void> {
    const { silence } = this.options.periods;
    if (silence > 0 && Date.now() - Date.parse(this.state.newSince) > silence) throw await this.#silent(why);
  }

  async #silent(why: string): Promise<Alarm> {
    const known = await this.follower.head();
    const what = `The log has shown nothing new since ${this.state.newSince}. ${why}`;
    return new Alarm('log-silent', what.trim(), { ...(known && { known: known.note }) });
  }

  async #look(): Promise<Seen> {
    const { grace, patience } = this.options.periods;
    let seen: Seen;
    try {
      seen = await this.follower.look(this.receipts.waiting());
    } finally {
      this.listener.fetchedAll();
    }
    this.receipts.found(seen.found);
    const { kind, head, added } = seen;
    if (kind === 'new') {
      this.state.newSince = new Date().toISOString();
      await keepState(this.mirror, this.state);
      this.listener.grown(head, added, this.receipts.waiting().size);
    }
    if (kind === 'older') {
      this.#olderSince ??= performance.now();
      const known = await this.follower.head();
      if (performance.now() - this.#olderSince > patience)
        throw headSmaller(head, known, 'this mirror has seen');
    } else {
      this.#olderSince = undefined;
      await this.receipts.check(this.follower, head, new Date(), grace);
    }
    return seen;
  }

  /** Whether all that others saw could be compared. @throws Alarm */
  async #haveCompared(mirrored: SeenHead | undefined): Promise<boolean> {
    const isAhead = ({ head }: { head: SeenHead }) =>
      head.checkpoint.size > (mirrored?.checkpoint.size ?? 0n);
    const ahead = this.seen.find(isAhead);
    for (const one of this.seen) if (!isAhead(one)) await this.follower.compare(one.head);
    if (ahead !== undefined) {
      if (mirrored === undefined) return false;
      this.#aheadSince ??= performance.now();
      if (performance.now() - this.#aheadSince > this.options.periods.patience)
        throw headSmaller(mirrored, ahead.head, `${ahead.name} shows`);
      return false;
    }
    for (const { name, head } of this.seen) this.listener.compared(name, head.checkpoint.size);
    return true;
  }
}
