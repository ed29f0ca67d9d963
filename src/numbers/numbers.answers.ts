/** The figures of a year as JSON. */
import { Type } from 'typebox';
import { closed, Count, Instant } from '../../projections/events/schema.js';
import { DIMENSIONS, type Dimension } from '../../projections/matter-numbers.js';
import type { Texts } from '../contents/public-contents.js';
import type { KindNumbers, Numbers } from './numbers.js';
import type { YearReport } from './numbers.queries.js';
import type { Names } from './report.js';

const Days = Type.Number({ minimum: 0, multipleOf: 0.5 });
const FIGURES = {
  filed: Count,
  released: Count,
  /** At least once. */
  answered: Count,
  /** First answered before the end of the legal deadline, or after it (or erased then, unanswered); thanks have none. */
  inTime: Count,
  late: Count,
  /** Whose deadline has passed without an answer. */
  overdue: Count,
  /** With a deadline, and erased before they were answered. */
  erasedUnanswered: Count,
  fixed: Count,
  /** Closed without having been fixed, duplicates left out. */
  closed: Count,
  duplicates: Count,
  reopened: Count,
  /** People who joined. */
  joined: Count,
  /** Whole days from filing, of those that were. */
  medianDaysToAnswer: Type.Optional(Days),
  medianDaysToFix: Type.Optional(Days),
};
const Counted = Type.Array(
  closed({
    /** Absent for what has none. */
    id: Type.Optional(Type.String()),
    name: Type.Record(Type.String(), Type.String()),
    ...FIGURES,
  }),
);
const OfKind = closed({
  ...FIGURES,
  /** Of these three, only what everybody may see. */
  categories: Counted,
  areas: Counted,
  departments: Counted,
});
const figures = {
  filed: 1_656,
  released: 1_580,
  answered: 1_512,
  inTime: 1_406,
  late: 106,
  overdue: 21,
  erasedUnanswered: 2,
  fixed: 1_190,
  closed: 301,
  duplicates: 44,
  reopened: 63,
  joined: 812,
  medianDaysToAnswer: 17,
  medianDaysToFix: 23.5,
};
const ofKind = {
  ...figures,
  categories: [{ id: 'street-lamp', name: { es: 'Farola', en: 'Street lamp' }, ...figures }],
  areas: [{ name: {}, ...figures }],
  departments: [],
};

export const YearNumbersAnswer = {
  schema: closed({
    /** By UTC. */
    year: Type.Integer(),
    /** The instant for which `overdue` holds. */
    at: Instant,
    /** Filed, but no matter at all; in no other figure. */
    void: Count,
    all: OfKind,
    kinds: Type.Record(Type.String(), OfKind),
  }),
  example: {
    year: 2026,
    at: '2027-01-15T08:00:00.000Z',
    void: 8,
    all: ofKind,
    kinds: { complaint: ofKind },
  },
};

export const MatterYearsAnswer = {
  schema: closed({ years: Type.Array(closed({ year: Type.Integer(), filed: Count })) }),
  example: { years: [{ year: 2026, filed: 2_098 }] },
};

export function yearJson({ numbers, names }: YearReport, at: Date) {
  const { year, all, kinds } = numbers;
  const ofKinds = [...kinds].map(([kind, one]) => [kind, kindJson(one, names)]);
  return {
    year,
    at: at.toISOString(),
    void: numbers.void,
    all: kindJson(all, names),
    kinds: Object.fromEntries(ofKinds) as Record<string, ReturnType<typeof kindJson>>,
  };
}

const PLURALS = { category: 'categories', area: 'areas', department: 'departments' } as const;

function kindJson({ whole, by }: KindNumbers, names: Names) {
  const counted = DIMENSIONS.map((dimension: Dimension) => [
    PLURALS[dimension],
    [...by[dimension]].map(([id, one]) => countedJson(id, names[dimension].get(id), one)),
  ]);
  return {
    ...whole,
    ...(Object.fromEntries(counted) as Record<
      (typeof PLURALS)[Dimension],
      readonly ReturnType<typeof countedJson>[]
    >),
  };
}

function countedJson(id: string, name: Texts | undefined, numbers: Numbers) {
  return { ...(id !== '' && { id }), name: name ?? {}, ...numbers };
}
