/** `concejo receipt FILE --leaf-hash HASH`: verifies a receipt that somebody kept, without the city. */
import { readLeafHash } from '../../projections/audit/kept-receipts.js';
import { toBase64url } from '../../projections/bytes.js';
import { parsePolicy, type Policy } from '../../projections/ledger/policy.js';
import { parseProof, verifyProof } from '../../projections/ledger/proof.js';
import { verifyInclusion } from '../../projections/ledger/tree.js';
import { readCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { readInput } from './input.js';
import { CommandFailed, print, type OutputOptions } from './output.js';

export interface ReceiptOptions extends OutputOptions {
  leafHash: string;
  policy?: string;
}

/** The same words as the audit has: whether it holds, and whether everything could be looked at. */
type Verdict =
  | { verdict: 'PASS'; origin: string; index: string; size: string; root: string; cosignedBy: string[] }
  | {
      verdict: 'NOT-CHECKED';
      code: 'policy-not-given';
      origin: string;
      index: string;
      size: string;
      root: string;
    }
  | { verdict: 'FAIL'; code: string };

export function receipt(file: string, options: ReceiptOptions): void {
  const leafHash = readLeafHash(options.leafHash);
  if (leafHash === undefined) {
    throw new CommandFailed(
      'leaf-hash-malformed',
      `${options.leafHash} is not a leaf hash: 43 letters, digits, - and _, as the answer to a write calls it.`,
    );
  }
  const bytes = readInput(file);
  const { policy } = options;
  const made = policy === undefined ? unsigned(bytes, leafHash) : signed(bytes, leafHash, trusted(policy));
  print({ ...made, leafHash: toBase64url(leafHash) }, linesOf(made), options);
  if (made.verdict !== 'PASS') process.exitCode = 1;
}

function signed(bytes: Uint8Array, leafHash: Uint8Array, policy: Policy): Verdict {
  const shown = verifyProof(nodeCrypto, { leafHash }, bytes, policy);
  if (typeof shown === 'string') return { verdict: 'FAIL', code: shown };
  const { index, checkpoint, cosignedBy } = shown;
  return {
    verdict: 'PASS',
    ...factsOf(index, checkpoint),
    cosignedBy: cosignedBy.map(({ witness }) => witness),
  };
}

/** Whom to believe was not said: then the way from the leaf to the root is all that can be looked at. */
function unsigned(bytes: Uint8Array, hash: Uint8Array): Verdict {
  const proof = parseProof(bytes);
  if (typeof proof === 'string') return { verdict: 'FAIL', code: proof };
  const checkpoint = readCheckpoint(proof.checkpoint);
  if (typeof checkpoint === 'string') return { verdict: 'FAIL', code: checkpoint };
  const { index, hashes } = proof;
  if (index >= checkpoint.size) return { verdict: 'FAIL', code: 'index-outside-tree' };
  if (!verifyInclusion(nodeCrypto, { index, hash }, checkpoint, hashes))
    return { verdict: 'FAIL', code: 'inclusion-wrong' };
  return { verdict: 'NOT-CHECKED', code: 'policy-not-given', ...factsOf(index, checkpoint) };
}

function factsOf(index: bigint, { origin, size, root }: { origin: string; size: bigint; root: Uint8Array }) {
  return { origin, index: String(index), size: String(size), root: toBase64url(root) };
}

function linesOf(made: Verdict): string[] {
  if (made.verdict === 'FAIL') return [`FAIL: ${made.code}. This file is no receipt of that leaf hash.`];
  const { origin, index, size, root } = made;
  const place = `It is entry ${index} (from 0) of the ${size} of ${origin} under the root ${root}.`;
  if (made.verdict === 'NOT-CHECKED') {
    return [
      place,
      'NOT-CHECKED: policy-not-given. Whether the log signed this head nobody looked at: name its keys with --policy FILE.',
    ];
  }
  const { cosignedBy } = made;
  const witnesses = cosignedBy.length === 0 ? 'no witness' : `the witnesses ${cosignedBy.join(', ')}`;
  return [place, `PASS: the log signed this head, cosigned by ${witnesses}, as the policy asks.`];
}

function trusted(file: string): Policy {
  const policy = parsePolicy(nodeCrypto, readInput(file));
  if ('refused' in policy)
    throw new CommandFailed(
      policy.refused,
      `${file} is no policy that can be used: ${policy.refused} in line ${policy.line}.`,
    );
  return policy;
}
