import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import {
  ballotId,
  ballotMessage,
  isSigned,
  makeBallot,
  parseBallot,
  readPlaintext,
  type BallotMaker,
  type SealedBallot,
} from '../../projections/ballot.js';
import { openBox, pad, unpad } from '../../projections/sealing.js';
import { fromBase64url, toBase64url } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { boxSeal } from '../../src/crypto/boxes.js';
import { nodeCrypto, sign, signingKeyPair } from '../../src/crypto/node-crypto.js';

const electionId = '6f1c2f5e-8d38-5a53-9d3a-0d7f4f0a7a11';
const e = toBase64url(createHash('sha256').update('a definition').digest());
const election = nacl.box.keyPair.fromSecretKey(new Uint8Array(32).fill(7));
const target = {
  electionId,
  e,
  boxKey: election.publicKey,
  sealedBytes: 512,
  disclosure: 'at-close' as const,
};
const voter = { ...signingKeyPair(new Uint8Array(32).fill(3)), cl: 'all' };
const ephemeral = nacl.box.keyPair.fromSecretKey(new Uint8Array(32).fill(9));
const vote = [{ a: 'city', ids: ['p1', 'p2'] }];

/** The server's maker and the booth's, which is tweetnacl alone. */
const serverMaker: BallotMaker = { sha512: (bytes) => nodeCrypto.sha512(bytes), sign, boxSeal };
const boothMaker: BallotMaker = {
  sha512: (bytes) => nacl.hash(bytes),
  sign: (message, secretKey) => nacl.sign.detached(message, secretKey),
  boxSeal: (message, nonce, publicKey, secretKey) => nacl.box(message, nonce, publicKey, secretKey),
};

function cast(content: Partial<Parameters<typeof makeBallot>[3]> = {}, maker = boothMaker): SealedBallot {
  return makeBallot(
    maker,
    target,
    voter,
    { n: 1, vote, word: 'river', ...content },
    ephemeral,
  ) as SealedBallot;
}

