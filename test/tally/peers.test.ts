import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { groupBallots } from '../../projections/tally/ballots.js';
import { readElection } from '../../src/pabulib/election-file.js';
import { parsePabulib } from '../../src/pabulib/pabulib.js';
import { count } from './tie-orders.js';

/** What another program, pabutools, funds in real elections, with ties by the project's id as a text. */
interface Peer {
  instance: string;
  rule: string;
  numbers: string;
  selected: string[];
  cost: string;
}

/** Their names of rules, and ours. */
const RULES: Record<string, Record<string, unknown>> = {
  phragmen: { rule: 'phragmen' },
  'maxwelfare:cost': { rule: 'welfare-optimum', utility: 'cost' },
  'maxwelfare:card': { rule: 'welfare-optimum', utility: 'cardinality' },
  'ees:cost': { rule: 'exact-equal-shares', utility: 'cost' },
  // Their prices are roots found in doubles, in the third outcome as well, where only their money is exact.
  bos: { rule: 'bounded-overspending', utility: 'cost' },
};

const FOLDER = new URL('../../../shared/elections/', import.meta.url);
const FILE = new URL('expected.json', FOLDER);
const peers = existsSync(FILE)
  ? (JSON.parse(readFileSync(FILE, 'utf8')) as { pabutools: Peer[] }).pabutools.filter(
      ({ rule }) => rule in RULES,
    )
  : [];

function counted(instance: string, fields: Record<string, unknown>) {
  const { file } = parsePabulib(readFileSync(new URL(instance, FOLDER)));
  if (file === undefined) throw new Error(`${instance} is no Pabulib file`);
  const { projects, ballots, budget } = readElection(file);
  const ties = projects.map(({ id }) => id).sort();
  return count({ ...fields, tieOrder: ['listed'], ties }, projects, groupBallots(ballots), budget);
}

const describeReal = peers.length > 0 ? describe : describe.skip;
describeReal(`pabutools${peers.length > 0 ? '' : ' (SKIPPED: ../shared/elections is not there)'}`, () => {
  it('has outcomes of each of these rules', () => {
    expect(new Set(peers.map(({ rule }) => rule))).toEqual(new Set(Object.keys(RULES)));
  });

  it.each(peers.map((peer) => [peer.instance, peer.rule, peer] as const))(
    'funds the same: %s, %s',
    (instance, rule, { selected, cost }) => {
      const outcome = counted(instance, RULES[rule] ?? {});
      expect([...outcome.funded].sort()).toEqual([...selected].sort());
      // Where their numbers are floating, `1040337.0`.
      expect(outcome.cost).toBe(BigInt(cost.replace(/\.0$/, '')) * 100n);
    },
    60_000,
  );
});
