/**
 * Whom a reader trusts: the keys of logs, the witnesses, and how many of these must have cosigned. The file that the
 * specification describes, in UTF-8 (other octets are refused, also in comments).
 *
 * @see https://c2sp.org/tlog-policy
 */
import { toHex } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { decodeUtf8 } from './text.js';
import {
  COSIGNATURE,
  ED25519,
  parseVerifierKey,
  writeVerifierKey,
  type VerifierKey,
} from './verifier-key.js';

export interface Policy {
  /** Several of one name while a key is rotated; the name is the origin. */
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  /** In an order in which each is made of witnesses and of groups before it. */
  readonly groups: readonly PolicyGroup[];
  /** A witness or a group; `none` where no cosignature is needed. */
  readonly quorum: string;
}

export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url?: string;
}

export interface PolicyWitness {
  readonly name: string;
  readonly key: VerifierKey;
  readonly url?: string;
}

export interface PolicyGroup {
  readonly name: string;
  /** How many of the members are enough. */
  readonly k: number;
  readonly members: readonly string[];
}

export type PolicyFault =
  | 'policy-too-long'
  | 'policy-not-text'
  | 'policy-cut'
  | 'policy-line-unknown'
  | 'policy-key-unusable'
  | 'policy-key-type-wrong'
  | 'policy-key-repeated'
  | 'policy-name-taken'
  | 'policy-name-unknown'
  | 'policy-member-repeated'
  | 'policy-unsatisfiable'
  | 'policy-quorum-not-one';

/** A policy that is refused, and the line of its file, from 1. */
export interface PolicyRefusal {
  readonly refused: PolicyFault;
  readonly line: number;
}

/** Nobody's policy is larger. */
const MAX_POLICY_BYTES = 100_000;

/** Reads a policy file. One that no set of cosignatures could meet is refused, as is whatever is not of the format. */
export function parsePolicy(
  crypto: Pick<Crypto, 'sha256' | 'isKey'>,
  bytes: Uint8Array,
): Policy | PolicyRefusal {
  if (bytes.length > MAX_POLICY_BYTES) return { refused: 'policy-too-long', line: 0 };
  const text = decodeUtf8(bytes);
  if (text === undefined || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text))
    return { refused: 'policy-not-text', line: 0 };
  const lines = text.split('\n');
  // A cut file could name a shorter quorum.
  if (lines.pop() !== '') return { refused: 'policy-cut', line: lines.length + 1 };
  const reader = new PolicyReader(crypto);
  for (const [i, line] of lines.entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]?.startsWith('#') === true) continue;
    const refused = reader.take(words);
    if (refused !== undefined) return { refused, line: i + 1 };
  }
  const policy = reader.policy();
  return policy ?? { refused: 'policy-quorum-not-one', line: lines.length };
}

class PolicyReader {
  readonly #logs: PolicyLog[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #groups: PolicyGroup[] = [];
  /** The names of witnesses and groups, and whether they are a member of a group already. */
  readonly #names = new Map<string, { used: boolean }>();
  readonly #keys = new Set<string>();
  #quorum: string | undefined;

  constructor(private readonly crypto: Pick<Crypto, 'sha256' | 'isKey'>) {}

  take(words: readonly string[]): PolicyFault | undefined {
    const [what = '', first, second, third] = words;
    if (what === 'log' && first !== undefined && words.length <= 3) return this.#log(first, second);
    if (what === 'witness' && first !== undefined && second !== undefined && words.length <= 4)
      return this.#witness(first, second, third);
    if (what === 'group' && first !== undefined && second !== undefined)
      return this.#group(first, second, words.slice(3));
    if (what === 'quorum' && first !== undefined && words.length === 2) return this.#setQuorum(first);
    return 'policy-line-unknown';
  }

  policy(): Policy | undefined {
    if (this.#quorum === undefined) return undefined;
    return { logs: this.#logs, witnesses: this.#witnesses, groups: this.#groups, quorum: this.#quorum };
  }

  #log(vkey: string, url: string | undefined): PolicyFault | undefined {
    const key = this.#key(vkey, ED25519);
    if (typeof key === 'string') return key;
    this.#logs.push({ key, ...(url !== undefined && { url }) });
    return undefined;
  }

  #witness(name: string, vkey: string, url: string | undefined): PolicyFault | undefined {
    if (!this.#name(name)) return 'policy-name-taken';
    const key = this.#key(vkey, COSIGNATURE);
    if (typeof key === 'string') return key;
    this.#witnesses.push({ name, key, ...(url !== undefined && { url }) });
    return undefined;
  }

  #key(vkey: string, type: VerifierKey['type']): VerifierKey | PolicyFault {
    const key = parseVerifierKey(this.crypto, vkey);
    if (key === 'vkey-type-unsupported') return 'policy-key-type-wrong';
    if (typeof key === 'string') return 'policy-key-unusable';
    if (key.type !== type) return 'policy-key-type-wrong';
    // Repeated is the same key under another name as well; and two of one name and id could not be told apart.
    const marks = [`${type} ${toHex(key.publicKey)}`, `${key.name} ${key.id}`];
    if (marks.some((mark) => this.#keys.has(mark))) return 'policy-key-repeated';
    for (const mark of marks) this.#keys.add(mark);
    return key;
  }

  #group(name: string, threshold: string, members: readonly string[]): PolicyFault | undefined {
    if (!this.#name(name)) return 'policy-name-taken';
    for (const member of members) {
      const known = member === name ? undefined : this.#names.get(member);
      if (known === undefined) return 'policy-name-unknown';
      if (known.used) return 'policy-member-repeated';
      known.used = true;
    }
    if (!/^(all|any|[0-9]{1,4})$/.test(threshold)) return 'policy-line-unknown';
    const k = threshold === 'all' ? members.length : threshold === 'any' ? 1 : Number(threshold);
    if (members.length === 0 || k < 1) return 'policy-line-unknown';
    if (k > members.length) return 'policy-unsatisfiable';
    this.#groups.push({ name, k, members });
    return undefined;
  }

  #setQuorum(name: string): PolicyFault | undefined {
    if (this.#quorum !== undefined) return 'policy-quorum-not-one';
    if (name !== 'none' && !this.#names.has(name)) return 'policy-name-unknown';
    this.#quorum = name;
    return undefined;
  }

  #name(name: string): boolean {
    if (name === 'none' || this.#names.has(name)) return false;
    this.#names.set(name, { used: false });
    return true;
  }
}

/** The file of a policy, in the order in which `parsePolicy` read it. */
export function writePolicy({ logs, witnesses, groups, quorum }: Policy): string {
  const lines = [
    ...logs.map(({ key, url }) => ['log', writeVerifierKey(key), url]),
    ...witnesses.map(({ name, key, url }) => ['witness', name, writeVerifierKey(key), url]),
    ...groups.map(({ name, k, members }) => ['group', name, String(k), ...members]),
    ['quorum', quorum],
  ];
  return lines.map((words) => `${words.filter((word) => word !== undefined).join(' ')}\n`).join('');
}

/** Whether those witnesses, by their names in the policy, are enough. */
export function meetsQuorum(policy: Policy, cosigned: ReadonlySet<string>): boolean {
  if (policy.quorum === 'none') return true;
  const met = new Set(policy.witnesses.map(({ name }) => name).filter((name) => cosigned.has(name)));
  for (const { name, k, members } of policy.groups) {
    if (members.filter((member) => met.has(member)).length >= k) met.add(name);
  }
  return met.has(policy.quorum);
}