describe('a ballot', () => {
  it('is the same from the booth (tweetnacl) and from the server (libsodium)', () => {
    expect(cast({}, boothMaker)).toEqual(cast({}, serverMaker));
  });

  it('opens with the election key to what its voter sealed', () => {
    const ballot = cast();
    const opened = openBox(nodeCrypto, { electionId, secret: election.secretKey, sealedBytes: 512 }, ballot);
    expect(readPlaintext(ballot, opened as Uint8Array)).toEqual({
      v: 1,
      e,
      k: ballot.k,
      n: 1,
      vote,
      vn: 'river',
    });
  });

  it('has a box of one length whatever it says', () => {
    expect(cast({ vote: [], word: '' }).b).toHaveLength(cast().b.length);
  });

  it('does not open when it is copied under another key, number or election', () => {
    const other = signingKeyPair(new Uint8Array(32).fill(4));
    const opener = { electionId, secret: election.secretKey, sealedBytes: 512 };
    const ballot = cast();
    expect(openBox(nodeCrypto, opener, { ...ballot, k: toBase64url(other.publicKey) })).toBe(
      'box-does-not-open',
    );
    expect(openBox(nodeCrypto, opener, { ...ballot, n: 2 })).toBe('box-does-not-open');
    const elsewhere = { ...opener, electionId: '00000000-0000-5000-8000-000000000000' };
    expect(openBox(nodeCrypto, elsewhere, ballot)).toBe('box-does-not-open');
  });

  it('is refused when its box has another length', () => {
    const opener = { electionId, secret: election.secretKey, sealedBytes: 576 };
    expect(openBox(nodeCrypto, opener, cast())).toBe('box-length-wrong');
  });

  it('is refused with an ephemeral key of low order', () => {
    const opener = { electionId, secret: election.secretKey, sealedBytes: 512 };
    expect(openBox(nodeCrypto, opener, { ...cast(), x: toBase64url(new Uint8Array(32)) })).toBe(
      'box-does-not-open',
    );
  });

  it('is signed by its own key, over all of it but the signature', () => {
    const ballot = cast();
    expect(isSigned(nodeCrypto, ballot)).toBe(true);
    expect(isSigned(nodeCrypto, { ...ballot, n: 2 })).toBe(false);
    expect(isSigned(nodeCrypto, { ...ballot, cl: 'b' })).toBe(false);
  });

  it('is refused with a malleated signature (S + L), and its id does not depend on the signature', () => {
    const ballot = cast();
    const signature = fromBase64url(ballot.g) as Uint8Array;
    const malleated = toBase64url(plusL(signature));
    expect(isSigned(nodeCrypto, { ...ballot, g: malleated })).toBe(false);
    // tweetnacl accepts it: this is why the server does not decide with tweetnacl alone.
    expect(nacl.sign.detached.verify(ballotMessage(ballot), plusL(signature), voter.publicKey)).toBe(true);
    const other: SealedBallot = { ...ballot, g: malleated };
    expect(ballotId(nodeCrypto, other)).toBe(ballotId(nodeCrypto, ballot));
  });

  it('is read only from its canonical bytes', () => {
    const ballot = cast();
    const text = new TextDecoder().decode(canonicalBytes(ballot));
    expect(parseBallot(canonicalBytes(ballot))).toEqual(ballot);
    for (const odd of [
      ` ${text}`,
      `${text}\n`,
      text.replace('"v":1', '"v":1.0'),
      text.replace('"cl":"all"', '"cl":"all","cl":"all"'),
      text.replace('"cl"', '"\\u0063l"'),
      '{',
      '',
    ]) {
      expect(parseBallot(new TextEncoder().encode(odd))).toBe('ballot-not-canonical');
    }
  });

  it('is refused with another field, a missing one, or stray bits in base64url', () => {
    const ballot = cast();
    expect(parseBallot(canonicalBytes({ ...ballot, extra: 1 }))).toBe('ballot-malformed');
    expect(parseBallot(canonicalBytes({ ...ballot, g: undefined }))).toBe('ballot-malformed');
    expect(parseBallot(canonicalBytes({ ...ballot, n: 0 }))).toBe('ballot-malformed');
    expect(parseBallot(canonicalBytes({ ...ballot, n: 101 }))).toBe('ballot-malformed');
    const stray = `${ballot.x.slice(0, 42)}${ballot.x.endsWith('A') ? 'B' : 'D'}`;
    expect(parseBallot(canonicalBytes({ ...ballot, x: stray }))).toBe('ballot-malformed');
  });

  it('shows its plaintext at once where the election discloses immediately', () => {
    const ballot = makeBallot(
      boothMaker,
      { ...target, disclosure: 'immediate' },
      voter,
      { n: 1, vote, word: '' },
      ephemeral,
    );
    expect('t' in ballot && readPlaintext(ballot, undefined)).toMatchObject({ vote });
    expect(isSigned(nodeCrypto, ballot)).toBe(true);
  });

  it('does not take the plaintext of another ballot', () => {
    const ballot = makeBallot(
      boothMaker,
      { ...target, disclosure: 'immediate' },
      voter,
      { n: 1, vote, word: '' },
      ephemeral,
    );
    const moved = { ...ballot, n: 2 };
    expect(readPlaintext(moved, undefined)).toBe('plaintext-of-another-ballot');
  });
});

describe('padding', () => {
  it('is undone by unpad, for every message that fits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 63 }), (message) => {
        const padded = pad(message, 64);
        expect(padded).toHaveLength(64);
        expect(Buffer.from(unpad(padded) as Uint8Array)).toEqual(Buffer.from(message));
      }),
    );
  });

  it('refuses what does not fit, and what was never padded', () => {
    expect(() => pad(new Uint8Array(64), 64)).toThrow(RangeError);
    expect(unpad(new Uint8Array(64))).toBeUndefined();
    expect(unpad(new Uint8Array(64).fill(1))).toBeUndefined();
  });
});

/** The same signature with L added to S: valid for verifiers that do not check S < L. */
function plusL(signature: Uint8Array): Uint8Array {
  const order = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex');
  const out = Uint8Array.from(signature);
  let carry = 0;
  for (let i = 0; i < 32; i++) {
    const sum = out[32 + i]! + order[i]! + carry;
    out[32 + i] = sum & 0xff;
    carry = sum >> 8;
  }
  return out;
}
