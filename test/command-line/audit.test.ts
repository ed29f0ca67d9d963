/** `concejo audit` on files as strangers have them: an exit code and a verdict for each, whatever is in it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Report } from '../../projections/audit/report.js';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import { leafHash } from '../../projections/hash.js';
import { writeProof } from '../../projections/ledger/proof.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { archiveOf, flippedIn, memberOf, membersOf, withHeader, withManifest } from '../audit/archive.js';
import { MUTANTS } from '../audit/mutants.js';
import { bundleOf, headOf, LOG, POLICY, sized, tell, WITNESS, type Story } from '../audit/story.js';
import { startChild } from '../child.js';
import { checkpointBy, logSigner } from '../ledger/signers.js';
import { PATH } from '../ledger/second-opinion.js';
import { newFolder, removeFolders } from '../postgres/folders.js';

let folder: string;
let story: Story;
let bundle: Uint8Array;
beforeAll(async () => {
  folder = newFolder();
  story = tell();
  bundle = await bundleOf(story);
  writeFileSync(join(folder, 'policy'), POLICY);
});
afterAll(removeFolders);

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function audit(bytes: Uint8Array, ...options: readonly string[]) {
  const args = ['audit', fileOf('log.bundle', bytes), ...options];
  const { code, stdout, stderr } = await startChild('src/main.ts', [...args, '--json']).ended;
  // Nothing that a file holds makes it throw.
  expect(stderr).not.toMatch(/^ {4}at /m);
  const report = JSON.parse(stdout) as Report;
  const codeOf = (number: number) =>
    report.checks.find((check) => check.number === number)?.findings[0]?.code;
  return { code, report, codeOf, first: report.cause && codeOf(report.cause) };
}

const byPolicy = () => ['--policy', join(folder, 'policy')];

describe('concejo audit', () => {
  it('ends with 0 for a good bundle, and says by whose policy', async () => {
    const own = await audit(bundle, ...byPolicy());
    expect([own.code, own.report.conclusion]).toEqual([0, 'passed']);
    const other = await audit(bundle);
    expect([other.code, other.report.conclusion]).toEqual([0, 'passed-by-own-policy']);
  }, 60_000);

  it.each(MUTANTS.filter(({ check }) => [4, 2, 22, 39, 49].includes(check)))(
    'ends with 1 for $what, and names check $check',
    async (mutant) => {
      const { code, report, first } = await audit(await bundleOf(tell(mutant)), ...byPolicy());
      expect([code, report.cause, first]).toEqual([1, mutant.check, mutant.code]);
    },
    60_000,
  );

  const members = () => membersOf(bundle);
  it.each<[string, string, () => Uint8Array]>([
    ['is empty', 'archive-cut', () => new Uint8Array()],
    ['was cut', 'archive-cut', () => bundle.subarray(0, 20_000)],
    ['is no archive', 'archive-header-malformed', () => utf8('<!doctype html>'.repeat(100))],
    ['was packed', 'archive-compressed', () => gzipSync(bundle)],
    ['has pax records', 'archive-header-malformed', () => pax()],
    ['climbs out of its folder', 'archive-name-unsafe', () => climbing()],
    ['was shuffled', 'file-order-wrong', () => archiveOf([members()[0]!, ...members().slice(1).reverse()])],
    ['has a file twice', 'file-repeated', () => archiveOf([...members(), members()[2]!])],
    ['is of the past', 'bundle-of-a-past-version', () => withManifest(members(), { v: 0 })],
    ['is of the future', 'bundle-of-a-future-version', () => withManifest(members(), { v: 2 })],
    ['has a bit that is another', 'file-digest-wrong', () => flippedIn(members(), 'contents/')],
  ])(
    'ends with 1 for a file that %s: %s',
    async (_what, expected, make) => {
      const { code, report, first } = await audit(make(), ...byPolicy());
      expect([code, report.passed, report.cause, first]).toEqual([1, false, 1, expected]);
    },
    60_000,
  );

  function pax(): Uint8Array {
    const record = withHeader(memberOf('pax/1', utf8('15 path=policy\n')), (header) => {
      header[156] = 0x78;
    });
    return archiveOf([record, ...members()]);
  }

  function climbing(): Uint8Array {
    const [first, second, ...others] = members();
    const up = withHeader(second!, (header) => header.set(utf8('../../policy\0'), 0));
    return archiveOf([first!, up, ...others]);
  }

  it('ends with 1 under a policy that nobody can meet, or that is none', async () => {
    const all = `log ${LOG.vkey}\nwitness north ${WITNESS.vkey}\ngroup all 2 north\nquorum all\n`;
    for (const [text, expected] of [
      [all, 'policy-unsatisfiable'],
      ['whatever\n', 'policy-line-unknown'],
    ] as const) {
      const policy = fileOf('unmet', utf8(text));
      const { code, report, codeOf } = await audit(bundle, '--policy', policy);
      expect([code, report.conclusion, codeOf(4)]).toEqual([1, 'not-checked', expected]);
    }
  }, 60_000);

  it('ends with 1 for a head of another origin, whether in the bundle or kept', async () => {
    const other = logSigner('log', 'other.example/log');
    const head = checkpointBy([other], sized(headOf(story.leaves)), 'other.example/log');
    const inside = await audit(
      await bundleOf({ ...story, heads: { ...story.heads, checkpoint: head } }),
      ...byPolicy(),
    );
    expect([inside.code, inside.report.cause, inside.codeOf(4)]).toEqual([1, 1, 'origin-unknown']);
    const kept = await audit(bundle, ...byPolicy(), '--checkpoint', fileOf('head', head));
    expect([kept.code, kept.report.conclusion, kept.codeOf(6)]).toEqual([1, 'not-checked', 'origin-unknown']);
  }, 60_000);

  it('ends with 1 for a receipt whose proof is for another index, or whose event is not there', async () => {
    const hash = toBase64url(leafHash(nodeCrypto, story.leaves[5]!));
    const checkpoint = story.heads.checkpoint!;
    const proof = writeProof({ index: 6n, hashes: PATH(6, story.leaves), checkpoint });
    const path = fileOf('6.tlog-proof', utf8(proof));
    const wrong = await audit(bundle, ...byPolicy(), '--receipt', `${hash}=${path}`);
    expect([wrong.code, wrong.codeOf(6)]).toEqual([1, 'inclusion-wrong']);
    const gone = await audit(bundle, ...byPolicy(), '--receipt', toBase64url(new Uint8Array(32)));
    expect([gone.code, gone.report.cause, gone.codeOf(30)]).toEqual([1, 30, 'receipt-without-event']);
  }, 60_000);

  it('ends with 1 and without a verdict where there is no file', async () => {
    const { code, stdout } = await startChild('src/main.ts', ['audit', join(folder, 'none'), '--json']).ended;
    expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ error: 'file-unreadable' })]);
  }, 60_000);
});
