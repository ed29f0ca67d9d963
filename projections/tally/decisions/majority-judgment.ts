/**
 * Majority judgment (M. Balinski and R. Laraki, A theory of measuring, electing, and ranking, PNAS 104 (2007)): the option
 * with the highest median grade is first; of an even number of grades the lower of the two in the middle is taken. Of equal
 * ones a median grade is taken away from each until their medians differ. An option that a ballot does not grade gets the
 * worst grade from it; ballots that grade nothing are not counted.
 */
import type { Profile } from './profile.js';
import { rational } from '../rational.js';
import type { MajorityJudgmentRuleset } from './ruleset.js';
import type { Scored } from './scored.js';

export interface Graded extends Scored {
  /** How many ballots gave each grade, from the worst. */
  grades: bigint[];
}

/** @throws RangeError for a grade that the ruleset does not have */
export function gradeOptions({ grades }: MajorityJudgmentRuleset, profile: Profile): Graded[] {
  const counts = profile.options.map(() => Array.from({ length: grades }, () => 0n));
  for (const { ranking, points, weight } of profile.votes) {
    for (const [place, option] of ranking.entries()) {
      const grade = Number(points[place] ?? 0n);
      const own = counts[option];
      const before = own?.[grade];
      if (own === undefined || before === undefined)
        throw new RangeError(`There is no grade ${String(grade)}`);
      own[grade] = before + weight;
    }
  }
  return profile.options.map((id, option) => {
    const own = counts[option] ?? [];
    own[0] = (own[0] ?? 0n) + profile.named - (profile.naming[option] ?? 0n);
    const votes = profile.named - own[0];
    return { id, votes, score: rational(BigInt(gradeAt(own, middle(profile.named)))), grades: own };
  });
}

/**
 * Below 0 when `a` is judged better; both have as many grades. Taking a median grade away again and again visits the sorted
 * grades from the middle outwards, in turn below and above it. So the first visited position at which the two differ decides;
 * going up or down, it is the first one or one where a grade of either begins. That is as quick for any number of voters.
 */
export function compareGrades(a: readonly bigint[], b: readonly bigint[]): number {
  const total = sum(a);
  const start = middle(total);
  let first: { visit: bigint; difference: number } | undefined;
  for (const position of [start, start + 1n, ...borders(a), ...borders(b)]) {
    if (position < 1n || position > total) continue;
    const difference = gradeAt(b, position) - gradeAt(a, position);
    const visit = visitOf(position, total);
    if (difference !== 0 && (first === undefined || visit < first.visit)) first = { visit, difference };
  }
  return first?.difference ?? 0;
}

/** When a position is visited, from 0. */
function visitOf(position: bigint, total: bigint): bigint {
  const start = middle(total);
  const [below, above] = [start - position, position - start];
  if (below === 0n) return 0n;
  // Of an even number the lower of the middle two is taken first and the upper one next; of an odd number the lower one.
  const aboveFirst = total % 2n === 0n;
  if (above > 0n) return aboveFirst ? 2n * above - 1n : 2n * above;
  return aboveFirst ? 2n * below : 2n * below - 1n;
}

/** The position of the median among the sorted grades, from 1; the lower of two. */
function middle(total: bigint): bigint {
  return (total + 1n) / 2n;
}

/** The last position of each grade and the one after it. */
function borders(grades: readonly bigint[]): bigint[] {
  let end = 0n;
  return grades.flatMap((count) => {
    end += count;
    return [end, end + 1n];
  });
}

/** The grade at a position of the sorted grades, from 1. */
function gradeAt(grades: readonly bigint[], position: bigint): number {
  let end = 0n;
  for (const [grade, count] of grades.entries()) {
    end += count;
    if (position <= end) return grade;
  }
  return 0;
}

function sum(grades: readonly bigint[]): bigint {
  return grades.reduce((total, count) => total + count, 0n);
}
