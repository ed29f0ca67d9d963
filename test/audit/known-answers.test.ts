/** Checks 47 and 48 are of the auditor: with cryptography that is not what it should be, each says which part. */
import { describe, expect, it } from '@jest/globals';
import { knownAnswers } from '../../projections/audit/known-answers.js';
import { Findings } from '../../projections/audit/report.js';
import { utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { audited, tell } from './story.js';

/** A hash of something else for some of what is hashed. */
const otherFor = (name: 'sha256' | 'sha512', isOne: (bytes: Uint8Array) => boolean) => (bytes: Uint8Array) =>
  nodeCrypto[name](isOne(bytes) ? utf8('something else') : bytes);

const BROKEN: readonly (readonly [code: string, parts: Partial<Crypto>])[] = [
  ['sha256', { sha256: otherFor('sha256', ([first]) => first === 0x61) }],
  ['sha512', { sha512: otherFor('sha512', (bytes) => bytes.length === 3) }],
  ['merkle-root', { sha256: otherFor('sha256', ([first]) => first === 1) }],
  ['key-sound', { isKey: () => false }],
  ['key-of-low-order', { isKey: () => true }],
  ['signature-right', { verify: () => false }],
  [
    'signature-of-another-message',
    { verify: (...signed) => nodeCrypto.verify(...signed) || signed[1].length > 0 },
  ],
  ['signature-malleable', { verify: (...signed) => signed[1].length === 0 }],
  ['box-public-key', { boxPublicKey: () => new Uint8Array(32) }],
  ['box-opens', { boxOpen: () => undefined }],
  ['box-changed', { boxOpen: () => utf8('concejo') }],
];

describe('check 47', () => {
  it.each(BROKEN)('names what does not give its known answer: %s', (code, parts) => {
    const findings = new Findings();
    knownAnswers({ ...nodeCrypto, ...parts }, findings);
    const check = findings.report(0, '').checks.find(({ number }) => number === 47);
    expect([check?.verdict, check?.findings.map((one) => one.code)]).toEqual(['FAIL', [code]]);
  });

  it('takes a part that throws for one that gives a wrong answer', () => {
    const findings = new Findings();
    const boxOpen = () => {
      throw new Error('no such part');
    };
    knownAnswers({ ...nodeCrypto, boxOpen }, findings);
    const check = findings.report(0, '').checks.find(({ number }) => number === 47);
    expect(check?.findings.map((one) => one.code)).toEqual(['box-opens', 'box-changed']);
  });
});

describe('check 48', () => {
  it('fails where the auditor does not even find the copy to be what it is a copy of', async () => {
    const times = new Map<string, number>();
    /** Gives a leaf its own hash twice, which is for the tree and for the copy's, and then another one. */
    const sha256 = (bytes: Uint8Array) => {
      if (bytes[0] !== 0 || bytes[1] !== '{'.charCodeAt(0)) return nodeCrypto.sha256(bytes);
      const leaf = Buffer.from(bytes).toString();
      times.set(leaf, (times.get(leaf) ?? 0) + 1);
      return nodeCrypto.sha256(times.get(leaf)! > 2 ? bytes.subarray(1) : bytes);
    };
    const report = await audited(tell(), { crypto: { ...nodeCrypto, sha256 } });
    expect([report.cause, report.checks.find(({ number }) => number === 48)?.code]).toEqual([
      48,
      'copy-fails-unchanged',
    ]);
  });
});
