/**
 * The keys that sign notes as they are kept: `PRIVATE+KEY+<name>+<id>+<base64 of type and seed>`, the form of Go's
 * `sumdb/note`.
 */
import { concat } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { fromBase64, toBase64 } from '../../projections/ledger/base64.js';
import {
  isKeyName,
  verifierKey,
  type SignatureType,
  type VerifierKey,
} from '../../projections/ledger/verifier-key.js';
import { signingKeyPair } from '../crypto/node-crypto.js';

export const PRIVATE_KEY = 'PRIVATE+KEY+';

export interface PrivateKey {
  readonly verifier: VerifierKey;
  /** NaCl secret key, 64 bytes. */
  readonly secretKey: Uint8Array;
}

type Sha256 = Pick<Crypto, 'sha256'>;

/** The line of a seed of 32 bytes. */
export function writePrivateKey(crypto: Sha256, name: string, type: SignatureType, seed: Uint8Array): string {
  const { id } = verifierKey(crypto, name, type, signingKeyPair(seed).publicKey);
  return `${PRIVATE_KEY}${name}+${id}+${toBase64(concat(new Uint8Array([type]), seed))}`;
}

/** The key of a line, if it is one of this type. */
export function parsePrivateKey(
  crypto: Sha256,
  line: string,
  type: SignatureType,
): PrivateKey | 'key-malformed' | 'key-id-wrong' {
  const [, name, id, encoded] = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(line) ?? [];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  if (name === undefined || !isKeyName(name) || bytes?.length !== 33 || bytes[0] !== type) {
    return 'key-malformed';
  }
  const { publicKey, secretKey } = signingKeyPair(bytes.subarray(1));
  const verifier = verifierKey(crypto, name, type, publicKey);
  return verifier.id === id ? { verifier, secretKey } : 'key-id-wrong';
}
