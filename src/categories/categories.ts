/** What the log says of categories and states, and what must be appended so that it says what a file says. Pure. */
import { canonicalText } from '../../projections/canonical.js';
import type { CategoryRow, MatterStateRow } from '../../projections/categories.view.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import type { Rejection } from '../event-store/command-log.js';

export interface CategoriesState {
  readonly categories: ReadonlyMap<string, CategoryRow>;
  readonly states: ReadonlyMap<string, MatterStateRow>;
}

/** Parents by id. */
export type CategoryTree = ReadonlyMap<string, { readonly parent?: string | undefined }>;

/** Whether a category is another one, or lies in it. */
export function liesIn(other: string, category: string | undefined, tree: CategoryTree): boolean {
  const seen = new Set<string>();
  for (let at = category; at !== undefined && !seen.has(at); at = tree.get(at)?.parent) {
    if (at === other) return true;
    seen.add(at);
  }
  return false;
}

export const NO_CATEGORIES: CategoriesState = { categories: new Map(), states: new Map() };

export function evolve(state: CategoriesState, event: LogEvent): CategoriesState {
  if (event.type === 'CategoryDescribed') {
    const row = event.data;
    return { ...state, categories: new Map(state.categories).set(row.categoryId, row) };
  }
  if (event.type === 'MatterStateDescribed') {
    const row = event.data;
    return { ...state, states: new Map(state.states).set(row.state, row) };
  }
  return state;
}

/** Of one append, below the store's. */
const MAX_BYTES = 900_000;

/**
 * The events that lead from what the log says to what is wanted: what differs is described anew, what is not wanted any more
 * is withdrawn. Rejects with `categories-unchanged` when there are none and `categories-too-large` when one append does not
 * take them.
 */
export function decide(
  state: CategoriesState,
  wanted: { categories: readonly CategoryRow[]; states: readonly MatterStateRow[] },
): NewEvent[] | Rejection {
  const categories = changes(state.categories, wanted.categories, (row) => row.categoryId);
  const states = changes(state.states, wanted.states, (row) => row.state);
  const events: NewEvent[] = [
    ...states.map((data): NewEvent => ({ type: 'MatterStateDescribed', data })),
    ...categories.map((data): NewEvent => ({ type: 'CategoryDescribed', data })),
  ];
  if (events.length === 0) return { rejected: 'categories-unchanged' };
  const bytes = events.reduce((sum, { data }) => sum + canonicalText(data).length, 0);
  return bytes > MAX_BYTES ? { rejected: 'categories-too-large', detail: { max: MAX_BYTES } } : events;
}

function changes<Row extends { withdrawn?: true }>(
  known: ReadonlyMap<string, Row>,
  wanted: readonly Row[],
  keyOf: (row: Row) => string,
): Row[] {
  const keys = new Set(wanted.map(keyOf));
  const gone = [...known.values()].filter((row) => !keys.has(keyOf(row)) && !row.withdrawn);
  return [
    ...wanted.filter((row) => !isSame(known.get(keyOf(row)), row)),
    ...gone.map((row): Row => ({ ...row, withdrawn: true })),
  ];
}

function isSame(one: unknown, other: unknown): boolean {
  return one !== undefined && canonicalText(one) === canonicalText(other);
}
