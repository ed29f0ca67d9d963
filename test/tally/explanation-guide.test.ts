import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import { explain, type Explanation } from '../../projections/tally/explanation.js';
import { validateRuleset, type Ruleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';
import { Teller } from '../../src/web/explanation-in-words.js';
import { Format } from '../../src/web/format.js';
import { LANGUAGES } from '../../src/web/languages.js';
import { MESSAGES } from '../../src/web/messages.js';

const read = (name: string) => readFileSync(new URL(`../../docs/counting/${name}`, import.meta.url), 'utf8');
const PAGE = read('explanation.md');

function tables(text: string): string[][][] {
  return [...text.matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) =>
    table
      .trim()
      .split('\n')
      .slice(2)
      .map((row) =>
        row
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      ),
  );
}

function section(title: string): string {
  const found = PAGE.split(/\n##+ /).find((text) => text.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`explanation.md has no section "${title}"`);
  return found;
}

/** Amounts `by` times as large as told: in sentences they are euros. */
function explained(by = 1n): Explanation {
  const [listed = []] = tables(section('The explained example'));
  const people = [...new Set(listed.flatMap(([, , names = '']) => names.split(', ')))];
  const projects = listed.map(([id = '', cost = '']): Project => ({ id, cost: BigInt(cost) * by }));
  const ballots = people.map((name): Ballot => ({
    options: listed.filter(([, , names = '']) => names.split(', ').includes(name)).map(([id = '']) => id),
    weight: 1,
  }));
  const ruleset = rulesetOf(projects);
  const budget = 120n * by;
  const outcome = tally(ruleset, projects, groupBallots(ballots), budget);
  if ('undecided' in outcome) throw new Error(outcome.undecided);
  return explain(ruleset, projects, groupBallots(ballots), budget, outcome);
}

/** That of the page on equal shares. */
function rulesetOf(projects: readonly Project[]): Ruleset {
  const json = /```json\n(.*?)```/s.exec(read('equal-shares.md'))?.[1] ?? '';
  const ruleset = validateRuleset(
    JSON.parse(json),
    projects.map(({ id }) => id),
  );
  if ('rejected' in ruleset) throw new Error(ruleset.rejected);
  return ruleset;
}

describe('docs/counting/explanation.md', () => {
  const explanation = explained();

  it.each(['rounds', 'losers', 'fairness'] as const)('shows the %s as they are', (field) => {
    const json = new RegExp(`\`\`\`json ${field}\n(.*?)\`\`\``, 's').exec(PAGE)?.[1] ?? '';
    expect(JSON.parse(json)).toEqual(explanation[field]);
  });

  it('names every field that the example has, and no other', () => {
    const fields = (title: string) =>
      tables(section(title))[0]?.flatMap(([names = '']) =>
        [...names.matchAll(/`([^`]+)`/g)].map(([, one]) => one),
      );
    expect(fields('The data')).toEqual(expect.arrayContaining(Object.keys(explanation)));
    expect(fields('Losers')).toEqual(Object.keys(explanation.losers[0] ?? {}));
    expect(fields('Fairness')).toEqual(Object.keys(explanation.fairness));
    expect(fields('Rounds')?.filter((name) => !name?.startsWith('offers.'))).toEqual(
      Object.keys(explanation.rounds?.[0] ?? {}),
    );
  });

  it.each(LANGUAGES)('says it in %s', (language) => {
    const teller = new Teller(
      {
        language,
        m: MESSAGES[language],
        format: new Format(language, 'UTC'),
        currency: 'EUR',
        title: (id) => id,
        unit: 'votes',
      },
      explained(100n),
    );
    const [rounds = [], losers = []] = tables(section('In sentences'));
    const told = (rows: readonly string[][]) => rows.find(([of]) => of === language)?.[1];
    const plain = (sentences: readonly string[]) => sentences.join(' ').replace(/[\u00a0\u202f]/g, ' ');
    const [round] = teller.explanation.rounds ?? [];
    const [loser] = teller.explanation.losers;
    if (round === undefined || loser === undefined) throw new Error('nothing to tell');
    expect(plain(teller.round(round, 1))).toBe(told(rounds));
    expect(plain([...teller.missed(loser), ...teller.spent(loser), ...teller.ways(loser)])).toBe(
      told(losers),
    );
  });
});
