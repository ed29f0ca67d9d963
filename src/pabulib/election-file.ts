/** What a `.pb` file says as an election: projects, budget, limits, rule and ballots, checked row by row. Pure. */
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { validateRuleset, type Ruleset, type RulesetProblem, type Score } from '../../projections/tally/ruleset.js';
import { columnIndex, metaValue, type PabulibFile, type Problem, type Row } from './pabulib.js';

export type VoteType = 'approval' | 'choose-1' | 'cumulative' | 'ordinal' | 'scoring';

export interface FileProject extends Project {
  name: string;
  category?: string;
  place?: { lat: number; lon: number };
  row: Row;
}

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

export interface ElectionFile {
  voteType: VoteType;
  /** Minor units: a hundredth of the file's currency. */
  budget: bigint;
  currency: string;
  projects: readonly FileProject[];
  ballots: readonly FileBallot[];
  limits: FileLimits;
  problems: readonly Problem[];
}

/** A withdrawn project has this cost in a file. */
const WITHDRAWN = '999999999';
/** Pabulib's word for a paper ballot. */
const PAPER = 'paper';

/** Reads a file as an election. Ballots with a `row` problem are left out of `ballots`, and the problem says so. */
export function readElection(file: PabulibFile): ElectionFile {
  const problems: Problem[] = [];
  const report = (severity: Problem['severity'], code: string, line: number, detail?: string) =>
    problems.push({ severity, code, line, ...(detail !== undefined && { detail }) });
  const voteType = (metaValue(file, 'vote_type') ?? '').toLowerCase();
  if (!isVoteType(voteType)) report('fatal', 'vote-type-unknown', lineOf(file, 'vote_type'), voteType);
  const budget = minorUnits(metaValue(file, 'budget') ?? '');
  if (budget === undefined) report('fatal', 'budget-not-a-number', lineOf(file, 'budget'));
  const projects = readProjects(file, report);
  const limits = readLimits(file, projects.length, voteType as VoteType, report);
  const reader = new BallotReader(file, projects, voteType as VoteType, limits, report);
  const ballots = file.votes.rows.flatMap((row) => reader.read(row) ?? []);
  checkCounts(file, projects, ballots, report);
  const currency = /^[A-Z]{3}$/.exec(metaValue(file, 'currency') ?? '')?.[0] ?? 'XXX';
  return { voteType: voteType as VoteType, budget: budget ?? 0n, currency, projects, ballots, limits, problems };
}

type Report = (severity: Problem['severity'], code: string, line: number, detail?: string) => unknown;

function readProjects(file: PabulibFile, report: Report): FileProject[] {
  const { projects } = file;
  const column = (name: string) => columnIndex(projects, name);
  const [name, category, latitude, longitude] = [column('name'), column('category'), column('latitude'), column('longitude')];
  const seen = new Set<string>();
  return projects.rows.flatMap((row) => {
    if (row.cells.length !== projects.header.cells.length) return [];
    const id = row.cells[0]?.trim() ?? '';
    const text = row.cells[1]?.trim() ?? '';
    const cost = minorUnits(text);
    if (id === '' || seen.has(id)) return refuse(id === '' ? 'project-id-missing' : 'project-id-repeated', id);
    seen.add(id);
    if (cost === undefined) return refuse('cost-not-a-number', text);
    const place = placeOf(row.cells[latitude], row.cells[longitude]);
    const kind = (row.cells[category] ?? '').split(',')[0]?.trim();
    return {
      id,
      cost,
      name: row.cells[name]?.trim() ?? id,
      ...(kind && { category: kind }),
      ...(place && { place }),
      ...(text === WITHDRAWN && { withdrawn: true }),
      row,
    };
    function refuse(code: string, detail: string): [] {
      report('row', code, row.line, detail);
      return [];
    }
  });
}

class BallotReader {
  readonly #projects: ReadonlyMap<string, FileProject>;
  readonly #columns: { vote: number; points: number; method: number; width: number };
  readonly #seen = new Set<string>();

  constructor(
    file: PabulibFile,
    projects: readonly FileProject[],
    private readonly type: VoteType,
    private readonly limits: FileLimits,
    private readonly report: Report,
  ) {
    this.#projects = new Map(projects.map((project) => [project.id, project]));
    this.#columns = {
      vote: columnIndex(file.votes, 'vote'),
      points: columnIndex(file.votes, 'points'),
      method: columnIndex(file.votes, 'voting_method'),
      width: file.votes.header.cells.length,
    };
    if (this.#columns.vote < 0) report('fatal', 'column-missing', file.votes.header.line, 'vote');
    if (this.#columns.points < 0 && (type === 'cumulative' || type === 'scoring')) {
      report('fatal', 'column-missing', file.votes.header.line, 'points');
    }
  }

  read(row: Row): FileBallot | undefined {
    const { vote, points, method, width } = this.#columns;
    if (row.cells.length !== width) return undefined;
    const voterId = row.cells[0]?.trim() ?? '';
    if (voterId === '' || this.#seen.has(voterId)) {
      return this.#refuse(row, voterId === '' ? 'voter-id-missing' : 'voter-id-repeated', voterId);
    }
    this.#seen.add(voterId);
    const options = listOf(row.cells[vote]);
    const unknown = options.find((id) => !this.#projects.has(id));
    if (unknown !== undefined) return this.#refuse(row, 'option-unknown', unknown);
    const paper = row.cells[method]?.trim().toLowerCase() === PAPER;
    const ballot = { voterId, options, weight: 1, paper, row };
    if (this.type === 'cumulative' || this.type === 'scoring') {
      const given = listOf(row.cells[points]).map(Number);
      if (given.length !== options.length || !given.every((value) => Number.isSafeInteger(value) && value >= 0)) {
        return this.#refuse(row, 'points-do-not-match', row.cells[points] ?? '');
      }
      this.#warn(row, options, given);
      return { ...ballot, points: given };
    }
    this.#warn(row, options);
    return ballot;
  }

  #refuse(row: Row, code: string, detail: string): undefined {
    this.report('row', code, row.line, detail);
  }

