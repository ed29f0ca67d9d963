/**
 * Sums over the rows of a view, such as a year's statistics. What a row adds to them is a pure function of that row, so that
 * whoever has the rows has the sums: a changed row takes back what it added before and adds what it adds now.
 */
import type { Projection } from './projection.js';

/** Whole numbers by their names. A histogram has a figure for each of its values. */
export type Figures = Readonly<Record<string, number>>;

/** What a row adds to the sums of these keys. */
export type Addends = Iterable<readonly [key: string, figures: Figures]>;

/** By key, and by name. A figure that is 0 is not there, nor is a key without figures. */
export type Sums = Map<string, Map<string, number>>;

/** Adds, or takes away; the sums are changed in place. */
export function addInto(sums: Sums, addends: Addends, times: 1 | -1 = 1): void {
  for (const [key, figures] of addends) {
    const sum = sums.get(key) ?? new Map<string, number>();
    for (const [name, figure] of Object.entries(figures)) {
      const summed = (sum.get(name) ?? 0) + times * figure;
      if (summed === 0) sum.delete(name);
      else sum.set(name, summed);
    }
    if (sum.size === 0) sums.delete(key);
    else sums.set(key, sum);
  }
}

/** The sums over all rows of a view, which the server keeps beside them. */
export function sumsOf<Row>(view: Pick<Projection<Row>, 'sums'>, rows: Iterable<Row>): Sums {
  const sums: Sums = new Map();
  for (const row of rows) addInto(sums, view.sums?.(row) ?? []);
  return sums;
}

/** A sum as it is stored. */
export function figuresText(sum: ReadonlyMap<string, number>): string {
  return JSON.stringify(Object.fromEntries(sum));
}

export function readFigures(text: string): Map<string, number> {
  return new Map(Object.entries(JSON.parse(text) as Figures));
}
