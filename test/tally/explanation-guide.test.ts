import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import { explain, type Explanation } from '../../projections/tally/explanation.js';
import { validateRuleset, type Ruleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';
import { Teller } from '../../src/web/explanation-in-words.js';
import { Format } from '../../src/web/format.js';
import { LANGUAGES, type Language } from '../../src/web/languages.js';
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

/** The village with the pool, likewise. */
function overspent(by = 1n): Explanation {
  const page = read('bounded-overspending.md');
  const [neighbours = [], listed = []] = tables(page);
  const projects = listed.map(([id = '', cost = '']): Project => ({ id, cost: BigInt(cost) * by }));
  const ballots = neighbours.map(([weight, names = '']): Ballot => ({
    options: names.split(', '),
    weight: Number(weight),
  }));
  const ruleset = rulesetOf(projects, page);
  const outcome = tally(ruleset, projects, groupBallots(ballots), 1000n * by);
  if ('undecided' in outcome) throw new Error(outcome.undecided);
  return explain(ruleset, projects, groupBallots(ballots), 1000n * by, outcome);
}

/** That of a page, of equal shares if none is said. */
function rulesetOf(projects: readonly Project[], page = read('equal-shares.md')): Ruleset {
  const json = /```json\n(.*?)```/s.exec(page)?.[1] ?? '';
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

  it('shows rounds with overspending as they are, and names all that these have more', () => {
    const json = /```json overspent\n(.*?)```/s.exec(PAGE)?.[1] ?? '';
    const { rounds = [] } = overspent();
    expect(rounds).toHaveLength(3);
    expect(JSON.parse(json)).toEqual(rounds.slice(0, 2));
    const [names, more] = ['Rounds', 'Rounds with overspending'].map((title) =>
      [...(tables(section(title))[0] ?? []).join().matchAll(/`([a-zA-Z.]+)`/g)].map(([, one]) => one),
    );
    for (const round of rounds) {
      const fields = [
        ...Object.keys(round),
        ...Object.keys(round.offers[0] ?? {}).map((one) => `offers.${one}`),
      ];
      expect([...(names ?? []), ...(more ?? []), 'offers.project']).toEqual(expect.arrayContaining(fields));
    }
  });

  const tellerOf = (language: Language, explanation: Explanation) =>
    new Teller(
      {
        language,
        m: MESSAGES[language],
        format: new Format(language, 'UTC'),
        currency: 'EUR',
        title: (id) => id,
        unit: 'votes',
      },
      explanation,
    );

  it.each(LANGUAGES)('says it in %s', (language) => {
    const teller = tellerOf(language, explained(100n));
    const [rounds = [], losers = [], pool = [], benches = []] = tables(section('In sentences'));
    const told = (rows: readonly string[][]) => rows.find(([of]) => of === language)?.[1];
    const plain = (sentences: readonly string[]) => sentences.join(' ').replace(/[\u00a0\u202f]/g, ' ');
    const [round] = teller.explanation.rounds ?? [];
    const [loser] = teller.explanation.losers;
    if (round === undefined || loser === undefined) throw new Error('nothing to tell');
    expect(plain(teller.round(round, 1))).toBe(told(rounds));
    expect(plain([...teller.missed(loser), ...teller.spent(loser), ...teller.ways(loser)])).toBe(
      told(losers),
    );
    const overspending = tellerOf(language, overspent(100n));
    const [first] = overspending.explanation.rounds ?? [];
    if (first === undefined) throw new Error('nothing to tell');
    expect(plain(overspending.round(first, 1))).toBe(told(pool));
    const bench = overspending.explanation.losers.find(({ project }) => project === 'bench');
    if (bench === undefined) throw new Error('the bench is funded');
    expect(plain([...overspending.missed(bench), ...overspending.spent(bench)])).toBe(told(benches));
  });
});
