/** The keys of a log in their public form, as events and the row of the shown head tell them to every process. */
import type { Crypto } from '../../projections/crypto.js';
import { keysInUse, type KeyRegister } from '../../projections/ledger/key-register.js';
import {
  parseVerifierKey,
  writeVerifierKey,
  type VerifierKey,
} from '../../projections/ledger/verifier-key.js';

export interface KnownKeys {
  /** Those that sign now. */
  readonly inUse: readonly VerifierKey[];
  /** These and those that have signed before. */
  readonly ever: readonly VerifierKey[];
}

/** @param firstKey the one that signs a log which has announced none; `undefined` before it has signed */
export function knownKeys(
  crypto: Pick<Crypto, 'sha256' | 'isKey'>,
  register: KeyRegister,
  firstKey: string | undefined,
): KnownKeys {
  const parse = (vkeys: readonly string[]) =>
    vkeys.flatMap((vkey) => {
      const key = parseVerifierKey(crypto, vkey);
      return typeof key === 'string' ? [] : [key];
    });
  if (register.length > 0) {
    return { inUse: parse(keysInUse(register)), ever: parse(register.map(({ vkey }) => vkey)) };
  }
  const first = parse(firstKey === undefined ? [] : [firstKey]);
  return { inUse: first, ever: first };
}

/** Each key once. */
export function distinct(keys: readonly VerifierKey[]): VerifierKey[] {
  return [...new Map(keys.map((key) => [writeVerifierKey(key), key])).values()];
}
