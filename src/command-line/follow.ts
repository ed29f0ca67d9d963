/** `concejo follow URL`: keeps a mirror of somebody's log, and raises an alarm when the log takes something back. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toBase64url } from '../../projections/bytes.js';
import { parsePolicy, type Policy } from '../../projections/ledger/policy.js';
import { Alarm } from '../audit/alarm.js';
import { Follower, type Head, type Seen } from '../audit/follower.js';
import { Mirror } from '../audit/mirror.js';
import { LogUnreadable } from '../audit/patient-fetch.js';
import { RemoteLog } from '../audit/remote-log.js';
import { WatchedReceipts, type Watched } from '../audit/watched-receipts.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { lockFolder } from '../postgres/folder-lock.js';
import { PostgresError } from '../postgres/postgres-error.js';
import { input, readReceipt } from './audit.js';
import { CommandFailed, type OutputOptions } from './output.js';
import { progressBar, type Progress } from './progress.js';
import { untilAskedToStop } from './stopping.js';

export interface FollowOptions extends OutputOptions {
  folder: string;
  interval: string;
  grace: string;
  policy?: string;
  receipt?: string[];
  checkpoint?: string[];
  once?: boolean;
}

/** What a folder knows beside the log itself. */
interface Following {
  v: 1;
  url: string;
  receipts: Record<string, Watched>;
}

const ALARM_EXIT = 3;
/** Caches may show an older head for some seconds, and other processes of the log too. */
const PATIENCE_MS = 10_000;
const SOON_MS = 2_000;
const STATE = 'following.json';

/** Ends with exit code 3 on an alarm. @throws CommandFailed, LogUnreadable, MirrorDamaged */
export async function follow(url: string | undefined, options: FollowOptions): Promise<void> {
  const [intervalMs, graceMs] = [
    seconds('--interval', options.interval, 1),
    seconds('--grace', options.grace, 0),
  ];
  const folder = resolve(options.folder);
  const mirror = new Mirror(folder, nodeCrypto);
  const lock = await lockOf(folder);
  const stopping = new AbortController();
  void untilAskedToStop().then(() => stopping.abort());
  try {
    const work = await Work.begin(mirror, url, options, stopping.signal);
    await work.run(intervalMs, graceMs);
  } catch (error) {
    if (stopping.signal.aborted) return;
    if (!(error instanceof Alarm)) throw error;
    await raise(mirror, error, options);
  } finally {
    await lock.release();
  }
}

class Work {
  readonly #seen: readonly { readonly path: string; readonly head: Head }[];
  #olderSince: number | undefined;
  #aheadSince: number | undefined;

  private constructor(
    private readonly mirror: Mirror,
    private readonly follower: Follower,
    private readonly receipts: WatchedReceipts,
    private readonly state: Following,
    private readonly options: FollowOptions,
    private readonly signal: AbortSignal,
    private readonly bar: FetchBar,
    seen: readonly { path: string; head: Head }[],
  ) {
    this.#seen = seen;
  }

