/** What the auditor shares with the server is what ADR 0019 lists, and all of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const PROJECTIONS = new URL('../../projections/', import.meta.url);
const RECORD = new URL(
  '../../docs/adr/0019-the-auditor-shares-the-folds-and-nothing-else.md',
  import.meta.url,
);

/** Files of `projections/` outside of the auditor's folder that it is made with, by their paths in there. */
function shared(): string[] {
  const seen = new Set<string>();
  const look = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    const url = new URL(path, PROJECTIONS);
    for (const [, from = ''] of readFileSync(url, 'utf8').matchAll(/from '(\.[^']+)\.js'/g))
      look(new URL(`${from}.ts`, url).href.slice(PROJECTIONS.href.length));
  };
  for (const name of readdirSync(new URL('audit/', PROJECTIONS))) look(`audit/${name}`);
  return [...seen].filter((path) => !path.startsWith('audit/')).sort();
}

it('is listed, and nothing else is', () => {
  const rows = readFileSync(RECORD, 'utf8')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('| `'));
  const listed = rows.flatMap((row) =>
    [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  );
  const isOf = (path: string, name: string) =>
    name.endsWith('/')
      ? path.startsWith(name)
      : name.startsWith('*')
        ? path.endsWith(name.slice(1))
        : path === name;
  const paths = shared();
  expect(paths.filter((path) => !listed.some((name) => isOf(path, name)))).toEqual([]);
  expect(listed.filter((name) => !paths.some((path) => isOf(path, name)))).toEqual([]);
});
