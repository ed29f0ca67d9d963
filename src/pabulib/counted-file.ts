/** A `.pb` file together with the ruleset under which it is counted: read for counting it, and for importing it. Pure. */
import { RULES, type Ruleset } from '../../projections/tally/rules.js';
import type { BallotPolicy } from './ballot-rows.js';
import { AS_CITIES_COUNT, fileRule, readElection, rulesetOf, type ElectionFile } from './election-file.js';
import { parsePabulib, type PabulibFile, type Problem } from './pabulib.js';

/** What to do next, by code. */
const NEXT: Readonly<Record<string, string>> = {
  'section-missing':
    'A Pabulib file has the sections META, PROJECTS and VOTES: see https://pabulib.org/format.',
  'rule-not-supported': `Counted are ${Object.keys(RULES).join(', ')}: name one in a file for --ruleset (docs/counting/README.md).`,
  'tie-undecided': 'Give a tie order that decides it, in a file for --ruleset (docs/counting/README.md).',
  'ruleset-malformed': 'Correct this in the ruleset file (docs/counting/README.md).',
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
  { rulesetBytes, lenient = false }: CountingOptions = {},
): CountedFile {
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
  return { file, election, ruleset, policy, problems };
}

/** The rule that a ruleset file or the file itself names, supported or not. */
function ruleName(fields: Record<string, unknown>, file: PabulibFile): string {
  return typeof fields.rule === 'string' ? fields.rule : fileRule(file);
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
