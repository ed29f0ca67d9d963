/**
 * The names of those who sign notes, with their keys: `<name>+<id>+<base64 of type and key>`.
 *
 * @see https://c2sp.org/signed-note (verifier keys)
 */
import { concat, toHex, utf8 } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { fromBase64, toBase64 } from './base64.js';

/** Plain Ed25519 over the text of a note: how logs sign. */
export const ED25519 = 1;
/** Ed25519 over a checkpoint and a time: how witnesses sign (`cosignature/v1`). */
export const COSIGNATURE = 4;

export type SignatureType = typeof ED25519 | typeof COSIGNATURE;

export interface VerifierKey {
  readonly name: string;
  /** The first four bytes of a hash over name, type and key, as hex: with the name it says whose a signature is. */
  readonly id: string;
  readonly type: SignatureType;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

export type VerifierKeyFault = 'vkey-malformed' | 'vkey-type-unsupported' | 'vkey-unusable' | 'vkey-id-wrong';

/** @throws RangeError for a name that no note can hold */
export function verifierKey(
  crypto: Pick<Crypto, 'sha256'>,
  name: string,
  type: SignatureType,
  publicKey: Uint8Array,
): VerifierKey {
  if (!isKeyName(name)) throw new RangeError('A key name has neither spaces nor plus signs');
  const hash = crypto.sha256(concat(utf8(`${name}\n`), new Uint8Array([type]), publicKey));
  return { name, id: toHex(hash.subarray(0, 4)), type, publicKey };
}

export function writeVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${id}+${toBase64(concat(new Uint8Array([type]), publicKey))}`;
}

export function parseVerifierKey(
  crypto: Pick<Crypto, 'sha256' | 'isKey'>,
  text: string,
): VerifierKey | VerifierKeyFault {
  // The key itself may hold plus signs, the name and the id not.
  const [, name, id, encoded] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/su.exec(text) ?? [];
  if (name === undefined || !isKeyName(name) || encoded === undefined) return 'vkey-malformed';
  const material = fromBase64(encoded);
  const type = material?.[0];
  if (material === undefined || type === undefined) return 'vkey-malformed';
  if (type !== ED25519 && type !== COSIGNATURE) return 'vkey-type-unsupported';
  const publicKey = material.subarray(1);
  if (publicKey.length !== 32 || !crypto.isKey(publicKey)) return 'vkey-unusable';
  const key = verifierKey(crypto, name, type, publicKey);
  return key.id === id ? key : 'vkey-id-wrong';
}

/** Not empty, and without Unicode spaces, plus signs and control characters. */
export function isKeyName(name: string): boolean {
  return name !== '' && !/[\p{White_Space}+\u0000-\u001f]/u.test(name);
}
