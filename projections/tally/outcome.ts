/** What a count comes to, with the reason for every project. A stable, documented shape: `docs/counting/README.md`. */
import { rationalText, type Rational } from './rational.js';

/** Why a project is funded or not; numbers as they were when it was its turn. Amounts in minor units. */
export type Reason =
  | { code: 'funded'; remaining: bigint }
  /** It gets `remaining`, the required share of its cost; the reserve pays `missing`. */
  | { code: 'funded-with-reserve'; remaining: bigint; missing: bigint }
  /** It gets `remaining`, if anything; additional reserve money pays `missing`. */
  | { code: 'funded-from-reserve'; remaining: bigint; missing: bigint }
  /** It gets `remaining`; nobody pays `missing`, and the rule stops there. */
  | { code: 'part-funded'; remaining: bigint; missing: bigint }
  | { code: 'withdrawn' }
  | { code: 'below-threshold'; of: 'votes' | 'score'; needed: bigint; missing: bigint }
  | { code: 'conflict'; with: string }
  /** `remaining` includes what the reserve could still pay, where there is one. */
  | { code: 'does-not-fit'; remaining: bigint; missing: bigint }
  /** An earlier project did not fit, or only in part, and the rule stops there. */
  | { code: 'after-stop'; stoppedBy: string }
  /** Its supporters paid for it, in this round; none of them more than `paid`, rounded up. */
  | { code: 'bought'; round: bigint; paid: bigint }
  /** Funded with money that was left. */
  | { code: 'completed'; remaining: bigint }
  /** All that its supporters have left is `money`, rounded down. */
  | { code: 'supporters-short'; money: bigint; missing: bigint }
  | { code: 'no-support' }
  /** It gets `money`, a part of its cost, as voters decided coin by coin. */
  | { code: 'allocated'; money: bigint; missing: bigint }
  /** Voters decided for `money`, a part of its cost, and parts are refused. */
  | { code: 'not-whole'; money: bigint; missing: bigint }
  /** Too few votes for what it costs. */
  | { code: 'below-cost-support'; needed: bigint; missing: bigint }
  /** Its supporters had too little money left, together or each for an equal share; `missing` is rounded up. */
  | { code: 'supporters-cannot-pay'; missing: bigint }
  /** The best set of projects that can be paid is without it. */
  | { code: 'not-in-optimum' };

export interface ProjectOutcome {
  id: string;
  cost: bigint;
  votes: bigint;
  score: bigint;
  /** Place in the order of counting, from 1. */
  rank: number;
  funded: boolean;
  reason: Reason;
}

/**
 * Projects with equal scores, in the order in which they were taken, and what decided that order: empty where nothing tells
 * them apart and nothing hangs on it.
 */
export interface Tie {
  score: bigint;
  /**
   * What that is, where it is no score of ballots: what each supporter pays, or each voter has earned (minor units, rounded
   * down), how many supporters pay, or what all is worth to all voters.
   */
  of?: 'paid' | 'earned' | 'payers' | 'worth';
  /** The cost of this score in minor units, where score per cost decides: then that is equal, in lowest terms. */
  perCost?: bigint;
  projects: readonly string[];
  decidedBy: readonly string[];
  /** Whether another order could have funded other projects, or with other money. */
  matters: boolean;
}

export interface Outcome {
  rule: string;
  budget: bigint;
  /** In the order in which they were funded. */
  funded: readonly string[];
  /** What is spent of the budget. */
  cost: bigint;
  /** What reserve money pays beside it; only under a rule that has a reserve. */
  reserve?: bigint;
  ballots: bigint;
  /** What a voter held in the end for each unit of weight, in minor units; only where equal shares or exact equal shares made the outcome. */
  endowment?: Rational;
  /** Voters who prefer the one outcome or the other; only under equal shares with a comparison. */
  comparison?: { shares: bigint; greedy: bigint; indifferent: bigint };
  /** In the order of counting. */
  projects: readonly ProjectOutcome[];
  ties: readonly Tie[];
}

/** The declared order does not tell these projects apart, and what is funded hangs on it: a lot must be drawn and declared. */
export interface TieUndecided {
  undecided: 'tie-undecided';
  /** Those among whom the lot is drawn. */
  projects: readonly string[];
  score: bigint;
  /** As in `Tie`. */
  perCost?: bigint;
  /** What they compete for, in minor units. */
  remaining: bigint;
}

/** The outcome as canonical JSON: every `bigint` as a decimal string, since sums may pass 2^53. */
export type OutcomeJson = ReturnType<typeof outcomeJson>;

export function outcomeJson(outcome: Outcome) {
  return {
    rule: outcome.rule,
    budget: String(outcome.budget),
    funded: [...outcome.funded],
    cost: String(outcome.cost),
    ...(outcome.reserve !== undefined && { reserve: String(outcome.reserve) }),
    ballots: String(outcome.ballots),
    ...(outcome.endowment && { endowment: rationalText(outcome.endowment) }),
    ...(outcome.comparison && {
      comparison: {
        shares: String(outcome.comparison.shares),
        greedy: String(outcome.comparison.greedy),
        indifferent: String(outcome.comparison.indifferent),
      },
    }),
    projects: outcome.projects.map(({ id, cost, votes, score, rank, funded, reason }) => ({
      id,
      cost: String(cost),
      votes: String(votes),
      score: String(score),
      rank,
      funded,
      reason: reasonJson(reason),
    })),
    ties: outcome.ties.map(({ score, of, perCost, projects, decidedBy, matters }) => ({
      score: String(score),
      ...(of && { of }),
      ...(perCost !== undefined && { perCost: String(perCost) }),
      projects: [...projects],
      decidedBy: [...decidedBy],
      matters,
    })),
  };
}

export interface ReasonJson {
  code: Reason['code'];
  of?: string;
  remaining?: string;
  needed?: string;
  missing?: string;
  with?: string;
  stoppedBy?: string;
  round?: string;
  paid?: string;
  money?: string;
}

function reasonJson({ code, ...numbers }: Reason): ReasonJson {
  return { code, ...Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, String(value)])) };
}
