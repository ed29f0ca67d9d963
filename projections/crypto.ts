/**
 * The cryptography that folds, counting and auditing need, handed in as a port: `src/crypto` gives the server's, a booth
 * or a browser brings its own. All are synchronous and pure.
 */
export interface Crypto {
  sha256(bytes: Uint8Array): Uint8Array;
  sha512(bytes: Uint8Array): Uint8Array;
  /** A canonical Ed25519 point of prime order that is not the identity: checked once for each key. */
  isKey(publicKey: Uint8Array): boolean;
  /**
   * Cofactorless Ed25519 with S < L (RFC 8032 §5.1.7), for a key that passed `isKey`. Never throws: a wrong length is
   * a wrong signature.
   */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** NaCl `crypto_box_open` (X25519, XSalsa20, Poly1305); `undefined` when the box does not open. */
  boxOpen(
    box: Uint8Array,
    nonce: Uint8Array,
    publicKey: Uint8Array,
    secretKey: Uint8Array,
  ): Uint8Array | undefined;
  /** The X25519 public key of a secret key. */
  boxPublicKey(secretKey: Uint8Array): Uint8Array;
}
