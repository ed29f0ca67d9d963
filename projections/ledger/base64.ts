/** Base64 with padding (RFC 4648 §4), as notes, checkpoints and proofs write it; read strictly. */
import { fromBase64url, toBase64url } from '../bytes.js';

export function toBase64(bytes: Uint8Array): string {
  const text = toBase64url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

/** The only text that `toBase64` writes for the bytes, or `undefined`. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || text.includes('-') || text.includes('_')) return undefined;
  const bare = text.replace(/={1,2}$/, '');
  return fromBase64url(bare.replaceAll('+', '-').replaceAll('/', '_'));
}
