/** What every ballot binds to: the hash `e` over all that was fixed when voting opened. An extension never changes it. */
import type { Static } from 'typebox';
import { toBase64url } from './bytes.js';
import { canonicalBytes } from './canonical.js';
import type { Crypto } from './crypto.js';
import type { RollEntry as RollEntrySchema } from './events/ballots.js';
import type { Option as OptionSchema } from './events/elections.js';
import type { DataOf } from './events/catalogue.js';
import { merkleRoot, taggedHash } from './hash.js';

export type Option = Static<typeof OptionSchema>;
export type RollEntry = Static<typeof RollEntrySchema>;

type Sha256 = Pick<Crypto, 'sha256'>;

export interface OpeningFacts {
  boxKey: string;
  rollRoot: string;
  optionsRoot: string;
}

/** `e = HT("definition", JCS(definition))`, base64url. `defined` is the last definition or amendment, as it stands in the log. */
export function definitionHash(
  crypto: Sha256,
  defined: DataOf<'ElectionDefined'>,
  { boxKey, rollRoot, optionsRoot }: OpeningFacts,
): string {
  const definition = { ...defined, boxKey, rollRoot, optionsRoot };
  return toBase64url(taggedHash(crypto, 'definition', canonicalBytes(definition)));
}

/** Merkle root over `HT("option", JCS(option))` in listed order, base64url. */
export function optionsRoot(crypto: Sha256, options: readonly Option[]): string {
  return rootOver(crypto, 'option', options);
}

/** Merkle root over `HT("roll-entry", JCS(entry))` in listed order, base64url. */
export function rollRoot(crypto: Sha256, entries: Iterable<RollEntry>): string {
  return rootOver(crypto, 'roll-entry', entries);
}

/** `HT("ruleset", JCS(ruleset))`, base64url. */
export function rulesetHash(crypto: Sha256, ruleset: unknown): string {
  return toBase64url(taggedHash(crypto, 'ruleset', canonicalBytes(ruleset)));
}

function rootOver(crypto: Sha256, tag: string, items: Iterable<unknown>): string {
  function* hashes() {
    for (const item of items) yield taggedHash(crypto, tag, canonicalBytes(item));
  }
  return toBase64url(merkleRoot(crypto, hashes()));
}
