import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { toHex, utf8 } from '../../projections/bytes.js';
import { boxSeal } from '../../src/crypto/boxes.js';
import { nodeCrypto, sign, signingKeyPair, verifyAside } from '../../src/crypto/node-crypto.js';
import { sodium } from '../../src/crypto/sodium.js';
import { compiled } from '../child.js';
import type { Answers, Questions } from './without-sodium.child.js';

const VECTORS = new URL('../../../shared/vectors/', import.meta.url);
const withVectors = existsSync(VECTORS) ? describe : describe.skip;
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, VECTORS), 'utf8'));

/** The order of the base point. @see RFC 8032 §5.1 */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const littleEndian = (bytes: Uint8Array) => BigInt(`0x${toHex(new Uint8Array(bytes).reverse())}`);
const bigToBytes = (value: bigint) => hex(value.toString(16).padStart(64, '0')).reverse();

/** The project's rule for signatures: the key is checked, then the signature. */
function accepts(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return nodeCrypto.isKey(key) && nodeCrypto.verify(key, message, signature);
}

/** The same rule with the booth's library, which checks neither key nor S itself. */
function boothAccepts(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!nodeCrypto.isKey(key) || littleEndian(signature.subarray(32)) >= L) return false;
  return nacl.sign.detached.verify(message, signature, key);
}

interface EdgeCase {
  key: string;
  sig: string;
  msg: string;
  flags: string[] | null;
}

/** Encodings of points of small order, and of none: the eight, and how else some could be written. */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
];

describe('hashes', () => {
  it('are SHA-256 and SHA-512', () => {
    expect(toHex(nodeCrypto.sha256(utf8('abc')))).toBe(createHash('sha256').update('abc').digest('hex'));
    expect(toHex(nodeCrypto.sha256(utf8('')))).toMatch(/^e3b0c44298fc1c149afbf4c8996fb924/);
    expect(toHex(nodeCrypto.sha512(utf8('abc')))).toMatch(/^ddaf35a193617abacc417349ae204131/);
  });
});

