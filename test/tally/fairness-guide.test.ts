import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import { preferences } from '../../projections/tally/compare.js';
import { distances } from '../../projections/tally/distance.js';
import type { OrderedByScore } from '../../projections/tally/distance.js';
import { effectiveSupport, representation, sharesBy } from '../../projections/tally/measures.js';
import { ejrPlusUpToOne } from '../../projections/tally/proportionality.js';
import type { Rational } from '../../projections/tally/rational.js';
import { tally } from '../../projections/tally/tally.js';

const PAGE = readFileSync(new URL('../../docs/counting/fairness.md', import.meta.url), 'utf8');

function table(title: string): string[][] {
  const section = PAGE.split('\n## ').find((text) => text.startsWith(`${title}\n`));
  if (section === undefined) throw new Error(`fairness.md has no section "${title}"`);
  return (section.match(/^\|.*\|$/gm) ?? []).slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const example = table('The fairness example');
const projects = example.map(([id = '', cost = '']): Project => ({ id, cost: BigInt(cost) }));
const categories = new Map(example.map(([id = '', , category = '']) => [id, category]));
const ballots = table('The voters').map(([voters, options = '']): Ballot => ({
  options: options.split(', '),
  weight: Number(voters),
}));
const BUDGET = 100n;
const RULESET: OrderedByScore = {
  v: 1,
  rule: 'greedy',
  score: { by: 'votes' },
  tieOrder: ['lowest-cost', 'listed'],
  ties: ['track', 'pool', 'library'],
};
const outcome = tally(RULESET, projects, ballots, BUDGET);
const funded = new Set('undecided' in outcome ? [] : outcome.funded);
const funding = { projects, ballots, funded };

function text({ n, d }: Rational): string {
  return d === 1n ? String(n) : `${n}/${d}`;
}

describe('docs/counting/fairness.md', () => {
  it('measures the result of greedy', () => {
    expect([...funded]).toEqual(['track', 'pool']);
    expect(table('Who got something')).toEqual(
      representation(funding).byApprovals.map(({ utility, voters }) => [String(utility), String(voters)]),
    );
    expect(table('Money and votes')).toEqual(
      sharesBy(funding, categories).map(({ label, ofCost, ofVotes }) => [label, text(ofCost), text(ofVotes)]),
    );
    expect(table('Whom each project represents')).toEqual(
      [...effectiveSupport(funding)].map(([id, share]) => [id, text(share)]),
    );
    for (const benefit of ['cardinality', 'cost'] as const) {
      expect(table('What a group deserves')).toEqual(
        ejrPlusUpToOne(funding, BUDGET, benefit).map((witness) => [
          witness.project,
          String(witness.voters),
          String(witness.utility),
        ]),
      );
    }
  });

  it('compares it with another', () => {
    const other = new Set(['pool', 'library']);
    expect(table('Another result beside it')).toEqual(
      (['cardinality', 'cost'] as const).map((benefit) => {
        const { first, second, indifferent } = preferences(projects, ballots, funded, other, benefit);
        const by = benefit === 'cost' ? 'cost' : 'number';
        return [by, String(first), String(second), String(indifferent)];
      }),
    );
  });

  it('says how far losers were from winning', () => {
    const found = distances(RULESET, projects, ballots, BUDGET);
    if ('undecided' in found) throw new Error('undecided');
    expect(found.runnersUp).toEqual(['library']);
    expect(table('How far from winning')).toEqual(
      found.losers.map(({ project, support, cost }) => [project, String(support), String(cost)]),
    );
  });
});
