/** Votes of a file's ballots, as ballots and paper sheets hold them. Pure. */
import type { AreaVote } from '../../projections/ballot.js';
import { MAX_SHEETS_BYTES, type Sheet } from '../../projections/paper.js';
import type { FileBallot } from './election-file.js';

const SHEETS_PER_BATCH = 500;

/** The vote of a file's ballot, in the one area that the file's projects compete in. */
export function areaVote(area: string, ballot: FileBallot, type: string): AreaVote {
  switch (type) {
    case 'cumulative':
      return { a: area, pts: ballot.options.map((id, index) => [id, ballot.points?.[index] ?? 0]) };
    case 'ordinal':
      return { a: area, order: [...ballot.options] };
    default:
      return { a: area, ids: [...ballot.options] };
  }
}

/** Paper ballots in batches that fit an event; sheets are numbered from 1. */
export function batchesOf(
  area: string,
  paper: readonly FileBallot[],
  type: string,
): { id: string; sheets: Sheet[]; ballots: FileBallot[] }[] {
  const batches: { id: string; sheets: Sheet[]; ballots: FileBallot[] }[] = [];
  let bytes = Infinity;
  for (const ballot of paper) {
    let batch = batches.at(-1);
    // A sheet's length does not depend on the ballot type by more than its points.
    const size = 37 + area.length + ballot.options.reduce((sum, id) => sum + id.length + 12, 0);
    if (batch === undefined || bytes + size > MAX_SHEETS_BYTES || batch.sheets.length === SHEETS_PER_BATCH) {
      batch = { id: `batch-${String(batches.length + 1).padStart(4, '0')}`, sheets: [], ballots: [] };
      batches.push(batch);
      bytes = 0;
    }
    batch.sheets.push({ s: batch.sheets.length + 1, vote: [areaVote(area, ballot, type)] });
    batch.ballots.push(ballot);
    bytes += size;
  }
  return batches;
}
