/** Counts a `.pb` file as it is, without any server: `concejo tally`. Pure. */
import { groupBallots, type BallotGroup } from '../../projections/tally/ballots.js';
import type { Outcome, Reason, Tie } from '../../projections/tally/outcome.js';
import type { Ruleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';
import { TooHard } from '../../projections/tally/too-hard.js';
import { type CountingOptions, FileNotCounted, readCountedFile } from './counted-file.js';
import { rulesetOf, type FileProject } from './election-file.js';
import { amountText } from './numbers.js';
import type { Problem } from './pabulib.js';

export interface FileTally {
  outcome: Outcome;
  ruleset: Ruleset;
  /** What the file itself declares; absent where it tells its rule only in words. */
  ownRuleset?: Ruleset;
  budget: bigint;
  /** The ballots that were counted, equal ones together. */
  ballots: readonly BallotGroup[];
  projects: readonly FileProject[];
  currency: string;
  params: Readonly<Record<string, unknown>>;
  /** Warnings, ballots that the ruleset leaves out, and with `lenient` the rows that were. */
  problems: readonly Problem[];
}

/**
 * Counts a file under its own rule, or under what `rulesetBytes` (JSON) adds to it: fields of a ruleset, and `repeats` and
 * `limits`, which say whether ballots that name a project twice or are outside the limits count (as they do by default).
 * @throws FileNotCounted
 */
export function tallyFile(bytes: Uint8Array, options: CountingOptions = {}): FileTally {
  const { file, election, ruleset, problems } = readCountedFile(bytes, options);
  const { projects, budget, currency } = election;
  const ballots = groupBallots(election.ballots);
  let outcome;
  try {
    outcome = tally(ruleset, projects, ballots, budget);
  } catch (error) {
    if (error instanceof TooHard) throw new FileNotCounted(error.code, problems);
    throw error;
  }
  if ('undecided' in outcome) {
    throw new FileNotCounted(outcome.undecided, problems, outcome.projects.join(', '));
  }
  const { v: _v, rule: _rule, ties: _ties, ...params } = ruleset;
  const own = rulesetOf(file, election);
  const ownRuleset = 'rejected' in own ? undefined : own;
  return {
    outcome,
    ruleset,
    ...(ownRuleset && { ownRuleset }),
    budget,
    ballots,
    projects,
    currency,
    params,
    problems,
  };
}

/** The one object that `concejo tally --json` prints; amounts are numbers in the file's own currency. */
export function tallyJson({ outcome, params }: FileTally) {
  // Funded, but not wholly out of the budget.
  const partly = outcome.projects.flatMap(({ id, funded, reason }) =>
    funded && 'missing' in reason
      ? [{ id, reason: reason.code, missing: Number(amountText(reason.missing)) }]
      : [],
  );
  return {
    rule: outcome.rule,
    params,
    budget: Number(amountText(outcome.budget)),
    selected: outcome.funded,
    cost: Number(amountText(outcome.cost)),
    ...(outcome.reserve !== undefined && { reserve: Number(amountText(outcome.reserve)) }),
    ...(partly.length > 0 && { partly }),
    ballots: Number(outcome.ballots),
    rejected: outcome.projects
      .filter(({ funded }) => !funded)
      .map(({ id, reason }) => ({ id, reason: reason.code })),
    ties: outcome.ties.map(({ perCost, ...tie }) => ({
      ...tie,
      score: Number(isMoney(tie) ? amountText(tie.score) : tie.score),
      ...(perCost !== undefined && { perCost: Number(amountText(perCost)) }),
    })),
  };
}

/** A table for people: every project in the order of counting, with its reason. */
export function tallyText({ outcome, projects, currency }: FileTally): string {
  const names = new Map(projects.map(({ id, name }) => [id, name]));
  const rows = outcome.projects.map(({ id, score, cost, funded, rank, reason }) =>
    [
      String(rank).padStart(4),
      funded ? 'funded ' : 'no     ',
      id.padEnd(14),
      String(score).padStart(8),
      amountText(cost).padStart(14),
      ` ${reasonText(reason)}`.padEnd(44),
      (names.get(id) ?? '').slice(0, 60),
    ].join(' '),
  );
  const unit = currency === 'XXX' ? '' : ` ${currency}`;
  return [
    `Rule ${outcome.rule}, ${outcome.ballots} ballots, budget ${amountText(outcome.budget)}${unit}`,
    '',
    'rank result  project           score           cost  reason',
    ...rows,
    '',
    `${outcome.funded.length} of ${outcome.projects.length} projects funded for ${amountText(outcome.cost)}${unit}; ` +
      `${amountText(outcome.budget - outcome.cost)}${unit} remain.`,
    ...(outcome.reserve === undefined
      ? []
      : [`Reserve money pays ${amountText(outcome.reserve)}${unit} beside that.`]),
    ...outcome.ties
      .filter((tie) => tie.matters)
      .map(({ projects: tied, decidedBy, score: at, of, perCost }) => {
        const score = isMoney({ of })
          ? `${amountText(at)}${unit} each`
          : of === 'payers'
            ? `${at} payers`
            : at;
        const per = perCost === undefined ? '' : ` per ${amountText(perCost)}${unit}`;
        return `Tie at ${score}${per} between ${tied.join(', ')}, decided by ${decidedBy.join(', ')}.`;
      }),
  ].join('\n');
}

/** Whether the score of a tie is an amount. */
function isMoney({ of }: { of?: Tie['of'] }): boolean {
  return of === 'paid' || of === 'earned';
}

function reasonText(reason: Reason): string {
  switch (reason.code) {
    case 'funded':
      return `fits in ${amountText(reason.remaining)}`;
    case 'funded-with-reserve':
      return `gets ${amountText(reason.remaining)}; the reserve pays ${amountText(reason.missing)}`;
    case 'funded-from-reserve':
      return reason.remaining === 0n
        ? `the reserve pays ${amountText(reason.missing)}`
        : `gets ${amountText(reason.remaining)}; the reserve pays ${amountText(reason.missing)}`;
    case 'part-funded':
      return `gets only ${amountText(reason.remaining)}; ${amountText(reason.missing)} missing`;
    case 'withdrawn':
      return 'withdrawn';
    case 'below-threshold':
      return `${reason.missing} below the threshold of ${reason.needed} (${reason.of})`;
    case 'conflict':
      return `conflicts with ${reason.with}, which is funded`;
    case 'does-not-fit':
      return `${amountText(reason.missing)} more than remains`;
    case 'after-stop':
      return `the count stopped at ${reason.stoppedBy}`;
    case 'bought':
      return `bought in round ${reason.round}, at most ${amountText(reason.paid)} each`;
    case 'completed':
      return `fits in ${amountText(reason.remaining)} that were left`;
    case 'supporters-short':
      return `supporters have ${amountText(reason.money)}, ${amountText(reason.missing)} missing`;
    case 'no-support':
      return 'nobody supports it';
    case 'below-cost-support':
      return `${reason.missing} votes below the ${reason.needed} that its cost needs`;
    case 'supporters-cannot-pay':
      return `its supporters lack ${amountText(reason.missing)}`;
    case 'not-in-optimum':
      return 'not in the best set';
    case 'allocated':
      return `gets ${amountText(reason.money)}, ${amountText(reason.missing)} below its cost`;
    case 'not-whole':
      return `would get ${amountText(reason.money)}, ${amountText(reason.missing)} below its cost`;
  }
}
