/** Paper ballots: batches of numbered sheets without voters, sealed until the election's key is published. */
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { BallotMaker } from './ballot.js';
import { bytesOf, toBase64url } from './bytes.js';
import { batchNonce, pad, unpad, type OpeningFailure } from './sealing.js';
import { canonicalBytes, parseCanonical } from './canonical.js';
import type { Crypto } from './crypto.js';
import { AreaVote as AreaVoteSchema } from './events/ballots.js';
import { Bytes32, closed, Count, Id } from './events/schema.js';
import { taggedHash } from './hash.js';
import type { PaperBatch } from './ballot-box.js';

/** `s` is the number printed or stamped on the sheet. An unreadable or blank sheet has an empty vote. */
export const Sheet = closed({ s: Count, vote: Type.Array(AreaVoteSchema, { maxItems: 200 }) });
export type Sheet = Static<typeof Sheet>;

const BatchPlaintext = closed({
  v: Type.Literal(1),
  e: Bytes32,
  batch: Id,
  salt: Bytes32,
  sheets: Type.Array(Sheet, { minItems: 1, maxItems: 1_000 }),
});
const batchCheck = Compile(BatchPlaintext);

/** Largest canonical text of a batch's sheets, so that the sealed event stays below its limit. */
export const MAX_SHEETS_BYTES = 40_000;

/** Whether every sheet has a higher number than the one before: so no sheet stands in a batch twice. */
export function areInOrder(sheets: readonly Sheet[]): boolean {
  return sheets.every(({ s }, index) => index === 0 || s > (sheets[index - 1] as Sheet).s);
}

/** What both officers sign: `HT("paper-batch", salt, JCS(sheets))`, base64url. */
export function batchDigest(
  crypto: Pick<Crypto, 'sha256'>,
  salt: Uint8Array,
  sheets: readonly Sheet[],
): string {
  return toBase64url(taggedHash(crypto, 'paper-batch', salt, canonicalBytes(sheets)));
}

/** Seals a batch to the election's key: `x` and `b` of its event. Padded to a multiple of 1,024 bytes. */
export function sealBatch(
  maker: Pick<BallotMaker, 'sha512' | 'boxSeal'>,
  target: { electionId: string; e: string; boxKey: Uint8Array },
  batch: { id: string; salt: Uint8Array; sheets: readonly Sheet[] },
  ephemeral: { publicKey: Uint8Array; secretKey: Uint8Array },
): { x: string; b: string } {
  const { id, salt, sheets } = batch;
  const plaintext = canonicalBytes({
    v: 1,
    e: target.e,
    batch: id,
    salt: toBase64url(salt),
    sheets: [...sheets],
  });
  const padded = pad(plaintext, Math.ceil((plaintext.length + 1) / 1_024) * 1_024);
  const nonce = batchNonce(maker, target.electionId, id, ephemeral.publicKey);
  const b = maker.boxSeal(padded, nonce, target.boxKey, ephemeral.secretKey);
  return { x: toBase64url(ephemeral.publicKey), b: toBase64url(b) };
}

/** Opens a batch and checks it against what the officers signed. */
export function openBatch(
  crypto: Crypto,
  opener: { secret: Uint8Array; e: string },
  batch: PaperBatch,
): readonly Sheet[] | OpeningFailure {
  const x = bytesOf(batch.x);
  const opened = crypto.boxOpen(
    bytesOf(batch.b),
    batchNonce(crypto, batch.electionId, batch.batch, x),
    x,
    opener.secret,
  );
  if (opened === undefined) return 'box-does-not-open';
  const bytes = unpad(opened);
  if (bytes === undefined) return 'plaintext-malformed';
  let value: unknown;
  try {
    value = parseCanonical(bytes);
  } catch {
    return 'plaintext-malformed';
  }
  if (!batchCheck.Check(value) || !areInOrder(value.sheets)) return 'plaintext-malformed';
  const { e, batch: id, salt, sheets } = value;
  const own =
    e === opener.e &&
    id === batch.batch &&
    sheets.length === batch.sheets &&
    batchDigest(crypto, bytesOf(salt), sheets) === batch.digest;
  return own ? sheets : 'plaintext-of-another-ballot';
}
