/** libsodium, from the binary that sodium-native brings. */
import { createRequire } from 'node:module';

interface Sodium {
  crypto_core_ed25519_is_valid_point(point: Buffer): boolean;
  crypto_box_easy(out: Buffer, message: Buffer, nonce: Buffer, publicKey: Buffer, secretKey: Buffer): void;
  crypto_box_open_easy(
    out: Buffer,
    box: Buffer,
    nonce: Buffer,
    publicKey: Buffer,
    secretKey: Buffer,
  ): boolean;
  crypto_scalarmult_base(out: Buffer, secretKey: Buffer): void;
  crypto_sign_seed_keypair(publicKey: Buffer, secretKey: Buffer, seed: Buffer): void;
  crypto_sign_detached(signature: Buffer, message: Buffer, secretKey: Buffer): void;
}

/** libsodium, or `undefined` where its binary does not load (then everything runs, slowly). */
export const sodium: Sodium | undefined = loadSodium();

function loadSodium(): Sodium | undefined {
  try {
    return createRequire(import.meta.url)('sodium-native') as Sodium;
  } catch {
    return undefined;
  }
}

/** The same bytes as the `Buffer` that libsodium asks for. */
export function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
