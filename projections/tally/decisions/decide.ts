/** Deciding: from a ruleset, options and ballots to what is adopted or who is elected. Pure, exact, the same everywhere. */
import type { BallotGroup } from '../ballots.js';
import { countCopeland } from './copeland.js';
import { compareGrades, gradeOptions } from './majority-judgment.js';
import type { DecidedOption, Decision, DecisionReason, DecisionUndecided, QuorumResult } from './outcome.js';
import { elect, type Order, type Standing } from './places.js';
import { profileOf, type Profile } from './profile.js';
import { quorumResult } from './quorum.js';
import { compare, rational, type Rational } from '../rational.js';
import type { DecisionRuleset, TransferRuleset } from './ruleset.js';
import { scoreOptions } from './scored.js';
import { countTransfers } from './transfer-ties.js';
import { countYesNo } from './yes-no.js';

/** What a count cannot know from the ballots. */
export interface DecisionFacts {
  /** How many may vote, by weight: needed where a quorum or majority is of the entitled. */
  entitled?: bigint;
}

/**
 * Ballots name options in their order where that counts; `points` hold points, grades (0 is the worst) or the answers `YES`,
 * `NO` and `ABSTAIN`. A ballot of weight w is w ballots of weight 1.
 * @throws RangeError for what the caller must check before: an option that is not there or listed twice, points that the
 *   rule does not know, or a missing number of the entitled
 */
export function decide(
  ruleset: DecisionRuleset,
  options: readonly string[],
  ballots: readonly BallotGroup[],
  facts: DecisionFacts = {},
): Decision | DecisionUndecided {
  const profile = profileOf(options, ballots);
  const { named, blank } = profile;
  const turnout = { ballots: named + blank, ...facts };
  const head = { rule: ruleset.rule, ballots: named + blank, blank };
  if (ruleset.rule === 'yes-no') {
    const decided = countYesNo(ruleset, profile, turnout);
    return { ...head, chosen: chosenOf(decided), options: decided, ties: [] };
  }
  const quorum = ruleset.quorum && quorumResult(ruleset.quorum, turnout, { votes: named, yes: 0n });
  const counted = countElection(ruleset, profile, quorum);
  return 'undecided' in counted
    ? counted
    : { ...head, ...(quorum && { quorum }), chosen: chosenOf(counted.options), ...counted };
}

type Counted = Pick<Decision, 'options' | 'ties' | 'pairs' | 'quota' | 'rounds'>;
type Electing = Exclude<DecisionRuleset, { rule: 'yes-no' }>;

function countElection(
  ruleset: Electing,
  profile: Profile,
  quorum: QuorumResult | undefined,
): Counted | DecisionUndecided {
  if (ruleset.rule === 'instant-runoff' || ruleset.rule === 'stv')
    return transferred(ruleset, profile, quorum);
  const placed = <T extends Standing & { score: Rational; grades?: bigint[] }>(
    scored: readonly T[],
    better: Order<T>,
  ): Counted | DecisionUndecided => {
    // Without a quorum there are no seats to fill, and no tie matters.
    const result = elect(scored, better, quorum?.reached === false ? 0 : ruleset.seats, ruleset);
    if ('undecided' in result) return result;
    const decided = result.placed.map(({ standing, place, elected }) => ({
      id: standing.id,
      place,
      chosen: elected,
      reason: reasonOf(elected, standing.votes, quorum),
      votes: standing.votes,
      score: standing.score,
      ...(standing.grades && { grades: standing.grades }),
    }));
    return { options: decided, ties: result.ties };
  };
  const byScore = (a: { score: Rational }, b: { score: Rational }) => compare(b.score, a.score);
  switch (ruleset.rule) {
    case 'copeland': {
      const { scored, pairs } = countCopeland(ruleset, profile);
      const result = placed(scored, byScore);
      return 'undecided' in result ? result : { ...result, pairs };
    }
    case 'majority-judgment':
      return placed(gradeOptions(ruleset, profile), (a, b) => compareGrades(a.grades, b.grades));
    default:
      return placed(scoreOptions(ruleset, profile), byScore);
  }
}

function transferred(
  ruleset: TransferRuleset,
  profile: Profile,
  quorum: QuorumResult | undefined,
): Counted | DecisionUndecided {
  const seats = ruleset.rule === 'stv' ? ruleset.seats : 1;
  const filled = quorum?.reached === false ? 0 : seats;
  const count = countTransfers(profile, { quotaFor: seats, filled }, ruleset);
  if ('undecided' in count) return count;
  const took = new Set(count.finished.flatMap((group) => group.options));
  const unnamed = [...profile.options.keys()].filter((option) => !took.has(option));
  const groups =
    unnamed.length > 0 ? [...count.finished, { options: unnamed, elected: false }] : count.finished;
  const decided: DecidedOption[] = [];
  for (const { options, elected } of groups) {
    const place = decided.length + 1;
    for (const option of options) {
      const votes = profile.naming[option] ?? 0n;
      decided.push({
        id: profile.options[option] ?? '',
        place,
        chosen: elected,
        reason: reasonOf(elected, votes, quorum),
        votes,
        score: count.score[option] ?? rational(0n),
      });
    }
  }
  return { options: decided, ties: count.ties, quota: count.quota, rounds: count.rounds };
}

function reasonOf(elected: boolean, votes: bigint, quorum: QuorumResult | undefined): DecisionReason {
  if (quorum?.reached === false) {
    return { code: 'quorum-not-reached', needed: quorum.needed, missing: quorum.needed - quorum.counted };
  }
  if (elected) return { code: 'elected' };
  return { code: votes > 0n ? 'outvoted' : 'no-support' };
}

function chosenOf(options: readonly DecidedOption[]): string[] {
  return options.filter(({ chosen }) => chosen).map(({ id }) => id);
}
