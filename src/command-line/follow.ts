/** `concejo follow URL`: keeps a mirror of somebody's log, and raises an alarm when the log takes something back. */
import { resolve } from 'node:path';
import { toBase64url } from '../../projections/bytes.js';
import { Alarm } from '../audit/alarm.js';
import type { SeenHead } from '../audit/follower.js';
import { Following, type FollowingListener, type Periods } from '../audit/following.js';
import { keepEvidence, lockOf } from '../audit/following-folder.js';
import { Mirror } from '../audit/mirror.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { readReceipt } from './audit.js';
import { readInput } from './input.js';
import { CommandFailed, print, type OutputOptions } from './output.js';
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

const ALARM_EXIT = 3;

/** Ends with exit code 3 on an alarm. @throws CommandFailed, FollowingRefused, LogUnreadable, MirrorDamaged */
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
    const { policy } = options;
    const given = {
      periods,
      isOnce: options.once === true,
      policy: policy === undefined ? undefined : { name: policy, bytes: readInput(policy) },
      receipts: (options.receipt ?? []).map((name) => ({ name, ...readReceipt(name) })),
      checkpoints: (options.checkpoint ?? []).map((name) => ({ name, note: readInput(name) })),
    };
    const printed = new Printed(options);
    await (await Following.begin(nodeCrypto, mirror, url, given, printed, stopping.signal)).run();
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

/** Keeps the evidence and tells everybody. */
async function raise(mirror: Mirror, alarm: Alarm, options: OutputOptions): Promise<void> {
  const evidence = await keepEvidence(mirror, alarm);
  const { code, message } = alarm;
  if (options.json === true) print({ alarm: code, message, evidence }, [], options);
  else process.stderr.write(`ALARM ${code}: ${message}\nThe evidence is in ${evidence}\n`);
  process.exitCode = ALARM_EXIT;
}

/** Lines on standard output, and a bar for each head as soon as anything of it comes. */
class Printed implements FollowingListener {
  #bar: Progress | undefined;

  constructor(private readonly options: OutputOptions) {}

  fetched(done: number, of: number): void {
    (this.#bar ??= progressBar('Fetching events')).at(done, of);
  }

  fetchedAll(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  grown({ checkpoint: { size, root } }: SeenHead, added: bigint, waiting: number): void {
    const at = new Date().toISOString();
    const name = toBase64url(root);
    const line =
      `${at} ${String(size)} events under ${name}, ${String(added)} new` +
      (waiting > 0 ? `, ${waiting} receipts waited for` : '');
    print({ at, size, root: name, added, waiting }, [line], this.options);
  }

  compared(name: string, size: bigint): void {
    const line = `${name}: its ${String(size)} events are the beginning of this log.`;
    print({ checkpoint: name, size, same: true }, [line], this.options);
  }

  troubled(message: string): void {
    process.stderr.write(`${message}\n`);
  }

  tookOwnPolicy(path: string): void {
    process.stderr.write(
      `Without --policy the keys are taken from the log itself. Compare ${path} with what the city has published elsewhere.\n`,
    );
  }
}

function seconds(option: string, given: string, least: number): number {
  const value = /^\d{1,7}$/.test(given) ? Number(given) : -1;
  if (value < least)
    throw new CommandFailed('option-wrong', `${option} is a number of seconds, ${least} at least.`);
  return value * 1_000;
}
