/**
 * Migrations run while processes of the release before still serve: none takes away, renames or tightens what these use. What
 * is taken away says since which release nothing uses it: `-- unused since 0.3` on the line before.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { migrationsFolder } from '../../src/postgres/database.js';

const UNSAFE = [
  /\bdrop\s+(table|column|view|schema|function|trigger|constraint|type|sequence)\b/,
  /\brename\b/,
  /^truncate\b/,
  /\brevoke\b/,
  /\block\s+table\b/,
  /\balter\s+(column\s+)?\w+\s+(set\s+data\s+)?type\b/,
  /\bset\s+not\s+null\b/,
  /\badd\s+column\b(?![^,;]*\bdefault\b)[^,;]*\bnot\s+null\b/,
  // Those that are there are not looked at, nor the table locked for long; a later migration validates.
  /\badd\s+(constraint\b(?!.*\bnot\s+valid\b)|check\b|unique\b|primary\b|foreign\b)/,
];

/** The statements of a migration that processes of the release before cannot stand. */
function unsafeIn(sql: string): string[] {
  const spared = sql.replace(/--[^\n]*unused since \d+\.\d+[^\n]*\n[^;]*;/g, '');
  return spared
    .replace(/--[^\n]*/g, '')
    .toLowerCase()
    .split(';')
    .map((statement) => statement.replace(/\s+/g, ' ').trim())
    .filter((statement) => UNSAFE.some((pattern) => pattern.test(statement)));
}

describe('migrations', () => {
  const folder = migrationsFolder();

  it.each(readdirSync(folder))('%s is safe while processes of the release before serve', (file) => {
    expect(unsafeIn(readFileSync(join(folder, file), 'utf8'))).toEqual([]);
  });

  it.each([
    'drop table contents;',
    'alter table contents drop column bytes;',
    'alter table contents rename column bytes to text;',
    'alter table contents alter column bytes type text;',
    'alter table contents alter column basis set not null;',
    'alter table contents add column size integer not null;',
    'alter table contents add constraint small check (size < 10);',
    'truncate contents;',
    'revoke select on contents from concejo_runtime;',
    '-- In a comment:\ncreate table a (b text); Drop\n  Table contents;',
  ])('like %j would not be', (sql) => {
    expect(unsafeIn(sql)).toHaveLength(1);
  });

  it.each([
    'create table more (id uuid primary key, name text not null check (name <> $$$$));',
    'alter table contents add column size integer;',
    'alter table contents add column size integer not null default 0;',
    'alter table contents add constraint small check (size < 10) not valid;',
    'create index contents_by_size on contents (size);',
    '-- Nothing to drop table for.\nselect 1;',
    '-- unused since 0.3: replaced by more\ndrop table contents;',
  ])('like %j would be', (sql) => {
    expect(unsafeIn(sql)).toEqual([]);
  });
});
