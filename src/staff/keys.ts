/** A staff member's API key, and the approval key that comes from it. The server stores neither. */
import { createHash, hkdfSync } from 'node:crypto';
import { fromBase64url, toBase64url } from '../../projections/bytes.js';
import { signingKeyPair } from '../crypto/node-crypto.js';

const PREFIX = 'concejo_';

/** `concejo_` and 32 random bytes in base64url: 51 characters. */
export function keyFrom(random: Uint8Array): string {
  if (random.length !== 32) throw new RangeError('A key is made of 32 random bytes');
  return PREFIX + toBase64url(random);
}

/**
 * How a key is looked up and stored: SHA-256, base64url. The key is 32 random bytes, which nobody guesses, so that no slow
 * or salted hash is needed.
 */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/**
 * The seed of her Ed25519 key: HKDF-SHA256(the key's 32 bytes, salt actorId, info "concejo/v1/staff-key"). So the server can
 * approve for her while she presents her key, and at no other time. `undefined` for what is no key. @see RFC 5869
 */
export function approvalSeed(key: string, actorId: string): Uint8Array | undefined {
  const bytes = key.startsWith(PREFIX) ? fromBase64url(key.slice(PREFIX.length)) : undefined;
  if (bytes?.length !== 32) return undefined;
  return new Uint8Array(hkdfSync('sha256', bytes, actorId, 'concejo/v1/staff-key', 32));
}

/** The Ed25519 public key of a seed, base64url, as settings and the log state it. */
export function approvalKey(seed: Uint8Array): string {
  return toBase64url(signingKeyPair(seed).publicKey);
}
