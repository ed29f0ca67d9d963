import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { groupBallots, type Project } from '../../projections/tally/ballots.js';
import { everyOutcome } from './tie-orders.js';

/** Small elections with projects of cost 1, and for each rule all committees that some way of breaking ties elects. */
interface SmallElection {
  id: string;
  num_cand: number;
  k: number;
  profile: number[][];
  expected: Record<string, number[][]>;
}

/** Their names of rules, and ours. */
const RULES: Record<string, Record<string, unknown>> = {
  av: { rule: 'greedy' },
  seqphragmen: { rule: 'phragmen' },
  'equal-shares-with-av-completion': {
    rule: 'equal-shares',
    utility: 'cardinality',
    completion: 'utilitarian',
  },
};
/**
 * Rules that fund nothing that nobody supports. The committees in the file are filled up with such candidates, in every way:
 * they are left out here.
 */
const SUPPORTERS_PAY = ['seqphragmen', 'equal-shares', 'equal-shares-with-av-completion'];
/** Rules that Concejo does not count. */
const OUT_OF_SCOPE = ['maximin-support', 'phragmen-enestroem'];

const FILE = new URL('../../../shared/elections/abcvoting-conformance.json', import.meta.url);
const elections = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as SmallElection[]) : [];
const describeReal = elections.length > 0 ? describe : describe.skip;

describeReal(
  `480 small elections${elections.length > 0 ? '' : ' (SKIPPED: ../shared/elections is not there)'}`,
  () => {
    it('are all there, and name no rule that is not listed here', () => {
      expect(elections).toHaveLength(480);
      const names = new Set(elections.flatMap(({ expected }) => Object.keys(expected)));
      expect([...names].sort()).toEqual([...Object.keys(RULES), 'equal-shares', ...OUT_OF_SCOPE].sort());
    });

    it.each(Object.keys(RULES))('%s elects each of the tied committees and no other', (name) => {
      const different = elections.flatMap((election) => {
        const found = outcomesOf(election, RULES[name] ?? {});
        const listed = listedBy(election, name);
        return found.join(' ') === listed.join(' ') ? [] : [{ id: election.id, found, listed }];
      });
      expect(different).toEqual([]);
    });

    // The file fills its committees up by Phragmen, which is no completion of ours: what the shares pay is part of them.
    it('equal-shares pays for a part of each of the tied committees and for no other', () => {
      const different = elections.flatMap((election) => {
        const found = outcomesOf(election, {
          rule: 'equal-shares',
          utility: 'cardinality',
          completion: 'none',
        });
        const listed = listedBy(election, 'equal-shares');
        const part = (some: string, whole: string) =>
          some.split(',').every((id) => id === '' || whole.split(',').includes(id));
        const good =
          found.every((some) => listed.some((whole) => part(some, whole))) &&
          listed.every((whole) => found.some((some) => part(some, whole)));
        return good ? [] : [{ id: election.id, found, listed }];
      });
      expect(different).toEqual([]);
    });
  },
);

function outcomesOf({ num_cand, k, profile }: SmallElection, rule: Record<string, unknown>): string[] {
  const projects = Array.from({ length: num_cand }, (_, place): Project => ({ id: `c${place}`, cost: 1n }));
  const ballots = groupBallots(
    profile.map((approved) => ({ options: approved.map((place) => `c${place}`), weight: 1 })),
  );
  return [...everyOutcome(rule, projects, ballots, BigInt(k))].sort();
}

function listedBy({ profile, expected }: SmallElection, name: string): string[] {
  const supported = new Set(profile.flat());
  const listed = (expected[name] ?? []).map((one) =>
    one
      .filter((place) => !SUPPORTERS_PAY.includes(name) || supported.has(place))
      .map((place) => `c${place}`)
      .sort()
      .join(),
  );
  return [...new Set(listed)].sort();
}
