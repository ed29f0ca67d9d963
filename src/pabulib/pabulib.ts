/**
 * The Pabulib `.pb` format, read and written without loss: writing what was read gives the same bytes.
 *
 * Three sections, META, PROJECTS and VOTES, each a title line, a header line, and rows separated by `;` with CSV quoting.
 * @see https://pabulib.org/format
 */

export interface Row {
  readonly cells: readonly string[];
  /** Line in the file, from 1; 0 for a row that was not read. */
  readonly line: number;
  /** The row as it stands in the file, where writing its cells would give something else (quotes without need). */
  readonly raw?: string;
  /** Its line end, where that is not the file's. */
  readonly end?: string;
}

export interface Section {
  /** As it stands in the file. */
  title: Row;
  header: Row;
  rows: Row[];
}

export interface PabulibFile {
  byteOrderMark: boolean;
  lineEnd: string;
  meta: Section;
  projects: Section;
  votes: Section;
}

/**
 * `fatal`: the file cannot be used. `row`: one row cannot be; a lenient import leaves it out. `left-out`: a ballot that the
 * ruleset says not to count. `warning`: it is used as it is.
 */
export interface Problem {
  severity: 'fatal' | 'row' | 'left-out' | 'warning';
  code: string;
  /** From 1; 0 where it concerns the whole file. */
  line: number;
  /** The project or voter that it concerns. */
  id?: string;
  detail?: string;
}

export type ParseResult =
  { file: PabulibFile; problems: Problem[] } | { file: undefined; problems: Problem[] };

const TITLES = ['META', 'PROJECTS', 'VOTES'];
const HEADERS = [['key', 'value'], ['project_id', 'cost'], ['voter_id']];

/** Reads the structure of a file: sections, headers, rows. What the rows say is checked by `checkElection`. */
export function parsePabulib(bytes: Uint8Array): ParseResult {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fatal('not-utf8', 0);
  }
  const byteOrderMark = text.startsWith('\uFEFF');
  if (byteOrderMark) text = text.slice(1);
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const rows = readRows(text, lineEnd);
  if (typeof rows === 'number') return fatal('quote-not-closed', rows);
  const starts = TITLES.map((title) => rows.findIndex((row) => isTitle(row, title)));
  for (const [index, start] of starts.entries()) {
    if (start < 0) return fatal('section-missing', 0, TITLES[index]);
    if (start < (starts[index - 1] ?? 0))
      return fatal('sections-out-of-order', rows[start]?.line ?? 0, TITLES[index]);
  }
  if (starts[0] !== 0) return fatal('text-before-meta', rows[0]?.line ?? 1);
  const problems: Problem[] = [];
  const sections: Section[] = [];
  for (const [index, start] of starts.entries()) {
    const [title, header, ...body] = rows.slice(start, starts[index + 1] ?? rows.length);
    if (title === undefined || header === undefined)
      return fatal('header-missing', title?.line ?? 0, TITLES[index]);
    const names = header.cells.map((cell) => cell.trim().toLowerCase());
    const missing = HEADERS[index]?.find((name, at) => names[at] !== name);
    if (missing !== undefined) return fatal('column-missing', header.line, missing);
    const section = { title, header, rows: body };
    for (const row of body) {
      if (isBlank(row)) problems.push({ severity: 'warning', code: 'row-blank', line: row.line });
      else if (!isWhole(section, row)) problems.push({ severity: 'row', code: 'row-ragged', line: row.line });
    }
    sections.push(section);
  }
  const [meta, projects, votes] = sections as [Section, Section, Section];
  return { file: { byteOrderMark, lineEnd, meta, projects, votes }, problems };
}

/** The bytes of a file. */
export function writePabulib(file: PabulibFile): Uint8Array {
  const parts: string[] = [file.byteOrderMark ? '\uFEFF' : ''];
  for (const { title, header, rows } of [file.meta, file.projects, file.votes]) {
    for (const row of [title, header]) parts.push(writeRow(row), row.end ?? file.lineEnd);
    for (const row of rows) parts.push(writeRow(row), row.end ?? file.lineEnd);
  }
  return new TextEncoder().encode(parts.join(''));
}

/** Whether a row has a cell for every column. */
export function isWhole(section: Section, row: Row): boolean {
  return row.cells.length === section.header.cells.length;
}

