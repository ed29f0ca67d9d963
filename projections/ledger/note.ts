/**
 * Signed notes: a text and the signatures under it, read strictly.
 *
 * @see https://c2sp.org/signed-note
 * @see https://c2sp.org/tlog-cosignature
 */
import { concat, toHex, utf8 } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { fromBase64, toBase64 } from './base64.js';
import { textOf } from './text.js';
import { MAX_SIZE } from './tree.js';
import { COSIGNATURE, isKeyName, type VerifierKey } from './verifier-key.js';

export interface Note {
  /** With its last newline and without the empty line after it. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** The key's id, as hex. */
  readonly id: string;
  readonly signature: Uint8Array;
}

/** A signature that verified. */
export interface Signed {
  readonly key: VerifierKey;
  /** When a witness signed, in seconds of Unix time; the latest where it signed several times. */
  readonly time?: bigint;
}

export type NoteFault =
  | 'note-too-long'
  | 'note-not-text'
  | 'note-malformed'
  | 'note-signature-malformed'
  | 'note-signatures-too-many';

/** Sixteen must be accepted; more than this is nobody's honest note. */
export const MAX_SIGNATURES = 100;
const MAX_NOTE_BYTES = 1_000_000;
const KEY_ID_BYTES = 4;
const TIME_BYTES = 8;

export function parseNote(bytes: Uint8Array): Note | NoteFault {
  if (bytes.length > MAX_NOTE_BYTES) return 'note-too-long';
  const whole = textOf(bytes);
  if (whole === undefined) return 'note-not-text';
  // The text may hold empty lines itself: the last one parts it from the signatures.
  const end = whole.lastIndexOf('\n\n');
  if (end < 0) return 'note-malformed';
  const signatures = readLines(whole.slice(end + 2));
  return typeof signatures === 'string' ? signatures : { text: whole.slice(0, end + 1), signatures };
}

/** Signature lines alone, one or more, as a witness answers them. */
export function parseSignatures(bytes: Uint8Array): NoteSignature[] | NoteFault {
  if (bytes.length > MAX_NOTE_BYTES) return 'note-too-long';
  const text = textOf(bytes);
  return text === undefined ? 'note-not-text' : readLines(text);
}

function readLines(text: string): NoteSignature[] | NoteFault {
  if (!text.endsWith('\n')) return 'note-malformed';
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) return 'note-signatures-too-many';
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [dash, name, encoded, ...more] = line.split(' ');
    if (dash !== '\u2014' || name === undefined || encoded === undefined || more.length > 0) {
      return 'note-signature-malformed';
    }
    const bytes = fromBase64(encoded);
    if (!isKeyName(name) || bytes === undefined || bytes.length <= KEY_ID_BYTES) {
      return 'note-signature-malformed';
    }
    signatures.push({
      name,
      id: toHex(bytes.subarray(0, KEY_ID_BYTES)),
      signature: bytes.subarray(KEY_ID_BYTES),
    });
  }
  return signatures;
}

/** @throws RangeError for a text that is none, for what would be read as something else, and without a signature */
export function writeNote({ text, signatures }: Note): string {
  const written = `${text}\n${writeSignatures(signatures)}`;
  const read = parseNote(utf8(written));
  if (typeof read === 'string' || read.text !== text) throw new RangeError('Not the text of a note');
  return written;
}

export function writeSignatures(signatures: readonly NoteSignature[]): string {
  return signatures
    .map(({ name, id, signature }) => {
      const bytes = concat(new Uint8Array(KEY_ID_BYTES), signature);
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, parseInt(id, 16));
      return `\u2014 ${name} ${toBase64(bytes)}\n`;
    })
    .join('');
}

/** Signs the text of a note as a log does. `sign` makes Ed25519 signatures with the key's secret. */
export function signText(
  key: VerifierKey,
  text: string,
  sign: (message: Uint8Array) => Uint8Array,
): NoteSignature {
  if (key.type === COSIGNATURE) throw new TypeError('A key for cosignatures signs with a time');
  return { name: key.name, id: key.id, signature: sign(utf8(text)) };
}

/** Signs a checkpoint's text as a witness does, at a time in seconds of Unix time. */
export function cosignText(
  key: VerifierKey,
  text: string,
  time: bigint,
  sign: (message: Uint8Array) => Uint8Array,
): NoteSignature {
  if (key.type !== COSIGNATURE) throw new TypeError('A key for notes signs without a time');
  if (time <= 0n || time > MAX_SIZE) throw new RangeError('Not a time');
  const stamp = new Uint8Array(TIME_BYTES);
  new DataView(stamp.buffer).setBigUint64(0, time);
  return { name: key.name, id: key.id, signature: concat(stamp, sign(cosignedMessage(text, time))) };
}

/**
 * The signatures of known keys, one for each key that signed; lines of unknown keys are passed over. Every line of a known
 * key must verify, also the second of the same key.
 */
export function verifyNote(
  crypto: Pick<Crypto, 'verify'>,
  note: Note,
  keys: readonly VerifierKey[],
): Signed[] | 'note-signature-wrong' {
  const signed = new Map<VerifierKey, Signed>();
  for (const line of note.signatures) {
    const key = keys.find(({ name, id }) => name === line.name && id === line.id);
    if (key === undefined) continue;
    const found =
      key.type === COSIGNATURE ? cosigned(crypto, note, key, line) : plain(crypto, note, key, line);
    if (found === undefined) return 'note-signature-wrong';
    const before = signed.get(key)?.time;
    if (before === undefined || found.time === undefined || found.time > before) signed.set(key, found);
  }
  return [...signed.values()];
}

function plain(
  crypto: Pick<Crypto, 'verify'>,
  { text }: Note,
  key: VerifierKey,
  { signature }: NoteSignature,
): Signed | undefined {
  return crypto.verify(key.publicKey, utf8(text), signature) ? { key } : undefined;
}

function cosigned(
  crypto: Pick<Crypto, 'verify'>,
  { text }: Note,
  key: VerifierKey,
  { signature }: NoteSignature,
): Signed | undefined {
  if (signature.length < TIME_BYTES) return undefined;
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  if (time > MAX_SIZE) return undefined;
  const message = cosignedMessage(text, time);
  return crypto.verify(key.publicKey, message, signature.subarray(TIME_BYTES)) ? { key, time } : undefined;
}

function cosignedMessage(text: string, time: bigint): Uint8Array {
  return utf8(`cosignature/v1\ntime ${String(time)}\n${text}`);
}
