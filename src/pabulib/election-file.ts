/** What a `.pb` file says as an election: projects, budget, limits, rule and ballots, checked row by row. Pure. */
import type { Project } from '../../projections/tally/ballots.js';
import { validateRuleset, type Ruleset } from '../../projections/tally/rules.js';
import type { RulesetProblem, Score } from '../../projections/tally/ruleset.js';
import { namedRule, usualFields } from './file-rules.js';
import {
  isVoteType,
  readBallots,
  type BallotPolicy,
  type FileBallot,
  type FileLimits,
  type Report,
  type VoteType,
} from './ballot-rows.js';
import { minorUnits, wholeNumber } from './numbers.js';
import {
  columnIndex,
  isBlank,
  isWhole,
  metaValue,
  type PabulibFile,
  type Problem,
  type Row,
} from './pabulib.js';

export type { FileBallot } from './ballot-rows.js';

export interface FileProject extends Project {
  name: string;
  category?: string;
  place?: { lat: number; lon: number };
  row: Row;
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

/** A withdrawn project has this cost in a file: 999999999. */
const WITHDRAWN = 999_999_999_00n;

/** What cities did: a project named twice counts twice, and a ballot outside the limits counts. */
export const AS_CITIES_COUNT: BallotPolicy = { repeats: 'count', limits: 'report' };

/**
 * Reads a file as an election. Ballots with a `row` or `left-out` problem are not in `ballots`. A file with a `fatal` problem
 * must not be used.
 */
export function readElection(file: PabulibFile, policy: BallotPolicy = AS_CITIES_COUNT): ElectionFile {
  const problems: Problem[] = [];
  const report: Report = (problem) => problems.push(problem);
  const fatal = (code: string, key: string) =>
    report({ severity: 'fatal', code, line: lineOf(file, key), detail: metaValue(file, key) ?? '' });
  const said = (metaValue(file, 'vote_type') ?? '').toLowerCase();
  const type = isVoteType(said) ? said : 'approval';
  if (said !== type) fatal('vote-type-unknown', 'vote_type');
  const budget = minorUnits(metaValue(file, 'budget') ?? '');
  if (budget === undefined) fatal('budget-not-a-number', 'budget');
  checkKeys(file, report);
  const projects = readProjects(file, report);
  const limits = readLimits(file, projects.length, type, report);
  const costs = new Map(projects.map(({ id, cost }) => [id, cost]));
  const ballots = readBallots(file, { costs, type, limits, policy }, report);
  checkCounts(file, projects, ballots, report);
  const currency = /^[A-Z]{3}$/.exec(metaValue(file, 'currency') ?? '')?.[0] ?? 'XXX';
  return { voteType: type, budget: budget ?? 0n, currency, projects, ballots, limits, problems };
}

function readProjects(file: PabulibFile, report: Report): FileProject[] {
  const { projects } = file;
  const column = (name: string) => columnIndex(projects, name);
  const [name, category] = [column('name'), column('category')];
  const [latitude, longitude] = [column('latitude'), column('longitude')];
  const seen = new Set<string>();
  const read: FileProject[] = [];
  for (const row of projects.rows) {
    if (!isWhole(projects, row)) continue;
    const id = row.cells[0]?.trim() ?? '';
    const text = row.cells[1]?.trim() ?? '';
    const cost = minorUnits(text);
    const refuse = (code: string, detail: string) =>
      report({ severity: 'row', code, line: row.line, ...(id !== '' && { id }), detail });
    if (id === '') refuse('project-id-missing', '');
    else if (seen.has(id)) refuse('project-id-repeated', id);
    else if (!isProjectId(id)) refuse('project-id-malformed', id);
    else if (cost === undefined) refuse('cost-not-a-number', text);
    else {
      seen.add(id);
      const place = placeOf(row.cells[latitude], row.cells[longitude]);
      const kind = (row.cells[category] ?? '').split(',')[0]?.trim();
      read.push({
        id,
        cost,
        name: row.cells[name]?.trim() ?? id,
        ...(kind !== undefined && kind !== '' && { category: kind }),
        ...(place && { place }),
        ...(cost === WITHDRAWN && { withdrawn: true }),
        row,
      });
    }
  }
  return read;
}

/** A ballot lists ids between commas, and ids with control characters could pass for others. */
function isProjectId(id: string): boolean {
  return !/[,\u0000-\u001f\u007f]/.test(id);
}

function readLimits(file: PabulibFile, projects: number, voteType: VoteType, report: Report): FileLimits {
  function value<T>(key: string, read: (text: string) => T | undefined): T | undefined {
    const text = metaValue(file, key) ?? '';
    const number = text === '' ? undefined : read(text);
    if (text !== '' && number === undefined) {
      report({ severity: 'row', code: 'meta-not-a-number', line: lineOf(file, key), detail: key });
    }
    return number;
  }
  const maxSumCost = value('max_sum_cost', minorUnits);
  const minSumPoints = value('min_sum_points', wholeNumber);
  const maxSumPoints = value('max_sum_points', wholeNumber);
  return {
    minLength: value('min_length', wholeNumber) ?? 1,
    maxLength: value('max_length', wholeNumber) ?? (voteType === 'choose-1' ? 1 : projects),
    ...(maxSumCost !== undefined && { maxSumCost }),
    ...(minSumPoints !== undefined && { minSumPoints }),
    ...(maxSumPoints !== undefined && { maxSumPoints }),
  };
}

/** A key of META that is there twice: the first one is used. */
function checkKeys(file: PabulibFile, report: Report): void {
  const seen = new Set<string>();
  for (const row of file.meta.rows) {
    const key = row.cells[0]?.trim().toLowerCase() ?? '';
    if (key !== '' && seen.has(key)) {
      report({ severity: 'warning', code: 'meta-key-repeated', line: row.line, detail: key });
    }
    seen.add(key);
  }
}

function checkCounts(
  file: PabulibFile,
  projects: readonly FileProject[],
  ballots: readonly FileBallot[],
  report: Report,
): void {
  for (const [key, section] of [
    ['num_projects', file.projects],
    ['num_votes', file.votes],
  ] as const) {
    const said = metaValue(file, key) ?? 'nothing';
    const rows = section.rows.filter((row) => !isBlank(row)).length;
    if (said === String(rows)) continue;
    const detail = `${key} says ${said}, there are ${rows}`;
    report({ severity: 'row', code: 'count-wrong', line: lineOf(file, key), detail });
  }
  const column = columnIndex(file.projects, 'votes');
  if (column < 0) return;
  const counted = new Map<string, number>();
  for (const ballot of ballots) for (const id of ballot.options) counted.set(id, (counted.get(id) ?? 0) + 1);
  for (const { id, row } of projects) {
    const said = row.cells[column]?.trim() ?? '';
    const votes = counted.get(id) ?? 0;
    if (said === String(votes)) continue;
    const detail = `says ${said}, counted ${votes}`;
    report({ severity: 'warning', code: 'votes-differ', line: row.line, id, detail });
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
  const said = metaValue(file, 'min_project_score_threshold') ?? '';
  const least = said === '' ? 0 : wholeNumber(said);
  // A threshold that cannot be read must not be taken for none.
  if (least === undefined && override.threshold === undefined) {
    return { rejected: 'ruleset-malformed', field: 'threshold' };
  }
  // What a file's rule says beside its name is of no use to another rule.
  const named = typeof override.rule === 'string' ? {} : namedRule(fileRule(file));
  const score =
    (override.score as Score | undefined) ?? scoreOf(election.voteType, election.limits.maxLength);
  const ruleset = {
    v: 1,
    ...usualFields({ ...named, ...override }, score),
    ...named,
    score,
    ...(least !== undefined && least > 0 && { threshold: { score: least } }),
    tieOrder: ['listed'],
    ...override,
  };
  // The order of the rows is for the ties that `listed` decides; another tie order has no use for it.
  const listed = Array.isArray(ruleset.tieOrder) && ruleset.tieOrder.includes('listed');
  return validateRuleset(listed ? { ties: ids, ...ruleset } : ruleset, ids);
}

/** The rule that a file names, in Pabulib's words. */
export function fileRule(file: PabulibFile): string {
  return (metaValue(file, 'rule') ?? '').toLowerCase();
}

function scoreOf(voteType: VoteType, maxLength: number): Score {
  if (voteType === 'cumulative' || voteType === 'scoring') return { by: 'points' };
  return voteType === 'ordinal' ? { by: 'ranks', first: maxLength } : { by: 'votes' };
}

function placeOf(latitude = '', longitude = ''): { lat: number; lon: number } | undefined {
  if (latitude.trim() === '' || longitude.trim() === '') return undefined;
  const [lat, lon] = [Number(latitude), Number(longitude)];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : undefined;
}

function lineOf(file: PabulibFile, key: string): number {
  return file.meta.rows.find((row) => row.cells[0]?.trim().toLowerCase() === key)?.line ?? 0;
}
