import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';

const page = readFileSync(new URL('../../docs/counting/equal-shares.md', import.meta.url), 'utf8');

function cellsOf(row: string): string[] {
  return row
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}

it('docs/counting/equal-shares.md counts as told', () => {
  const example = page.slice(page.indexOf('## Example'), page.indexOf('## Money that is left'));
  const rows = (example.match(/^\|.*\|$/gm) ?? []).map(cellsOf);
  const listed = rows.filter((cells) => cells.length === 3).slice(2);
  const projects = listed.map(([id = '', cost = '']): Project => ({ id, cost: BigInt(cost) }));
  const people = [...new Set(listed.flatMap(([, , names = '']) => names.split(', ')))];
  expect(people).toHaveLength(6);
  const ballots = people.map((name): Ballot => ({
    options: listed.filter(([, , names = '']) => names.split(', ').includes(name)).map(([id = '']) => id),
    weight: 1,
  }));
  const json: unknown = JSON.parse(/```json\n(.*?)```/s.exec(example)?.[1] ?? '');
  const ruleset = validateRuleset(
    json,
    projects.map(({ id }) => id),
  );
  if ('rejected' in ruleset) throw new Error(ruleset.rejected);
  const outcome = tally(ruleset, projects, ballots, 120n);
  if ('undecided' in outcome) throw new Error('undecided');
  const told = rows.filter((cells) => cells.length === 4).slice(2);
  expect(
    outcome.projects.map(({ rank, id, funded, reason }) => [
      String(rank),
      id,
      funded ? 'funded' : 'no',
      `\`${reason.code}\``,
    ]),
  ).toEqual(told);
  const reasons = new Map(outcome.projects.map(({ id, reason }) => [id, reason]));
  // The numbers in the text below the table.
  expect(reasons.get('path')).toEqual({ code: 'bought', round: 1n, paid: 15n });
  expect(reasons.get('garden')).toEqual({ code: 'bought', round: 2n, paid: 19n });
  expect(reasons.get('swings')).toEqual({ code: 'supporters-short', money: 10n, missing: 30n });
  expect(reasons.get('bench')).toEqual({ code: 'supporters-short', money: 5n, missing: 3n });
  expect(outcome.cost).toBe(98n);
});
