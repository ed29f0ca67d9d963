/**
 * Sums over the rows of a view, such as a year's statistics. What a row adds to them is a pure function of that row, so that
 * whoever has the rows has the sums: a changed row takes back what it added before and adds what it adds now.
 */
import type { Projection } from './projection.js';

/** By name: a whole number that is added, or, in a list, the value of which a histogram has one more. */
export type Figures = Readonly<Record<string, number | readonly [value: number]>>;

/** What a row adds to the sums of these keys. */
export type Addends = Iterable<readonly [key: string, figures: Figures]>;

/** How often there is each value, from 0 to some thousands, in the place of that value. The last one is not 0. */
export type Histogram = number[];

/** Neither a figure that is 0 nor a histogram of nothing is there. */
export class Sum {
  readonly figures = new Map<string, number>();
  readonly histograms = new Map<string, Histogram>();

  get isEmpty(): boolean {
    return this.figures.size === 0 && this.histograms.size === 0;
  }

  add(name: string, figure: number): void {
    const summed = (this.figures.get(name) ?? 0) + figure;
    if (summed === 0) this.figures.delete(name);
    else this.figures.set(name, summed);
  }

  /** As `countIn`. */
  count(name: string, value: number, times: number): void {
    let histogram = this.histograms.get(name);
    if (histogram === undefined) this.histograms.set(name, (histogram = []));
    countIn(histogram, value, times);
    if (histogram.length === 0) this.histograms.delete(name);
  }

  addSum({ figures, histograms }: Sum): void {
    for (const [name, figure] of figures) this.add(name, figure);
    for (const [name, histogram] of histograms)
      for (const [value, times] of histogram.entries()) if (times !== 0) this.count(name, value, times);
  }

  /**
   * As it is stored: JSON, in which a histogram is a list of values and of how often there is each, in turn. With a name for each
   * value it would be ten times as long to read.
   */
  toText(): string {
    const pairs = (histogram: Histogram) =>
      histogram.flatMap((times, value) => (times === 0 ? [] : [value, times]));
    const packed = [...this.histograms].map(([name, histogram]) => [name, pairs(histogram)] as const);
    return JSON.stringify(Object.fromEntries([...this.figures, ...packed]));
  }

  /** @param text of `toText` */
  static fromText(text: string): Sum {
    const sum = new Sum();
    for (const [name, stored] of Object.entries(JSON.parse(text) as Record<string, number | number[]>)) {
      if (typeof stored === 'number') sum.figures.set(name, stored);
      else sum.histograms.set(name, unpacked(stored));
    }
    return sum;
  }
}

/** By key. One of nothing is not there. */
export type Sums = Map<string, Sum>;

/** Adds, or takes away; the sums are changed in place. */
export function addInto(sums: Sums, addends: Addends, times: 1 | -1 = 1): void {
  for (const [key, figures] of addends) {
    const sum = sums.get(key) ?? new Sum();
    for (const name in figures) {
      const figure = figures[name] ?? 0;
      if (typeof figure === 'number') sum.add(name, times * figure);
      else sum.count(name, figure[0], times);
    }
    if (sum.isEmpty) sums.delete(key);
    else sums.set(key, sum);
  }
}

/** Adds what was summed elsewhere; the sums are changed in place. */
export function mergeInto(sums: Sums, moved: Sums): void {
  for (const [key, more] of moved) {
    const sum = sums.get(key) ?? new Sum();
    sum.addSum(more);
    if (sum.isEmpty) sums.delete(key);
    else sums.set(key, sum);
  }
}

/** The sums over all rows of a view, which the server keeps beside them. */
export function sumsOf<Row>(view: Pick<Projection<Row>, 'sums'>, rows: Iterable<Row>): Sums {
  const sums: Sums = new Map();
  for (const row of rows) addInto(sums, view.sums?.(row) ?? []);
  return sums;
}

/** That there is a value so many times more, or less. */
export function countIn(histogram: Histogram, value: number, times = 1): void {
  while (histogram.length <= value) histogram.push(0);
  histogram[value] = (histogram[value] ?? 0) + times;
  while (histogram.at(-1) === 0) histogram.pop();
}

function unpacked(pairs: readonly number[]): Histogram {
  const histogram: Histogram = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const [value = 0, times = 0] = [pairs[i], pairs[i + 1]];
    while (histogram.length < value) histogram.push(0);
    histogram.push(times);
  }
  return histogram;
}
