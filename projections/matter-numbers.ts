/**
 * What a matter adds to the figures of the year in which it was filed (by UTC, since a fold knows no time zone). Everything
 * counts by kind; by category, area and department only what everybody may see, so that no figure tells what a matter is about
 * before its release. What turned out to be no matter at all is counted as `void` and nowhere else.
 */
import { DUPLICATE_STATE, isShown, runningDue, VOID_STATE, type MatterRow } from './matter.js';
import type { Figures } from './sums.js';

/** Sums by what, beside the kind. */
export const DIMENSIONS = ['category', 'area', 'department'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** The kind under which what is no matter is counted. */
export const VOID_KIND = 'void';

/** The key of the sum that has, by its year, how many matters were filed. */
export const YEARS_KEY = 'years';

const DAY_MS = 86_400_000;
/** The histograms of whole days from filing to the first answer, and to the repair. */
export const DAYS_TO_ANSWER = 'days-to-answer';
export const DAYS_TO_FIX = 'days-to-fix';
/**
 * Before the month (of UTC, `2026-03`) in which a running legal clock ends. What is overdue at an instant is what ended in the
 * months before, and what of the instant's own month ended before it, which is asked of the rows.
 */
export const DUE_IN = 'due-in-';

/** The month of an instant. */
export function monthOf(at: string): string {
  return at.slice(0, 7);
}

/** Keys of all sums of a year begin so. */
export function yearPrefix(year: number): string {
  return `${year}/`;
}

/** The whole of a kind, or what of it has a value in a dimension; without one (`''`), what has none. */
export function sumKey(year: number, kind: string, dimension?: Dimension, value = ''): string {
  const whole = `${yearPrefix(year)}${kind}`;
  return dimension === undefined ? whole : `${whole}/${dimension}/${value}`;
}

/** The parts of a `sumKey` without its year. Codes and ids may hold a slash after their first character, kinds never. */
export function readSumKey(key: string): { kind: string; dimension?: Dimension; value: string } {
  const [, kind = '', dimension, ...value] = key.split('/');
  return {
    kind,
    ...(dimension !== undefined && { dimension: dimension as Dimension }),
    value: value.join('/'),
  };
}

/** The addends of a row, by the keys of their sums. */
export function* matterAddends(row: MatterRow): Generator<readonly [string, Figures]> {
  const year = Number(row.filedAt.slice(0, 4));
  const isVoid = row.state === VOID_STATE;
  const kind = isVoid ? VOID_KIND : row.kind;
  const figures = isVoid ? { filed: 1 } : figuresOf(row);
  yield [YEARS_KEY, { [year]: 1 }];
  yield [sumKey(year, kind), figures];
  if (isVoid || !isShown(row)) return;
  for (const dimension of DIMENSIONS) yield [sumKey(year, kind, dimension, row[dimension]), figures];
}

function figuresOf(row: MatterRow): Figures {
  const due = runningDue(row);
  const { filedAt, first, stateKind, fixedAt } = row;
  const figures: { -readonly [Name in keyof Figures]: Figures[Name] } = { filed: 1 };
  if (row.releasedAt !== undefined) figures.released = 1;
  if (first !== undefined) {
    figures.answered = 1;
    if (first.inTime !== undefined) figures[first.inTime ? 'in-time' : 'late'] = 1;
    figures[DAYS_TO_ANSWER] = [daysBetween(filedAt, first.answeredAt)];
  }
  // Who erases what is late makes nothing better.
  if (row.erased !== undefined && row.due !== undefined && row.answeredAt === undefined) {
    figures['erased-unanswered'] = 1;
    if (first === undefined && row.inTime === false) figures.late = 1;
  }
  if (row.state === DUPLICATE_STATE) figures.duplicate = 1;
  else if (stateKind === 'closed') figures.closed = 1;
  if (stateKind === 'fixed') {
    figures.fixed = 1;
    figures[DAYS_TO_FIX] = [daysBetween(filedAt, fixedAt ?? filedAt)];
  }
  if (row.reopened > 0) figures.reopened = 1;
  if (row.joined > 0) figures.joined = row.joined;
  if (due !== undefined) figures[`${DUE_IN}${monthOf(due)}`] = 1;
  return figures;
}

/** Whole days; an update that somebody dated before the filing came at once. */
function daysBetween(from: string, to: string): number {
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / DAY_MS));
}
