/**
 * How a vote is sealed to the election's key and opened again: the nonce, the padding, the box. Imports nothing that reads
 * schemas, since workers that open many ballots load it.
 */
import { bytesOf, u32be, utf8 } from './bytes.js';
import type { Crypto } from './crypto.js';
import { framed } from './hash.js';

/**
 * The nonce of a ballot's box: the first 24 bytes of SHA-512 over tag, election, ballot key, sequence number and ephemeral
 * key, framed as `taggedHash` frames. A ballot copied under another key then does not open.
 */
export function ballotNonce(
  crypto: Pick<Crypto, 'sha512'>,
  electionId: string,
  ballot: { k: Uint8Array; n: number; x: Uint8Array },
): Uint8Array {
  return boxNonce(crypto, 'ballot-nonce', utf8(electionId), ballot.k, u32be(ballot.n), ballot.x);
}

/** The nonce of a paper batch's box. */
export function batchNonce(
  crypto: Pick<Crypto, 'sha512'>,
  electionId: string,
  batch: string,
  x: Uint8Array,
): Uint8Array {
  return boxNonce(crypto, 'paper-batch-nonce', utf8(electionId), utf8(batch), x);
}

function boxNonce(crypto: Pick<Crypto, 'sha512'>, tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return crypto.sha512(framed(tag, ...parts)).subarray(0, 24);
}

/** Pads with 80 00… to exactly `length` bytes (ISO/IEC 7816-4). @throws RangeError when the message does not fit */
export function pad(message: Uint8Array, length: number): Uint8Array {
  if (message.length >= length)
    throw new RangeError(`A plaintext of ${message.length} bytes does not fit ${length}`);
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  return padded;
}

/** Undoes `pad`; `undefined` for bytes that it cannot have made. */
export function unpad(padded: Uint8Array): Uint8Array | undefined {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end--;
  return padded[end] === 0x80 ? padded.subarray(0, end) : undefined;
}

/** Why an opened ballot counts for nothing. */
export type OpeningFailure =
  'box-length-wrong' | 'box-does-not-open' | 'plaintext-malformed' | 'plaintext-of-another-ballot';

/** What opens ballots: the election's secret key and the length that every sealed plaintext has. */
export interface Opener {
  electionId: string;
  secret: Uint8Array;
  sealedBytes: number;
}

/** What of a sealed ballot its opening needs: ballot key, sequence number, ephemeral key and box, bytes as base64url. */
export interface SealedBox {
  k: string;
  n: number;
  x: string;
  b: string;
}

/** As `SealedBox`, decoded. */
export interface SealedBytes {
  k: Uint8Array;
  n: number;
  x: Uint8Array;
  b: Uint8Array;
}

/** How many bytes a box is longer than what is in it: the authenticator of `crypto_box`. */
export const BOX_OVERHEAD = 16;

/** The length of every ballot's box where plaintexts are padded to `sealedBytes`. */
export function boxBytes(sealedBytes: number): number {
  return sealedBytes + BOX_OVERHEAD;
}

/** The padded plaintext of a sealed ballot, not yet interpreted; this is the costly part, done in workers for many. */
export function openBox(
  crypto: Pick<Crypto, 'sha512' | 'boxOpen'>,
  opener: Opener,
  ballot: SealedBox,
): Uint8Array | OpeningFailure {
  return openBytes(crypto, opener, {
    k: bytesOf(ballot.k),
    n: ballot.n,
    x: bytesOf(ballot.x),
    b: bytesOf(ballot.b),
  });
}

/** As `openBox`, of a ballot that is decoded. */
export function openBytes(
  crypto: Pick<Crypto, 'sha512' | 'boxOpen'>,
  opener: Opener,
  ballot: SealedBytes,
): Uint8Array | OpeningFailure {
  if (ballot.b.length !== boxBytes(opener.sealedBytes)) return 'box-length-wrong';
  const nonce = ballotNonce(crypto, opener.electionId, ballot);
  return crypto.boxOpen(ballot.b, nonce, ballot.x, opener.secret) ?? 'box-does-not-open';
}
