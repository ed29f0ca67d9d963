/** Ballots with right and wrong signatures, some of which only a part of the world's libraries would refuse. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { createHash } from 'node:crypto';
import { ballotMessage, type Ballot } from '../../projections/ballot.js';
import { toBase64url } from '../../projections/bytes.js';
import { sign, signingKeyPair } from '../../src/crypto/node-crypto.js';

const { Point } = ed25519;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const sha512 = (...parts: Uint8Array[]) => createHash('sha512').update(Buffer.concat(parts)).digest();
const littleEndian = (bytes: Uint8Array) =>
  BigInt(`0x${Buffer.from(bytes).reverse().toString('hex') || '0'}`);
const scalarBytes = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();

const SEED = new Uint8Array(32).fill(5);
const keys = signingKeyPair(SEED);
const half = sha512(SEED).subarray(0, 32);
half[0] = half[0]! & 248;
half[31] = (half[31]! & 127) | 64;
const secret = littleEndian(half) % L;

/** S for a chosen R: what RFC 8032 §5.1.6 does with a nonce of its own. */
function signedWith(r: InstanceType<typeof Point>, nonce: bigint, message: Uint8Array): Buffer {
  const k = littleEndian(sha512(r.toBytes(), keys.publicKey, message)) % L;
  return Buffer.concat([r.toBytes(), scalarBytes((nonce + k * secret) % L)]);
}

export const ana = {
  ...keys,
  signWithoutNonce: (message: Uint8Array) => signedWith(Point.ZERO, 0n, message),
};

const ORDER_8 = Point.fromBytes(
  Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex'),
  true,
);

export function ballotsOf(): { ballot: Ballot; isRight: boolean }[] {
  const hash = 'A'.repeat(43);
  const body = {
    v: 1 as const,
    e: hash,
    cl: 'all',
    k: toBase64url(keys.publicKey),
    n: 1,
    x: hash,
    b: 'AAAA',
  };
  const message = ballotMessage(body);
  const right = Buffer.from(sign(message, keys.secretKey));
  const flipped = Buffer.from(right);
  flipped[3] = flipped[3]! ^ 1;
  const second = Buffer.concat([right.subarray(0, 32), scalarBytes(littleEndian(right.subarray(32)) + L)]);
  const torsion = signedWith(Point.BASE.multiply(77n).add(ORDER_8), 77n, message);
  return [
    { signature: right, isRight: true },
    { signature: signedWith(Point.BASE.multiply(77n), 77n, message), isRight: true },
    { signature: flipped, isRight: false },
    { signature: second, isRight: false },
    { signature: torsion, isRight: false },
  ].map(({ signature, isRight }) => ({ ballot: { ...body, g: toBase64url(signature) }, isRight }));
}
