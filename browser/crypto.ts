/** The cryptography of an audit in a browser: the synchronous port in JavaScript, and signatures in bulk by the browser itself. */
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import nacl from 'tweetnacl';
import { bulkOf, type Bulk } from '../projections/audit/bulk.js';
import { isLowOrder } from '../projections/audit/low-order.js';
import type { Signed } from '../projections/ballot.js';
import { bytesOf } from '../projections/bytes.js';
import type { Crypto } from '../projections/crypto.js';
import { BOX_OVERHEAD } from '../projections/sealing.js';
import { isPrimeOrderPoint, isWellFormed, verifyInScript } from '../src/crypto/ed25519.js';

export const browserCrypto: Crypto = {
  sha256,
  sha512,
  isKey: (publicKey) => publicKey.length === 32 && isPrimeOrderPoint(publicKey),
  verify: (publicKey, message, signature) => verifyInScript(sha512, publicKey, message, signature),
  boxOpen: (box, nonce, publicKey, secretKey) => {
    if (
      box.length < BOX_OVERHEAD ||
      nonce.length !== 24 ||
      publicKey.length !== 32 ||
      secretKey.length !== 32 ||
      isLowOrder(publicKey)
    )
      return undefined;
    return nacl.box.open(box, nonce, publicKey, secretKey) ?? undefined;
  },
  boxPublicKey: (secretKey) => nacl.box.keyPair.fromSecretKey(secretKey).publicKey,
};

/** What of WebCrypto is used; a page that did not come by https has none. */
interface Subtle<Key> {
  importKey(
    format: 'raw',
    key: Bytes,
    algorithm: string,
    extractable: boolean,
    usages: 'verify'[],
  ): Promise<Key>;
  verify(algorithm: string, key: Key, signature: Bytes, message: Bytes): Promise<boolean>;
}
/** In memory that nobody shares, as WebCrypto's types want them. */
type Bytes = Uint8Array<ArrayBuffer>;

/**
 * As `bulkOf`, with signatures by WebCrypto where it decides them as everybody else here: what it accepts is accepted, what it
 * refuses is decided once more in JavaScript, since it may also refuse an R of low order.
 *
 * @see https://w3c.github.io/webcrypto/#ed25519-operations-verify
 */
export async function browserBulk<Key>(subtle: Subtle<Key> | undefined): Promise<Bulk> {
  const bulk = bulkOf(browserCrypto);
  if (subtle === undefined || !(await decidesAsWeDo(subtle))) return bulk;
  const isSigned = async ({ key, message, signature }: Signed): Promise<boolean> => {
    if (!isWellFormed(key, signature)) return false;
    return (await accepts(subtle, key, message, signature)) || browserCrypto.verify(key, message, signature);
  };
  return { ...bulk, areSigned: (signed) => Promise.all(signed.map(isSigned)) };
}

async function accepts<Key>(
  subtle: Subtle<Key>,
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  try {
    const imported = await subtle.importKey('raw', key as Bytes, 'Ed25519', false, ['verify']);
    return await subtle.verify('Ed25519', imported, signature as Bytes, message as Bytes);
  } catch {
    return false;
  }
}

/**
 * Whether Ed25519 is there, and takes a right signature but not one that only the cofactored equation takes: its R is the
 * right one plus a point of order 8.
 */
export async function decidesAsWeDo<Key>(subtle: Subtle<Key>): Promise<boolean> {
  const accepted = (signature: Uint8Array) => accepts(subtle, bytesOf(KEY), MESSAGE, signature);
  return (await accepted(bytesOf(SIGNED))) && !(await accepted(bytesOf(COFACTORED)));
}

/** Of a made-up key: the message, and under it a right signature and the other one. */
const MESSAGE = new TextEncoder().encode('concejo');
const KEY = '6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw';
const SIGNED = 'RHpagcoaM5nzCt7-pCWTO9c6gVTRJdEF5ZHKGS59RO3mlMbXrv1fJiLKEF4SFGcN9yWke2fPv9CcZRAsEBoICg';
const COFACTORED = 'aoTVg_Blae2z9e1332VUSyfWlItPCyy3bzPdhBOyBxlvni75opQE3v9o1qyihFplmCRKh2hvcIKbAYAEofs3DQ';
