/**
 * Rules that say which ballots are annulled: pure predicates over what the log shows of every ballot before it is opened,
 * so that nobody can annul by what was voted, and everybody recomputes the set.
 */
import { bytesOf, compareBytes, toBase64url } from './bytes.js';
import type { Crypto } from './crypto.js';
import type { DataOf } from './events/catalogue.js';
import { merkleRoot, taggedHash } from './hash.js';

export type AnnulmentRule = DataOf<'BallotsAnnulled'>['rule'];
export type AnnulmentScope = DataOf<'BallotsAnnulled'>['scope'];

export interface CastMetadata {
  id: string;
  v: string;
  /** Full hour. */
  at: string;
  position: number;
}

/**
 * The ids that a rule annuls among the ballots before `through`, in byte order.
 *
 * `positions`: cast at log positions `first` to `last`, both included. `hours`: cast in an hour from `from` on and before
 * `until`. `more-than`: every ballot of a voter who cast more than so many. `single`: one ballot, under a claim's number.
 * With scope `voter`, every ballot of each voter concerned.
 */
export function annulledBallots(
  rule: AnnulmentRule,
  scope: AnnulmentScope,
  through: number,
  cast: Iterable<CastMetadata>,
): string[] {
  const before = [...cast].filter((ballot) => ballot.position < through);
  const perVoter = new Map<string, number>();
  for (const { v } of before) perVoter.set(v, (perVoter.get(v) ?? 0) + 1);
  const matching = before.filter((ballot) => matches(rule, ballot, perVoter.get(ballot.v) ?? 0));
  const voters = new Set(matching.map((ballot) => ballot.v));
  const annulled = scope === 'voter' ? before.filter((ballot) => voters.has(ballot.v)) : matching;
  return annulled.map((ballot) => ballot.id).sort((a, b) => compareBytes(bytesOf(a), bytesOf(b)));
}

function matches(rule: AnnulmentRule, ballot: CastMetadata, ballotsOfVoter: number): boolean {
  switch (rule.name) {
    case 'positions':
      return rule.first <= ballot.position && ballot.position <= rule.last;
    case 'hours':
      return rule.from <= ballot.at && ballot.at < rule.until;
    case 'more-than':
      return ballotsOfVoter > rule.ballots;
    case 'single':
      return ballot.id === rule.ballot;
  }
}

/** Merkle root over `HT("ballot", id)` in byte order, base64url: what the two persons approve. */
export function annulledRoot(crypto: Pick<Crypto, 'sha256'>, ids: readonly string[]): string {
  return toBase64url(
    merkleRoot(
      crypto,
      ids.map((id) => taggedHash(crypto, 'ballot', bytesOf(id))),
    ),
  );
}