/** Whether a row is an empty line, which says nothing and is kept. */
export function isBlank(row: Row): boolean {
  return row.cells.length === 1 && row.cells[0]?.trim() === '';
}

/** The place of a column in a section, -1 where there is none. */
export function columnIndex(section: Section, name: string): number {
  return section.header.cells.findIndex((cell) => cell.trim().toLowerCase() === name);
}

/** A value of META. */
export function metaValue(file: PabulibFile, key: string): string | undefined {
  return file.meta.rows.find((row) => row.cells[0]?.trim().toLowerCase() === key)?.cells[1]?.trim();
}

/** Columns of VOTES that say how somebody voted and nothing of who she is. */
const VOTE_COLUMNS = ['voter_id', 'vote', 'points', 'voting_method'];

/**
 * The same file without age, sex and every other trait of voters. Rows with too few or too many cells go as well: in them a
 * trait may stand under another column's name.
 */
export function withoutTraits(file: PabulibFile): PabulibFile {
  const kept = VOTE_COLUMNS.map((name) => columnIndex(file.votes, name)).filter((index) => index >= 0);
  const strip = ({ raw: _raw, ...row }: Row): Row => ({
    ...row,
    cells: kept.map((index) => row.cells[index] ?? ''),
  });
  const { title, header, rows } = file.votes;
  const whole = rows.filter((row) => isWhole(file.votes, row));
  return { ...file, votes: { title, header: strip(header), rows: whole.map(strip) } };
}

function isTitle(row: Row, title: string): boolean {
  return row.cells.length === 1 && row.cells[0]?.trim().toUpperCase() === title;
}

/** @returns the line of a quote that is never closed, when there is one */
function readRows(text: string, lineEnd: string): Row[] | number {
  const rows: Row[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    let stop = endOfLine(text, at);
    let cells: string[] | undefined;
    if (text.slice(at, stop).includes('"')) {
      const quoted = readQuoted(text, at);
      if (quoted === undefined) return line;
      ({ cells, stop } = quoted);
    }
    // `stop` is at the line feed, or at the end of the text.
    const end = stop === text.length ? '' : text[stop - 1] === '\r' && stop > at ? '\r\n' : '\n';
    const raw = text.slice(at, end === '\r\n' ? stop - 1 : stop);
    cells ??= raw.split(';');
    const differs = /["\r]/.test(raw) && writeCells(cells) !== raw;
    rows.push({ cells, line, ...(differs && { raw }), ...(end !== lineEnd && { end }) });
    line += 1 + (raw.includes('\n') ? raw.split('\n').length - 1 : 0);
    at = stop + 1;
  }
  return rows;
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline;
}

/**
 * Reads a row with quotes, which may hold separators, doubled quotes and line ends: RFC 4180 with `;`. What follows a
 * closing quote belongs to the cell, and a quote inside an unquoted cell stands for itself.
 * @returns the cells and the place of the row's line feed; `undefined` when a quote is never closed
 */
function readQuoted(text: string, start: number): { cells: string[]; stop: number } | undefined {
  const cells: string[] = [];
  let at = start;
  for (;;) {
    let cell = '';
    if (text[at] === '"') {
      at += 1;
      for (;;) {
        const close = text.indexOf('"', at);
        if (close < 0) return undefined;
        cell += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at += 1;
      }
    }
    const lineStop = endOfLine(text, at);
    const separator = text.indexOf(';', at);
    const isLast = separator < 0 || separator > lineStop;
    const stop = isLast ? lineStop : separator;
    cell += text.slice(
      at,
      isLast && stop < text.length && text[stop - 1] === '\r' && stop > at ? stop - 1 : stop,
    );
    cells.push(cell);
    if (isLast) return { cells, stop };
    at = stop + 1;
  }
}

function writeRow(row: Row): string {
  return row.raw ?? writeCells(row.cells);
}

function writeCells(cells: readonly string[]): string {
  return cells.map((cell) => (needsQuotes(cell) ? quote(cell) : cell)).join(';');
}

function needsQuotes(cell: string): boolean {
  return /[";\r\n]/.test(cell);
}

function quote(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

function fatal(code: string, line: number, detail?: string): ParseResult {
  return {
    file: undefined,
    problems: [{ severity: 'fatal', code, line, ...(detail !== undefined && { detail }) }],
  };
}
