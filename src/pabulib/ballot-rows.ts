/** The rows of VOTES as ballots, each checked against the projects and the limits of the file. Pure. */
import type { Ballot } from '../../projections/tally/ballots.js';
import { wholeNumber } from './numbers.js';
import { columnIndex, isWhole, type PabulibFile, type Problem, type Row } from './pabulib.js';

export type VoteType = 'approval' | 'choose-1' | 'cumulative' | 'ordinal' | 'scoring';

export interface FileBallot extends Ballot {
  voterId: string;
  paper: boolean;
  row: Row;
}

/** The file's own limits of a ballot; absent where it says nothing. */
export interface FileLimits {
  minLength: number;
  maxLength: number;
  maxSumCost?: bigint;
  minSumPoints?: number;
  maxSumPoints?: number;
}

/** What becomes of a ballot that names a project twice, or is outside the limits. Either way it is reported. */
export interface BallotPolicy {
  repeats: 'count' | 'refuse';
  limits: 'report' | 'refuse';
}

export type Report = (problem: Problem) => void;

/** Pabulib's word for a paper ballot. */
const PAPER = 'paper';

export function isVoteType(text: string): text is VoteType {
  return ['approval', 'choose-1', 'cumulative', 'ordinal', 'scoring'].includes(text);
}

/** What the rows are checked against. */
interface BallotFacts {
  /** Costs in minor units, by id. */
  costs: ReadonlyMap<string, bigint>;
  type: VoteType;
  limits: FileLimits;
  policy: BallotPolicy;
}

/** The ballots that count; every other row, and every ballot that is counted all the same, is reported. */
export function readBallots(file: PabulibFile, facts: BallotFacts, report: Report): FileBallot[] {
  const column = (name: string) => columnIndex(file.votes, name);
  const columns = { vote: column('vote'), points: column('points'), method: column('voting_method') };
  const missing = (name: string) =>
    report({ severity: 'fatal', code: 'column-missing', line: file.votes.header.line, detail: name });
  if (columns.vote < 0) missing('vote');
  if (columns.points < 0 && hasPoints(facts.type)) missing('points');
  const seen = new Set<string>();
  const ballots: FileBallot[] = [];
  for (const row of file.votes.rows) {
    if (!isWhole(file.votes, row)) continue;
    const read = readRow(row, columns, facts, seen);
    if ('code' in read) {
      report({ severity: 'row', line: row.line, ...read });
      continue;
    }
    seen.add(read.voterId);
    const breaches = breachesOf(read, facts);
    const refused = breaches.some((code) => isRefused(code, facts.policy));
    for (const code of breaches) {
      report({ severity: refused ? 'left-out' : 'warning', code, line: row.line, id: read.voterId });
    }
    if (!refused) ballots.push(read);
  }
  return ballots;
}

function hasPoints(type: VoteType): boolean {
  return type === 'cumulative' || type === 'scoring';
}

function readRow(
  row: Row,
  columns: { vote: number; points: number; method: number },
  { costs, type }: BallotFacts,
  seen: ReadonlySet<string>,
): FileBallot | Pick<Problem, 'code' | 'id' | 'detail'> {
  const voterId = row.cells[0]?.trim() ?? '';
  if (voterId === '') return { code: 'voter-id-missing' };
  if (seen.has(voterId)) return { code: 'voter-id-repeated', id: voterId };
  const options = listOf(row.cells[columns.vote]);
  const unknown = options.find((id) => !costs.has(id));
  if (unknown !== undefined) return { code: 'option-unknown', id: voterId, detail: unknown };
  const paper = row.cells[columns.method]?.trim().toLowerCase() === PAPER;
  const ballot = { voterId, options, weight: 1, paper, row };
  if (!hasPoints(type)) return ballot;
  const cell = row.cells[columns.points];
  const points = listOf(cell).flatMap((text) => wholeNumber(text) ?? []);
  const isExact = Number.isSafeInteger(points.reduce((sum, value) => sum + value, 0));
  if (points.length !== options.length || points.length !== listOf(cell).length || !isExact) {
    return { code: 'points-do-not-match', id: voterId, detail: cell ?? '' };
  }
  return { ...ballot, points };
}

/** What a ballot does outside the rules of the file, in codes. */
function breachesOf({ options, points }: Ballot, { costs, limits }: BallotFacts): string[] {
  const { minLength, maxLength, maxSumCost, minSumPoints = 0, maxSumPoints = Infinity } = limits;
  const breaches: string[] = [];
  if (new Set(options).size !== options.length) breaches.push('option-repeated');
  if (options.length < minLength) breaches.push('too-few-options');
  if (options.length > maxLength) breaches.push('too-many-options');
  if (maxSumCost !== undefined) {
    const cost = options.reduce((sum, id) => sum + (costs.get(id) ?? 0n), 0n);
    if (cost > maxSumCost) breaches.push('over-budget');
  }
  if (points === undefined) return breaches;
  const sum = points.reduce((total, value) => total + value, 0);
  if (sum < minSumPoints) breaches.push('too-few-points');
  if (sum > maxSumPoints) breaches.push('too-many-points');
  return breaches;
}

function isRefused(code: string, policy: BallotPolicy): boolean {
  return code === 'option-repeated' ? policy.repeats === 'refuse' : policy.limits === 'refuse';
}

function listOf(cell: string | undefined): string[] {
  const text = cell?.trim() ?? '';
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}
