/**
 * Equal shares of every real election under every completion, with the time over that of grouping the ballots; and of
 * made-up approval ballots, more voters and more projects at a time: how the time grows is drawn into a picture. `add-opt`
 * raises endowments by a cent where `add1` raises them by a whole unit. Memory is the peak of the whole process, files and
 * ballots included. Exact equal shares with `add-opt` is counted for the files where it takes longest: seconds of the processor.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import type { EqualSharesRuleset } from '../../projections/tally/equal-shares-ruleset.js';
import type { ExactEqualSharesRuleset } from '../../projections/tally/exact-equal-shares.js';
import { tally } from '../../projections/tally/tally.js';
import { readElection } from '../../src/pabulib/election-file.js';
import { parsePabulib } from '../../src/pabulib/pabulib.js';
import { realElections } from './files.js';
import { linesPicture, type Point } from './picture.js';

const COMPLETIONS: Readonly<
  Record<string, Pick<EqualSharesRuleset, 'completion' | 'increment' | 'stopWhenExhaustive'>>
> = {
  none: { completion: 'none' },
  utilitarian: { completion: 'utilitarian' },
  add1: { completion: 'add1', increment: 100 },
  'add1, exhaustive': { completion: 'add1', increment: 100, stopWhenExhaustive: true },
  add1u: { completion: 'add1u', increment: 100 },
  'add-opt': { completion: 'add-opt' },
};

/** Prints a line for each election, and one for each size of the made-up ones. */
export function run({ short }: { short: boolean }): void {
  const files = realElections();
  if (files.length === 0) console.log('shares: real elections not run, they are missing');
  for (const file of files) realElection(file);
  for (const file of files.filter((path) => SLOWEST.test(path))) exactEqualShares(file);
  if (short) {
    madeUp(10_000, 50);
    return;
  }
  const byVoters = [125_000, 250_000, 500_000, 1_000_000].map((voters): Point => [
    voters,
    madeUp(voters, 200),
  ]);
  const byProjects = [50, 100].map((projects): Point => [projects, madeUp(1_000_000, projects)]);
  const [, largest] = byVoters.at(-1) ?? [0, 0];
  writeFileSync(
    PICTURE,
    linesPicture('Equal shares with add1, made-up approval ballots: seconds to count', [
      { label: '200 projects, by voters', unit: 'voters', points: byVoters },
      { label: 'a million voters, by projects', unit: 'projects', points: [...byProjects, [200, largest]] },
    ]),
  );
  console.log(`shares: the growth is drawn in ${PICTURE}`);
}

const PICTURE = 'docs/counting/growth.svg';

/** Where exact equal shares visits thousands of endowments. */
const SLOWEST = /Lodz_2022|Warszawa_202[12]_Bielany/;

function electionOf(path: string) {
  const { file } = parsePabulib(readFileSync(path));
  if (file === undefined) throw new Error(`${basename(path)} cannot be read`);
  return readElection(file);
}

function exactEqualShares(path: string): void {
  const { projects, ballots, budget } = electionOf(path);
  const groups = groupBallots(ballots);
  const times = (['cost', 'cardinality'] as const).map((utility) => {
    const ruleset: ExactEqualSharesRuleset = {
      ...rulesetOf(projects, {}),
      rule: 'exact-equal-shares',
      utility,
      completion: 'add-opt',
    };
    const before = process.cpuUsage().user;
    const outcome = tally(ruleset, projects, groups, budget);
    if ('undecided' in outcome) throw new Error('undecided');
    const seconds = (process.cpuUsage().user - before) / 1_000_000;
    return `${utility} ${seconds.toFixed(2)} s, ${outcome.funded.length} funded`;
  });
  console.log(`shares, ${basename(path)}, exact-equal-shares add-opt: ${times.join('; ')}`);
}

function realElection(path: string): void {
  const name = basename(path);
  const { projects, ballots, budget } = electionOf(path);
  const [grouping, groups] = timed(() => groupBallots(ballots));
  const times = Object.entries(COMPLETIONS).map(([label, fields]) => {
    const [ms] = timed(() => tally(rulesetOf(projects, fields), projects, groups, budget));
    return `${label} ${ms.toFixed(0)} ms (${(ms / grouping).toFixed(1)})`;
  });
  console.log(`shares, ${name}, ${ballots.length} ballots, ratio to grouping them: ${times.join(', ')}`);
}

/**
 * Up to five approvals of each voter, the first projects more often; costs from 10,000 to 100,000 units; enough for a third.
 * @returns seconds
 */
function madeUp(voters: number, count: number): number {
  const random = numbers(voters + count);
  const projects = Array.from({ length: count }, (_, place): Project => ({
    id: `p${place}`,
    cost: BigInt(1_000_000 + Math.floor(random() * 9_000_000)),
  }));
  const ballots = Array.from({ length: voters }, (): Ballot => {
    const options = new Set<string>();
    const many = 1 + Math.floor(random() * 5);
    while (options.size < many) options.add(`p${Math.floor(random() ** 2 * count)}`);
    return { options: [...options], weight: 1 };
  });
  const budget = projects.reduce((sum, { cost }) => sum + cost, 0n) / 3n;
  const [grouping, groups] = timed(() => groupBallots(ballots));
  const [ms, outcome] = timed(() => tally(rulesetOf(projects, COMPLETIONS.add1), projects, groups, budget));
  if ('undecided' in outcome) throw new Error('undecided');
  const memory = process.resourceUsage().maxRSS / 1_024;
  console.log(
    `shares, made up: ${voters} voters (${groups.length} distinct ballots), ${count} projects, add1: ${ms.toFixed(0)} ms, ` +
      `${outcome.funded.length} funded; ratio to grouping ${(ms / grouping).toFixed(1)}; peak of the process ${memory.toFixed(0)} MB`,
  );
  return ms / 1_000;
}

function rulesetOf(
  projects: readonly Project[],
  fields: Partial<EqualSharesRuleset> | undefined,
): EqualSharesRuleset {
  return {
    v: 1,
    rule: 'equal-shares',
    score: { by: 'votes' },
    utility: 'cost',
    completion: 'none',
    tieOrder: ['lowest-cost', 'most-votes', 'listed'],
    ties: projects.map(({ id }) => id),
    ...fields,
  };
}

function timed<T>(work: () => T): [ms: number, result: T] {
  const start = performance.now();
  const result = work();
  return [performance.now() - start, result];
}

/** The same numbers in every run. @see https://en.wikipedia.org/wiki/Linear_congruential_generator */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
