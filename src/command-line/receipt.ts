/** `concejo receipt FILE --leaf-hash HASH`: verifies a receipt that somebody kept, without the city. */
import { readLeafHash } from '../../projections/audit/kept-receipts.js';
import { toBase64url } from '../../projections/bytes.js';
import { parsePolicy, type Policy } from '../../projections/ledger/policy.js';
import { judgeReceipt, type ReceiptVerdict } from '../../projections/ledger/receipt-verdict.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { readInput } from './input.js';
import { CommandFailed, print, type OutputOptions } from './output.js';

export interface ReceiptOptions extends OutputOptions {
  leafHash: string;
  policy?: string;
}

const LOG_KEY =
  'No key of your policy signed its head as it stands: if the policy is the right one, keep both and complain.';

export function receipt(file: string, options: ReceiptOptions): void {
  const leafHash = readLeafHash(options.leafHash);
  if (leafHash === undefined) {
    throw new CommandFailed(
      'leaf-hash-malformed',
      `${options.leafHash} is not a leaf hash: 43 letters, digits, - and _, as the answer to a write calls it.`,
    );
  }
  const bytes = readInput(file);
  const policy = options.policy === undefined ? undefined : trusted(options.policy);
  const made = judgeReceipt(nodeCrypto, bytes, { leafHash, policy });
  print({ ...made, leafHash: toBase64url(leafHash) }, linesOf(made), options);
  if (made.verdict !== 'PASS') process.exitCode = 1;
}

/** What to do, where the code does not say it to whoever kept the file. */
const WRONG: Readonly<Record<string, string>> = {
  'proof-malformed':
    'This file is no receipt at all, or not whole: save it again from the page /receipts/LEAFHASH of the site.',
  'inclusion-wrong': 'This file is no receipt of that leaf hash: look whether both are of the same act.',
  'origin-unknown': 'It is of a log that your policy does not name: use the policy of the site that gave it.',
  'log-signature-wrong': LOG_KEY,
  'log-signature-missing': LOG_KEY,
  'quorum-missing': 'Too few of the witnesses of your policy cosigned its head: get it again later.',
};
const WRONG_ELSE = 'This receipt does not hold. If the site gave it to you as it is, keep it and complain.';

function linesOf(made: ReceiptVerdict): string[] {
  if (made.verdict === 'FAIL') return [`FAIL: ${made.code}. ${WRONG[made.code] ?? WRONG_ELSE}`];
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
