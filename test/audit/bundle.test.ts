/** Bundles: the same files are the same bytes, an honest one passes, and every broken one gets its own code. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditBundle, type BundleAuditOptions } from '../../projections/audit/audit-bundle.js';
import { kindOf } from '../../projections/audit/bundle.js';
import type { Report } from '../../projections/audit/report.js';
import { isSafeName, tarEnd, tarHeader } from '../../projections/audit/tar.js';
import { concat, equalBytes, utf8 } from '../../projections/bytes.js';
import { canonicalText } from '../../projections/canonical.js';
import { readLeaf } from '../../projections/audit/leaf.js';
import { byKeyBytes, foldInto } from '../../projections/projection.js';
import { rollView, type RollRow } from '../../projections/roll.view.js';
import { allViews } from '../../projections/views.js';
import { leafHash } from '../../projections/hash.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import {
  archiveOf,
  flippedIn,
  memberOf,
  membersOf,
  withHeader,
  withManifest,
  type Members,
} from './archive.js';
import { bundleOf, filesOf, POLICY, tell, type Story } from './story.js';

let story: Story;
let bundle: Uint8Array;
beforeAll(async () => {
  story = tell();
  bundle = await bundleOf(story);
});

function* pieces(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

function audited(
  bytes: Uint8Array,
  options: Partial<BundleAuditOptions> = {},
  length = 1_000,
): Promise<Report> {
  const { older } = story.heads;
  const own = { policy: POLICY, ...(older && { older }) };
  return auditBundle(pieces(bytes, length), { crypto: nodeCrypto, ...own, ...options });
}

function verdictOf({ checks }: Report, number: number) {
  const check = checks.find((one) => one.number === number);
  return [check?.verdict, check?.code];
}

describe('a bundle', () => {
  it('passes when it is honest, however it comes', async () => {
    const report = await audited(bundle);
    const mandatory = report.checks.filter((check) => check.mandatory);
    expect(mandatory.filter(({ verdict }) => verdict !== 'PASS')).toEqual([]);
    expect(report.passed).toBe(true);
    expect(await audited(bundle, {}, 100_000_000)).toEqual(report);
    expect(await audited(bundle, {}, 7)).toEqual(report);
  });

  it('is the same bytes whatever the order in which its files are named', async () => {
    const again = await bundleOf(story, filesOf(story).reverse());
    expect(equalBytes(again, bundle)).toBe(true);
  });

  it('passes by its own policy, and says so', async () => {
    const report = await auditBundle([bundle], { crypto: nodeCrypto });
    expect([report.passed, verdictOf(report, 4)]).toEqual([true, ['WARN', 'policy-of-the-log-itself']]);
  });

  it('keeps what somebody was promised', async () => {
    const kept = leafHash(nodeCrypto, story.leaves[5] as Uint8Array);
    expect(verdictOf(await audited(bundle, { receipts: [{ leafHash: kept }] }), 30)).toEqual([
      'PASS',
      'passed',
    ]);
    const lost = await audited(bundle, { receipts: [{ leafHash: new Uint8Array(32) }] });
    expect([lost.passed, lost.cause, verdictOf(lost, 30)]).toEqual([
      false,
      30,
      ['FAIL', 'receipt-without-event'],
    ]);
  });
});

const BROKEN: readonly (readonly [what: string, code: string, change: (members: Members) => Uint8Array])[] = [
  ['is cut within a file', 'archive-cut', (members) => archiveOf(members).subarray(0, 5_000)],
  ['lacks its end', 'archive-cut', (members) => concat(...members.map(({ bytes }) => bytes))],
  ['lacks its last file', 'file-missing', (members) => archiveOf(members.slice(0, -1))],
  ['lacks a file in the middle', 'file-order-wrong', (members) => archiveOf(members.toSpliced(3, 1))],
  ['has a file twice', 'file-repeated', (members) => archiveOf(members.toSpliced(3, 0, members[2]!))],
  [
    'has two files in the other order',
    'file-order-wrong',
    (members) => archiveOf(members.toSpliced(2, 2, members[3]!, members[2]!)),
  ],
  [
    'has a file more',
    'file-unexpected',
    (members) => archiveOf([...members, memberOf('views/roll@2/1/000000', utf8('{}'))]),
  ],
  [
    'has something after its end',
    'archive-goes-on',
    (members) => concat(archiveOf(members), new Uint8Array(512)),
  ],
  ['begins with another file', 'bundle-without-manifest', (members) => archiveOf(members.slice(1))],
  ['is empty', 'bundle-without-manifest', () => tarEnd()],
  ['is nothing', 'archive-cut', () => new Uint8Array()],
  ['is no archive', 'archive-header-malformed', () => utf8('not an archive'.repeat(100))],
  [
    'has a file that climbs out of its folder',
    'archive-name-unsafe',
    ([first, second, ...others]) =>
      archiveOf([first!, withHeader(second!, (header) => header.set(utf8('../../etc/x\0'), 0)), ...others]),
  ],
  [
    'has a file at the root of the disk',
    'archive-name-unsafe',
    ([first, second, ...others]) =>
      archiveOf([first!, withHeader(second!, (header) => header.set(utf8('/etc/x\0'), 0)), ...others]),
  ],
  [
    'has a link',
    'archive-header-malformed',
    ([first, second, ...others]) =>
      archiveOf([first!, withHeader(second!, (header) => header.set(utf8('2'), 156)), ...others]),
  ],
  [
    'has a time',
    'archive-header-malformed',
    ([first, second, ...others]) =>
      archiveOf([first!, withHeader(second!, (header) => header.set(utf8('00000000001'), 136)), ...others]),
  ],
  [
    'has a file that is said to be huge',
    'archive-member-too-large',
    ([first, second, ...others]) =>
      archiveOf([first!, withHeader(second!, (header) => header.set(utf8('77777777777'), 124)), ...others]),
  ],
  ['is of a version to come', 'bundle-of-a-future-version', (members) => withManifest(members, { v: 2 })],
  ['is of a version of the past', 'bundle-of-a-past-version', (members) => withManifest(members, { v: 0 })],
  ['has another manifest', 'manifest-malformed', (members) => withManifest(members, { format: 'other' })],
  ['says more than it may', 'manifest-malformed', (members) => withManifest(members, { title: 'x' })],
  [
    'names a file of no kind',
    'file-name-unknown',
    (members) => withManifest(members, { files: [{ name: 'secret', bytes: 0, sha256: 'A'.repeat(43) }] }),
  ],
  [
    'is of another origin by its manifest',
    'manifest-of-another-log',
    (members) => withManifest(members, { origin: 'other.example/log' }),
  ],
  [
    'is of an election that the log does not know',
    'election-unknown',
    (members) => withManifest(members, { election: '6f1c2f5e-8d38-5a53-9d3a-0d7f4f0a7a12' }),
  ],
  [
    'is of another log by its manifest',
    'manifest-of-another-log',
    (members) => withManifest(members, { root: 'A'.repeat(43) }),
  ],
  ['has a changed byte in a file', 'file-digest-wrong', (members) => flippedIn(members, 'contents/')],
];

describe('a broken bundle', () => {
  it.each(BROKEN)('that %s fails as %s', async (_what, code, change) => {
    const report = await audited(change(membersOf(bundle)));
    const found = report.checks.find(({ number }) => number === 1);
    expect([report.passed, report.cause, found?.verdict, found?.findings[0]?.code]).toEqual([
      false,
      1,
      'FAIL',
      code,
    ]);
    const others = report.checks.filter(({ number, verdict }) => number !== 1 && verdict === 'FAIL');
    expect(others.filter(({ consequentOf }) => consequentOf === undefined)).toEqual([]);
  });

  it.each(['tile/0/', 'tile/entries/', 'checkpoint', 'results/'])(
    'is found out by a byte in %s',
    async (prefix) => {
      const report = await audited(flippedIn(membersOf(bundle), prefix));
      expect([report.passed, report.cause]).toEqual([false, 1]);
    },
  );

  it('never passes and never stops the audit, whatever byte is changed or wherever it is cut', async () => {
    const place = fc.integer({ min: 0, max: bundle.length - 1 });
    const broken = fc.oneof(
      fc.record({ at: place, bit: fc.integer({ min: 0, max: 7 }) }).map(({ at, bit }) => {
        const changed = bundle.slice();
        changed[at] = (changed[at] as number) ^ (1 << bit);
        return changed;
      }),
      place.map((end) => bundle.subarray(0, end)),
    );
    const property = fc.asyncProperty(broken, async (bytes) => {
      const report = await audited(bytes);
      expect([report.passed, report.cause]).toEqual([false, 1]);
    });
    await fc.assert(property, { seed: 20_261_127, numRuns: 60 });
  }, 60_000);

  it('is found out by its tree, where the manifest was made to fit', async () => {
    const files = filesOf(story).map((file) => {
      if (!file.name.startsWith('tile/0/')) return file;
      const bytes = new Uint8Array(file.read() as Uint8Array);
      bytes[7] = (bytes[7] as number) ^ 1;
      return { ...file, read: () => bytes };
    });
    const report = await audited(await bundleOf(story, files));
    expect([report.passed, report.cause, verdictOf(report, 3)]).toEqual([false, 3, ['FAIL', 'tile-wrong']]);
  });
});

describe('the rows of a view in a bundle', () => {
  const index = () => story.leaves.length - 1 - 2 * allViews.length - 1;
  const rows = () => {
    const events = story.leaves.slice(0, index() + 1).map((leaf, at) => {
      const read = readLeaf(leaf, at);
      if (!('event' in read)) throw new Error(read.finding.code);
      return read.event;
    });
    return [...foldInto(rollView, new Map<string, RollRow>(), events)].sort(byKeyBytes);
  };
  const part = (some: readonly (readonly [string, unknown])[]) =>
    utf8(some.map(([key, row]) => `${key}\t${canonicalText(row)}\n`).join(''));
  const withParts = async (...parts: readonly Uint8Array[]) => {
    const files = parts.map((bytes, at) => ({
      name: `views/roll@2/${index()}/${String(at).padStart(6, '0')}`,
      read: () => bytes,
    }));
    return verdictOf(await audited(await bundleOf(story, [...filesOf(story), ...files])), 49);
  };

  it('are the ones whose digest was published', async () => {
    const all = rows();
    expect(all.length).toBeGreaterThan(3);
    expect(await withParts(part(all.slice(0, 2)), part(all.slice(2)))).toEqual(['PASS', 'passed']);
    expect(await withParts(part(all.slice(1)))).toEqual(['FAIL', 'view-rows-wrong']);
    expect(await withParts(part(all.toReversed()))).toEqual(['FAIL', 'view-rows-malformed']);
    expect(await withParts(part(all).subarray(0, -1))).toEqual(['FAIL', 'view-rows-malformed']);
  });
});

describe('the names of a bundle', () => {
  it.each(['..', 'a/../b', '/a', 'a//b', 'a/', '.', './a', 'a\\b', 'ä', '', 'a'.repeat(101)])(
    'refuse %j',
    (name) => {
      expect(isSafeName(name)).toBe(false);
      expect(() => tarHeader(name, 0)).toThrow(RangeError);
    },
  );

  it.each([
    'tile/0/000',
    'tile/entries/x001/234.p/5',
    'contents/6f1c2f5e-8d38-5a53-9d3a-0d7f4f0a7a11',
    'policy',
  ])('take %j', (name) => expect([isSafeName(name), kindOf(name) === undefined]).toEqual([true, false]));
});
