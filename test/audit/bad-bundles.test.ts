/** Bundles that somebody cut, shuffled, packed, signed again or filled by hand: each gets a clear verdict, and none passes. */
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditBundle, type BundleAuditOptions } from '../../projections/audit/audit-bundle.js';
import type { BundleFile } from '../../projections/audit/bundle.js';
import type { Report } from '../../projections/audit/report.js';
import { tarEnd } from '../../projections/audit/tar.js';
import { concat, utf8 } from '../../projections/bytes.js';
import { MAX_CANONICAL_BYTES } from '../../projections/canonical.js';
import { writeEntryBundle } from '../../projections/ledger/tiles.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { checkpointBy, logSigner } from '../ledger/signers.js';
import { archiveOf, memberOf, membersOf, withHeader, withManifest, type Members } from './archive.js';
import { bundleOf, filesOf, headOf, LOG, POLICY, sized, tell, WITNESS, type Story } from './story.js';

let story: Story;
let bundle: Uint8Array;
let members: Members;
beforeAll(async () => {
  story = tell();
  bundle = await bundleOf(story);
  members = membersOf(bundle);
});

const SEED = { seed: 20_261_127 };

function audited(bytes: Uint8Array, options: Partial<BundleAuditOptions> = {}): Promise<Report> {
  return auditBundle([bytes], { crypto: nodeCrypto, policy: POLICY, ...options });
}

function codeOf({ checks }: Report, number: number): string | undefined {
  return checks.find((check) => check.number === number)?.findings[0]?.code;
}

/** Fails by check 1 before anything else. @returns by which code */
async function refusedBy(bytes: Uint8Array): Promise<string | undefined> {
  const report = await audited(bytes);
  expect([report.passed, report.conclusion, report.cause]).toEqual([false, 'failed', 1]);
  return codeOf(report, 1);
}

/** The files of the story, with one of them changed and named anew in the manifest. */
function sealedWith(name: string, change: (bytes: Uint8Array) => Uint8Array): Promise<Uint8Array> {
  const files = filesOf(story).map((file): BundleFile => {
    if (!file.name.startsWith(name)) return file;
    const bytes = change(new Uint8Array(file.read() as Uint8Array));
    return { ...file, read: () => bytes };
  });
  return bundleOf(story, files);
}

describe('a bundle that was cut', () => {
  it('is told to be cut at the end of every file, within its header, and within it', async () => {
    let end = 0;
    for (const { bytes } of members) {
      for (const at of [end + 100, end + 512, end + 700, end + bytes.length])
        if (at <= end + bytes.length) expect(await refusedBy(bundle.subarray(0, at))).toBe('archive-cut');
      end += bytes.length;
    }
    expect(await refusedBy(bundle.subarray(0, -512))).toBe('archive-cut');
    expect(await refusedBy(bundle.subarray(0, -1))).toBe('archive-cut');
  }, 60_000);

  it('with an end put behind the cut lacks a file', async () => {
    for (let count = 1; count < members.length; count++)
      expect(await refusedBy(archiveOf(members.slice(0, count)))).toBe('file-missing');
  }, 60_000);
});

describe('a bundle whose files were put in another order, or twice', () => {
  it('is refused in every order but its own', async () => {
    const order = fc.shuffledSubarray([...members.keys()], { minLength: members.length });
    const property = fc.asyncProperty(order, async (places) => {
      fc.pre(places.some((place, at) => place !== at));
      const code = await refusedBy(archiveOf(places.map((place) => members[place]!)));
      expect(['bundle-without-manifest', 'file-order-wrong']).toContain(code);
    });
    await fc.assert(property, { ...SEED, numRuns: 40 });
  }, 60_000);

  it('is refused whichever file is there twice, and wherever', async () => {
    for (const member of members) {
      const at = members.indexOf(member);
      expect(await refusedBy(archiveOf(members.toSpliced(at, 0, member)))).toBe('file-repeated');
      expect(await refusedBy(archiveOf([...members, member]))).toBe('file-repeated');
    }
    expect(await refusedBy(concat(bundle, bundle))).toBe('archive-goes-on');
  }, 60_000);
});

