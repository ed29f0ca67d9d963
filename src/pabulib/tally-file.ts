/** Counts a `.pb` file as it is, without any server: `concejo tally`. Pure. */
import { groupBallots } from '../../projections/tally/ballots.js';
import type { Outcome, Reason } from '../../projections/tally/outcome.js';
import { tally } from '../../projections/tally/tally.js';
import type { BallotPolicy } from './ballot-rows.js';
import { AS_CITIES_COUNT, fileRule, readElection, rulesetOf, type FileProject } from './election-file.js';
import { amountText } from './numbers.js';
import { parsePabulib, type PabulibFile, type Problem } from './pabulib.js';

/** A file that cannot be counted, with all that is wrong with it. */
export class FileNotCounted extends Error {
  constructor(
    readonly code: string,
    readonly problems: readonly Problem[],
    detail?: string,
  ) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.name = 'FileNotCounted';
  }
}

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
export function tallyFile(
  bytes: Uint8Array,
  { rulesetBytes, lenient = false }: { rulesetBytes?: Uint8Array; lenient?: boolean } = {},
): FileTally {
  const {
    repeats = AS_CITIES_COUNT.repeats,
    limits = AS_CITIES_COUNT.limits,
    ...fields
  } = readRuleset(rulesetBytes);
  const policy = policyOf(repeats, limits);
  const { file, problems: found } = parsePabulib(bytes);
  if (file === undefined) throw new FileNotCounted(found[0]?.code ?? 'file-malformed', found);
  const election = readElection(file, policy);
  const problems = [...found, ...election.problems];
  const stopping = problems.find(({ severity }) => severity === 'fatal' || (severity === 'row' && !lenient));
  if (stopping !== undefined) throw new FileNotCounted(stopping.code, problems, stopping.detail);
  const ruleset = rulesetOf(file, election, fields);
  if ('rejected' in ruleset) {
    const { rejected, field } = ruleset;
    const detail = rejected === 'rule-not-supported' ? ruleName(fields, file) : field;
    throw new FileNotCounted(rejected, problems, detail);
  }
  const outcome = tally(ruleset, election.projects, groupBallots(election.ballots), election.budget);
  if ('undecided' in outcome) {
    throw new FileNotCounted(outcome.undecided, problems, outcome.projects.join(', '));
  }
  const { v: _v, rule: _rule, ties: _ties, ...params } = ruleset;
  return { outcome, projects: election.projects, currency: election.currency, params, problems };
}

/** The rule that a ruleset file or the file itself names, supported or not. */
export function ruleName(fields: Record<string, unknown>, file: PabulibFile): string {
  return typeof fields.rule === 'string' ? fields.rule : fileRule(file);
}

/** How ballots outside the file's limits are treated. @throws FileNotCounted */
export function policyOf(repeats: unknown, limits: unknown): BallotPolicy {
  if (repeats !== 'count' && repeats !== 'refuse')
    throw new FileNotCounted('ruleset-malformed', [], 'repeats');
  if (limits !== 'report' && limits !== 'refuse') throw new FileNotCounted('ruleset-malformed', [], 'limits');
  return { repeats, limits };
}

/** A ruleset file: fields of a ruleset that the `.pb` file cannot express, and `cites`, the words they come from. */
export function readRuleset(bytes: Uint8Array | undefined): Record<string, unknown> {
  if (bytes === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new FileNotCounted('ruleset-malformed', [], 'not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FileNotCounted('ruleset-malformed', [], 'not an object');
  }
  const { cites: _cites, ...fields } = value as Record<string, unknown>;
  return fields;
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
  }
}
