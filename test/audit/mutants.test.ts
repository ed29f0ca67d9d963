/**
 * Every mutant as a file, read as `concejo audit` reads it: which check fails first, by which code, and what is told as
 * following from it. `audit.test.ts` has the same logs without a file around them.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { auditBundle } from '../../projections/audit/audit-bundle.js';
import { CHECKS, MANDATORY } from '../../projections/audit/checks.js';
import type { Report } from '../../projections/audit/report.js';
import type { Crypto } from '../../projections/crypto.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { MUTANTS } from './mutants.js';
import { bundleOf, filesOf, POLICY, tell, type Story } from './story.js';

/** As `voting-protocol.md` names them for the profile `open`. */
const OF_PROTOCOL = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15, 16, 20, 21, 22, 23, 24, 25, 33, 34, 35, 36],
  ...[38, 39, 40, 42, 43, 44, 45, 47, 48, 49],
];

/**
 * What fails beside the check itself, each by its code and with the check that it is told to follow from. A mutant that is not
 * here makes nothing else fail.
 */
const FOLLOWS: Readonly<Record<number, readonly (readonly [number, string, number])[]>> = {
  1: [[39, 'result-not-of-digest', 1]],
  // Its line has no such key, so it is nobody's ballot and counts for nothing.
  21: [[43, 'cast-not-taken', 21]],
  // Paper is sealed to the same key as ballots.
  33: [[42, 'batch-box-does-not-open', 33]],
  34: [[39, 'output-digest-wrong', 34]],
  35: [[39, 'output-digest-wrong', 35]],
  36: [[39, 'output-digest-wrong', 36]],
  40: [[39, 'recount-undecided', 40]],
};

/** A good bundle in whose result one byte was changed, and the manifest was not. */
async function changedFile(): Promise<Uint8Array> {
  const bytes = Buffer.from(await bundleOf(good));
  const at = bytes.indexOf('"spoiled"');
  bytes[at] = 0x21;
  return bytes;
}

let good: Story;
beforeAll(() => {
  good = tell();
});

function audited(bytes: Uint8Array, crypto: Crypto = nodeCrypto): Promise<Report> {
  return auditBundle([bytes], { crypto, policy: POLICY });
}

const failed = ({ checks }: Report) =>
  checks
    .filter(({ verdict }) => verdict === 'FAIL')
    .map(({ number, findings, consequentOf }) => [number, findings[0]?.code, consequentOf]);

describe('a good bundle', () => {
  it('passes, and every mandatory check has looked at something', async () => {
    const { passed, checks } = await audited(await bundleOf(good));
    expect(passed).toBe(true);
    const looked = checks.filter(({ verdict, examined }) => verdict === 'PASS' && examined > 0);
    expect(looked.map(({ number }) => number).sort((a, b) => a - b)).toEqual(OF_PROTOCOL);
  });
});

describe('a mutant as a bundle', () => {
  it('is there for every mandatory check, and these are the ones of the protocol', () => {
    const covered = [1, ...MUTANTS.map(({ check }) => check)];
    expect(covered.sort((a, b) => a - b)).toEqual(OF_PROTOCOL);
    expect([...MANDATORY].sort((a, b) => a - b)).toEqual(OF_PROTOCOL);
  });

  it('of which one byte of a file was changed fails first in check 1', async () => {
    const report = await audited(await changedFile());
    expect([report.passed, report.cause]).toEqual([false, 1]);
    expect(failed(report)).toEqual([[1, 'file-digest-wrong', undefined], ...FOLLOWS[1]!]);
  });

  it.each(MUTANTS)('of $what fails first in check $check', async (mutant) => {
    const { check, code, isWarning, crypto = nodeCrypto } = mutant;
    const story = tell(mutant);
    const report = await audited(await bundleOf(story, filesOf(story, crypto), crypto), crypto);
    if (isWarning) {
      const found = report.checks.find(({ number }) => number === check);
      expect([report.passed, failed(report), found?.verdict, found?.code]).toEqual([true, [], 'WARN', code]);
      return;
    }
    expect([report.passed, report.conclusion, report.cause]).toEqual([false, 'failed', check]);
    expect(failed(report)).toEqual([[check, code, undefined], ...(FOLLOWS[check] ?? [])]);
  });

  it('may be told to follow only from a check that it rests on', () => {
    for (const [check, others] of Object.entries(FOLLOWS))
      for (const [number] of others)
        expect(CHECKS.find((one) => one.number === number)?.restsOn).toContain(Number(check));
  });
});
