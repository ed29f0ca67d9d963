/** The figures of a year, from the sums that are kept beside the matters and from what is overdue at an instant. Pure. */
import {
  DAYS_TO_ANSWER,
  DAYS_TO_FIX,
  DIMENSIONS,
  DUE_IN,
  monthOf,
  readSumKey,
  VOID_KIND,
  yearPrefix,
  type Dimension,
} from '../../projections/matter-numbers.js';
import type { Histogram, Sum, Sums } from '../../projections/sums.js';

/** All of them count matters, but `joined`, which counts people, and the medians. */
export interface Numbers {
  readonly filed: number;
  readonly released: number;
  /** At least once. */
  readonly answered: number;
  /** Of those with a deadline, first answered before its end, or after it; what was erased after it unanswered is late, too. */
  readonly inTime: number;
  readonly late: number;
  /** Whose deadline has passed without an answer, those that were opened again included. */
  readonly overdue: number;
  /** With a deadline, and erased before they were answered. */
  readonly erasedUnanswered: number;
  readonly fixed: number;
  /** Closed without having been fixed, duplicates left out. */
  readonly closed: number;
  readonly duplicates: number;
  readonly reopened: number;
  readonly joined: number;
  /** Whole days from filing; of an even number the mean of the middle two. Absent without any. */
  readonly medianDaysToAnswer?: number;
  readonly medianDaysToFix?: number;
}

/** The figures of one kind, or of all kinds together. */
export interface KindNumbers {
  readonly whole: Numbers;
  /** Only what everybody may see. Values in order; `''` has what has none. */
  readonly by: Readonly<Record<Dimension, ReadonlyMap<string, Numbers>>>;
}

export interface YearNumbers {
  readonly year: number;
  /** Filed, but no matter at all; in no other figure. */
  readonly void: number;
  readonly all: KindNumbers;
  /** By kind, in order. */
  readonly kinds: ReadonlyMap<string, KindNumbers>;
}

/** Matters that are overdue since this month, with all that they are counted by. */
export interface Overdue {
  readonly kind: string;
  /** Absent where not everybody may see it. */
  readonly shown?: Readonly<Record<Dimension, string | undefined>>;
  readonly count: number;
}

/** All figures of a year but what is overdue, which is of an instant: the same for everybody who asks before anything changes. */
export class GatheredYear {
  readonly #all = new Gathered();
  readonly #kinds = new Map<string, Gathered>();
  #voids = 0;

