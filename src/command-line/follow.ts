/** `concejo follow URL`: keeps a mirror of somebody's log, and raises an alarm when the log takes something back. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toBase64url } from '../../projections/bytes.js';
import { Alarm } from '../audit/alarm.js';
import { Follower, headSmaller, type Head, type Seen } from '../audit/follower.js';
import { Mirror } from '../audit/mirror.js';
import { LogUnreadable } from '../audit/patient-fetch.js';
import { RemoteLog } from '../audit/remote-log.js';
import { WatchedReceipts } from '../audit/watched-receipts.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { input, readReceipt } from './audit.js';
import { json, keepState, lockOf, policyOf, raise, stateOf, type Following } from './follow-folder.js';
import { CommandFailed, type OutputOptions } from './output.js';
import { progressBar, type Progress } from './progress.js';
import { untilAskedToStop } from './stopping.js';

export interface FollowOptions extends OutputOptions {
  folder: string;
  interval: string;
  grace: string;
  patience: string;
  silence: string;
  policy?: string;
  receipt?: string[];
  checkpoint?: string[];
  once?: boolean;
}

const SOON_MS = 2_000;
const LONGEST_TIMER_MS = 2_000_000_000;
/** That the log cannot be read is said again so often. */
const REMIND_MS = 3_600_000;

/** Milliseconds. */
interface Periods {
  readonly interval: number;
  readonly grace: number;
  /** Caches may show an older head for some seconds, and other processes of the log too. */
  readonly patience: number;
  /** 0: for ever. */
  readonly silence: number;
}

/** Ends with exit code 3 on an alarm. @throws CommandFailed, LogUnreadable, MirrorDamaged */
export async function follow(url: string | undefined, options: FollowOptions): Promise<void> {
  const periods: Periods = {
    interval: seconds('--interval', options.interval, 1),
    grace: seconds('--grace', options.grace, 0),
    patience: seconds('--patience', options.patience, 0),
    silence: seconds('--silence', options.silence, 0),
  };
  const folder = resolve(options.folder);
  const mirror = new Mirror(folder, nodeCrypto);
  const lock = await lockOf(folder);
  const stopping = new AbortController();
  const over = new AbortController();
  void untilAskedToStop(over.signal).then(() => stopping.abort());
  try {
    const work = await Work.begin(mirror, url, { ...options, periods }, stopping.signal);
    await work.run();
  } catch (error) {
    if (error instanceof Alarm) await raise(mirror, error, options);
    else if (!stopping.signal.aborted) throw error;
  } finally {
    // What is still under way when an alarm ends it.
    stopping.abort();
    over.abort();
    await lock.release();
  }
}

type WorkOptions = FollowOptions & { readonly periods: Periods };

class Work {
  readonly #seen: readonly { readonly path: string; readonly head: Head }[];
  #olderSince: number | undefined;
  #aheadSince: number | undefined;

  private constructor(
    private readonly mirror: Mirror,
    private readonly follower: Follower,
    private readonly receipts: WatchedReceipts,
    private readonly state: Following,
    private readonly options: WorkOptions,
    private readonly signal: AbortSignal,
    private readonly bar: FetchBar,
    seen: readonly { path: string; head: Head }[],
  ) {
    this.#seen = seen;
  }

  static async begin(
    mirror: Mirror,
    url: string | undefined,
    options: WorkOptions,
    signal: AbortSignal,
  ): Promise<Work> {
    const state = await stateOf(mirror, url);
    const log = new RemoteLog(state.url, { signal });
    const policy = await policyOf(mirror, log, options);
    const bar = new FetchBar();
    const follower = new Follower({
      crypto: nodeCrypto,
      log,
      mirror,
      policy,
      onProgress: (done, of) => bar.at(Number(done), Number(of)),
    });
    const receipts = new WatchedReceipts(nodeCrypto, mirror, policy, state.receipts);
    for (const given of options.receipt ?? []) {
      const { leafHash, proof } = await readReceipt(given);
      const fault = await receipts.add(leafHash, proof, new Date());
      if (fault !== undefined)
        throw new CommandFailed('receipt-wrong', `${given} is no receipt of this log: ${fault}.`);
    }
    await keepState(mirror, state);
    const seen = [];
    for (const path of options.checkpoint ?? []) {
      const head = follower.opened(await input(path));
      if (typeof head === 'string')
        throw new CommandFailed(
          'checkpoint-of-another-log',
          `${path} is no checkpoint that this log has signed: ${head}.`,
        );
      seen.push({ path, head });
    }
    return new Work(mirror, follower, receipts, state, options, signal, bar, seen);
  }

