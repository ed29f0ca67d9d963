/** Ephemeral keys that give everybody the same secret. */

const P = 2n ** 255n - 19n;

/**
 * The u-coordinates of the points of low order on Curve25519 and its twist, below 2^255 - 19: with any of them X25519 gives
 * zero, whatever the other key. @see RFC 7748 §6.1
 */
const LOW_ORDER = [
  0n,
  1n,
  P - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
];

/** Every way in which X25519 reads one of them: it takes 255 bits modulo p. */
const ENCODINGS = LOW_ORDER.flatMap((u) => [u, u + P])
  .filter((u) => u < 2n ** 255n)
  .map((u) => Uint8Array.from({ length: 32 }, (_, i) => Number((u >> BigInt(8 * i)) & 0xffn)));

/** Whether an X25519 public key of 32 bytes is of low order, in whichever of its encodings. */
export function isLowOrder(publicKey: Uint8Array): boolean {
  return ENCODINGS.some((encoding) => isEncoding(publicKey, encoding));
}

function isEncoding(publicKey: Uint8Array, encoding: Uint8Array): boolean {
  for (let i = 0; i < 31; i++) if (publicKey[i] !== encoding[i]) return false;
  // X25519 ignores the highest bit.
  return ((publicKey[31] as number) & 0x7f) === encoding[31];
}
