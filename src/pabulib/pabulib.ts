/**
 * The Pabulib `.pb` format, read and written without loss: writing what was read gives the same bytes.
 *
 * Three sections, META, PROJECTS and VOTES, each a title line, a header line, and rows separated by `;` with CSV quoting.
 * @see https://pabulib.org/format
 */

export interface Row {
  cells: string[];
  /** Line in the file, from 1; 0 for a row that was not read. */
  line: number;
  /** Cells that were quoted without need, and another line end than the file's: kept so that nothing is lost. */
  quoted?: number[];
  end?: string;
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
 * `fatal`: the file cannot be used. `row`: one row cannot be; a lenient import leaves it out. `warning`: it is used as it is.
 */
export interface Problem {
  severity: 'fatal' | 'row' | 'warning';
  code: string;
  /** From 1; 0 where it concerns the whole file. */
  line: number;
  detail?: string;
}

export type ParseResult = { file: PabulibFile; problems: Problem[] } | { file: undefined; problems: Problem[] };

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
    if (start < (starts[index - 1] ?? 0)) return fatal('sections-out-of-order', rows[start]?.line ?? 0, TITLES[index]);
  }
  if (starts[0] !== 0) return fatal('text-before-meta', rows[0]?.line ?? 1);
  const problems: Problem[] = [];
  const sections: Section[] = [];
  for (const [index, start] of starts.entries()) {
    const [title, header, ...body] = rows.slice(start, starts[index + 1] ?? rows.length);
    if (title === undefined || header === undefined) return fatal('header-missing', title?.line ?? 0, TITLES[index]);
    const names = header.cells.map((cell) => cell.trim().toLowerCase());
    const missing = HEADERS[index]?.find((name, at) => names[at] !== name);
    if (missing !== undefined) return fatal('column-missing', header.line, missing);
    const ragged = body.filter((row) => row.cells.length !== header.cells.length);
    for (const row of ragged) problems.push({ severity: 'row', code: 'row-ragged', line: row.line });
    sections.push({ title, header, rows: body });
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

/** The same file without age, sex and every other trait of voters. */
export function withoutTraits(file: PabulibFile): PabulibFile {
  const kept = VOTE_COLUMNS.map((name) => columnIndex(file.votes, name)).filter((index) => index >= 0);
  const strip = (row: Row): Row => {
    const { quoted: _quoted, ...plain } = row;
    return { ...plain, cells: kept.map((index) => row.cells[index] ?? '') };
  };
  const { title, header, rows } = file.votes;
  return { ...file, votes: { title, header: strip(header), rows: rows.map(strip) } };
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
    const newline = text.indexOf('\n', at);
    const stop = newline < 0 ? text.length : newline;
    const end = newline < 0 ? '' : text.charCodeAt(stop - 1) === 13 && stop > at ? '\r\n' : '\n';
    const raw = text.slice(at, stop - (end === '\r\n' ? 1 : 0));
    if (raw.includes('"')) {
      const quoted = readQuoted(text, at, line);
      if (typeof quoted === 'number') return quoted;
      rows.push(quoted.end === lineEnd ? withoutEnd(quoted.row) : { ...quoted.row, end: quoted.end });
      at = quoted.next;
      line += quoted.lines;
      continue;
    }
    const row: Row = { cells: raw.split(';'), line };
    if (end !== lineEnd) row.end = end;
    rows.push(row);
    at = stop + 1;
    line += 1;
  }
  return rows;
}

function withoutEnd({ end: _end, ...row }: Row): Row {
  return row;
}

/** Reads a row with quotes, which may hold separators, doubled quotes and line ends. RFC 4180 with `;`. */
function readQuoted(text: string, start: number, line: number) {
  const cells: string[] = [];
  const quoted: number[] = [];
  let at = start;
  let lines = 1;
  for (;;) {
    let cell = '';
    if (text.charAt(at) === '"') {
      at += 1;
      for (;;) {
        const close = text.indexOf('"', at);
        if (close < 0) return line;
        cell += text.slice(at, close);
        at = close + 1;
        if (text.charAt(at) !== '"') break;
        cell += '"';
        at += 1;
      }
      lines += cell.split('\n').length - 1;
      if (!needsQuotes(cell)) quoted.push(cells.length);
    }
    // What follows a closing quote, or an unquoted cell, up to the separator; a quote inside it stands for itself.
    const rest = /[;\n]/g;
    rest.lastIndex = at;
    const stop = rest.exec(text)?.index ?? text.length;
    const atEnd = text.charAt(stop) !== ';';
    const carriage = atEnd && text.charAt(stop - 1) === '\r' && stop > at;
    cell += text.slice(at, carriage ? stop - 1 : stop);
    cells.push(cell);
    at = stop + 1;
    if (atEnd) {
      const end = stop >= text.length ? '' : carriage ? '\r\n' : '\n';
      const row: Row = quoted.length > 0 ? { cells, line, quoted } : { cells, line };
      return { row, end, next: at, lines };
    }
  }
}

function writeRow(row: Row): string {
  return row.cells.map((cell, index) => (needsQuotes(cell) || row.quoted?.includes(index) ? quote(cell) : cell)).join(';');
}

function needsQuotes(cell: string): boolean {
  return /[";\r\n]/.test(cell);
}

function quote(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

function fatal(code: string, line: number, detail?: string): ParseResult {
  return { file: undefined, problems: [{ severity: 'fatal', code, line, ...(detail !== undefined && { detail }) }] };
}
