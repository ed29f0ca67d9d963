/**
 * Yes, no or abstention on each question: adopted where enough took part and yes has the share that the ruleset asks for.
 * A question without a single yes is never adopted. A ballot that leaves a question out is a ballot, but no answer to it.
 */
import type { DecidedOption, DecisionReason, QuorumResult } from './outcome.js';
import type { Profile } from './profile.js';
import { baseOf, quorumResult, reaches, type Turnout } from './quorum.js';
import { rational } from '../rational.js';
import type { YesNoRuleset } from './ruleset.js';

/** How answers stand in the points of a ballot. */
export const YES = 1;
export const NO = -1;
export const ABSTAIN = 0;

/** @throws RangeError for an answer that is none of these */
export function countYesNo(ruleset: YesNoRuleset, profile: Profile, turnout: Turnout): DecidedOption[] {
  const answers = profile.options.map(() => ({ yes: 0n, no: 0n, abstain: 0n }));
  for (const { ranking, points, weight } of profile.votes) {
    for (const [place, option] of ranking.entries()) {
      const own = answers[option];
      if (own !== undefined) own[answerOf(points[place])] += weight;
    }
  }
  return profile.options.map((id, option): DecidedOption => {
    const own = answers[option] ?? { yes: 0n, no: 0n, abstain: 0n };
    const quorum =
      ruleset.quorum && quorumResult(ruleset.quorum, turnout, { ...own, votes: own.yes + own.no });
    const reason = reasonOf(ruleset, own, quorum, turnout);
    const chosen = reason.code === 'adopted';
    return {
      id,
      chosen,
      reason,
      votes: own.yes,
      score: rational(own.yes),
      answers: own,
      ...(quorum && { quorum }),
    };
  });
}

function answerOf(points: bigint | undefined): 'yes' | 'no' | 'abstain' {
  switch (points) {
    case BigInt(YES):
      return 'yes';
    case BigInt(NO):
      return 'no';
    case BigInt(ABSTAIN):
      return 'abstain';
    default:
      throw new RangeError(`An answer is ${String(points)}: neither yes, no nor abstention`);
  }
}

function reasonOf(
  { majority }: YesNoRuleset,
  { yes, no }: { yes: bigint; no: bigint },
  quorum: QuorumResult | undefined,
  turnout: Turnout,
): DecisionReason {
  if (quorum && !quorum.reached) {
    return { code: 'quorum-not-reached', needed: quorum.needed, missing: quorum.needed - quorum.counted };
  }
  if (yes === 0n) return { code: 'no-support' };
  const base = majority.of === 'votes' ? yes + no : baseOf(majority.of, turnout);
  return reaches(yes, base, majority.share, majority.strict)
    ? { code: 'adopted' }
    : { code: 'majority-not-reached', yes, of: base };
}
