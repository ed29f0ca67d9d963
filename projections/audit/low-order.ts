/** Ephemeral keys that give everybody the same secret. */

const P = 2n ** 255n - 19n;

/**
 * The u-coordinates of the points of low order on Curve25519 and its twist, below 2^255 - 19: with any of them X25519 gives
 * zero, whatever the other key. @see RFC 7748 §6.1
 */
const LOW_ORDER: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);

/** Whether an X25519 public key of 32 bytes is of low order, in whichever of its encodings. */
export function isLowOrder(publicKey: Uint8Array): boolean {
  let u = 0n;
  for (let i = 31; i >= 0; i--) u = (u << 8n) | BigInt(publicKey[i] as number);
  // X25519 ignores the highest bit and takes the rest modulo p.
  return LOW_ORDER.has(BigInt.asUintN(255, u) % P);
}
