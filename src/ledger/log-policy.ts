/** The policy of the log itself: whom it asks to cosign its heads, and how many of them must before a head is shown. */
import { readFile } from 'node:fs/promises';
import type { Crypto } from '../../projections/crypto.js';
import { meetsQuorum, parsePolicy, type Policy } from '../../projections/ledger/policy.js';
import { writeVerifierKey, type VerifierKey } from '../../projections/ledger/verifier-key.js';

/** The policy cannot be used; the message says what to do. */
export class LogPolicyUnusable extends Error {
  constructor(
    readonly code: 'log-policy-unusable' | 'log-policy-of-another-log',
    reason: string,
  ) {
    super(`The policy of the log (CONCEJO_LOG_POLICY) ${reason}`);
    this.name = 'LogPolicyUnusable';
  }
}

/** Reads a file of C2SP tlog-policy. @throws LogPolicyUnusable */
export async function readLogPolicy(crypto: Pick<Crypto, 'sha256' | 'isKey'>, path: string): Promise<Policy> {
  const bytes = await readFile(path).catch(() => {
    throw new LogPolicyUnusable('log-policy-unusable', `cannot be read from ${path}: bring the file back.`);
  });
  const policy = parsePolicy(crypto, bytes);
  if ('refused' in policy) {
    throw new LogPolicyUnusable(
      'log-policy-unusable',
      `is wrong in line ${policy.line} of ${path}: ${policy.refused}. See https://c2sp.org/tlog-policy`,
    );
  }
  const wrong = policy.witnesses.find(({ url }) => url !== undefined && !isAddress(url));
  if (wrong !== undefined) {
    throw new LogPolicyUnusable(
      'log-policy-unusable',
      `has no usable address of the witness ${wrong.name}: it must begin with https:// or http://.`,
    );
  }
  const askable = policy.witnesses.filter(({ url }) => url !== undefined).map(({ name }) => name);
  if (!meetsQuorum(policy, new Set(askable))) {
    throw new LogPolicyUnusable(
      'log-policy-unusable',
      'can only be met with witnesses of which it has no address: write that behind their keys.',
    );
  }
  return policy;
}

/** A log whose own policy does not name it would show nothing that anybody accepts. @throws LogPolicyUnusable */
export function assertOfLog({ logs }: Policy, keys: readonly VerifierKey[]): void {
  const named = logs.map(({ key }) => writeVerifierKey(key));
  const own = keys.map(writeVerifierKey);
  if (own.some((key) => named.includes(key))) return;
  throw new LogPolicyUnusable(
    'log-policy-of-another-log',
    `does not name this log. Add this line and start again: log ${own.at(-1) ?? ''}`,
  );
}

function isAddress(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}
