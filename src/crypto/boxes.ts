/**
 * Boxes as `nacl.box` makes them, by libsodium where its binary loads. Beside the other cryptography, so that workers that
 * open ballots start with nothing else.
 */
import { hash } from 'node:crypto';
import nacl from 'tweetnacl';
import type { Crypto } from '../../projections/crypto.js';
import { BOX_OVERHEAD } from '../../projections/sealing.js';
import { sodium, view } from './sodium.js';

export const boxCrypto: Pick<Crypto, 'sha512' | 'boxOpen' | 'boxPublicKey'> = {
  sha512: (bytes) => hash('sha512', bytes, 'buffer'),
  boxOpen: (box, nonce, publicKey, secretKey) => {
    if (
      box.length < BOX_OVERHEAD ||
      nonce.length !== 24 ||
      publicKey.length !== 32 ||
      secretKey.length !== 32
    )
      return;
    if (sodium === undefined) return nacl.box.open(box, nonce, publicKey, secretKey) ?? undefined;
    const out = Buffer.allocUnsafe(box.length - BOX_OVERHEAD);
    try {
      // libsodium throws for a low-order public key, whose shared secret would be zero.
      return sodium.crypto_box_open_easy(out, view(box), view(nonce), view(publicKey), view(secretKey))
        ? out
        : undefined;
    } catch {
      return undefined;
    }
  },
  boxPublicKey: (secretKey) => {
    if (sodium === undefined) return nacl.box.keyPair.fromSecretKey(secretKey).publicKey;
    const out = Buffer.alloc(32);
    sodium.crypto_scalarmult_base(out, view(secretKey));
    return out;
  },
};

/** Seals as `nacl.box`. */
export function boxSeal(
  message: Uint8Array,
  nonce: Uint8Array,
  publicKey: Uint8Array,
  secretKey: Uint8Array,
): Uint8Array {
  if (sodium === undefined) return nacl.box(message, nonce, publicKey, secretKey);
  const out = Buffer.allocUnsafe(message.length + BOX_OVERHEAD);
  sodium.crypto_box_easy(out, view(message), view(nonce), view(publicKey), view(secretKey));
  return out;
}

/** The X25519 key pair of a secret key. */
export function boxKeyPair(secretKey: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array } {
  return { publicKey: boxCrypto.boxPublicKey(secretKey), secretKey };
}
