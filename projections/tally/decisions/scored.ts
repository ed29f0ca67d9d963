/** Rules that give every option a sum: plurality, approval, points and Borda. */
import type { Profile, Vote } from './profile.js';
import { add, multiply, rational, type Rational } from '../rational.js';
import type { BordaRuleset, ChoiceRuleset } from './ruleset.js';

export interface Scored {
  id: string;
  votes: bigint;
  score: Rational;
}

/**
 * Plurality gives a vote to the option that stands first on a ballot, approval to each that it names, points what the ballot
 * says, and Borda points by place (J.-C. de Borda, Mémoire sur les élections au scrutin, 1784).
 * @throws RangeError for negative points
 */
export function scoreOptions(ruleset: ChoiceRuleset | BordaRuleset, profile: Profile): Scored[] {
  const scored = profile.options.map((id): Scored => ({ id, votes: 0n, score: rational(0n) }));
  for (const vote of profile.votes) {
    const given = givenBy(ruleset, vote, scored.length);
    for (const [option, own] of scored.entries()) {
      own.score = add(own.score, multiply(given.score(option), rational(vote.weight)));
      if (given.support(option)) own.votes += vote.weight;
    }
  }
  return scored;
}

/** What one ballot gives to each option, and whether that is support. */
function givenBy(
  ruleset: ChoiceRuleset | BordaRuleset,
  { ranking, points }: Vote,
  options: number,
): { score(option: number): Rational; support(option: number): boolean } {
  const place = new Map(ranking.map((option, index) => [option, index]));
  switch (ruleset.rule) {
    case 'plurality': {
      const support = (option: number) => option === ranking[0];
      return { score: (option) => rational(support(option) ? 1n : 0n), support };
    }
    case 'approval':
      return {
        score: (option) => rational(place.has(option) ? 1n : 0n),
        support: (option) => place.has(option),
      };
    case 'points': {
      if (points.some((given) => given < 0n)) throw new RangeError('A ballot gives negative points');
      const of = (option: number) => points[place.get(option) ?? -1] ?? 0n;
      return { score: (option) => rational(of(option)), support: (option) => of(option) > 0n };
    }
    case 'borda': {
      const left =
        ruleset.unranked === 'average' ? averageLeft(ruleset, ranking.length, options) : rational(0n);
      return {
        score: (option) => {
          const index = place.get(option);
          return index === undefined ? left : rational(pointsOf(ruleset, index, options));
        },
        support: (option) => place.has(option),
      };
    }
  }
}

/** The points of a place, counted from 0. */
function pointsOf({ first }: BordaRuleset, place: number, options: number): bigint {
  return BigInt(Math.max(0, (first === 'options' ? options : first) - place));
}

/** The average points of the places that a ballot leaves free. */
function averageLeft(ruleset: BordaRuleset, ranked: number, options: number): Rational {
  if (ranked === options) return rational(0n);
  let sum = 0n;
  for (let place = ranked; place < options; place++) sum += pointsOf(ruleset, place, options);
  return rational(sum, BigInt(options - ranked));
}
