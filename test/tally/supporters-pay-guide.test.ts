import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { count } from './tie-orders.js';

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

function readPage(name: string) {
  const text = readFileSync(new URL(`../../docs/counting/${name}`, import.meta.url), 'utf8');
  const sections = text.split('\n## ');
  const titled = (title: string) => table(sections.find((one) => one.startsWith(`${title}\n`)) ?? '');
  return {
    ballots: titled('The neighbours').map(([weight = '', options = '']): Ballot => ({
      options: options.split(', '),
      weight: Number(weight),
    })),
    projects: titled('The projects').map(([id = '', cost = '']): Project => ({ id, cost: BigInt(cost) })),
    examples: sections.flatMap((one) => {
      const json = /```json\n(.*?)```/s.exec(one)?.[1];
      return json === undefined ? [] : [{ rule: one.split('\n')[0] ?? '', json, rows: table(one) }];
    }),
  };
}

describe.each([
  ['supporters-pay.md', ['phragmen', 'exact-equal-shares']],
  ['bounded-overspending.md', ['bounded-overspending']],
  ['welfare-optimum.md', ['welfare-optimum']],
])('docs/counting/%s', (name, rules) => {
  const { ballots, projects, examples } = readPage(name);

  it('has an example of each rule', () => {
    expect(examples.map(({ rule }) => rule)).toEqual(rules);
  });

  it.each(examples)('$rule counts as told', ({ json, rows }) => {
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