  /** @param sums by `sumKey`; those of other years are left out */
  constructor(
    private readonly year: number,
    sums: Sums,
  ) {
    const prefix = yearPrefix(year);
    for (const [key, sum] of sums) {
      if (!key.startsWith(prefix)) continue;
      const { kind, dimension, value } = readSumKey(key);
      if (kind === VOID_KIND) this.#voids += sum.figures.get('filed') ?? 0;
      else for (const gathered of [this.#all, this.#ofKind(kind)]) gathered.tally(dimension, value).add(sum);
    }
  }

  /**
   * @param now what is overdue is overdue at this instant
   * @param overdue those whose clock ended before `now` in its own month (`monthOf`), which no sum tells
   */
  numbers(now: string, overdue: readonly Overdue[]): YearNumbers {
    const month = monthOf(now);
    const all = new Late();
    const kinds = new Map([...this.#kinds.keys()].map((kind) => [kind, new Late()]));
    for (const { kind, shown, count } of overdue) {
      const ofKind = kinds.get(kind) ?? new Late();
      kinds.set(kind, ofKind);
      for (const late of [all, ofKind]) late.add(count, shown);
    }
    const inOrder = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      year: this.year,
      void: this.#voids,
      all: this.#all.numbers(month, all),
      kinds: new Map(
        inOrder.map(([kind, late]) => [kind, (this.#kinds.get(kind) ?? new Gathered()).numbers(month, late)]),
      ),
    };
  }

  #ofKind(kind: string): Gathered {
    const known = this.#kinds.get(kind) ?? new Gathered();
    this.#kinds.set(kind, known);
    return known;
  }
}

/** What is overdue since this month, as it is counted. */
class Late {
  whole = 0;
  readonly by = Object.fromEntries(
    DIMENSIONS.map((dimension) => [dimension, new Map<string, number>()]),
  ) as Record<Dimension, Map<string, number>>;

  add(count: number, shown: Overdue['shown']): void {
    this.whole += count;
    if (shown === undefined) return;
    for (const dimension of DIMENSIONS) addTo(this.by[dimension], shown[dimension] ?? '', count);
  }
}

class Gathered {
  readonly #whole = new Tally();
  readonly #by = Object.fromEntries(
    DIMENSIONS.map((dimension) => [dimension, new Map<string, Tally>()]),
  ) as Record<Dimension, Map<string, Tally>>;

  tally(dimension?: Dimension, value = ''): Tally {
    if (dimension === undefined) return this.#whole;
    const tallies = this.#by[dimension];
    let tally = tallies.get(value);
    if (tally === undefined) tallies.set(value, (tally = new Tally()));
    return tally;
  }

  numbers(month: string, late: Late): KindNumbers {
    const by = DIMENSIONS.map((dimension) => {
      const tallies = this.#by[dimension];
      const values = [...new Set([...tallies.keys(), ...late.by[dimension].keys()])].sort((a, b) =>
        a < b ? -1 : 1,
      );
      const each = values.map((value) => {
        const tally = tallies.get(value) ?? new Tally();
        return [value, tally.numbers(month, late.by[dimension].get(value) ?? 0)] as const;
      });
      return [dimension, new Map(each)];
    });
    return { whole: this.#whole.numbers(month, late.whole), by: Object.fromEntries(by) as KindNumbers['by'] };
  }
}

class Tally {
  readonly #figures = new Map<string, number>();
  readonly #toAnswer: Histogram = [];
  readonly #toFix: Histogram = [];
  /** How many have a clock that ends in a month. */
  readonly #dueIn = new Map<string, number>();
  /** Once it was asked for. */
  #settled: Omit<Numbers, 'overdue'> | undefined;

  add({ figures, histograms }: Sum): void {
    for (const [name, figure] of figures) {
      if (name.startsWith(DUE_IN)) addTo(this.#dueIn, name.slice(DUE_IN.length), figure);
      else addTo(this.#figures, name, figure);
    }
    addHistogram(this.#toAnswer, histograms.get(DAYS_TO_ANSWER) ?? []);
    addHistogram(this.#toFix, histograms.get(DAYS_TO_FIX) ?? []);
  }

  /** @param month those whose clock ended before it are overdue @param since how many are since it began */
  numbers(month: string, since: number): Numbers {
    this.#settled ??= this.#settle();
    let overdue = since;
    for (const [dueIn, figure] of this.#dueIn) if (dueIn < month) overdue += figure;
    return { ...this.#settled, overdue };
  }

  #settle(): Omit<Numbers, 'overdue'> {
    const figure = (name: string) => this.#figures.get(name) ?? 0;
    const medianDaysToAnswer = median(this.#toAnswer);
    const medianDaysToFix = median(this.#toFix);
    return {
      filed: figure('filed'),
      released: figure('released'),
      answered: figure('answered'),
      inTime: figure('in-time'),
      late: figure('late'),
      erasedUnanswered: figure('erased-unanswered'),
      fixed: figure('fixed'),
      closed: figure('closed'),
      duplicates: figure('duplicate'),
      reopened: figure('reopened'),
      joined: figure('joined'),
      ...(medianDaysToAnswer !== undefined && { medianDaysToAnswer }),
      ...(medianDaysToFix !== undefined && { medianDaysToFix }),
    };
  }
}

function addTo<K>(map: Map<K, number>, key: K, figure: number): void {
  map.set(key, (map.get(key) ?? 0) + figure);
}

function addHistogram(histogram: Histogram, more: Histogram): void {
  for (let value = 0; value < more.length; value++)
    histogram[value] = (histogram[value] ?? 0) + (more[value] ?? 0);
}

/** The middle value, or the mean of the middle two; `undefined` of a histogram of nothing. */
export function median(histogram: Histogram): number | undefined {
  const count = histogram.reduce((sum, times) => sum + times, 0);
  if (count === 0) return undefined;
  /** The value at a place, from 0, of all values in order. */
  const at = (place: number) => {
    let seen = 0;
    return histogram.findIndex((times) => (seen += times) > place);
  };
  return (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2;
}
