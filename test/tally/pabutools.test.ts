/** What pabutools 1.2.3 made of real elections in exact arithmetic, for the greedy rules and equal shares. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { groupBallots, type BallotGroup, type Project } from '../../projections/tally/ballots.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';
import { readElection } from '../../src/pabulib/election-file.js';
import { parsePabulib } from '../../src/pabulib/pabulib.js';

interface Recorded {
  instance: string;
  /** Rule and satisfaction, as `mes_add1:cost`. */
  rule: string;
  selected: string[];
}

const ELECTIONS = new URL('../../../shared/elections/', import.meta.url);
const FILE = new URL('expected.json', ELECTIONS);
const recorded = existsSync(FILE)
  ? (JSON.parse(readFileSync(FILE, 'utf8')) as { pabutools: Recorded[] }).pabutools
  : [];
/** Compared in `peers.test.ts`. */
const ELSEWHERE = ['bos', 'ees:cost', 'maxwelfare:card', 'maxwelfare:cost', 'phragmen'];
/** No rule of ours. */
const NOT_COUNTED = ['maximin'];

const SATISFACTIONS: Record<string, { utility: string; score: Record<string, unknown> }> = {
  cost: { utility: 'cost', score: { by: 'votes' } },
  card: { utility: 'cardinality', score: { by: 'votes' } },
  points: { utility: 'score', score: { by: 'points' } },
  // Three places, of which the last gets nothing: 2, 1, 0.
  borda: { utility: 'score', score: { by: 'ranks', first: 2 } },
};
const COMPLETIONS: Record<string, Record<string, unknown>> = {
  mes: { completion: 'none' },
  mes_greedy: { completion: 'utilitarian' },
  mes_add1: { completion: 'add1', increment: 100 },
  mes_add1_greedy: { completion: 'add1u', increment: 100 },
};

/** Their greedy rule goes by satisfaction for each of the cost: of `cost` that is votes. */
function fieldsOf(name: string): Record<string, unknown> {
  const [rule = '', satisfaction = ''] = name.split(':');
  const { utility, score } = SATISFACTIONS[satisfaction] ?? { utility: '', score: {} };
  if (rule === 'greedy') return { rule: satisfaction === 'cost' ? 'greedy' : 'greedy-per-cost', score };
  return { rule: 'equal-shares', utility, score, ...COMPLETIONS[rule] };
}

const elections = new Map<string, { projects: readonly Project[]; groups: BallotGroup[]; budget: bigint }>();
function election(instance: string) {
  let known = elections.get(instance);
  if (known === undefined) {
    const { file } = parsePabulib(readFileSync(new URL(instance, ELECTIONS)));
    if (file === undefined) throw new Error(instance);
    const { projects, ballots, budget } = readElection(file);
    known = { projects, groups: groupBallots(ballots), budget };
    elections.set(instance, known);
  }
  return known;
}

const compared = recorded.filter(({ rule }) => /^(greedy|mes)/.test(rule));
const describeReal = recorded.length > 0 ? describe : describe.skip;
describeReal(
  `outcomes of pabutools${recorded.length > 0 ? '' : ' (SKIPPED: ../shared/elections is not there)'}`,
  () => {
    it('are of no rule that is neither compared nor listed', () => {
      const others = recorded.filter((one) => !compared.includes(one)).map(({ rule }) => rule);
      expect([...new Set(others)].sort()).toEqual([...ELSEWHERE, ...NOT_COUNTED].sort());
    });

    it.each(compared)('$instance: $rule', ({ instance, rule, selected }) => {
      const { projects, groups, budget } = election(instance);
      const ids = projects.map(({ id }) => id);
      // Their ties go by the id as a text, so that 10 comes before 9.
      const ruleset = validateRuleset(
        { v: 1, ...fieldsOf(rule), tieOrder: ['listed'], ties: [...ids].sort() },
        ids,
      );
      if ('rejected' in ruleset) throw new Error(`${ruleset.rejected} ${ruleset.field}`);
      const outcome = tally(ruleset, projects, groups, budget);
      if ('undecided' in outcome) throw new Error('undecided');
      expect([...outcome.funded].sort()).toEqual([...selected].sort());
    });
  },
);