  static async begin(
    mirror: Mirror,
    url: string | undefined,
    options: FollowOptions,
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
    await mirror.write(STATE, JSON.stringify(state));
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

  async run(intervalMs: number, graceMs: number): Promise<void> {
    const known = await this.follower.head();
    if (known !== undefined) {
      await this.receipts.search(known.checkpoint.size);
      await this.mirror.write(STATE, JSON.stringify(this.state));
    }
    const isOnce = this.options.once === true || this.#seen.length > 0;
    // What the mirror has already is compared without the log.
    if (this.#seen.length > 0 && (await this.#haveCompared(known))) return;
    let trouble: string | undefined;
    for (;;) {
      try {
        const seen = await this.#look(graceMs);
        trouble = undefined;
        const isDone = this.#seen.length === 0 || (await this.#haveCompared(seen.head));
        if (isOnce && isDone && this.#olderSince === undefined) return;
      } catch (error) {
        if (isOnce || !(error instanceof LogUnreadable)) throw error;
        if (trouble !== error.message) process.stderr.write(`${error.message}\n`);
        trouble = error.message;
      }
      const ms = this.#olderSince === undefined && !isOnce ? intervalMs : SOON_MS;
      await sleep(ms, undefined, { signal: this.signal });
    }
  }

  async #look(graceMs: number): Promise<Seen> {
    let seen: Seen;
    try {
      seen = await this.follower.look(this.receipts.waiting());
    } finally {
      this.bar.stop();
    }
    this.receipts.found(seen.found);
    const { kind, head, added } = seen;
    if (kind === 'new') {
      await this.mirror.write(STATE, JSON.stringify(this.state));
      this.#tell(head, added);
    }
    if (kind === 'older') {
      this.#olderSince ??= performance.now();
      const known = await this.follower.head();
      if (performance.now() - this.#olderSince > PATIENCE_MS)
        throw smaller(head, known, 'this mirror has seen');
    } else {
      this.#olderSince = undefined;
      await this.receipts.check(this.follower, head, new Date(), graceMs);
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
      if (performance.now() - this.#aheadSince > PATIENCE_MS)
        throw smaller(mirrored, ahead.head, `${ahead.path} shows`);
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

/** The folder's own, and the address to follow now. */
async function stateOf(mirror: Mirror, url: string | undefined): Promise<Following> {
  const bytes = await mirror.read(STATE);
  const kept = bytes && (JSON.parse(Buffer.from(bytes).toString('utf8')) as Following);
  const address = url ?? kept?.url;
  if (address === undefined) {
    throw new CommandFailed(
      'url-missing',
      `Nothing is followed in ${mirror.folder} yet: give the address of a site, such as https://vota.example.org`,
    );
  }
  return { v: 1, url: address, receipts: kept?.receipts ?? {} };
}

/** The one given, else the folder's, else what the log says of itself, which is kept: from then on it must not change. */
async function policyOf(mirror: Mirror, log: RemoteLog, options: FollowOptions): Promise<Policy> {
  const given = options.policy === undefined ? undefined : await input(options.policy);
  const kept = await mirror.read('policy');
  const bytes = given ?? kept ?? (await log.ownPolicy(nodeCrypto));
  const policy = parsePolicy(nodeCrypto, bytes);
  if ('refused' in policy) {
    const where = options.policy ?? join(mirror.folder, 'policy');
    throw new CommandFailed('policy-wrong', `${where} is wrong in line ${policy.line}: ${policy.refused}.`);
  }
  if (given === undefined && kept === undefined)
    process.stderr.write(
      `Without --policy the keys are taken from the log itself. Compare ${join(mirror.folder, 'policy')} with what the city has published elsewhere.\n`,
    );
  if (given !== undefined || kept === undefined) await mirror.write('policy', bytes);
  return policy;
}

function smaller(shown: Head, known: Head | undefined, who: string): Alarm {
  const sizes = `${String(shown.checkpoint.size)} events, and ${who} ${String(known?.checkpoint.size ?? 0n)}`;
  return new Alarm('head-smaller', `The log goes on showing a head of ${sizes}.`, {
    shown: shown.note,
    ...(known && { known: known.note }),
  });
}

/** Keeps the evidence and tells everybody. The same alarm is kept once. */
async function raise(mirror: Mirror, alarm: Alarm, options: OutputOptions): Promise<void> {
  const { code, message, evidence } = alarm;
  const digest = createHash('sha256');
  for (const [name, bytes] of Object.entries(evidence)) digest.update(name).update(bytes);
  const path = `evidence/${code}-${digest.digest('hex').slice(0, 16)}`;
  for (const [name, bytes] of Object.entries(evidence))
    await mirror.write(`${path}/${name.replaceAll('/', '-')}`, bytes);
  const where = join(mirror.folder, path);
  await mirror.write(
    `${path}/about.json`,
    `${json({ alarm: code, message, at: new Date().toISOString() })}\n`,
  );
  if (options.json === true) process.stdout.write(`${json({ alarm: code, message, evidence: where })}\n`);
  else process.stderr.write(`ALARM ${code}: ${message}\nThe evidence is in ${where}\n`);
  process.exitCode = ALARM_EXIT;
}

async function lockOf(folder: string) {
  try {
    await mkdir(folder, { recursive: true });
    return await lockFolder(folder);
  } catch (error) {
    if (error instanceof PostgresError && error.code === 'data-folder-in-use')
      throw new CommandFailed(
        'folder-in-use',
        `Another program follows into ${folder}. Stop that one, or give --folder another one.`,
      );
    const why = (error as NodeJS.ErrnoException).code ?? 'no reason given';
    throw new CommandFailed(
      'folder-not-writable',
      `${folder} cannot be written (${why}). Give --folder another one.`,
    );
  }
}

function seconds(option: string, given: string, least: number): number {
  const value = /^\d{1,7}$/.test(given) ? Number(given) : -1;
  if (value < least)
    throw new CommandFailed('option-wrong', `${option} is a number of seconds, ${least} at least.`);
  return value * 1_000;
}

function json(value: object): string {
  return JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? String(field) : field));
}
