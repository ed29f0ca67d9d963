/** `concejo audit BUNDLE|URL`: checks everything that a city showed, without the city or against its live log. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { auditBundle, type BundleAuditOptions } from '../../projections/audit/audit-bundle.js';
import type { FindingCode } from '../../projections/audit/finding-codes.js';
import type { AuditedLog, CheckReport, Conclusion, Report } from '../../projections/audit/report.js';
import { readLeafHash, type KeptReceipt } from '../../projections/audit/kept-receipts.js';
import { auditRemote } from '../audit/audit-remote.js';
import { Checking } from '../audit/checking.js';
import { RemoteLog } from '../audit/remote-log.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { sodium } from '../crypto/sodium.js';
import { readInput } from './input.js';
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
  const policy = options.policy === undefined ? undefined : readInput(options.policy);
  const older = (options.checkpoint ?? []).map(readInput);
  const receipts = (options.receipt ?? []).map(readReceipt);
  const remote = /^https?:\/\//i.test(what) ? new RemoteLog(what) : undefined;
  if (remote === undefined) await readable(what);
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

/** @throws CommandFailed `file-unreadable` */
async function readable(what: string): Promise<void> {
  const found = await stat(what).catch(() => undefined);
  if (found === undefined || found.isDirectory())
    throw new CommandFailed(
      'file-unreadable',
      `${what} cannot be read. Name a file that concejo bundle has made, or a site by its address with https://`,
    );
}

/** Findings of whatever was taken for a bundle, or was not copied to its end. */
const NO_BUNDLE: ReadonlySet<string> = new Set<FindingCode>([
  'archive-compressed',
  'archive-cut',
  'archive-header-malformed',
  'bundle-without-manifest',
]);

/** What the report says, for somebody who reads it once. Exported for tests. */
export function reportLines(
  { conclusion, passed, log, size, root, cause, checks }: Report,
  seconds: number,
): string[] {
  const told = checks.filter(({ verdict }) => verdict !== 'NOT-APPLICABLE');
  const lines = [...logLines(log, size, root), `Checked in ${seconds.toFixed(1)} s.`, ''];
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
  lines.push(
    '',
    size === 0 ? `${others} checks had nothing to look at.` : `${others} checks do not concern this log.`,
  );
  if (checks.some(({ findings }) => findings.some(({ code }) => NO_BUNDLE.has(code))))
    lines.push('This file is no bundle of a log, or is not here whole: get it once more.');
  if (!passed) lines.push('docs/audit-findings.md says what each code means.');
  lines.push(...CONCLUSIONS[conclusion]);
  if (cause !== undefined) lines.push(`FAILED, first of all in check ${cause}.`);
  return lines.map(printable);
}

/** Which log, how new it is, and on whose word it is this one. */
function logLines({ origin, lastAt, cosigned, policy }: AuditedLog, size: number, root: string): string[] {
  const lines = [
    `Log      ${origin ?? 'without a readable head'}`,
    `Head     ${size} events under the root ${root}`,
    `Date     ${lastAt === undefined ? 'none' : `${lastAt}, of the last event by the log's own clock`}`,
  ];
  for (const { witness, at } of cosigned ?? []) lines.push(`         ${at}, cosigned by ${witness}`);
  if (policy === undefined) return [...lines, 'Policy   none that could be read'];
  const whose = policy.from === 'reader' ? 'yours' : "the log's own";
  const needed = policy.quorum === 'none' ? 'no witness needed' : `quorum ${policy.quorum}`;
  lines.push(`Policy   ${whose} (SHA-256 ${policy.sha256}), ${needed}`);
  for (const key of policy.keys) lines.push(`         key ${key}`);
  return lines;
}

/** The last line says what the verdict is worth. */
const CONCLUSIONS: Readonly<Record<Conclusion, readonly string[]>> = {
  passed: ['PASSED: everything that must be checked was checked, and nothing was found wrong.'],
  'passed-by-own-policy': [
    'Everything that must be checked was checked, and nothing was found wrong.',
    "PASSED by the log's own policy: its keys were not confirmed by anybody else.",
  ],
  'not-checked': ['NOT PASSED: something that must be checked could not be: see NOT-CHECKED.'],
  failed: [],
};

/** Without what makes a terminal do things: some of these words are the log's. */
function printable(line: string): string {
  return line.replace(/\p{C}/gu, '\ufffd');
}

function countOf({ verdict, examined }: CheckReport): string {
  return verdict === 'NOT-CHECKED' ? '' : ` (${examined})`;
}

/** A receipt as `LEAFHASH` or `LEAFHASH=FILE`, the file being what `/api/v1/receipts/LEAFHASH` gave. */
export function readReceipt(given: string): KeptReceipt {
  const [hash = '', path] = given.split('=', 2);
  const leafHash = readLeafHash(hash);
  if (leafHash === undefined) {
    throw new CommandFailed(
      'receipt-malformed',
      `${given} is not a leaf hash, or a leaf hash, = and a file.`,
    );
  }
  return { leafHash, ...(path !== undefined && { proof: readInput(path) }) };
}
