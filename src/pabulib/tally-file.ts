/** Counts a `.pb` file as it is, without any server: `concejo tally`. Pure. */
import { groupBallots } from '../../projections/tally/ballots.js';
import type { Outcome, Reason } from '../../projections/tally/outcome.js';
import { tally } from '../../projections/tally/tally.js';
import { type CountingOptions, FileNotCounted, readCountedFile } from './counted-file.js';
import type { FileProject } from './election-file.js';
import { amountText } from './numbers.js';
import type { Problem } from './pabulib.js';

export interface FileTally {
  outcome: Outcome;
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
  const { election, ruleset, problems } = readCountedFile(bytes, options);
  const outcome = tally(ruleset, election.projects, groupBallots(election.ballots), election.budget);
  if ('undecided' in outcome) {
    throw new FileNotCounted(outcome.undecided, problems, outcome.projects.join(', '));
  }
  const { v: _v, rule: _rule, ties: _ties, ...params } = ruleset;
  return { outcome, projects: election.projects, currency: election.currency, params, problems };
}

/** The one object that `concejo tally --json` prints; amounts are numbers in the file's own currency. */
export function tallyJson({ outcome, params }: FileTally) {
  return {
    rule: outcome.rule,
    params,
    budget: Number(amountText(outcome.budget)),
    selected: outcome.funded,
    cost: Number(amountText(outcome.cost)),
    ballots: Number(outcome.ballots),
    rejected: outcome.projects
      .filter(({ funded }) => !funded)
      .map(({ id, reason }) => ({ id, reason: reason.code })),
    ties: outcome.ties.map((tie) => ({ ...tie, score: Number(tie.score) })),
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
    ...outcome.ties
      .filter((tie) => tie.matters)
      .map(({ projects: tied, decidedBy, score }) => {
        return `Tie at ${score} between ${tied.join(', ')}, decided by ${decidedBy.join(', ')}.`;
      }),
  ].join('\n');
}

function reasonText(reason: Reason): string {
  switch (reason.code) {
    case 'funded':
      return `fits in ${amountText(reason.remaining)}`;
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
    case 'allocated':
      return `gets ${amountText(reason.money)}, ${amountText(reason.missing)} below its cost`;
    case 'not-whole':
      return `would get ${amountText(reason.money)}, ${amountText(reason.missing)} below its cost`;
  }
}
