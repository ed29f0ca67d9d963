/**
 * How long it takes to read a `.pb` file and to count it under the greedy rule, and the ratio of the count to reading the
 * ballots: a greedy count is meant to be bound by reading.
 */
import { readFileSync } from 'node:fs';
import { groupBallots } from '../../projections/tally/ballots.js';
import { tally } from '../../projections/tally/tally.js';
import { readElection, rulesetOf } from '../../src/pabulib/election-file.js';
import { parsePabulib } from '../../src/pabulib/pabulib.js';

export interface TallyTimes {
  readonly ballots: number;
  readonly groups: number;
  /** Milliseconds, the least of the runs: bytes to rows, rows to ballots, equal ballots together, the count of the groups. */
  readonly parse: number;
  readonly read: number;
  readonly group: number;
  readonly count: number;
  /** `count` over `parse` and `read` together. */
  readonly ratio: number;
}

const RUNS = 5;

/** Prints one line. @param path of a `.pb` file */
export function run(path: string, print: (line: string) => void = console.log): TallyTimes {
  const bytes = readFileSync(path);
  const [parse, file] = best(() => {
    const parsed = parsePabulib(bytes).file;
    if (parsed === undefined) throw new Error(`${path} cannot be read`);
    return parsed;
  });
  const [read, election] = best(() => readElection(file));
  const ruleset = rulesetOf(file, election, { rule: 'greedy' });
  if ('rejected' in ruleset) throw new Error(`${path}: ${ruleset.rejected} ${ruleset.field}`);
  const [group, groups] = best(() => groupBallots(election.ballots));
  const [count] = best(() => tally(ruleset, election.projects, groups, election.budget));
  const ratio = count / (parse + read);
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const ballots = election.ballots.length;
  print(
    `${ballots} ballots (${groups.length} distinct), ${election.projects.length} projects: parsed in ${ms(parse)}, ` +
      `ballots read in ${ms(read)}, grouped in ${ms(group)}, counted in ${ms(count)}; ` +
      `ratio of count to reading ${ratio.toFixed(3)}`,
  );
  return { ballots, groups: groups.length, parse, read, group, count, ratio };
}

/** The least time of several runs, in milliseconds, and what the last one gave. */
function best<T>(work: () => T): [number, T] {
  let least = Infinity;
  for (let i = 1; ; i++) {
    const start = performance.now();
    const result = work();
    least = Math.min(least, performance.now() - start);
    if (i >= RUNS) return [least, result];
  }
}