describe('signatures', () => {
  it('of RFC 8032 come out to the byte and are accepted', () => {
    // §7.1, TEST 3
    const seed = hex('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7');
    const pair = signingKeyPair(seed);
    expect(toHex(pair.publicKey)).toBe('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025');
    const signature = sign(hex('af82'), pair.secretKey);
    expect(toHex(signature)).toBe(
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    );
    expect(accepts(pair.publicKey, hex('af82'), signature)).toBe(true);
  });

  it('are accepted as they were made, and in no other form', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(511),
        (seed, message, bit) => {
          const { publicKey, secretKey } = signingKeyPair(seed);
          const signature = sign(message, secretKey);
          expect(toHex(signature)).toBe(
            toHex(nacl.sign.detached(message, nacl.sign.keyPair.fromSeed(seed).secretKey)),
          );
          expect(accepts(publicKey, message, signature)).toBe(true);
          const flipped = new Uint8Array(signature);
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(accepts(publicKey, message, flipped)).toBe(false);
          expect(accepts(publicKey, Buffer.concat([message, Buffer.alloc(1)]), signature)).toBe(false);
          // S + L satisfies the same equation: whoever accepts it lets a ballot have two forms.
          const other = new Uint8Array(signature);
          other.set(bigToBytes(littleEndian(signature.subarray(32)) + L), 32);
          expect(nodeCrypto.verify(publicKey, message, other)).toBe(false);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('are judged aside as they are at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(64),
        fc.nat(511),
        async (seed, message, length, bit) => {
          const { publicKey, secretKey } = signingKeyPair(seed);
          const signature = sign(message, secretKey);
          expect(await verifyAside(publicKey, message, signature)).toBe(true);
          // Cut, or whole with one bit turned.
          const other = Buffer.from(signature).subarray(0, length);
          if (bit >> 3 < length) other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(await verifyAside(publicKey, message, other)).toBe(false);
          expect(await verifyAside(publicKey.subarray(1), message, signature)).toBe(false);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('of a wrong length are wrong, and never throw', () => {
    const { publicKey, secretKey } = signingKeyPair(new Uint8Array(32));
    const signature = sign(new Uint8Array(), secretKey);
    for (const length of [0, 32, 63]) {
      expect(nodeCrypto.verify(publicKey, new Uint8Array(), signature.subarray(0, length))).toBe(false);
    }
    expect(nodeCrypto.verify(publicKey, new Uint8Array(), Buffer.concat([signature, Buffer.alloc(1)]))).toBe(
      false,
    );
    for (const length of [0, 31, 33]) {
      expect(nodeCrypto.isKey(new Uint8Array(length))).toBe(false);
      expect(nodeCrypto.verify(new Uint8Array(length), new Uint8Array(), signature)).toBe(false);
    }
  });

  it.each(SMALL_ORDER)('are never accepted under a key of small order: %s', (key) => {
    expect(nodeCrypto.isKey(hex(key))).toBe(false);
  });
});

withVectors('signatures in the vectors of others (skipped where ../shared/vectors is missing)', () => {
  it('of Wycheproof are accepted exactly where they are valid', () => {
    const { testGroups } = read('wycheproof/testvectors_v1/ed25519_test.json') as {
      testGroups: {
        publicKey: { pk: string };
        tests: { tcId: number; msg: string; sig: string; result: string }[];
      }[];
    };
    const cases = testGroups.flatMap(({ publicKey, tests }) =>
      tests.map((test) => ({ ...test, pk: publicKey.pk })),
    );
    expect(cases).toHaveLength(151);
    const wrong = cases.filter(
      ({ pk, msg, sig, result }) => accepts(hex(pk), hex(msg), hex(sig)) !== (result === 'valid'),
    );
    expect(wrong.map(({ tcId }) => tcId)).toEqual([]);
  });

  it('of the 914 edge cases are accepted exactly where the rule says, here and in the booth', () => {
    const cases = read('cctv/ed25519/ed25519vectors.json') as EdgeCase[];
    expect(cases).toHaveLength(914);
    // What each word of the rule refuses. Key of prime order and canonical; R compared as bytes; no multiplying by the cofactor.
    const refusing = [
      'low_order_A',
      'low_order_component_A',
      'non_canonical_A',
      'non_canonical_R',
      'low_order_residue',
    ];
    const ends = cases.map(({ key, sig, msg, flags }) => {
      const given = [hex(key), utf8(msg), hex(sig)] as const;
      const expected = !(flags ?? []).some((flag) => refusing.includes(flag));
      return { expected, server: accepts(...given), booth: boothAccepts(...given) };
    });
    expect(ends.filter(({ expected, server, booth }) => server !== expected || booth !== expected)).toEqual(
      [],
    );
    // A rule that accepts nothing would pass the line above.
    expect(ends.filter(({ server }) => server).length).toBeGreaterThan(0);
  });
});

describe('boxes', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

  it('open what tweetnacl sealed, and the other way round', () => {
    fc.assert(
      fc.property(
        bytes(32),
        bytes(32),
        bytes(24),
        fc.uint8Array({ maxLength: 500 }),
        (a, b, nonce, message) => {
          const [publicA, publicB] = [nodeCrypto.boxPublicKey(a), nodeCrypto.boxPublicKey(b)];
          expect(toHex(publicA)).toBe(toHex(nacl.box.keyPair.fromSecretKey(a).publicKey));
          const sealed = boxSeal(message, nonce, publicB, a);
          expect(toHex(sealed)).toBe(toHex(nacl.box(message, nonce, publicB, a)));
          const opened = nodeCrypto.boxOpen(sealed, nonce, publicA, b);
          expect(opened && toHex(opened)).toBe(toHex(message));
          const flipped = new Uint8Array(sealed);
          flipped[0] = (flipped[0] ?? 0) ^ 1;
          expect(nodeCrypto.boxOpen(flipped, nonce, publicA, b)).toBeUndefined();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('of a wrong length, or under a key of small order, do not open and do not throw', () => {
    const [secret, nonce, key] = [
      new Uint8Array(32).fill(7),
      new Uint8Array(24),
      nodeCrypto.boxPublicKey(new Uint8Array(32).fill(9)),
    ];
    expect(nodeCrypto.boxOpen(new Uint8Array(15), nonce, key, secret)).toBeUndefined();
    expect(nodeCrypto.boxOpen(new Uint8Array(40), nonce.subarray(1), key, secret)).toBeUndefined();
    expect(nodeCrypto.boxOpen(new Uint8Array(40), nonce, key.subarray(1), secret)).toBeUndefined();
    expect(nodeCrypto.boxOpen(new Uint8Array(40), nonce, new Uint8Array(32), secret)).toBeUndefined();
  });
});

describe('without libsodium', () => {
  let questions: Questions;
  let answers: Answers;
  beforeAll(() => {
    const keys = [...SMALL_ORDER];
    if (existsSync(VECTORS))
      keys.push(...new Set((read('cctv/ed25519/ed25519vectors.json') as EdgeCase[]).map(({ key }) => key)));
    // Half of all strings are a point, one of eight of those a key.
    for (let i = 0; i < 200; i++) keys.push(toHex(nodeCrypto.sha256(utf8(`key ${i}`))));
    for (let i = 0; i < 20; i++)
      keys.push(toHex(signingKeyPair(nodeCrypto.sha256(utf8(`seed ${i}`))).publicKey));
    questions = {
      keys,
      seed: '11'.repeat(32),
      other: '22'.repeat(32),
      nonce: '33'.repeat(24),
      message: 'c0ffee',
    };
    // An ordinary process in which this one package is not there.
    const hide =
      `import Module from 'node:module'; const load = Module._load; Module._load = (name, ...rest) => ` +
      `{ if (name === 'sodium-native') throw new Error('not here'); return load(name, ...rest); };`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        `--import=data:text/javascript,${encodeURIComponent(hide)}`,
        compiled('test/crypto/without-sodium.child.ts'),
      ],
      { input: JSON.stringify(questions), env: { ...process.env, NODE_OPTIONS: '' }, encoding: 'utf8' },
    );
    if (stdout === '') throw new Error(stderr);
    answers = JSON.parse(stdout) as Answers;
  });

  it('the same keys are keys', () => {
    expect(sodium).toBeDefined();
    expect(answers.sodium).toBe(false);
    const here = questions.keys.map((key) => nodeCrypto.isKey(hex(key)));
    expect(answers.keys).toEqual(here);
    expect(here.filter((isKey) => isKey).length).toBeGreaterThan(20);
    expect(here.filter((isKey) => !isKey).length).toBeGreaterThan(100);
  });

  it('keys, signatures and boxes have the same bytes', () => {
    const [seed, other, nonce, message] = [
      questions.seed,
      questions.other,
      questions.nonce,
      questions.message,
    ].map(hex) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const pair = signingKeyPair(seed);
    const box = boxSeal(message, nonce, nodeCrypto.boxPublicKey(other), seed);
    expect(answers).toMatchObject({
      publicKey: toHex(pair.publicKey),
      signature: toHex(sign(message, pair.secretKey)),
      boxKey: toHex(nodeCrypto.boxPublicKey(seed)),
      box: toHex(box),
      opened: questions.message,
    });
  });
});
