/** The cryptography of the page decides as the server's does; with WebCrypto only where that does too. */
import { describe, expect, it } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { webcrypto } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { browserBulk, browserCrypto, decidesAsWeDo } from '../../browser/crypto.js';
import { knownAnswers } from '../../projections/audit/known-answers.js';
import { Findings } from '../../projections/audit/report.js';
import { ballotMessage, signedBallot, type Ballot } from '../../projections/ballot.js';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import { boxSeal } from '../../src/crypto/boxes.js';
import { nodeCrypto, sign } from '../../src/crypto/node-crypto.js';
import { ana, ballotsOf } from './signed-ballots.js';

const VECTORS = new URL('../../../shared/vectors/cctv/ed25519/ed25519vectors.json', import.meta.url);
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

describe('the cryptography of the page', () => {
  it('gives the known answers', () => {
    const findings = new Findings();
    knownAnswers(browserCrypto, findings);
    const check = findings.report(0, '').checks.find(({ number }) => number === 47);
    expect([check?.verdict, check?.findings]).toEqual(['PASS', []]);
  });

  (existsSync(VECTORS) ? it : it.skip)(
    'judges the keys and signatures of the 914 edge cases as the server does',
    () => {
      const cases = JSON.parse(readFileSync(VECTORS, 'utf8')) as { key: string; sig: string; msg: string }[];
      const differ = cases.filter(({ key, sig, msg }) => {
        const [k, m, s] = [hex(key), utf8(msg), hex(sig)];
        const isKey = nodeCrypto.isKey(k);
        if (browserCrypto.isKey(k) !== isKey) return true;
        return isKey && browserCrypto.verify(k, m, s) !== nodeCrypto.verify(k, m, s);
      });
      expect(cases).toHaveLength(914);
      expect(differ).toEqual([]);
    },
    60_000,
  );

  it('opens the same boxes, and none under a key of low order', () => {
    const [secret, other, nonce] = [1, 2, 3].map((n) => new Uint8Array(n === 3 ? 24 : 32).fill(n)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const box = boxSeal(utf8('yes'), nonce, browserCrypto.boxPublicKey(secret), other);
    expect(browserCrypto.boxOpen(box, nonce, browserCrypto.boxPublicKey(other), secret)).toEqual(utf8('yes'));
    // With one of these the secret that is shared is known to everybody, and a box to it can be made.
    for (const key of [new Uint8Array(32), new Uint8Array(32).fill(1, 0, 1)])
      for (const crypto of [browserCrypto, nodeCrypto])
        expect(crypto.boxOpen(box, nonce, key, secret)).toBeUndefined();
    expect(browserCrypto.boxOpen(box.subarray(0, 15), nonce, other, secret)).toBeUndefined();
  });
});

/** An engine that multiplies by the cofactor, as libsodium's newer versions do. */
const cofactored = {
  importKey: (_format: 'raw', key: Uint8Array) => Promise.resolve(key),
  verify: (_algorithm: string, key: Uint8Array, signature: Uint8Array, message: Uint8Array) =>
    Promise.resolve(ed25519.verify(signature, message, key, { zip215: true })),
};
/** One without Ed25519, as browsers before 2025. */
const without = {
  importKey: () => Promise.reject(new Error('NotSupportedError')),
  verify: () => Promise.reject(new Error('NotSupportedError')),
};

describe('signatures in bulk', () => {
  it('are left to WebCrypto where it decides as we do', async () => {
    expect(await decidesAsWeDo(webcrypto.subtle)).toBe(true);
    expect(await decidesAsWeDo(cofactored)).toBe(false);
    expect(await decidesAsWeDo(without)).toBe(false);
  });

  it.each([
    ['WebCrypto', webcrypto.subtle],
    ['an engine with another equation', cofactored],
    ['an engine without Ed25519', without],
    ['none', undefined],
  ] as const)('are judged alike with %s', async (_name, subtle) => {
    const ballots = ballotsOf();
    const bulk = await browserBulk<never>(subtle as never);
    const answers = await bulk.areSigned(ballots.map(({ ballot }) => signedBallot(ballot)));
    expect(answers).toEqual(ballots.map(({ isRight }) => isRight));
  });

  it('of which R is of low order are right where they keep the equation', async () => {
    const { ballot } = ballotsOf()[0]!;
    const { g: _g, ...body } = ballot;
    const signature = ana.signWithoutNonce(ballotMessage(body));
    const made = { ...body, g: toBase64url(signature) } as Ballot;
    expect(nodeCrypto.verify(ana.publicKey, ballotMessage(body), signature)).toBe(true);
    const bulk = await browserBulk(webcrypto.subtle);
    expect(await bulk.areSigned([signedBallot(made)])).toEqual([true]);
    expect(sign(ballotMessage(body), ana.secretKey)).not.toEqual(signature);
  });
});
