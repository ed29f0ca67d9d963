/** The audit of a live log over HTTP: of exactly the head that was fetched first, however it grows meanwhile. */
import type { BundleAuditOptions } from '../../projections/audit/audit-bundle.js';
import { Audit } from '../../projections/audit/audit.js';
import { readLeaf } from '../../projections/audit/leaf.js';
import type { Report } from '../../projections/audit/report.js';
import { bundlesOf, tilePath, tilesOf } from '../../projections/ledger/tile-path.js';
import { parseEntryBundle } from '../../projections/ledger/tiles.js';
import { HASH_BYTES } from '../../projections/ledger/tree.js';
import { readCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { inOrder } from './in-order.js';
import { LogUnreadable } from './patient-fetch.js';
import type { RemoteLog } from './remote-log.js';

/** Requests under way: what they have fetched is held in memory, 17 MB each at most. */
const AT_ONCE = 4;
/** Larger heads would take weeks, and are more likely a lie. */
const MOST_EVENTS = 1_000_000_000n;
const COUNT_EVENT = 'TallyPublished';

/**
 * Whatever is wrong with the log is in the report. For check 1, there being no manifest: every file that the head needs is there
 * and as long as it must be. @throws LogUnreadable where the log cannot be read, which says nothing about it
 */
export async function auditRemote(log: RemoteLog, options: BundleAuditOptions): Promise<Report> {
  const { crypto, bulk, policy, older, receipts, progress } = options;
  const checkpoint = await log.checkpoint();
  const size = sizeIn(checkpoint);
  if (size > MOST_EVENTS) {
    throw new LogUnreadable('log-too-long', `The head says that there are ${String(size)} events.`);
  }
  const audit = new Audit({
    crypto,
    ...(bulk && { bulk }),
    contents: 'all',
    progress: (taken) => progress?.(taken, Number(size)),
  });
  audit.findings.begin(1);
  audit.giveHeads({
    policy: { bytes: policy ?? (await log.ownPolicy(crypto)), own: policy !== undefined },
    checkpoint,
    ...(older && { older }),
    ...(receipts && { receipts }),
  });
  await giveTiles(audit, log, size);
  await giveEntries(audit, log, size);
  await giveContents(audit, log);
  return audit.end();
}

/** Of a checkpoint that is none, nothing is audited; check 4 says why. */
function sizeIn(bytes: Uint8Array): bigint {
  const checkpoint = readCheckpoint(bytes);
  return typeof checkpoint === 'string' ? 0n : checkpoint.size;
}

async function giveTiles(audit: Audit, log: RemoteLog, size: bigint): Promise<void> {
  const tiles = inOrder(tilesOf(size), AT_ONCE, async (name) => ({ name, bytes: await log.tile(name) }));
  for await (const { name, bytes } of tiles) {
    const path = tilePath(name);
    audit.findings.examine(1);
    if (bytes === undefined) {
      audit.findings.fail(1, { code: 'file-missing', id: path });
      return;
    }
    if (bytes.length !== name.width * HASH_BYTES)
      audit.findings.fail(1, { code: 'file-length-wrong', id: path });
    audit.giveTile(path, bytes);
  }
}

/** Up to the first bundle that is not there or is none. */
async function giveEntries(audit: Audit, log: RemoteLog, size: bigint): Promise<void> {
  const bundles = inOrder(bundlesOf(size), AT_ONCE, async (name) => ({ name, bytes: await log.tile(name) }));
  let index = 0;
  for await (const { name, bytes } of bundles) {
    const path = tilePath(name);
    audit.findings.examine(1);
    const entries = bytes === undefined ? 'file-missing' : parseEntryBundle(bytes, name.width);
    if (typeof entries === 'string') {
      audit.findings.fail(entries === 'file-missing' ? 1 : 2, { code: entries, id: path });
      return;
    }
    for (const entry of entries) await giveResult(audit, log, entry, index++);
    await audit.add(entries);
  }
}

/** Before the audit comes to a count: the result that it states, if the log keeps it. */
async function giveResult(audit: Audit, log: RemoteLog, leaf: Uint8Array, index: number): Promise<void> {
  if (!latin1.decode(leaf).includes(COUNT_EVENT)) return;
  const read = readLeaf(leaf, index);
  if (!('event' in read) || read.event.type !== COUNT_EVENT) return;
  const { outputDigest } = read.event.data;
  const bytes = await log.result(outputDigest);
  if (bytes !== undefined) audit.giveResult(outputDigest, bytes);
}

const latin1 = new TextDecoder('latin1');

async function giveContents(audit: Audit, log: RemoteLog): Promise<void> {
  const contents = inOrder(audit.publicContents(), AT_ONCE, async (id) => ({
    id,
    content: await log.content(id),
  }));
  for await (const { id, content } of contents) {
    if (content === 'gone') audit.missContent(id);
    else if (content !== 'unknown') audit.giveContent(content);
  }
}
