/** Checks 4 and 5, and the signatures behind 6 and 30: which heads of the log its keys and its witnesses vouch for. */
import { toBase64url } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import type { Checkpoint } from '../ledger/checkpoint.js';
import { parsePolicy, type Policy } from '../ledger/policy.js';
import { verifyProof } from '../ledger/proof.js';
import {
  checkCheckpoint,
  cosignaturesOn,
  openCheckpoint,
  readCheckpoint,
} from '../ledger/signed-checkpoint.js';
import { writeVerifierKey } from '../ledger/verifier-key.js';
import type { SignedBy } from './log-key-checks.js';
import type { AuditedLog, Findings, PolicyUsed } from './report.js';
import type { ExpectedReceipt, TreeExpectations, TreeHead } from './tree-checks.js';

/** The end of the year 9999. */
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

type Verifies = Pick<Crypto, 'sha256' | 'verify' | 'isKey'>;

/** What an auditor holds of the log beside its events; every part as bytes. */
export interface SignedHeads {
  /** `own`: the auditor's, from somewhere else than the log. A log that says itself whom to trust convinces nobody. */
  policy?: { bytes: Uint8Array; own: boolean };
  /** The signed checkpoint of exactly the events that are audited. */
  checkpoint?: Uint8Array;
  /** Checkpoints that somebody kept. */
  older?: readonly Uint8Array[];
  /** What somebody was given for what she wrote: its leaf hash and, once it was in the log, the proof. */
  receipts?: readonly { leafHash: Uint8Array; proof?: Uint8Array }[];
}

export interface ReadHeads {
  expectations: TreeExpectations;
  log: AuditedLog;
  /** The keys that signed the head: the log must have named them. */
  signedBy?: SignedBy;
}

/** Verifies what is signed, and says what the tree must be, which log it is, and which keys it must have named. */
export function readHeads(crypto: Verifies, findings: Findings, given: SignedHeads): ReadHeads {
  findings.begin(4, 5);
  const policy = readPolicy(crypto, findings, given);
  const used = policy && given.policy && policyUsed(crypto, policy, given.policy);
  const kept = readKept(crypto, findings, given, policy);
  const { checkpoint } = given;
  if (checkpoint === undefined) {
    for (const check of [4, 5]) findings.skip(check, { code: 'checkpoint-not-given' });
    return { expectations: kept, log: { ...(used && { policy: used }) } };
  }
  const { signedBy, cosigned = [] } =
    policy === undefined ? {} : checkSignatures(crypto, findings, checkpoint, policy);
  const read = readCheckpoint(checkpoint);
  const head = typeof read === 'string' ? undefined : read;
  const log = {
    ...(head && { origin: head.origin }),
    ...(cosigned.length > 0 && { cosigned }),
    ...(used && { policy: used }),
  };
  const expectations = { ...kept, ...(head && { head: headOf(head) }) };
  return { expectations, log, ...(signedBy && { signedBy }) };
}

function policyUsed(
  crypto: Verifies,
  { logs, witnesses, quorum }: Policy,
  { bytes, own }: NonNullable<SignedHeads['policy']>,
): PolicyUsed {
  return {
    from: own ? 'reader' : 'log',
    sha256: toBase64url(crypto.sha256(bytes)),
    keys: logs.map(({ key }) => writeVerifierKey(key)),
    witnesses: witnesses.map(({ name }) => name),
    quorum,
  };
}

function readPolicy(crypto: Verifies, findings: Findings, { policy }: SignedHeads): Policy | undefined {
  const read = policy === undefined ? undefined : parsePolicy(crypto, policy.bytes);
  if (read === undefined || 'refused' in read) {
    const code = read?.refused ?? 'policy-not-given';
    for (const check of [4, 5]) findings.skip(check, { code });
    return undefined;
  }
  if (policy?.own === false) findings.warn(4, { code: 'policy-of-the-log-itself' });
  return read;
}

/** @returns which keys signed, and which witnesses cosigned, and when: also where they are too few */
function checkSignatures(
  crypto: Verifies,
  findings: Findings,
  bytes: Uint8Array,
  policy: Policy,
): { signedBy?: SignedBy; cosigned?: { witness: string; at: string }[] } {
  for (const check of [4, 5]) findings.examine(check);
  const opened = openCheckpoint(crypto, bytes, policy);
  if (typeof opened === 'string') {
    findings.fail(4, { code: opened });
    findings.skip(5, { code: 'checkpoint-not-signed' });
    return {};
  }
  const cosigned = checkCheckpoint(crypto, bytes, policy);
  if (typeof cosigned === 'string') findings.fail(5, { code: cosigned });
  else if (policy.quorum === 'none') findings.warn(5, { code: 'no-witnesses' });
  const signedBy = { size: opened.checkpoint.size, vkeys: opened.signedBy.map(writeVerifierKey) };
  const cosignatures = cosignaturesOn(crypto, opened.note, policy);
  if (typeof cosignatures === 'string') return { signedBy };
  return {
    signedBy,
    cosigned: cosignatures.map(({ witness, time }) => ({ witness, at: instantOf(time) })),
  };
}

/** Of seconds of Unix time; beyond the calendar, the number. */
function instantOf(seconds: bigint): string {
  const ms = Number(seconds) * 1_000;
  return ms <= LATEST_MS ? new Date(ms).toISOString() : String(seconds);
}

function headOf({ size, root }: Checkpoint): TreeHead {
  return { size: Number(size), root };
}

/** What nobody signed says nothing about the log: it leaves check 6 open and does not fail it. */
function readKept(
  crypto: Verifies,
  findings: Findings,
  { older = [], receipts = [] }: SignedHeads,
  policy: Policy | undefined,
): TreeExpectations {
  const heads: TreeHead[] = [];
  const kept: ExpectedReceipt[] = [];
  for (const bytes of older) {
    const opened = policy === undefined ? 'policy-not-given' : openCheckpoint(crypto, bytes, policy);
    if (typeof opened === 'string') findings.skip(6, { code: opened });
    else heads.push(headOf(opened.checkpoint));
  }
  for (const { leafHash, proof } of receipts) {
    if (proof === undefined) {
      kept.push({ leafHash });
      continue;
    }
    const id = toBase64url(leafHash);
    const shown =
      policy === undefined ? 'policy-not-given' : verifyProof(crypto, { leafHash }, proof, policy);
    if (typeof shown === 'string') findings.skip(6, { code: shown, id });
    else {
      heads.push(headOf(shown.checkpoint));
      kept.push({ leafHash, index: Number(shown.index) });
    }
  }
  return { older: heads, receipts: kept };
}
