/** Checks 4 and 5, and the signatures behind 6 and 30: which heads of the log its keys and its witnesses vouch for. */
import { toBase64url } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import type { Checkpoint } from '../ledger/checkpoint.js';
import { parsePolicy, type Policy } from '../ledger/policy.js';
import { verifyProof } from '../ledger/proof.js';
import { checkCheckpoint, openCheckpoint, readCheckpoint } from '../ledger/signed-checkpoint.js';
import { writeVerifierKey } from '../ledger/verifier-key.js';
import type { SignedBy } from './log-key-checks.js';
import type { Findings } from './report.js';
import type { KeptReceipt, TreeExpectations, TreeHead } from './tree-checks.js';

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

/** Verifies what is signed, and says what the tree must be, and which keys the log must have named. */
export function readHeads(
  crypto: Verifies,
  findings: Findings,
  given: SignedHeads,
): TreeExpectations & { signedBy?: SignedBy } {
  findings.begin(4, 5);
  const policy = readPolicy(crypto, findings, given);
  const { checkpoint } = given;
  if (checkpoint === undefined) {
    for (const check of [4, 5]) findings.skip(check, { code: 'checkpoint-not-given' });
    return readKept(crypto, findings, given, policy);
  }
  const signedBy = policy && checkSignatures(crypto, findings, checkpoint, policy);
  const head = headIn(checkpoint);
  return {
    ...readKept(crypto, findings, given, policy),
    ...(head && { head }),
    ...(signedBy && { signedBy }),
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

function checkSignatures(
  crypto: Verifies,
  findings: Findings,
  bytes: Uint8Array,
  policy: Policy,
): SignedBy | undefined {
  for (const check of [4, 5]) findings.examine(check);
  const opened = openCheckpoint(crypto, bytes, policy);
  if (typeof opened === 'string') {
    findings.fail(4, { code: opened });
    findings.skip(5, { code: 'checkpoint-not-signed' });
    return undefined;
  }
  const cosigned = checkCheckpoint(crypto, bytes, policy);
  if (typeof cosigned === 'string') findings.fail(5, { code: cosigned });
  else if (policy.quorum === 'none') findings.warn(5, { code: 'no-witnesses' });
  return { size: opened.checkpoint.size, vkeys: opened.signedBy.map(writeVerifierKey) };
}

/** What a checkpoint says, whoever signed it: check 4 says whether it is to be believed. */
function headIn(bytes: Uint8Array): TreeHead | undefined {
  const checkpoint = readCheckpoint(bytes);
  return typeof checkpoint === 'string' ? undefined : headOf(checkpoint);
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
  const kept: KeptReceipt[] = [];
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