describe('a bundle that was packed, or made by another program', () => {
  /** A frame of Zstandard with one block as it is. @see RFC 8878 §3.1.1 */
  const zstd = (bytes: Uint8Array) => {
    const block = bytes.subarray(0, 65_535);
    const header = (block.length << 3) | 1;
    const head = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, header & 255, (header >> 8) & 255, header >> 16];
    return concat(new Uint8Array(head), block);
  };

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['gzip', (bytes) => gzipSync(bytes)],
    ['Zstandard', zstd],
    ['xz', (bytes) => concat(new Uint8Array([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), bytes)],
    ['bzip2', (bytes) => concat(utf8('BZh9'), bytes)],
    ['zip', (bytes) => concat(utf8('PK\x03\x04'), bytes)],
  ])('is not unpacked: %s', async (_name, pack) => {
    expect(await refusedBy(pack(bundle))).toBe('archive-compressed');
  });

  const put = (text: string, at: number) => (header: Uint8Array) => {
    header.set(utf8(text), at);
  };
  const flagged = (flag: string, name: string, text: string) =>
    withHeader(memberOf(name, utf8(text)), put(flag, 156));
  /** The manifest of a header that says more, or less, than ours. */
  const first = (change: (header: Uint8Array) => void) =>
    archiveOf([withHeader(members[0]!, change), ...members.slice(1)]);

  it.each<[string, () => Uint8Array]>([
    ['pax records of a file', () => archiveOf([flagged('x', 'pax/1', '15 path=policy\n'), ...members])],
    ['pax records of all files', () => archiveOf([flagged('g', 'pax/all', '11 uid=0\n'), ...members])],
    ['a long name of GNU', () => archiveOf([flagged('L', 'long', 'manifest.json\0'), ...members])],
    ['a long link of GNU', () => archiveOf([flagged('K', 'long', 'manifest.json\0'), ...members])],
    ['the mark of GNU', () => first(put('ustar  \0', 257))],
    ['no mark, as before POSIX', () => first(put('\0'.repeat(8), 257))],
    ['a prefix of its name', () => first(put('concejo', 345))],
    ['an owner', () => first(put('ana', 265))],
    ['a size in base 256', () => first((header) => header.set([0x80], 124))],
    ['a size with spaces', () => first(put('        1234', 124))],
    ['an old regular file', () => first(put('\0', 156))],
    ['a hard link', () => first(put('1', 156))],
    ['a symbolic link', () => first(put('2', 156))],
    ['a device', () => first(put('3', 156))],
    ['a folder', () => archiveOf([withHeader(memberOf('tile', utf8('')), put('5', 156)), ...members])],
    ['a sparse file', () => first(put('S', 156))],
    ['a wrong checksum', () => bundle.map((byte, at) => (at === 150 ? byte ^ 1 : byte))],
  ])('is refused with %s', async (_name, make) => {
    expect(await refusedBy(make())).toBe('archive-header-malformed');
  });

  it('is refused with anything in the room between files', async () => {
    const [manifest, ...others] = members;
    const bytes = manifest!.bytes.slice();
    bytes[bytes.length - 1] = 1;
    expect(await refusedBy(archiveOf([{ bytes }, ...others]))).toBe('archive-padding-wrong');
    expect(await refusedBy(concat(...members.map((one) => one.bytes), tarEnd().fill(7, 600)))).toBe(
      'archive-padding-wrong',
    );
  });
});

describe('a name that would lead elsewhere', () => {
  const NAMES = [
    ...['../policy', '/etc/passwd', 'tile/../../policy', './policy', 'tile//0', 'tile/./0', 'policy/', '..'],
    ...[
      'C:\\policy',
      'tile\\0',
      '~/policy',
      'policy\n',
      'pol\u0001icy',
      'política',
      ' policy',
      '\\\\host\\x',
    ],
  ];

  it.each(NAMES)('is refused in the archive: %j', async (name) => {
    const change = (header: Uint8Array) => {
      header.fill(0, 0, 100);
      header.set(utf8(name), 0);
    };
    const [manifest, second, ...others] = members;
    expect(await refusedBy(archiveOf([manifest!, withHeader(second!, change), ...others]))).toBe(
      'archive-name-unsafe',
    );
  });

  it.each(NAMES)('is refused in the manifest: %j', async (name) => {
    const files = [{ name, bytes: 0, sha256: 'A'.repeat(43) }];
    let bytes: Uint8Array;
    try {
      bytes = withManifest(members, { files });
    } catch {
      // Not even canonical: no manifest says it.
      return;
    }
    expect(['manifest-malformed', 'file-name-unknown']).toContain(await refusedBy(bytes));
  });

  it('is refused where something hides behind its end', async () => {
    const hidden = (header: Uint8Array) => header.set(utf8('\0../x'), members[1]!.name.length);
    const [manifest, second, ...others] = members;
    expect(await refusedBy(archiveOf([manifest!, withHeader(second!, hidden), ...others]))).toBe(
      'archive-header-malformed',
    );
  });
});

