import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import type { Reason } from '../../projections/tally/outcome.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';

/** A page of `docs/counting/`, by the titles of its sections. */
function page(name: string): ReadonlyMap<string, string> {
  return new Map(
    readFileSync(new URL(`../../docs/counting/${name}`, import.meta.url), 'utf8')
      .split('\n## ')
      .map((section) => [section.slice(0, section.indexOf('\n')), section]),
  );
}

const SECTIONS = new Map([...page('README.md'), ...page('greedy.md')]);
const BUDGET = 1000n;

function section(title: string): string {
  const text = SECTIONS.get(title);
  if (text === undefined) throw new Error(`docs/counting/ has no section "${title}"`);
  return text;
}

/** The rows of a section's only table, without its head. */
function table(title: string): string[][] {
  const rows = section(title).match(/^\|.*\|$/gm) ?? [];
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const example = table('The example');
const projects = example.map(([id = '', cost = '']): Project => ({ id, cost: BigInt(cost) }));
const ballots = example.map(([id = '', , votes]): Ballot => ({ options: [id], weight: Number(votes) }));

describe('docs/counting/', () => {
  it.each([
    'greedy',
    'greedy-no-skip',
    'greedy-threshold',
    'greedy-exclusive',
    'greedy-per-cost',
    'poznan',
    'part-funding',
  ])('%s counts as told', (rule) => {
    const json: unknown = JSON.parse(/```json\n(.*?)```/s.exec(section(rule))?.[1] ?? '');
    const ruleset = validateRuleset(
      json,
      projects.map(({ id }) => id),
    );
    if ('rejected' in ruleset) throw new Error(ruleset.rejected);
    expect(ruleset.rule).toBe(rule);
    // A section may tell of another budget.
    const budget = BigInt(/ \*\*(\d+)\*\* to spend/.exec(section(rule))?.[1] ?? BUDGET);
    const outcome = tally(ruleset, projects, ballots, budget);
    if ('undecided' in outcome) throw new Error('undecided');
    let left = budget;
    const rows = outcome.projects.map(({ id, rank, cost, funded, reason }) => {
      const row = [String(rank), id, String(left), funded ? 'funded' : 'no', `\`${reason.code}\``];
      if (funded) left -= 'missing' in reason ? cost - reason.missing : cost;
      return row;
    });
    expect(table(rule)).toEqual(rows);
    expect(budget - left).toBe(outcome.cost);
  });

  it('explains every reason', () => {
    const codes: Record<Reason['code'], true> = {
      funded: true,
      'funded-with-reserve': true,
      'funded-from-reserve': true,
      'part-funded': true,
      withdrawn: true,
      'below-threshold': true,
      conflict: true,
      'does-not-fit': true,
      'after-stop': true,
      bought: true,
      completed: true,
      'supporters-short': true,
      'no-support': true,
      'below-cost-support': true,
      'supporters-cannot-pay': true,
      'not-in-optimum': true,
      allocated: true,
      'not-whole': true,
    };
    for (const code of Object.keys(codes)) expect(section('The result as data')).toContain(`| \`${code}\``);
  });
});
