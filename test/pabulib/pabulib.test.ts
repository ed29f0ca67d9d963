import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  columnIndex,
  metaValue,
  parsePabulib,
  withoutTraits,
  writePabulib,
} from '../../src/pabulib/pabulib.js';

const ELECTIONS = new URL('../../../shared/elections/', import.meta.url);
const files = existsSync(ELECTIONS) ? readdirSync(ELECTIONS).filter((name) => name.endsWith('.pb')) : [];

const SMALL = [
  'META',
  'key;value',
  'description;"A made-up town; with a ""name"""',
  'num_projects;2',
  'num_votes;2',
  'budget;100',
  'vote_type;approval',
  'rule;greedy',
  'PROJECTS',
  'project_id;cost;name',
  '10;60;Trees',
  '9;40;"Benches"',
  'VOTES',
  'voter_id;vote;age;sex',
  'a;10,9;40;F',
  'b;9;31;M',
].join('\n');

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function read(text: string) {
  const { file, problems } = parsePabulib(bytes(text));
  if (file === undefined) throw new Error(problems[0]?.code);
  return file;
}

describe('a .pb file', () => {
  it.each([
    SMALL,
    `${SMALL}\n`,
    `\uFEFF${SMALL}`,
    SMALL.replaceAll('\n', '\r\n'),
    SMALL.replace('\n', '\r\n'),
  ])('is the same after reading and writing (%#)', (text) => {
    expect(Buffer.from(writePabulib(read(text))).toString()).toBe(text);
  });

  it('is the same after reading and writing, whatever its cells hold', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '1', ',', ';', '"', '\n', ' ', 'ñ') });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, lineEnd) => {
          const file = read(SMALL.replaceAll('\n', lineEnd));
          for (const [a, b] of rows) file.projects.rows.push({ cells: [`p${a}`, '1', b], line: 0 });
          const text = Buffer.from(writePabulib(file)).toString();
          const again = read(text);
          expect(again.projects.rows.map((row) => row.cells)).toEqual(
            file.projects.rows.map((row) => row.cells),
          );
          expect(Buffer.from(writePabulib(again)).toString()).toBe(text);
        },
      ),
    );
  });

  it('is the same after reading and writing, however oddly it is written', () => {
    const piece = fc.constantFrom('a', ';', '"', '""', '";"', '\n', '\r\n', '\r', ' ', 'ñ', '\uFEFF');
    let readable = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(piece, { maxLength: 12 }), (a, b) => {
        const text = SMALL.replace('10;60;Trees', `10;60;${a.join('')}`) + b.join('');
        const { file, problems } = parsePabulib(bytes(text));
        if (file === undefined) {
          expect(problems).toEqual([expect.objectContaining({ severity: 'fatal' })]);
          return;
        }
        readable += 1;
        expect(Buffer.from(writePabulib(file)).toString()).toBe(text);
      }),
      { numRuns: 2000 },
    );
    expect(readable).toBeGreaterThan(200);
  });

  it.each([
    ['12" pipe', '12" pipe'],
    ['"a" b', 'a b'],
    ['"a;b"', 'a;b'],
    ['"two\nlines"', 'two\nlines'],
    ['""', ''],
    ['"she said ""no"""', 'she said "no"'],
  ])('reads the cell %j as %j', (written, meant) => {
    const file = read(SMALL.replace('Trees', written));
    expect(file.projects.rows[0]?.cells[2]).toBe(meant);
    // The next row begins where it should.
    expect(file.projects.rows[1]?.cells[0]).toBe('9');
    expect(file.projects.rows[1]?.line).toBe(12 + Number(meant.includes('\n')));
  });

  it('keeps empty lines and mentions them', () => {
    const text = `${SMALL}\n\n`;
    const { file, problems } = parsePabulib(bytes(text));
    expect(problems).toEqual([{ severity: 'warning', code: 'row-blank', line: 17 }]);
    expect(Buffer.from(writePabulib(file!)).toString()).toBe(text);
  });

  it('gives values and columns by name', () => {
    const file = read(SMALL);
    expect(metaValue(file, 'description')).toBe('A made-up town; with a "name"');
    expect(columnIndex(file.votes, 'vote')).toBe(1);
    expect(columnIndex(file.votes, 'points')).toBe(-1);
  });

  it('loses age, sex and other traits of voters, and nothing else, when asked to', () => {
    const text = Buffer.from(writePabulib(withoutTraits(read(SMALL)))).toString();
    expect(text).toBe(
      SMALL.replace('voter_id;vote;age;sex', 'voter_id;vote').replace(';40;F', '').replace(';31;M', ''),
    );
  });

  it('loses rows with too many or too few cells as well, since traits may stand anywhere in them', () => {
    const text = SMALL.replace('a;10,9;40;F', 'a;40;F;10,9;x');
    const stripped = Buffer.from(writePabulib(withoutTraits(read(text)))).toString();
    expect(stripped).not.toContain('40;F');
    expect(stripped).toContain('b;9');
  });

  it.each([
    ['section-missing', SMALL.replace('PROJECTS', 'PROJECT')],
    ['sections-out-of-order', `VOTES\nvoter_id\n${SMALL.slice(0, SMALL.indexOf('VOTES'))}`],
    ['text-before-meta', `hello\n${SMALL}`],
    ['column-missing', SMALL.replace('project_id;cost', 'project_id;price')],
    ['header-missing', SMALL.slice(0, SMALL.indexOf('\nvoter_id'))],
    ['quote-not-closed', SMALL.replace('"Benches"', '"Benches')],
  ])('is refused with %s', (code, text) => {
    expect(parsePabulib(bytes(text)).problems).toContainEqual(
      expect.objectContaining({ severity: 'fatal', code }),
    );
  });

  it('is refused when it is not UTF-8', () => {
    expect(parsePabulib(Uint8Array.of(0x4d, 0xff)).problems[0]?.code).toBe('not-utf8');
  });

  it('names the line of a ragged row', () => {
    const { problems } = parsePabulib(bytes(SMALL.replace('b;9;31;M', 'b;9;31')));
    expect(problems).toEqual([{ severity: 'row', code: 'row-ragged', line: 16 }]);
  });
});

const describeReal = files.length > 0 ? describe : describe.skip;
describeReal(
  `real elections${files.length > 0 ? '' : ' (SKIPPED: ../shared/elections is not there)'}`,
  () => {
    it.each(files)('%s is the same after reading and writing', (name) => {
      const original = readFileSync(new URL(name, ELECTIONS));
      const { file, problems } = parsePabulib(original);
      expect(problems).toEqual([]);
      expect(Buffer.from(writePabulib(file!)).equals(original)).toBe(true);
    });
  },
);