describe('a manifest', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['of the first version there might have been', { v: 0 }, 'bundle-of-a-past-version'],
    ['of the next version', { v: 2 }, 'bundle-of-a-future-version'],
    ['of a far version', { v: 9_007_199_254_740_991 }, 'bundle-of-a-future-version'],
    ['of a version in words', { v: '1' }, 'manifest-malformed'],
    ['of a negative version', { v: -1 }, 'bundle-of-a-past-version'],
    ['without a version', { v: undefined }, 'manifest-malformed'],
    ['of a future version, with what it may say then', { v: 2, extra: [1] }, 'manifest-malformed'],
    ['of another format', { format: 'zip' }, 'manifest-malformed'],
    ['of no event', { size: 0 }, 'manifest-of-another-log'],
    ['of too many events', { size: 9_007_199_254_740_991 }, 'manifest-of-another-log'],
  ])('%s is told for what it is', async (_name, change, code) => {
    expect(await refusedBy(withManifest(members, change))).toBe(code);
  });

  it('is told to be of a future version also with members of their own', async () => {
    expect(await refusedBy(withManifest(members, { v: 2, witnessed: true }))).toBe(
      'bundle-of-a-future-version',
    );
  });
});

describe('a bundle that was signed again', () => {
  const stranger = logSigner('stranger');
  const ownPolicy = () => utf8(`log ${stranger.vkey}\nquorum none\n`);
  const forged = (origin?: string, signers = [stranger]) => {
    const checkpoint = checkpointBy(signers, sized(headOf(story.leaves)), origin);
    const heads = { policy: { bytes: ownPolicy(), own: false }, checkpoint };
    return bundleOf({ ...story, heads });
  };

  it('by another key fails by the reader’s policy, whatever its own says', async () => {
    const report = await audited(await forged());
    expect([report.passed, report.cause, codeOf(report, 4)]).toEqual([false, 4, 'log-signature-missing']);
  });

  it('by another key says, where the reader has no policy, that nobody confirmed it', async () => {
    const report = await auditBundle([await forged()], { crypto: nodeCrypto });
    expect([report.conclusion, report.log.policy?.from, codeOf(report, 4)]).toEqual([
      'passed-by-own-policy',
      'log',
      'policy-of-the-log-itself',
    ]);
  });

  it('for another origin fails by its manifest and by the policy', async () => {
    const other = logSigner('log', 'other.example/log');
    const report = await audited(await forged('other.example/log', [other]));
    expect([report.passed, report.cause, codeOf(report, 1), codeOf(report, 4)]).toEqual([
      false,
      1,
      'manifest-of-another-log',
      'origin-unknown',
    ]);
  });

  it('under a policy that nobody can meet is open, be it the reader’s or its own', async () => {
    const bytes = utf8(`log ${LOG.vkey}\nwitness north ${WITNESS.vkey}\ngroup all 2 north\nquorum all\n`);
    const own = await bundleOf({ ...story, heads: { ...story.heads, policy: { bytes, own: false } } });
    for (const report of [
      await audited(bundle, { policy: bytes }),
      await auditBundle([own], { crypto: nodeCrypto }),
    ])
      expect([report.passed, report.conclusion, codeOf(report, 4), codeOf(report, 5)]).toEqual([
        false,
        'not-checked',
        'policy-unsatisfiable',
        'policy-unsatisfiable',
      ]);
  });

  it('without a checkpoint, or without a policy, is open', async () => {
    const { checkpoint, policy } = story.heads;
    const unsigned = await bundleOf({ ...story, heads: { policy: policy! } });
    const report = await audited(unsigned);
    expect([report.conclusion, codeOf(report, 3)]).toEqual(['not-checked', 'checkpoint-not-given']);
    const nobodys = await bundleOf({ ...story, heads: { checkpoint: checkpoint! } });
    const other = await auditBundle([nobodys], { crypto: nodeCrypto });
    expect([other.conclusion, codeOf(other, 4)]).toEqual(['not-checked', 'policy-not-given']);
  });
});

