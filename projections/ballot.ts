/**
 * The ballot, version 1: how it is written, signed, named and read; how it is sealed stands in `sealing.ts`. The same code
 * runs in the booth, on the server and at the auditor's; see `docs/voting.md`.
 */
import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { bytesOf, fromBase64url, toBase64url } from './bytes.js';
import { canonicalBytes, parseCanonical } from './canonical.js';
import type { Crypto } from './crypto.js';
import {
  Ballot as BallotSchema,
  Plaintext as PlaintextSchema,
  type DisclosedBallot,
  type SealedBallot,
} from './events/ballots.js';
import { signedBytes, taggedHash } from './hash.js';
import { ballotNonce, pad, unpad, type OpeningFailure } from './sealing.js';

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
  return ballotIdOf(crypto, ballotBytes(ballot));
}

/** As `ballotId`, from `ballotBytes`. */
export function ballotIdOf(crypto: Pick<Crypto, 'sha256'>, bytes: Uint8Array): string {
  return toBase64url(taggedHash(crypto, 'ballot-id', bytes));
}

/** The canonical bytes of everything but the signature. */
export function ballotBytes(ballot: Omit<Ballot, 'g'>): Uint8Array {
  return canonicalBytes({ ...ballot, g: undefined });
}

/** The bytes that the voter's Ed25519 key signs. */
export function ballotMessage(ballot: Omit<Ballot, 'g'>): Uint8Array {
  return signedBytes('ballot', ballotBytes(ballot));
}

/** What an Ed25519 signature is checked with. */
export interface Signed {
  key: Uint8Array;
  message: Uint8Array;
  signature: Uint8Array;
}

/** What says whether a ballot is signed by its own key; `bytes` are its `ballotBytes`, where these are there already. */
export function signedBallot(ballot: Ballot, bytes = ballotBytes(ballot)): Signed {
  return { key: bytesOf(ballot.k), message: signedBytes('ballot', bytes), signature: bytesOf(ballot.g) };
}

/** Whether the ballot is signed by its own key, which must have passed `isKey`; a promise where `verify` gives one. */
export function isSigned<Verdict extends boolean | Promise<boolean>>(
  crypto: { verify(...signed: Parameters<Crypto['verify']>): Verdict },
  ballot: Ballot,
): Verdict {
  const { key, message, signature } = signedBallot(ballot);
  return crypto.verify(key, message, signature);
}

/** Interprets an opened box (or takes a disclosed ballot's own plaintext) and checks that it belongs to this ballot. */
export function readPlaintext(
  ballot: Pick<Ballot, 'e' | 'k' | 'n'> & { t?: Plaintext },
  padded: Uint8Array | undefined,
): Plaintext | OpeningFailure {
  const plaintext = ballot.t ?? parsePlaintext(padded);
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