  #warn(row: Row, options: readonly string[], points?: readonly number[]): void {
    const { minLength, maxLength, maxSumCost, minSumPoints, maxSumPoints } = this.limits;
    const warn = (code: string) => this.report('warning', code, row.line);
    if (new Set(options).size !== options.length) warn('option-repeated');
    if (options.length < minLength) warn('too-few-options');
    if (options.length > maxLength) warn('too-many-options');
    if (maxSumCost !== undefined) {
      const cost = options.reduce((sum, id) => sum + (this.#projects.get(id)?.cost ?? 0n), 0n);
      if (cost > maxSumCost) warn('over-budget');
    }
    const sum = points?.reduce((total, value) => total + value, 0);
    if (sum !== undefined && sum < (minSumPoints ?? 0)) warn('too-few-points');
    if (sum !== undefined && sum > (maxSumPoints ?? Infinity)) warn('too-many-points');
  }
}

function readLimits(file: PabulibFile, projects: number, voteType: VoteType, report: Report): FileLimits {
  const number = (key: string): number | undefined => {
    const text = metaValue(file, key);
    if (text === undefined || text === '') return undefined;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 0) {
      report('row', 'meta-not-a-number', lineOf(file, key), key);
      return undefined;
    }
    return value;
  };
  const maxSumCost = minorUnits(metaValue(file, 'max_sum_cost') ?? '');
  const minSumPoints = number('min_sum_points');
  const maxSumPoints = number('max_sum_points');
  return {
    minLength: number('min_length') ?? 1,
    maxLength: number('max_length') ?? (voteType === 'choose-1' ? 1 : projects),
    ...(maxSumCost !== undefined && { maxSumCost }),
    ...(minSumPoints !== undefined && { minSumPoints }),
    ...(maxSumPoints !== undefined && { maxSumPoints }),
  };
}

function checkCounts(
  file: PabulibFile,
  projects: readonly FileProject[],
  ballots: readonly FileBallot[],
  report: Report,
): void {
  for (const [key, rows] of [
    ['num_projects', file.projects.rows.length],
    ['num_votes', file.votes.rows.length],
  ] as const) {
    const said = metaValue(file, key);
    if (said !== String(rows)) report('row', 'count-wrong', lineOf(file, key), `${key} says ${said ?? 'nothing'}, there are ${rows}`);
  }
  const column = columnIndex(file.projects, 'votes');
  if (column < 0) return;
  const counted = new Map<string, number>();
  for (const ballot of ballots) for (const id of ballot.options) counted.set(id, (counted.get(id) ?? 0) + 1);
  for (const { id, row } of projects) {
    const said = row.cells[column]?.trim();
    const votes = counted.get(id) ?? 0;
    if (said !== String(votes)) report('warning', 'votes-differ', row.line, `${id} says ${said ?? ''}, counted ${votes}`);
  }
}

/**
 * The ruleset that a file declares: its rule, threshold and (as nothing else is declared) ties by the order of its rows.
 * `override` holds what the file says only in prose, such as conflict groups, or another tie order.
 */
export function rulesetOf(
  file: PabulibFile,
  election: Pick<ElectionFile, 'projects' | 'voteType' | 'limits'>,
  override: Readonly<Record<string, unknown>> = {},
): Ruleset | RulesetProblem {
  const ids = election.projects.map((project) => project.id);
  const said = Number(metaValue(file, 'min_project_score_threshold') ?? '0');
  const ruleset = {
    v: 1,
    rule: (metaValue(file, 'rule') ?? '').toLowerCase(),
    score: scoreOf(election.voteType, election.limits.maxLength),
    ...(Number.isSafeInteger(said) && said > 0 && { threshold: { score: said } }),
    tieOrder: ['listed'],
    ties: ids,
    ...override,
  };
  return validateRuleset(ruleset, ids);
}

function scoreOf(voteType: VoteType, maxLength: number): Score {
  if (voteType === 'cumulative' || voteType === 'scoring') return { by: 'points' };
  return voteType === 'ordinal' ? { by: 'ranks', first: maxLength } : { by: 'votes' };
}

/** An amount with at most two decimals, in minor units; `undefined` for anything else. */
export function minorUnits(text: string): bigint | undefined {
  const match = /^(\d{1,15})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (match === null) return undefined;
  return BigInt(match[1] ?? '0') * 100n + BigInt((match[2] ?? '').padEnd(2, '0'));
}

/** Minor units as the file writes them: no decimals where there are no cents. */
export function amountText(minor: bigint): string {
  const cents = minor % 100n;
  return cents === 0n ? String(minor / 100n) : `${minor / 100n}.${String(cents).padStart(2, '0')}`;
}

function isVoteType(text: string): text is VoteType {
  return ['approval', 'choose-1', 'cumulative', 'ordinal', 'scoring'].includes(text);
}

function listOf(cell: string | undefined): string[] {
  const text = cell?.trim() ?? '';
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

function placeOf(latitude: string | undefined, longitude: string | undefined): { lat: number; lon: number } | undefined {
  const lat = Number(latitude?.trim() || NaN);
  const lon = Number(longitude?.trim() || NaN);
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : undefined;
}

function lineOf(file: PabulibFile, key: string): number {
  return file.meta.rows.find((row) => row.cells[0]?.trim().toLowerCase() === key)?.line ?? 0;
}
