/**
 * The server's cryptography: `node:crypto` for hashes and signatures, libsodium (sodium-native) for boxes and key checks
 * where its prebuilt binary runs, and pure JavaScript where it does not: the same answers, many times slower.
 *
 * Signatures are never decided by libsodium: newer versions of it use the cofactored equation, and libraries then disagree.
 */
import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import nacl from 'tweetnacl';
import type { BallotMaker } from '../../projections/ballot.js';
import type { Crypto } from '../../projections/crypto.js';
import { boxCrypto, boxSeal } from './boxes.js';
import { isPrimeOrderPoint, isWellFormed } from './ed25519.js';
import { sodium, view } from './sodium.js';

/**
 * As `nodeCrypto.verify`, on another thread: the server checks ballots beside all its other work. Costs a little more
 * processor time in all, and a quarter of it where everything else has to wait.
 */
export function verifyAside(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (!isWellFormed(publicKey, signature)) return Promise.resolve(false);
  return new Promise((resolve) => {
    try {
      verify(null, message, importKey(publicKey), signature, (error, valid) =>
        resolve(error === null && valid),
      );
    } catch {
      resolve(false);
    }
  });
}

export const nodeCrypto: Crypto = {
  ...boxCrypto,
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  isKey: (publicKey) => publicKey.length === 32 && isSound(publicKey),
  verify: (publicKey, message, signature) => {
    if (!isWellFormed(publicKey, signature)) return false;
    try {
      return verify(null, message, importKey(publicKey), signature);
    } catch {
      return false;
    }
  },
};

/** An Ed25519 key pair from its 32-byte seed: the NaCl secret key is seed and public key together, 64 bytes. */
export function signingKeyPair(seed: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array } {
  if (sodium === undefined) return nacl.sign.keyPair.fromSeed(seed);
  const publicKey = Buffer.alloc(32);
  const secretKey = Buffer.alloc(64);
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, view(seed));
  return { publicKey, secretKey };
}

/** A detached Ed25519 signature, 64 bytes, with a NaCl secret key. @see RFC 8032 §5.1.6 */
export function sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  if (sodium === undefined) return nacl.sign.detached(message, secretKey);
  const out = Buffer.alloc(64);
  sodium.crypto_sign_detached(out, view(message), view(secretKey));
  return out;
}

/** What makes ballots and seals paper batches. */
export const ballotMaker: BallotMaker = { sha512: (bytes) => nodeCrypto.sha512(bytes), sign, boxSeal };

function importKey(publicKey: Uint8Array): KeyObject {
  // As JWK: reading DER goes through OpenSSL's decoders and takes several times as long. @see RFC 8037 §2
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: view(publicKey).toString('base64url') },
    format: 'jwk',
  });
}

function isSound(publicKey: Uint8Array): boolean {
  // libsodium's check covers canonical form, curve, small order and the main subgroup.
  return sodium === undefined
    ? isPrimeOrderPoint(publicKey)
    : sodium.crypto_core_ed25519_is_valid_point(view(publicKey));
}
