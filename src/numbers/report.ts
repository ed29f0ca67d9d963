/** The yearly report that a city publishes, as a table: RFC 4180, UTF-8, a line for each kind and each value that it is counted by. Pure. */
import { DIMENSIONS, VOID_KIND, type Dimension } from '../../projections/matter-numbers.js';
import type { Texts } from '../contents/public-contents.js';
import type { KindNumbers, Numbers, YearNumbers } from './numbers.js';

/** Names of what is counted, by its id. */
export type Names = Readonly<Record<Dimension, ReadonlyMap<string, Texts>>>;

/** In the order of the columns. */
export const FIGURES = [
  'filed',
  'released',
  'answered',
  'inTime',
  'late',
  'overdue',
  'erasedUnanswered',
  'fixed',
  'closed',
  'duplicates',
  'reopened',
  'joined',
  'medianDaysToAnswer',
  'medianDaysToFix',
] as const satisfies readonly (keyof Numbers)[];

/** @param languages of the columns with names */
export function reportCsv(
  { year, void: voids, all, kinds }: YearNumbers,
  names: Names,
  languages: readonly string[],
): string {
  const head = ['year', 'kind', 'by', 'id', ...languages.map((language) => `name_${language}`), ...FIGURES];
  const lines = [head];
  const add = (kind: string, by: string, id: string, texts: Texts, numbers: Partial<Numbers>) => {
    const named = languages.map((language) => texts[language] ?? '');
    lines.push([`${year}`, kind, by, id, ...named, ...FIGURES.map((figure) => `${numbers[figure] ?? ''}`)]);
  };
  const addKind = (kind: string, { whole, by }: KindNumbers) => {
    add(kind, '', '', {}, whole);
    for (const dimension of DIMENSIONS)
      for (const [id, numbers] of by[dimension])
        add(kind, dimension, id, names[dimension].get(id) ?? {}, numbers);
  };
  addKind('all', all);
  for (const [kind, numbers] of kinds) addKind(kind, numbers);
  add(VOID_KIND, '', '', {}, { filed: voids });
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/** @see https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r\n]/;

/** A name that a spreadsheet would take for a formula has an apostrophe before it: names come from a file that others may have written. */
function csvCell(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
