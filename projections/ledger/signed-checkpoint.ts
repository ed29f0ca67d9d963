/** A checkpoint as it is served and kept: a note under which a log and its witnesses have signed, held against a policy. */
import { equalBytes } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { parseCheckpoint, type Checkpoint, type CheckpointFault } from './checkpoint.js';
import { parseNote, verifyNote, type Note, type NoteFault } from './note.js';
import { meetsQuorum, type Policy } from './policy.js';
import { emptyRoot } from './tree.js';
import type { VerifierKey } from './verifier-key.js';

type Verifies = Pick<Crypto, 'sha256' | 'verify'>;

export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: Note;
  /** The keys of the log that signed, one or more. */
  readonly signedBy: readonly VerifierKey[];
}

/** That a witness of the policy cosigned. */
export interface Cosignature {
  /** Its name in the policy. */
  readonly witness: string;
  /** Seconds of Unix time; the latest where it cosigned several times. */
  readonly time: bigint;
}

export type LogSignatureFault =
  NoteFault | CheckpointFault | 'origin-unknown' | 'log-signature-missing' | 'log-signature-wrong';

export type QuorumFault = 'cosignature-wrong' | 'quorum-missing';

/** What a note says of a log, whoever signed it: nothing of it is to be believed yet. */
export function readCheckpoint(bytes: Uint8Array): Checkpoint | NoteFault | CheckpointFault {
  const note = parseNote(bytes);
  return typeof note === 'string' ? note : parseCheckpoint(note.text);
}

/**
 * Reads a checkpoint that a log of the policy signed under its own name. Cosignatures are another question. A size of 0 has
 * the root of nothing.
 */
export function openCheckpoint(
  crypto: Verifies,
  bytes: Uint8Array,
  { logs }: Pick<Policy, 'logs'>,
): SignedCheckpoint | LogSignatureFault {
  const note = parseNote(bytes);
  if (typeof note === 'string') return note;
  const checkpoint = parseCheckpoint(note.text);
  if (typeof checkpoint === 'string') return checkpoint;
  const keys = logs.map(({ key }) => key).filter(({ name }) => name === checkpoint.origin);
  if (keys.length === 0) return 'origin-unknown';
  const signed = verifyNote(crypto, note, keys);
  if (typeof signed === 'string') return 'log-signature-wrong';
  if (signed.length === 0) return 'log-signature-missing';
  if (checkpoint.size === 0n && !equalBytes(checkpoint.root, emptyRoot(crypto))) {
    return 'checkpoint-root-malformed';
  }
  return { checkpoint, note, signedBy: signed.map(({ key }) => key) };
}

/** Which witnesses of the policy cosigned; lines of others are passed over, a wrong one of theirs is a fault. */
export function cosignaturesOn(
  crypto: Verifies,
  note: Note,
  { witnesses }: Pick<Policy, 'witnesses'>,
): Cosignature[] | 'cosignature-wrong' {
  const keys = witnesses.map(({ key }) => key);
  const signed = verifyNote(crypto, note, keys);
  if (typeof signed === 'string') return 'cosignature-wrong';
  return witnesses.flatMap(({ name, key }) => {
    const time = signed.find((signature) => signature.key === key)?.time;
    return time === undefined ? [] : [{ witness: name, time }];
  });
}

/** A checkpoint that meets the whole policy: its log's signature and its quorum of witnesses. */
export function checkCheckpoint(
  crypto: Verifies,
  bytes: Uint8Array,
  policy: Policy,
): (SignedCheckpoint & { readonly cosignedBy: readonly Cosignature[] }) | LogSignatureFault | QuorumFault {
  const opened = openCheckpoint(crypto, bytes, policy);
  if (typeof opened === 'string') return opened;
  const cosignedBy = cosignaturesOn(crypto, opened.note, policy);
  if (typeof cosignedBy === 'string') return cosignedBy;
  if (!meetsQuorum(policy, new Set(cosignedBy.map(({ witness }) => witness)))) return 'quorum-missing';
  return { ...opened, cosignedBy };
}
