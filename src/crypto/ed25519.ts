/** Ed25519 in JavaScript alone: what every platform has to check beside its own verification, and that verification itself. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { concat, equalBytes } from '../../projections/bytes.js';

/** The order of the base point. @see RFC 8032 §5.1 */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const { BASE } = ed25519.Point;

/** A key and a signature of the right lengths, with S < L. */
export function isWellFormed(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return publicKey.length === 32 && signature.length === 64 && isBelowL(signature);
}

/** A canonical point of prime order that is not the identity. */
export function isPrimeOrderPoint(publicKey: Uint8Array): boolean {
  try {
    const point = ed25519.Point.fromBytes(publicKey, false);
    return !point.is0() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/** As `Crypto.verify`: the bytes of `[S]B - [k]A` are those of R. @see RFC 8032 §5.1.7 */
export function verifyInScript(
  sha512: (bytes: Uint8Array) => Uint8Array,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!isWellFormed(publicKey, signature)) return false;
  try {
    const key = ed25519.Point.fromBytes(publicKey, false);
    const r = signature.subarray(0, 32);
    const k = littleEndian(sha512(concat(r, publicKey, message))) % L;
    const left = BASE.multiplyUnsafe(littleEndian(signature.subarray(32)));
    return equalBytes(left.subtract(key.multiplyUnsafe(k)).toBytes(), r);
  } catch {
    return false;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  return value;
}

const L_BYTES = Uint8Array.from({ length: 32 }, (_, i) => Number((L >> BigInt(8 * i)) & 255n));

function isBelowL(signature: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (signature[32 + i] as number) - (L_BYTES[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
