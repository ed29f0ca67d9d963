/**
 * The ballot, version 1: how it is written, sealed, signed, named and opened. The same code runs in the booth, on the
 * server and at the auditor's; see `docs/voting.md`.
 */
import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { fromBase64url, toBase64url, u32be, utf8 } from './bytes.js';
import { canonicalBytes, parseCanonical } from './canonical.js';
import type { Crypto } from './crypto.js';
import {
  Ballot as BallotSchema,
  Plaintext as PlaintextSchema,
  type DisclosedBallot,
  type SealedBallot,
} from './events/ballots.js';
import { framed, signedMessage, taggedHash } from './hash.js';

export type SealedBallot = Static<typeof SealedBallot>;
export type DisclosedBallot = Static<typeof DisclosedBallot>;
export type Ballot = SealedBallot | DisclosedBallot;
export type Plaintext = Static<typeof PlaintextSchema>;
export type AreaVote = Plaintext['vote'][number];

const ballotCheck = Compile(BallotSchema);
const plaintextCheck = Compile(PlaintextSchema);

/** Reads a ballot from the bytes a client sent. @returns its refusal code when they are not a ballot */
export function parseBallot(bytes: Uint8Array): Ballot | 'ballot-not-canonical' | 'ballot-malformed' {
  let value: unknown;
  try {
    value = parseCanonical(bytes);
  } catch {
    return 'ballot-not-canonical';
  }
  return checkedBallot(value);
}

/** A ballot of known shape, whose base64url parts decode strictly. */
export function checkedBallot(value: unknown): Ballot | 'ballot-malformed' {
  if (!ballotCheck.Check(value)) return 'ballot-malformed';
  const ballot = value;
  const encoded = [ballot.e, ballot.k, ballot.g, ballot.p, ...('b' in ballot ? [ballot.x, ballot.b] : [])];
  return encoded.every((text) => text === undefined || fromBase64url(text) !== undefined)
    ? ballot
    : 'ballot-malformed';
}

/** The stable id: a hash over everything but the signature, which is malleable. base64url of 32 bytes. */
export function ballotId(crypto: Pick<Crypto, 'sha256'>, ballot: Omit<Ballot, 'g'>): string {
  return toBase64url(taggedHash(crypto, 'ballot-id', canonicalBytes({ ...ballot, g: undefined })));
}

/** The bytes that the voter's Ed25519 key signs. */
export function ballotMessage(ballot: Omit<Ballot, 'g'>): Uint8Array {
  return signedMessage('ballot', { ...ballot, g: undefined });
}

/** Whether the ballot is signed by its own key, which must have passed `isKey`. */
export function isSigned(crypto: Pick<Crypto, 'verify'>, ballot: Ballot): boolean {
  return crypto.verify(bytesOf(ballot.k), ballotMessage(ballot), bytesOf(ballot.g));
}

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

/** The padded plaintext of a sealed ballot, not yet interpreted; this is the costly part, done in workers for many. */
export function openBox(
  crypto: Pick<Crypto, 'sha512' | 'boxOpen'>,
  opener: Opener,
  ballot: SealedBallot,
): Uint8Array | OpeningFailure {
  const box = bytesOf(ballot.b);
  if (box.length !== opener.sealedBytes + 16) return 'box-length-wrong';
  const x = bytesOf(ballot.x);
  const nonce = ballotNonce(crypto, opener.electionId, { k: bytesOf(ballot.k), n: ballot.n, x });
  return crypto.boxOpen(box, nonce, x, opener.secret) ?? 'box-does-not-open';
}

/** Interprets an opened box (or takes a disclosed ballot's own plaintext) and checks that it belongs to this ballot. */
export function readPlaintext(ballot: Ballot, padded: Uint8Array | undefined): Plaintext | OpeningFailure {
  const plaintext = 't' in ballot ? ballot.t : parsePlaintext(padded);
  if (typeof plaintext === 'string') return plaintext;
  const own = plaintext.e === ballot.e && plaintext.k === ballot.k && plaintext.n === ballot.n;
  return own ? plaintext : 'plaintext-of-another-ballot';
}

function parsePlaintext(padded: Uint8Array | undefined): Plaintext | OpeningFailure {
  const bytes = padded === undefined ? undefined : unpad(padded);
  if (bytes === undefined) return 'plaintext-malformed';
  try {
    const value = parseCanonical(bytes);
    return plaintextCheck.Check(value) ? value : 'plaintext-malformed';
  } catch {
    return 'plaintext-malformed';
  }
}

/** What a booth needs beside the crypto port to make ballots. */
export interface BallotMaker {
  sha512: Crypto['sha512'];
  /** Ed25519, detached, with a NaCl secret key (64 bytes). */
  sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array;
  /** NaCl `crypto_box`. */
  boxSeal(message: Uint8Array, nonce: Uint8Array, publicKey: Uint8Array, secretKey: Uint8Array): Uint8Array;
}

/** The facts of an election that a ballot binds to. */
export interface BallotTarget {
  electionId: string;
  e: string;
  boxKey: Uint8Array;
  sealedBytes: number;
  disclosure: 'at-close' | 'immediate';
}

/**
 * Makes a signed ballot. `ephemeral` is a fresh X25519 key pair for this ballot alone.
 * @throws RangeError when the vote does not fit the election's sealed length
 */
export function makeBallot(
  maker: BallotMaker,
  target: BallotTarget,
  voter: { publicKey: Uint8Array; secretKey: Uint8Array; cl: string },
  content: { n: number; previous?: string; vote: readonly AreaVote[]; word: string },
  ephemeral: { publicKey: Uint8Array; secretKey: Uint8Array },
): Ballot {
  const k = toBase64url(voter.publicKey);
  const head = {
    v: 1 as const,
    e: target.e,
    cl: voter.cl,
    k,
    n: content.n,
    ...(content.previous && { p: content.previous }),
  };
  const plaintext: Plaintext = {
    v: 1,
    e: target.e,
    k,
    n: content.n,
    vote: [...content.vote],
    vn: content.word,
  };
  const body =
    target.disclosure === 'immediate'
      ? { ...head, t: plaintext }
      : {
          ...head,
          x: toBase64url(ephemeral.publicKey),
          b: toBase64url(
            maker.boxSeal(
              pad(canonicalBytes(plaintext), target.sealedBytes),
              ballotNonce(maker, target.electionId, {
                k: voter.publicKey,
                n: content.n,
                x: ephemeral.publicKey,
              }),
              target.boxKey,
              ephemeral.secretKey,
            ),
          ),
        };
  return { ...body, g: toBase64url(maker.sign(ballotMessage(body), voter.secretKey)) };
}

/** Bytes of base64url that was checked before. @throws TypeError for a programming error */
export function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64url(text);
  if (bytes === undefined) throw new TypeError('not base64url');
  return bytes;
}
