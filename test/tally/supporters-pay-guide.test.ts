import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { count } from './tie-orders.js';

const PAGE = readFileSync(new URL('../../docs/counting/supporters-pay.md', import.meta.url), 'utf8');
const BUDGET = 1000n;

/** The rows of a section's only table, without its head. */
function table(section: string): string[][] {
  const rows = section.match(/^\|.*\|$/gm) ?? [];
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const sections = PAGE.split('\n## ');
const titled = (title: string) => sections.find((text) => text.startsWith(`${title}\n`)) ?? '';
const ballots = table(titled('The neighbours')).map(([weight = '', options = '']): Ballot => ({
  options: options.split(', '),
  weight: Number(weight),
}));
const projects = table(titled('The projects')).map(([id = '', cost = '']): Project => ({
  id,
  cost: BigInt(cost),
}));
const examples = sections.flatMap((text) => {
  const json = /```json\n(.*?)```/s.exec(text)?.[1];
  return json === undefined ? [] : [[text.split('\n')[0] ?? '', json, table(text)] as const];
});

describe('docs/counting/supporters-pay.md', () => {
  it('has an example of each rule', () => {
    expect(examples.map(([title]) => title)).toEqual(['phragmen', 'exact-equal-shares']);
  });

  it.each(examples)('%s counts as told', (_, json, rows) => {
    const outcome = count(JSON.parse(json) as Record<string, unknown>, projects, ballots, BUDGET);
    let left = BUDGET;
    const counted = outcome.projects.map(({ id, rank, cost, funded, reason }) => {
      const row = [String(rank), id, String(left), funded ? 'funded' : 'no', `\`${reason.code}\``];
      if (funded) left -= cost;
      return row;
    });
    expect(rows).toEqual(counted);
    expect(BUDGET - left).toBe(outcome.cost);
  });
});
