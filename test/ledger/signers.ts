/** Logs and witnesses for tests, each with a key of its own, made from a word. */
import { utf8 } from '../../projections/bytes.js';
import { writeCheckpoint } from '../../projections/ledger/checkpoint.js';
import { cosignText, signText, writeNote, type NoteSignature } from '../../projections/ledger/note.js';
import {
  COSIGNATURE,
  ED25519,
  verifierKey,
  writeVerifierKey,
  type SignatureType,
  type VerifierKey,
} from '../../projections/ledger/verifier-key.js';
import { nodeCrypto, sign, signingKeyPair } from '../../src/crypto/node-crypto.js';

export interface Signer {
  readonly key: VerifierKey;
  readonly vkey: string;
  sign(message: Uint8Array): Uint8Array;
}

export const ORIGIN = 'city.example/log';

function signer(name: string, type: SignatureType, word: string): Signer {
  const pair = signingKeyPair(nodeCrypto.sha256(utf8(word)));
  const key = verifierKey(nodeCrypto, name, type, pair.publicKey);
  return { key, vkey: writeVerifierKey(key), sign: (message) => sign(message, pair.secretKey) };
}

export const logSigner = (word = 'log', name = ORIGIN) => signer(name, ED25519, word);
export const witnessSigner = (word: string) => signer(`${word}.example`, COSIGNATURE, word);

/** The signature line of anybody over a text. */
export function lineOf(who: Signer, text: string, time = 1_700_000_000n): NoteSignature {
  return who.key.type === ED25519
    ? signText(who.key, text, (message) => who.sign(message))
    : cosignText(who.key, text, time, (message) => who.sign(message));
}

/** A checkpoint with the signatures of all these. */
export function checkpointBy(
  signers: readonly Signer[],
  tree: { size: bigint; root: Uint8Array },
  origin = ORIGIN,
): Uint8Array {
  const text = writeCheckpoint({ origin, ...tree, extensions: [] });
  return utf8(writeNote({ text, signatures: signers.map((who) => lineOf(who, text)) }));
}
