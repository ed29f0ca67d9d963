/** A `.pb` file together with the ruleset under which it is counted: read for counting it, and for importing it. Pure. */
import { missingFields, RULES, type Ruleset } from '../../projections/tally/rules.js';
import { COMMON_FIELDS, type RulesetProblem } from '../../projections/tally/ruleset.js';
import { isScored } from '../../projections/tally/scores.js';
import type { BallotPolicy } from './ballot-rows.js';
import { AS_CITIES_COUNT, fileRule, readElection, rulesetOf, type ElectionFile } from './election-file.js';
import { tieOrderOf } from './tie-order.js';
import { parsePabulib, type PabulibFile, type Problem } from './pabulib.js';

const IN_A_FILE = 'in a JSON file for --ruleset (docs/counting/README.md)';

/** What to do next, by code. */
const NEXT: Readonly<Record<string, string>> = {
  'section-missing':
    'A Pabulib file has the sections META, PROJECTS and VOTES: see https://pabulib.org/format.',
  'rule-not-supported': `Counted are ${Object.keys(RULES).join(', ')}: name one with concejo tally --rule or ${IN_A_FILE}.`,
  'rule-in-words-only':
    "This is the city's own rule, told only in words (the comment in META). " +
    `Read them, and give the rule that they describe, with its fields, ${IN_A_FILE}; or see with --rule how another rule counts.`,
  'ruleset-incomplete': `Give what is missing ${IN_A_FILE}.`,
  'tie-undecided': `Give a tie order that decides it, with concejo tally --tie-order or ${IN_A_FILE}.`,
  'tie-order-unknown':
    'A tie order is criteria between commas (lowest-cost, highest-cost, most-votes, file), or every project id, the winner of a tie first.',
  'ties-incomplete': 'Name every project of the file once, the winner of a tie first.',
  'too-hard':
    'The welfare optimum is for comparison only, and this election has too many projects for it: count another rule.',
  'ruleset-malformed':
    'Correct this option, or this field of the ruleset file: the values of each rule are in docs/counting/README.md.',
  'ruleset-unknown-field': 'Correct this in the ruleset file (docs/counting/README.md).',
  'ruleset-unknown-option': 'Name only projects of the file (docs/counting/README.md).',
  'ruleset-contradictory':
    'This option, or field of the ruleset file, is of another rule, or goes not together with another one (docs/counting/README.md).',
  'score-not-on-ballots':
    'Points need cumulative or scoring ballots, ranks ordinal ones: leave --utility out, or choose cost or cardinality.',
};
const NEXT_OTHERWISE =
  'Correct the file; where only rows are wrong, --lenient leaves them out and lists them.';

/** A file that cannot be counted, with all that is wrong with it. */
export class FileNotCounted extends Error {
  constructor(
    readonly code: string,
    readonly problems: readonly Problem[],
    detail?: string,
  ) {
    const what = detail === undefined ? code : `${code}: ${detail}`;
    super(`${what}. ${NEXT[code] ?? NEXT_OTHERWISE}`);
    this.name = 'FileNotCounted';
  }
}

export interface CountingOptions {
  /** JSON: fields of a ruleset, and `repeats` and `limits`, which say whether ballots outside the file's limits count. */
  rulesetBytes?: Uint8Array;
  /** Fields of a ruleset that prevail over those of `rulesetBytes` and of the file, such as another rule. */
  fields?: Readonly<Record<string, unknown>>;
  /** Prevails likewise: criteria or project ids between commas, as `tieOrderOf` reads them. */
  tieOrder?: string;
  /** Leave bad rows out and list them, instead of refusing the file. */
  lenient?: boolean;
}

export interface CountedFile {
  file: PabulibFile;
  election: ElectionFile;
  ruleset: Ruleset;
  policy: BallotPolicy;
  /** Warnings, ballots that the ruleset leaves out, and with `lenient` the rows that were. */
  problems: readonly Problem[];
}

/** @throws FileNotCounted */
export function readCountedFile(
  bytes: Uint8Array,
  { rulesetBytes, fields: chosen = {}, tieOrder, lenient = false }: CountingOptions = {},
): CountedFile {
  const {
    repeats = AS_CITIES_COUNT.repeats,
    limits = AS_CITIES_COUNT.limits,
    ...given
  } = readRuleset(rulesetBytes);
  const policy = policyOf(repeats, limits);
  const { file, problems: found } = parsePabulib(bytes);
  if (file === undefined) throw new FileNotCounted(found[0]?.code ?? 'file-malformed', found);
  const election = readElection(file, policy);
  const problems = [...found, ...election.problems];
  const stopping = problems.find(({ severity }) => severity === 'fatal' || (severity === 'row' && !lenient));
  if (stopping !== undefined) throw new FileNotCounted(stopping.code, problems, stopping.detail);
  const ties = tieOrder === undefined ? undefined : tieOrderOf(tieOrder, election.projects);
  if (ties && 'unknown' in ties) throw new FileNotCounted('tie-order-unknown', problems, ties.unknown);
  const fields = { ...given, ...chosen, ...ties };
  const ruleset = rulesetOf(file, election, fields);
  if ('rejected' in ruleset) {
    const { code, detail } = whyNot(ruleset, { rule: fileRule(file), ...fields });
    throw new FileNotCounted(code, problems, detail);
  }
  if (!isScored(election.voteType, ruleset.score)) {
    const detail = `${ruleset.score.by} of ${election.voteType} ballots`;
    throw new FileNotCounted('score-not-on-ballots', problems, detail);
  }
  return { file, election, ruleset, policy, problems };
}

/** @param fields of the ruleset that was refused */
function whyNot(
  { rejected, field }: RulesetProblem,
  fields: Readonly<Record<string, unknown>> & { rule: unknown },
): { code: string; detail: string } {
  const rule = String(fields.rule);
  if (rejected === 'rule-not-supported') {
    return { code: rule === 'greedy-custom' ? 'rule-in-words-only' : rejected, detail: rule };
  }
  const missing = missingFields(fields);
  return missing.includes(field)
    ? { code: 'ruleset-incomplete', detail: `${rule} needs ${missing.join(' and ')}` }
    : { code: rejected, detail: COMMON_FIELDS.includes(field) ? field : `${field} of ${rule}` };
}

/** How ballots outside the file's limits are treated. @throws FileNotCounted */
function policyOf(repeats: unknown, limits: unknown): BallotPolicy {
  if (repeats !== 'count' && repeats !== 'refuse')
    throw new FileNotCounted('ruleset-malformed', [], 'repeats');
  if (limits !== 'report' && limits !== 'refuse') throw new FileNotCounted('ruleset-malformed', [], 'limits');
  return { repeats, limits };
}

/** A ruleset file: fields of a ruleset that the `.pb` file cannot express, and `cites`, the words they come from. */
function readRuleset(bytes: Uint8Array | undefined): Record<string, unknown> {
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
