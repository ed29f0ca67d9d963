/** `concejo audit BUNDLE|URL`: checks everything that a city showed, without the city or against its live log. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { auditBundle, type BundleAuditOptions } from '../../projections/audit/audit-bundle.js';
import type { CheckReport, Report } from '../../projections/audit/report.js';
import { fromBase64url } from '../../projections/bytes.js';
import { auditRemote } from '../audit/audit-remote.js';
import { Checking } from '../audit/checking.js';
import { RemoteLog } from '../audit/remote-log.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { sodium } from '../crypto/sodium.js';
import { CommandFailed, print, type OutputOptions } from './output.js';
import { progressBar } from './progress.js';

export interface AuditOptions extends OutputOptions {
  policy?: string;
  checkpoint?: string[];
  receipt?: string[];
}

/** @param what a file, or the address of a site */
export async function audit(what: string, options: AuditOptions): Promise<void> {
  const started = performance.now();
  const policy = options.policy === undefined ? undefined : await input(options.policy);
  const older = await Promise.all((options.checkpoint ?? []).map(input));
  const receipts = await Promise.all((options.receipt ?? []).map(readReceipt));
  const remote = /^https?:\/\//i.test(what) ? new RemoteLog(what) : undefined;
  if (remote === undefined)
    await stat(what).catch(() => {
      throw new CommandFailed(
        'file-unreadable',
        `${what} cannot be read. Name a file that concejo bundle has made, or a site by its address with https://`,
      );
    });
  if (sodium === undefined)
    process.stderr.write('libsodium does not run here: this works, and takes many times as long.\n');
  // What is kept lies outside of the heap, and most of the rest is gone at once: room for more would only be filled.
  setFlagsFromString('--heap-growing-percent=50');
  const checking = new Checking();
  const bar = progressBar('Checking events');
  let report: Report;
  try {
    const given: BundleAuditOptions = {
      crypto: nodeCrypto,
      bulk: checking,
      ...(policy && { policy }),
      older,
      receipts,
      progress: (taken, of) => bar.at(taken, of),
    };
    report =
      remote === undefined
        ? await auditBundle(createReadStream(what, { highWaterMark: 1_048_576 }), given)
        : await auditRemote(remote, given);
  } finally {
    bar.stop();
    await checking.end();
  }
  const seconds = (performance.now() - started) / 1_000;
  print({ ...report, seconds }, reportLines(report, seconds), options);
  if (!report.passed) process.exitCode = 1;
}

/** What the report says, for somebody who reads it once. */
function reportLines({ passed, size, root, cause, checks }: Report, seconds: number): string[] {
  const told = checks.filter(({ verdict }) => verdict !== 'NOT-APPLICABLE');
  const lines = [`${size} events, under the root ${root}, checked in ${seconds.toFixed(1)} s.`, ''];
  for (const check of told) {
    lines.push(
      `${check.verdict.padEnd(11)} ${String(check.number).padStart(2)}  ${check.title}${countOf(check)}`,
    );
    for (const { code, index, id, expected, found } of check.findings.slice(0, 5)) {
      const place = [index !== undefined && `event ${index}`, id].filter(Boolean).join(', ');
      const values = [expected && `expected ${expected}`, found && `found ${found}`]
        .filter(Boolean)
        .join(', ');
      lines.push(`                ${[code, place, values].filter(Boolean).join(': ')}`);
    }
    const more = check.more + Math.max(0, check.findings.length - 5);
    if (more > 0) lines.push(`                and ${more} more`);
    if (check.consequentOf !== undefined)
      lines.push(`                this follows from check ${check.consequentOf}`);
  }
  const others = checks.length - told.length;
  lines.push('', `${others} checks do not concern this log.`);
  if (passed) lines.push('PASSED: everything that must be checked was checked, and nothing was found wrong.');
  else if (cause === undefined)
    lines.push('NOT PASSED: something that must be checked could not be: see NOT-CHECKED.');
  else lines.push(`FAILED, first of all in check ${cause}.`);
  return lines;
}

function countOf({ verdict, examined }: CheckReport): string {
  return verdict === 'NOT-CHECKED' ? '' : ` (${examined})`;
}

export async function input(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch {
    throw new CommandFailed('file-unreadable', `${path} cannot be read.`);
  }
}

export interface GivenReceipt {
  leafHash: Uint8Array;
  proof?: Uint8Array;
}

/** A receipt as `LEAFHASH` or `LEAFHASH=FILE`, the file being what `/api/v1/receipts/LEAFHASH` gave. */
export async function readReceipt(given: string): Promise<GivenReceipt> {
  const [hash = '', path] = given.split('=', 2);
  const leafHash = fromBase64url(hash);
  if (leafHash?.length !== 32) {
    throw new CommandFailed(
      'receipt-malformed',
      `${given} is not a leaf hash, or a leaf hash, = and a file.`,
    );
  }
  return { leafHash, ...(path !== undefined && { proof: await input(path) }) };
}