describe('a bundle of another length than its head', () => {
  it.each([-7, -1, 1, 3])('is found to be %d events off', async (more) => {
    const { leaves } = story;
    const others = more < 0 ? leaves.slice(0, more) : [...leaves, ...leaves.slice(-more)];
    const report = await audited(await bundleOf({ ...story, leaves: others }));
    expect([report.passed, report.cause, codeOf(report, 3)]).toEqual([false, 3, 'size-wrong']);
  });

  it('has events before the first file of them', async () => {
    const files = filesOf(story).map((file) => ({
      ...file,
      name: file.name.replace('tile/entries/000', 'tile/entries/001'),
    }));
    expect(await refusedBy(await bundleOf(story, files))).toBe('entries-missing');
  });

  it('has a tile that its tree does not', async () => {
    const more = [...filesOf(story), { name: 'tile/1/000.p/1', read: () => new Uint8Array(32) }];
    const report = await audited(await bundleOf(story, more));
    expect([report.cause, codeOf(report, 3)]).toEqual([3, 'tile-of-another-tree']);
  });

  it.each<[string, (entries: Uint8Array) => Uint8Array]>([
    ['entry-bundle-cut', (entries) => entries.subarray(0, -1)],
    ['entry-bundle-width-wrong', (entries) => concat(entries, writeEntryBundle([utf8('one more')]))],
    [
      'entry-too-long',
      (entries) => concat(entries, writeEntryBundle([new Uint8Array(MAX_CANONICAL_BYTES + 1)])),
    ],
  ])('has a file of events that is none: %s', async (code, change) => {
    const report = await audited(await sealedWith('tile/entries/', change));
    expect([report.passed, report.conclusion, codeOf(report, 2)]).toEqual([false, 'failed', code]);
  });
});

describe('a bundle with bits that are others', () => {
  it('fails wherever they are, and never stops the audit', async () => {
    const place = fc.nat({ max: bundle.length - 1 });
    const change = fc.oneof(
      fc.record({ at: place, bit: fc.nat({ max: 7 }) }),
      fc.record({ at: place, drop: fc.integer({ min: 1, max: 1_024 }) }),
      fc.record({ at: place, add: fc.uint8Array({ minLength: 1, maxLength: 600 }) }),
    );
    const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      let bytes = Buffer.from(bundle);
      for (const one of changes) {
        const at = Math.min(one.at, bytes.length - 1);
        if ('bit' in one) bytes[at]! ^= 1 << one.bit;
        else {
          const [skip, added] = 'drop' in one ? [one.drop, new Uint8Array()] : [0, one.add];
          bytes = Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + skip)]);
        }
      }
      fc.pre(!bytes.equals(bundle));
      const report = await audited(bytes);
      expect([report.passed, report.cause]).toEqual([false, 1]);
    });
    await fc.assert(property, { ...SEED, numRuns: 60 });
  }, 60_000);

  it('never passes where the manifest was made to fit them', async () => {
    // A policy in a bundle is nothing to a reader who has her own.
    const names = filesOf(story).map(({ name }) => name);
    const changed = fc.record({
      name: fc.constantFrom(...names.filter((name) => name !== 'policy')),
      place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      bit: fc.nat({ max: 7 }),
    });
    const property = fc.asyncProperty(changed, async ({ name, place, bit }) => {
      const bytes = await sealedWith(name, (file) => {
        file[Math.floor(place * file.length)]! ^= 1 << bit;
        return file;
      });
      const report = await audited(bytes);
      expect(report.passed).toBe(false);
    });
    await fc.assert(property, { ...SEED, numRuns: 60 });
  }, 60_000);
});