  async run(): Promise<void> {
    const known = await this.follower.head();
    if (known !== undefined) {
      await this.receipts.search(known.checkpoint.size);
      await keepState(this.mirror, this.state);
    }
    const isOnce = this.options.once === true || this.#seen.length > 0;
    // What the mirror has already is compared without the log.
    if (this.#seen.length > 0 && (await this.#haveCompared(known))) return;
    const { interval, patience } = this.options.periods;
    let trouble: { readonly message: string; readonly at: number } | undefined;
    for (;;) {
      try {
        const seen = await this.#lookInTime();
        trouble = undefined;
        await this.#checkSilence('');
        const isDone = this.#seen.length === 0 || (await this.#haveCompared(seen.head));
        if (isOnce && isDone && this.#olderSince === undefined) return;
      } catch (error) {
        if (!(error instanceof LogUnreadable)) throw error;
        await this.#checkSilence(error.message);
        if (isOnce) throw error;
        const now = performance.now();
        if (trouble?.message !== error.message || now - trouble.at > REMIND_MS) {
          process.stderr.write(`${error.message}\n`);
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
      this.bar.stop();
    }
    this.receipts.found(seen.found);
    const { kind, head, added } = seen;
    if (kind === 'new') {
      this.state.newSince = new Date().toISOString();
      await keepState(this.mirror, this.state);
      this.#tell(head, added);
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
  async #haveCompared(mirrored: Head | undefined): Promise<boolean> {
    const isAhead = ({ head }: { head: Head }) => head.checkpoint.size > (mirrored?.checkpoint.size ?? 0n);
    const ahead = this.#seen.find(isAhead);
    for (const one of this.#seen) if (!isAhead(one)) await this.follower.compare(one.head);
    if (ahead !== undefined) {
      if (mirrored === undefined) return false;
      this.#aheadSince ??= performance.now();
      if (performance.now() - this.#aheadSince > this.options.periods.patience)
        throw headSmaller(mirrored, ahead.head, `${ahead.path} shows`);
      return false;
    }
    for (const { path, head } of this.#seen)
      this.#print(
        { checkpoint: path, size: head.checkpoint.size, same: true },
        `${path}: its ${String(head.checkpoint.size)} events are the beginning of this log.`,
      );
    return true;
  }

  #tell({ checkpoint: { size, root } }: Head, added: bigint): void {
    const at = new Date().toISOString();
    const waiting = this.receipts.waiting().size;
    this.#print(
      { at, size, root: toBase64url(root), added, waiting },
      `${at} ${String(size)} events under ${toBase64url(root)}, ${String(added)} new` +
        (waiting > 0 ? `, ${waiting} receipts waited for` : ''),
    );
  }

  #print(result: object, line: string): void {
    const text = this.options.json === true ? json(result) : line;
    process.stdout.write(`${text}\n`);
  }
}

/** A bar for each head, as soon as anything of it comes. */
class FetchBar {
  #bar: Progress | undefined;

  at(done: number, of: number): void {
    (this.#bar ??= progressBar('Fetching events')).at(done, of);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

function seconds(option: string, given: string, least: number): number {
  const value = /^\d{1,7}$/.test(given) ? Number(given) : -1;
  if (value < least)
    throw new CommandFailed('option-wrong', `${option} is a number of seconds, ${least} at least.`);
  return value * 1_000;
}
