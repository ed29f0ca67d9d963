/**
 * Copeland's rule: an option gets a point for every other that it beats, one against one (A. H. Copeland, A reasonable social
 * welfare function, 1951). What a draw gives is declared. An option that beats all others, a Condorcet winner, always wins.
 * A ballot prefers what it ranks to what it leaves out, and says nothing between two options that it leaves out.
 */
import type { Pair } from './outcome.js';
import type { Profile } from './profile.js';
import { add, rational, type Rational } from '../rational.js';
import type { CopelandRuleset } from './ruleset.js';
import type { Scored } from './scored.js';

const DRAW: Readonly<Record<CopelandRuleset['pairTie'], Rational>> = {
  zero: rational(0n),
  half: rational(1n, 2n),
  one: rational(1n),
};

export function countCopeland(
  { pairTie }: CopelandRuleset,
  profile: Profile,
): { scored: Scored[]; pairs: Pair[] } {
  const preferred = preferences(profile);
  const scored = profile.options.map((id, option): Scored => ({
    id,
    votes: profile.naming[option] ?? 0n,
    score: rational(0n),
  }));
  const pairs: Pair[] = [];
  for (const [first, one] of scored.entries()) {
    for (const [second, other] of scored.entries()) {
      if (second <= first) continue;
      const [ahead, behind] = [preferred[first]?.[second] ?? 0n, preferred[second]?.[first] ?? 0n];
      pairs.push({ options: [one.id, other.id], votes: [ahead, behind] });
      if (ahead === behind) {
        one.score = add(one.score, DRAW[pairTie]);
        other.score = add(other.score, DRAW[pairTie]);
      } else {
        const winner = ahead > behind ? one : other;
        winner.score = add(winner.score, rational(1n));
      }
    }
  }
  return { scored, pairs };
}

/** `[a][b]`: the weight of the ballots that prefer a to b. */
function preferences({ options, votes }: Profile): bigint[][] {
  const preferred = options.map(() => options.map(() => 0n));
  for (const { ranking, weight } of votes) {
    const worse = new Set(options.keys());
    for (const option of ranking) {
      worse.delete(option);
      const row = preferred[option];
      if (row !== undefined) for (const other of worse) row[other] = (row[other] ?? 0n) + weight;
    }
  }
  return preferred;
}
