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

export interface ReportStyle {
  readonly separator: ',' | ';';
  readonly decimal: '.' | ',';
  /** Without it some spreadsheets take the letters for those of another table. */
  readonly byteOrderMark: boolean;
}

/** RFC 4180. */
const PLAIN: ReportStyle = { separator: ',', decimal: '.', byteOrderMark: false };
/** As a spreadsheet opens it where a comma stands before decimals, as in Spain. */
export const FOR_SPREADSHEETS: ReportStyle = { separator: ';', decimal: ',', byteOrderMark: true };

/** @param languages of the columns with names */
export function reportCsv(
  { year, void: voids, all, kinds }: YearNumbers,
  names: Names,
  languages: readonly string[],
  { separator, decimal, byteOrderMark }: ReportStyle = PLAIN,
): string {
  const head = ['year', 'kind', 'by', 'id', ...languages.map((language) => `name_${language}`), ...FIGURES];
  const lines = [head];
  const add = (kind: string, by: string, id: string, texts: Texts, numbers: Partial<Numbers>) => {
    const named = languages.map((language) => texts[language] ?? '');
    const figures = FIGURES.map((figure) => `${numbers[figure] ?? ''}`.replace('.', decimal));
    lines.push([`${year}`, kind, by, id, ...named, ...figures]);
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
  const text = lines
    .map((cells) => `${cells.map((cell) => csvCell(cell, separator)).join(separator)}\r\n`)
    .join('');
  return byteOrderMark ? `\ufeff${text}` : text;
}

/** @see https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r\n]/;

/** A name that a spreadsheet would take for a formula has an apostrophe before it: names come from a file that others may have written. */
function csvCell(text: string, separator: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /["\r\n]/.test(plain) || plain.includes(separator) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
